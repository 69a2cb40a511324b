/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import static io.tollgate.core.engine.CapacityWorld.own;
import static io.tollgate.core.engine.CapacityWorld.shared;
import static io.tollgate.core.engine.CapacityWorld.used;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.core.DecideMode;
import io.tollgate.core.Outcome;
import io.tollgate.core.Reason;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.world.def.PoolDef;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Two workers launch from the same pools: each is filled exactly, the own one before the shared one is touched. */
class CapacityHammerTest extends CapacityTestBase {
    private static final int ROUNDS = 20;
    private static final long EACH = 20_000;

    @Test
    void shouldFillTheOwnPoolAndThenTheSharedOneExactly() throws Exception {
        final DecisionWorker other = fixture.engine.newWorker();
        for (int round = 0; round < ROUNDS; round++) {
            final PoolDef own = own("own" + round, "org:acme", EACH);
            final PoolDef shared = shared("shared" + round, EACH);
            activate(new CapacityWorld().with(own, shared));
            final AtomicLong[] taken = {new AtomicLong(), new AtomicLong(), new AtomicLong()};
            final CyclicBarrier start = new CyclicBarrier(2);
            final List<Thread> threads = new ArrayList<>();
            for (final DecisionWorker each : List.of(worker, other)) {
                threads.add(new Thread(() -> launchAll(each, start, own, taken)));
            }
            threads.forEach(Thread::start);
            for (final Thread thread : threads) {
                thread.join();
            }
            assertEquals(0, taken[2].get(), "answers that are neither yes nor no, round " + round);
            assertEquals(EACH, taken[0].get(), "round " + round);
            assertEquals(EACH, taken[1].get(), "round " + round);
            assertEquals(EACH, used(fixture, own));
            assertEquals(EACH, used(fixture, shared));
        }
    }

    private void launchAll(
            final DecisionWorker worker, final CyclicBarrier start, final PoolDef own, final AtomicLong[] taken) {
        final DecisionRequest request = new DecisionRequest();
        final Decision decision = new Decision();
        try {
            start.await();
        } catch (final Exception ex) {
            taken[2].incrementAndGet();
            return;
        }
        while (true) {
            worker.begin();
            worker.decide(fill(request, DecideMode.CONSUME, 1), decision);
            final Outcome outcome = decision.outcome();
            final Reason reason = decision.reason();
            final boolean mine = outcome == Outcome.ALLOW
                    && java.util.Objects.requireNonNull(decision.world())
                            .pools()
                            .reserved(decision.capacity().pool(0));
            worker.end();
            if (outcome == Outcome.ALLOW) {
                taken[mine ? 0 : 1].incrementAndGet();
                assertTrue(mine || used(fixture, own) == EACH);
            } else if (reason != Reason.OVERLOADED) {
                taken[2].addAndGet(reason == Reason.CAPACITY_UNAVAILABLE ? 0 : 1);
                return;
            }
        }
    }
}
