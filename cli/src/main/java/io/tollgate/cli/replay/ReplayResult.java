/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.replay;

import io.tollgate.cli.lab.Replay;
import io.tollgate.core.engine.Beyond;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.DecisionLogEntry;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a replay showed.
 *
 * @param verdict in one word
 * @param reasons why it is not SAME; also why the answers cannot be compared for certain
 * @param differences field by field
 * @param notCompared fields that both answers have and that no replay can make again: ids
 * @param question what was asked, as far as it is known
 * @param answer the replayed one, with an explanation
 */
public record ReplayResult(
        Verdict verdict,
        List<String> reasons,
        List<FieldDifference> differences,
        List<String> notCompared,
        DecideRequest question,
        DecideResponse answer) {

    /** How the two answers stand to each other. */
    public enum Verdict {
        /** Every field is equal. */
        SAME,
        /** Some field is not. */
        DIFFERS,
        /** Something that the answer may rest on is not known; equal fields prove nothing then. */
        UNCERTAIN,
        /** The answer rested on what is in no log. */
        NOT_REPLAYABLE
    }

    private static final Set<String> IDS = Set.of("decisionId", "reservation.id");
    /** Of another snapshot of the same state. */
    private static final Set<String> VERSIONS =
            Set.of("evidence.snapshotVersion", "evidence.snapshotDigest", "evidence.ledgerSequence");

    /**
     * Replays an entry.
     *
     * @param sameState whether the snapshot is another one than the entry's, of the same state
     */
    public static ReplayResult of(DecisionLogEntry entry, Replay replay, boolean sameState) {
        final DecideRequest question = replay.question(entry);
        final List<String> against = against(entry);
        if (!against.isEmpty()) {
            return new ReplayResult(
                    Verdict.NOT_REPLAYABLE,
                    against,
                    List.of(),
                    List.of(),
                    question,
                    DecideResponse.getDefaultInstance());
        }
        final DecideResponse answer = replay.answer(entry);
        final Set<String> byPresence = new HashSet<>(IDS);
        if (sameState) {
            byPresence.addAll(VERSIONS);
        }
        if (entry.getReadings().getExtending()) {
            byPresence.add("reservation.expiresAtMs");
        }
        final FieldComparison comparison = new FieldComparison(byPresence).compare(entry.getResponse(), answer);
        final List<String> reasons = new ArrayList<>();
        if (entry.getMaskedCount() > 0) {
            reasons.add("masked in the log, so not known here: " + String.join(", ", entry.getMaskedList())
                    + "; an answer that rests on it cannot be made again");
        }
        final Verdict verdict = entry.getMaskedCount() > 0
                ? Verdict.UNCERTAIN
                : comparison.differences().isEmpty() ? Verdict.SAME : Verdict.DIFFERS;
        return new ReplayResult(
                verdict, reasons, comparison.differences(), comparison.comparedByPresence(), question, answer);
    }

    private static List<String> against(DecisionLogEntry entry) {
        if (!entry.hasReadings()) {
            return List.of("the entry has no readings: what the decision read besides the snapshot is not known");
        }
        if (!entry.hasRequest() && !entry.getReadings().hasExtended()) {
            return List.of("the entry has no request");
        }
        final String why = why(Beyond.ofCode(entry.getReadings().getBeyondValue()));
        return why.isEmpty() ? List.of() : List.of(why);
    }

    private static String why(Beyond beyond) {
        return switch (beyond) {
            case NOTHING -> "";
            case FIRST_ANSWER ->
                "it is the answer that was given to the same idempotency key before; replay the entry of that one";
            case IDEMPOTENCY_KEY -> "it rested on what the sidecar remembered of the idempotency key";
            case RESERVATION -> "it rested on what had become of the reservation by then";
            case LOAD -> "it rested on how busy or how full the sidecar was";
            case FAULT -> "it rested on a fault inside the sidecar, or on something that this program does not know";
            case REFUND -> "hits were given back; what was used before is not decided by it";
            case KEY_FORM -> "it refused an API key of a wrong form, and the log keeps no keys";
            case TOO_MANY_COUNTERS -> "it was charged against more counters than are recorded";
        };
    }
}
