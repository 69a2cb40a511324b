/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tollgate.core.DecideMode;
import io.tollgate.core.Enforcement;
import io.tollgate.core.Reason;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.world.def.CeilingDef;
import io.tollgate.core.world.def.Period;
import io.tollgate.core.world.def.WindowDef;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What allow_partial cannot mend. */
class PartialGrantTest {
    private static final int TPM = 0;

    @TempDir
    Path directory;

    @Test
    void shouldDenyWhatCannotBeCountedHoweverMuchIsCut() {
        final CeilingDef soft = HoldingWorld.ceiling(
                "tpm",
                TPM,
                Enforcement.SOFT,
                new CeilingDef.Amount(false, 60, 60),
                new WindowDef(Period.MINUTE, 60_000, 0, ""));
        try (EngineFixture fixture = new EngineFixture(directory, 1)) {
            HoldingWorld.activate(fixture, 1, List.of(soft));
            final DecisionWorker worker = fixture.engine.newWorker();
            final Decision decision = new Decision();
            worker.begin();
            // a soft ceiling cuts nothing, and this many tokens would be owed beyond the year 2312
            worker.decide(
                    HoldingWorld.ask(new DecisionRequest(), DecideMode.CHECK, Long.MAX_VALUE)
                            .allowPartial(true),
                    decision);
            assertEquals(Reason.RATE_LIMITED, decision.reason());
            worker.end();
        }
    }
}
