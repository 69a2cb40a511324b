/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import static io.tollgate.core.engine.CapacityWorld.observed;
import static io.tollgate.core.engine.CapacityWorld.own;
import static io.tollgate.core.engine.CapacityWorld.shared;
import static io.tollgate.core.engine.CapacityWorld.used;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.core.DecideMode;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.reservation.EndOutcome;
import io.tollgate.core.reservation.EndResult;
import io.tollgate.core.world.def.PoolDef;
import org.junit.jupiter.api.Test;

/** What reservations hold of pools, and give back while the observation is the same. */
class CapacityReservationTest extends CapacityTestBase {
    private static final PoolDef OWN = own("own", "org:acme", 3);
    private static final PoolDef SHARED = shared("shared", 10);

    private final EndResult result = new EndResult();
    private long high;
    private long low;

    private String reserve(final long gpus) {
        fill(request, DecideMode.RESERVE, gpus);
        final String answer = decide();
        high = decision.reservationHigh();
        low = decision.reservationLow();
        return answer;
    }

    private EndOutcome settle(final long gpus) {
        final DecisionRequest actual = new DecisionRequest();
        actual.reset();
        if (gpus > 0) {
            actual.addUsage(gpus, "gpu");
        }
        worker.begin();
        final EndOutcome outcome = worker.settle(high, low, actual, result);
        worker.end();
        return outcome;
    }

    private EndOutcome release() {
        worker.begin();
        final EndOutcome outcome = worker.release(high, low, result);
        worker.end();
        return outcome;
    }

    @Test
    void shouldHoldOnlyThePoolThatServesAndGiveItBackOnRelease() {
        activate(new CapacityWorld().with(OWN, SHARED));
        assertEquals("ALLOW OK shared", reserve(4));
        assertTrue(decision.hasReservation());
        assertEquals(0, used(fixture, OWN));
        assertEquals(4, used(fixture, SHARED));
        assertEquals(EndOutcome.RELEASED, release());
        assertEquals(0, used(fixture, SHARED));
        assertEquals(0, used(fixture, OWN));
    }

    @Test
    void shouldGiveTheUnusedPartBackWhenSettled() {
        activate(new CapacityWorld().with(SHARED));
        assertEquals("ALLOW OK shared", reserve(8));
        assertEquals(EndOutcome.SETTLED, settle(5));
        assertEquals(5, used(fixture, SHARED));
    }

    @Test
    void shouldGiveNothingBackToANewerObservation() {
        activate(new CapacityWorld().with(SHARED));
        assertEquals("ALLOW OK shared", reserve(8));
        final PoolDef newer = observed(SHARED, 2, SHARED.observedAtMs() + 2);
        activate(new CapacityWorld().with(newer));
        assertEquals("ALLOW OK shared", check(2));
        assertEquals("ALLOW OK shared", launch(1));
        assertEquals(EndOutcome.RELEASED, release());
        assertEquals(1, used(fixture, newer));
        assertEquals("ALLOW OK shared", launch(1));
        assertEquals("DENY CAPACITY_UNAVAILABLE shared", launch(1));
    }

    @Test
    void shouldGiveBackWhatExpiredAtTheTombstoneDeadline() {
        activate(new CapacityWorld().with(SHARED));
        fill(request, DecideMode.RESERVE, 8).reservationTtlNs(30_000_000_000L);
        assertEquals("ALLOW OK shared", decide());
        fixture.clock.epochNs(fixture.clock.monotonicNs() + 31_000_000_000L);
        fixture.sweep();
        assertEquals(8, used(fixture, SHARED));
        fixture.clock.epochNs(fixture.clock.monotonicNs() + 300_000_000_000L);
        fixture.sweep();
        assertEquals(0, used(fixture, SHARED));
    }
}
