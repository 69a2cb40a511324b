/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tollgate.core.DecideMode;
import io.tollgate.core.Enforcement;
import io.tollgate.core.Reason;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The model itself, by examples worked out by hand: section 8. */
class ReferenceBatchTest {
    private final HandWorld world = new HandWorld().ceiling(HandWorld.TOKENS, 10, Enforcement.HARD);

    private ReferenceRequest look(final DecideMode mode, final long tokens) {
        return world.request("look", mode, tokens, "token", ReferenceRequest.Options.NONE);
    }

    private static List<Reason> reasons(final List<ReferenceAnswer> answers) {
        return answers.stream().map(ReferenceAnswer::reason).toList();
    }

    @Test
    void shouldJudgeCumulativeOneAfterTheOtherAndTakeNothing() {
        final List<ReferenceAnswer> answers = world.batch(
                ReferenceBatch.Mode.CUMULATIVE,
                look(DecideMode.CHECK, 6),
                look(DecideMode.CONSUME, 5),
                look(DecideMode.RESERVE, 4));
        assertEquals(List.of(Reason.OK, Reason.QUOTA_EXHAUSTED, Reason.OK), reasons(answers));
        assertEquals(0, world.used());
    }

    @Test
    void shouldTakeAllOrNoneAtomically() {
        final List<ReferenceAnswer> denied =
                world.batch(ReferenceBatch.Mode.ATOMIC, look(DecideMode.CONSUME, 6), look(DecideMode.CONSUME, 5));
        assertEquals(Reason.QUOTA_EXHAUSTED, denied.get(1).reason());
        assertEquals(Reason.BATCH_DENIED, denied.get(0).reason());
        assertEquals(0, world.used());
        final List<ReferenceAnswer> taken =
                world.batch(ReferenceBatch.Mode.ATOMIC, look(DecideMode.CONSUME, 6), look(DecideMode.RESERVE, 4));
        assertEquals(List.of(Reason.OK, Reason.OK), reasons(taken));
        assertEquals(
                Reason.QUOTA_EXHAUSTED,
                world.batch(ReferenceBatch.Mode.CUMULATIVE, look(DecideMode.CHECK, 1))
                        .get(0)
                        .reason());
    }

    @Test
    void shouldRefuseACheckInAnAtomicBatch() {
        assertEquals(
                List.of(Reason.INVALID_REQUEST),
                reasons(world.batch(ReferenceBatch.Mode.ATOMIC, look(DecideMode.CHECK, 1))));
    }
}
