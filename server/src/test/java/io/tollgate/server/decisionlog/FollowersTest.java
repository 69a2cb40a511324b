/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decisionlog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.server.config.DecisionLogConfig;
import io.tollgate.v1.Outcome;
import io.tollgate.v1.Reason;
import io.tollgate.v1.TailDecisionsRequest;
import io.tollgate.v1.TailDecisionsResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who follows sees what was asked for, costs a bounded piece of memory, and nothing when nobody does. */
class FollowersTest {
    @TempDir
    Path folder;

    private static List<String> ids(final Pipe pipe) {
        return pipe.sent.stream()
                .filter(TailDecisionsResponse::hasEntry)
                .map(TailDecisionsResponse::getDecisionId)
                .toList();
    }

    @Test
    void shouldBeActiveOnlyWhileSomebodyFollowsWhereNothingIsConfigured() {
        final DecisionLog log = DecisionLog.open(DecisionLogConfig.OFF, "edge-1", "boot-1");
        final LaneLog lane = log.newLane();
        log.turn();
        assertFalse(lane.isActive());
        final Pipe pipe = new Pipe();
        log.follow(TailDecisionsRequest.getDefaultInstance(), pipe);
        assertTrue(lane.isActive());
        log.turn();
        lane.log(
                Face.STREAM,
                LogHarness.question().build(),
                LogHarness.answer(Outcome.OUTCOME_ALLOW, "d-1").build(),
                false,
                null);
        log.turn();
        assertEquals(List.of("d-1"), ids(pipe));
        assertEquals("stream", pipe.sent.get(0).getEntry().getFace());
        pipe.gone = true;
        log.turn();
        assertFalse(lane.isActive());
        assertEquals(0, log.facts().followers());
        log.close();
    }

    @Test
    void shouldSendWhatTheFilterTakes() {
        try (LogHarness harness = new LogHarness(folder)) {
            final Pipe denies =
                    follow(harness, TailDecisionsRequest.newBuilder().addOutcomes(Outcome.OUTCOME_DENY));
            final Pipe near = follow(harness, TailDecisionsRequest.newBuilder().addReasons(Reason.REASON_NEAR_LIMIT));
            final Pipe acme = follow(harness, TailDecisionsRequest.newBuilder().setOrganization("acme"));
            final Pipe other = follow(harness, TailDecisionsRequest.newBuilder().setOrganization("other"));
            final Pipe ana = follow(harness, TailDecisionsRequest.newBuilder().setActor("user:ana"));
            final Pipe bob = follow(harness, TailDecisionsRequest.newBuilder().setActor("bob"));
            final Pipe invoke =
                    follow(harness, TailDecisionsRequest.newBuilder().setAction("llm/model/invoke"));
            final Pipe list = follow(harness, TailDecisionsRequest.newBuilder().setAction("list"));
            harness.turn();
            harness.decided(Outcome.OUTCOME_DENY);
            harness.decided(Outcome.OUTCOME_WARN);
            harness.turn();
            assertEquals(List.of("d-1"), ids(denies));
            assertEquals(List.of("d-2"), ids(near));
            assertEquals(List.of("d-1", "d-2"), ids(acme));
            assertEquals(List.of(), ids(other));
            assertEquals(List.of("d-1", "d-2"), ids(ana));
            assertEquals(List.of(), ids(bob));
            assertEquals(List.of("d-1", "d-2"), ids(invoke));
            assertEquals(List.of(), ids(list));
        }
    }

    private static Pipe follow(final LogHarness harness, final TailDecisionsRequest.Builder request) {
        final Pipe pipe = new Pipe();
        harness.log.follow(request.build(), pipe);
        return pipe;
    }

    @Test
    void shouldKeepABoundedPieceForASlowReaderAndTellItWhatItLost() {
        try (LogHarness harness = new LogHarness(folder)) {
            final Pipe slow = follow(harness, TailDecisionsRequest.newBuilder());
            slow.ready = false;
            final int offered = 12_000;
            for (int i = 0; i < offered; i++) {
                harness.decided(Outcome.OUTCOME_DENY);
                if (i % 100 == 0) {
                    harness.turn(2);
                }
            }
            harness.turn(3);
            assertEquals(offered, harness.log.facts().written(), "the file does not wait for it");
            assertEquals(0, slow.sent.size());
            slow.ready = true;
            harness.turn();
            final TailDecisionsResponse last = slow.sent.get(slow.sent.size() - 1);
            assertTrue(last.getLostCount() > 1_000, last.toString());
            assertEquals(offered, ids(slow).size() + last.getLostCount());
            final long bytes = slow.sent.stream()
                    .mapToLong(message -> message.getEntry().getSerializedSize())
                    .sum();
            assertTrue(bytes <= Follower.MAX_WAITING_BYTES, bytes + " bytes waited");
            harness.decided(Outcome.OUTCOME_DENY);
            harness.turn();
            assertEquals("d-12001", slow.sent.get(slow.sent.size() - 1).getDecisionId());
            assertEquals(0, harness.log.facts().dropped());
        }
    }

    @Test
    void shouldBeginWithWhatIsRemembered() {
        try (LogHarness harness = new LogHarness(folder)) {
            harness.decided(Outcome.OUTCOME_DENY);
            harness.nowMs += 1_000;
            harness.decided(Outcome.OUTCOME_DENY);
            harness.turn();
            final Pipe live = follow(harness, TailDecisionsRequest.newBuilder());
            final Pipe since =
                    follow(harness, TailDecisionsRequest.newBuilder().setSinceMs(LogHarness.START_MS + 1_000));
            harness.turn();
            assertEquals(List.of(), ids(live));
            assertEquals(List.of("d-2"), ids(since));
        }
    }

    @Test
    void shouldTellFollowersThatItEnds() {
        final LogHarness harness = new LogHarness(folder);
        final Pipe pipe = follow(harness, TailDecisionsRequest.newBuilder());
        harness.decided(Outcome.OUTCOME_DENY);
        harness.close();
        assertEquals(List.of("d-1"), ids(pipe));
        assertTrue(pipe.ended);
    }
}
