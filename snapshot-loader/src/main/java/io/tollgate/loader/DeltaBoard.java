/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader;

import io.tollgate.loader.LoaderStatus.DeltaFacts;
import io.tollgate.loader.LoaderStatus.DurationFacts;
import io.tollgate.loader.LoaderStatus.Failure;
import io.tollgate.loader.delta.DeltaRefusedException.Cause;
import io.tollgate.loader.delta.DeltaState;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Counts what becomes of deltas. Written by the loader's thread; {@link #facts} is one immutable value, for any thread. */
final class DeltaBoard {
    private volatile DeltaFacts facts = DeltaFacts.NONE;

    /** Any thread. */
    DeltaFacts facts() {
        return facts;
    }

    /** What is in force now. */
    void state(DeltaState state) {
        DeltaFacts before = facts;
        change(state, before.applied(), before.lastAppliedAtMs(), before.durations());
    }

    void applied(DeltaState state, int count, long wallMs, long durationNs) {
        change(state, facts.applied() + count, wallMs, facts.durations().with(durationNs));
    }

    /** So many were found on disk. */
    void found(DeltaState state) {
        change(state, state.count(), 0, facts.durations());
    }

    private void change(DeltaState state, long applied, long wallMs, DurationFacts durations) {
        DeltaFacts before = facts;
        facts = new DeltaFacts(
                state.sequence(),
                state.count(),
                applied,
                wallMs,
                state.changes().count(),
                state.changes().bytes(),
                before.refused(),
                before.resyncs(),
                before.lastRefusal(),
                before.resyncing(),
                durations);
    }

    void refused(Cause cause, String reason, long wallMs) {
        DeltaFacts before = facts;
        with(more(before.refused(), cause), before.resyncs(), new Failure(reason, wallMs), before.resyncing());
    }

    /** Deltas alone lead no further: a whole snapshot is wanted. */
    void resync(Cause cause) {
        DeltaFacts before = facts;
        with(before.refused(), more(before.resyncs(), cause), before.lastRefusal(), cause.label());
    }

    void healed() {
        DeltaFacts before = facts;
        with(before.refused(), before.resyncs(), before.lastRefusal(), "");
    }

    private void with(
            Map<String, Long> refused, Map<String, Long> resyncs, @Nullable Failure lastRefusal, String resyncing) {
        DeltaFacts before = facts;
        facts = new DeltaFacts(
                before.sequence(),
                before.onSnapshot(),
                before.applied(),
                before.lastAppliedAtMs(),
                before.overlayRows(),
                before.overlayBytes(),
                refused,
                resyncs,
                lastRefusal,
                resyncing,
                before.durations());
    }

    private static Map<String, Long> more(Map<String, Long> counts, Cause cause) {
        Map<String, Long> next = new TreeMap<>(counts);
        next.merge(cause.label(), 1L, Long::sum);
        return Map.copyOf(next);
    }
}
