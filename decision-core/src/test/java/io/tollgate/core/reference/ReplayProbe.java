/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import io.tollgate.core.Plane;
import io.tollgate.core.engine.Beyond;
import io.tollgate.core.engine.Decision;
import io.tollgate.core.engine.DecisionEngine;
import io.tollgate.core.engine.DecisionWorker;
import io.tollgate.core.engine.EngineFixture;
import io.tollgate.core.engine.Readings;
import io.tollgate.core.freshness.FreshnessTable;
import io.tollgate.core.quota.Cells;
import io.tollgate.core.quota.InFlight;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.world.World;
import io.tollgate.core.world.WorldHolder;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decides everything once more from its readings, on an engine that shares nothing with the first but the world: no counters, another
 * clock, other ages. The answer must be the same.
 */
final class ReplayProbe {
    private final EngineFixture.ManualClock clock = new EngineFixture.ManualClock();
    private final FreshnessTable freshness = new FreshnessTable();
    private final WorldHolder worlds = new WorldHolder(1);
    private final DecisionWorker worker =
            new DecisionEngine(worlds, Cells.inMemory(1), new InFlight(1), freshness, clock).newWorker();
    private final Decision decision = new Decision();
    private final Readings readings = new Readings();
    private final EngineAnswers answers = new EngineAnswers();
    private final Map<Beyond, Integer> counts = new EnumMap<>(Beyond.class);
    private @Nullable World active;

    /** Filled with what is to be checked next. */
    Readings readings() {
        return readings;
    }

    /** {@return how many decisions there were, by what stood against a replay} */
    Map<Beyond, Integer> counts() {
        return counts;
    }

    /** Checks the decision whose readings were filled. */
    void check(final DecisionRequest request, final Decision first) {
        counts.merge(readings.beyond(), 1, Integer::sum);
        if (readings.beyond() != Beyond.NOTHING) {
            return;
        }
        if (first.world() != null && first.world() != active) {
            active = first.world();
            worlds.activate(first.world());
        }
        clock.epochNs(readings.decidedAtNs());
        for (final Plane plane : Plane.values()) {
            if (readings.ageNs(plane.code()) == Readings.NEVER_NS) {
                freshness.expire(plane);
            } else {
                freshness.confirm(plane, clock.monotonicNs(), clock.wallMs(), readings.ageNs(plane.code()));
            }
        }
        final ReferenceAnswer expected = comparable(answers.of(request, first));
        worker.begin();
        try {
            worker.replay(request, decision, readings);
            final ReferenceAnswer again = comparable(answers.of(request, decision));
            if (!again.equals(expected)) {
                throw new AssertionError("replayed otherwise:\n  first " + expected + "\n  again " + again);
            }
        } finally {
            worker.end();
        }
    }

    /** Ids of reservations are made anew, and when one that is extended would have expired anyway is not known. */
    private ReferenceAnswer comparable(final ReferenceAnswer answer) {
        final ReferenceAnswer.Reservation made = answer.reservation();
        return made == null
                ? answer
                : answer.with(new ReferenceAnswer.Reservation("any", readings.extending() ? 0 : made.expiresAtMs()));
    }
}
