/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import static io.tollgate.core.engine.CreditWorld.prepaid;
import static io.tollgate.core.engine.CreditWorld.priced;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.core.DecideMode;
import io.tollgate.core.Outcome;
import io.tollgate.core.Reason;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.request.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Two concurrent requests never both spend the last credit, and none is turned away while there is enough. */
class CreditHammerTest extends CreditTestBase {
    private static final int ROUNDS = 60;

    @Test
    void shouldSpendTheLastCreditExactlyOnce() throws Exception {
        final DecisionWorker other = fixture.engine.newWorker();
        for (int round = 0; round < ROUNDS; round++) {
            final String id = "w" + round;
            final CreditWorld world = priced().with(prepaid(id, 1_000));
            world.tokenLimit = Long.MAX_VALUE - 1;
            activate(world);
            final AtomicLong spent = new AtomicLong();
            final AtomicLong wrong = new AtomicLong();
            final CyclicBarrier start = new CyclicBarrier(2);
            final List<Thread> threads = new ArrayList<>();
            for (final DecisionWorker each : List.of(worker, other)) {
                final long tokens = each == worker ? 7 : 11;
                threads.add(new Thread(() -> spend(each, tokens, start, spent, wrong)));
            }
            threads.forEach(Thread::start);
            for (final Thread thread : threads) {
                thread.join();
            }
            assertEquals(0, wrong.get(), "answers that are neither yes nor CREDIT_EXHAUSTED, round " + round);
            assertEquals(spent.get(), used(id), "round " + round);
            assertTrue(spent.get() <= 1_000 && spent.get() > 1_000 - 7, spent + " of 1000 spent, round " + round);
        }
    }

    private static void spend(
            final DecisionWorker worker,
            final long tokens,
            final CyclicBarrier start,
            final AtomicLong spent,
            final AtomicLong wrong) {
        final DecisionRequest request = new DecisionRequest();
        final Decision decision = new Decision();
        try {
            start.await();
        } catch (final Exception ex) {
            wrong.incrementAndGet();
            return;
        }
        while (true) {
            request.reset()
                    .mode(DecideMode.CONSUME)
                    .set(Field.ORGANIZATION, "acme")
                    .set(Field.PROJECT, "rag")
                    .set(Field.ACTOR_TYPE, "user")
                    .set(Field.ACTOR_ID, "ada")
                    .set(Field.PRODUCT, "llm")
                    .set(Field.RESOURCE_TYPE, "model")
                    .set(Field.ACTION, "invoke")
                    .addUsage(tokens, "token");
            worker.begin();
            worker.decide(request, decision);
            final Outcome outcome = decision.outcome();
            final Reason reason = decision.reason();
            worker.end();
            if (outcome == Outcome.ALLOW) {
                spent.addAndGet(tokens);
            } else if (reason != Reason.OVERLOADED) {
                wrong.addAndGet(reason == Reason.CREDIT_EXHAUSTED ? 0 : 1);
                return;
            }
        }
    }
}
