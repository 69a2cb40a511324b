/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tollgate.core.DecideMode;
import io.tollgate.core.Enforcement;
import io.tollgate.core.Outcome;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.request.Field;
import io.tollgate.core.reservation.EndOutcome;
import io.tollgate.core.reservation.EndResult;
import io.tollgate.core.world.def.CeilingDef;
import io.tollgate.core.world.def.Period;
import io.tollgate.core.world.def.WindowDef;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where an overrun is charged when a reservation has several parts. */
class ReservationDebtTest {
    private static final int TOKENS = 1;
    private static final int CALLS = 2;
    private static final WindowDef HOURLY = new WindowDef(Period.HOURLY, 0, 0, "");

    private final DecisionRequest request = new DecisionRequest();
    private final Decision decision = new Decision();
    private final EndResult result = new EndResult();

    @TempDir
    Path directory;

    @Test
    void shouldChargeAnOverrunToThePartThatReservedOfIt() {
        try (EngineFixture fixture = new EngineFixture(directory, 1)) {
            HoldingWorld.activate(
                    fixture,
                    1,
                    List.of(
                            HoldingWorld.ceiling(
                                    "tokens", TOKENS, Enforcement.HARD, CeilingDef.Amount.of(1_000), HOURLY),
                            HoldingWorld.ceiling(
                                    "calls", CALLS, Enforcement.HARD, CeilingDef.Amount.of(1_000), HOURLY)));
            final DecisionWorker worker = fixture.engine.newWorker();
            worker.begin();
            ask(DecideMode.RESERVE, 100, "token");
            worker.decide(request, decision);
            final long high = decision.reservationHigh();
            final long low = decision.reservationLow();
            // the newest part holds calls only
            worker.extend(high, low, request.reset().addUsage(3, "count"), decision);
            assertEquals(Outcome.ALLOW, decision.outcome());
            request.reset().addUsage(140, "token").addUsage(2, "count");
            assertEquals(EndOutcome.OVERRUN, worker.settle(high, low, request, result));

            assertEquals(140 + 1, used(worker, "token"));
            assertEquals(2 + 1, used(worker, "count"));
            worker.end();
        }
    }

    @Test
    void shouldChargeWhatWasUsedAndNotReserved() {
        try (EngineFixture fixture = new EngineFixture(directory, 1)) {
            HoldingWorld.activate(
                    fixture,
                    1,
                    List.of(
                            HoldingWorld.ceiling(
                                    "tokens", TOKENS, Enforcement.HARD, CeilingDef.Amount.of(1_000), HOURLY),
                            HoldingWorld.ceiling(
                                    "calls", CALLS, Enforcement.HARD, CeilingDef.Amount.of(1_000), HOURLY)));
            final DecisionWorker worker = fixture.engine.newWorker();
            worker.begin();
            ask(DecideMode.RESERVE, 100, "token");
            worker.decide(request, decision);
            request.reset().addUsage(60, "token").addUsage(5, "count");
            assertEquals(
                    EndOutcome.OVERRUN,
                    worker.settle(decision.reservationHigh(), decision.reservationLow(), request, result));

            assertEquals(60 + 1, used(worker, "token"));
            assertEquals(5 + 1, used(worker, "count"));
            worker.end();
        }
    }

    /** What is used of the ceiling of a unit once one more is taken. */
    private long used(final DecisionWorker worker, final String unit) {
        ask(DecideMode.CONSUME, 1, unit);
        worker.decide(request, decision);
        return decision.ceilings().used(decision.ceilings().binding());
    }

    private void ask(final DecideMode mode, final long amount, final String unit) {
        HoldingWorld.ask(request, mode, 0).set(Field.ACTION, "batch").addUsage(amount, unit);
    }
}
