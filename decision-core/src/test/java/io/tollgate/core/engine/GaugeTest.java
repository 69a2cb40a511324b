/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.core.DecideMode;
import io.tollgate.core.Enforcement;
import io.tollgate.core.Outcome;
import io.tollgate.core.Reason;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.world.def.CeilingDef;
import io.tollgate.core.world.def.WindowDef;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GaugeTest {
    private static final int HELD = 3;

    @TempDir
    Path directory;

    private final DecisionRequest request = new DecisionRequest();
    private final Decision decision = new Decision();

    @Test
    void shouldRefuseToConsumeWhatNobodyWouldGiveBack() {
        try (EngineFixture fixture = new EngineFixture(directory, 1)) {
            HoldingWorld.activate(fixture, 1);
            decide(fixture.engine.newWorker(), DecideMode.CONSUME);
            assertEquals(Reason.INVALID_REQUEST, decision.reason());
            assertEquals(Problem.GAUGE_NEEDS_RESERVE, decision.problem());
        }
    }

    @Test
    void shouldSayThatWaitingNeverHelpsWhenMoreIsAskedThanMayEverBeHeld() {
        check(0, Enforcement.HARD);
        assertEquals(Reason.CONCURRENCY_EXHAUSTED, decision.reason());
        assertEquals(Decision.RETRY_NEVER, decision.retryAfterNs());
        assertEquals(
                CeilingStates.NEVER_RESETS,
                decision.ceilings().resetsAtMs(decision.ceilings().binding()));
    }

    @Test
    void shouldWarnOverASoftGauge() {
        check(0, Enforcement.SOFT);
        assertEquals(Outcome.WARN, decision.outcome());
        assertEquals(Reason.OVER_SOFT_LIMIT, decision.reason());
    }

    @Test
    void shouldCheckWhatFits() {
        check(1, Enforcement.HARD);
        assertTrue(decision.outcome() == Outcome.ALLOW, "1 of 1 fits");
        assertFalse(decision.retryStated(), "nothing to wait for");
    }

    private void check(final long limit, final Enforcement enforcement) {
        try (EngineFixture fixture = new EngineFixture(directory, 1)) {
            final CeilingDef held =
                    HoldingWorld.ceiling("held", HELD, enforcement, CeilingDef.Amount.of(limit), WindowDef.NONE);
            HoldingWorld.activate(fixture, 1, List.of(held));
            decide(fixture.engine.newWorker(), DecideMode.CHECK);
        }
    }

    private void decide(final DecisionWorker worker, final DecideMode mode) {
        worker.begin();
        worker.decide(HoldingWorld.ask(request, mode, 10), decision);
    }
}
