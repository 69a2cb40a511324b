/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.core.DecideMode;
import io.tollgate.core.Plane;
import io.tollgate.core.Reason;
import io.tollgate.core.freshness.FreshnessTable;
import io.tollgate.core.quota.Cells;
import io.tollgate.core.quota.InFlight;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.request.Field;
import io.tollgate.core.world.World;
import io.tollgate.core.world.WorldHolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What several threads read of the same counters at once replays to what each of them answered. */
class ReadingsUnderContentionTest {
    private static final int THREADS = 3;
    private static final int ROUNDS = 40;
    private static final int DECISIONS = 600;
    private static final long HOUR_NS = 3_600_000_000_000L;

    @TempDir
    Path directory;

    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    private final Queue<Reason> seen = new ConcurrentLinkedQueue<>();
    private final Queue<Long> partial = new ConcurrentLinkedQueue<>();

    /** One thread's worker, and what replays its decisions: with no counter of its own. */
    private final class Lane {
        final DecisionRequest request = new DecisionRequest();
        final Decision first = new Decision();
        final Decision again = new Decision();
        final Readings readings = new Readings();
        final EngineFixture.ManualClock clock = new EngineFixture.ManualClock();
        final FreshnessTable freshness = new FreshnessTable();
        final WorldHolder worlds = new WorldHolder(1);
        final DecisionWorker replaying =
                new DecisionEngine(worlds, Cells.inMemory(1), new InFlight(1), freshness, clock).newWorker();
        final DecisionWorker worker;
        final Random random;

        @Nullable
        World active;

        Lane(final DecisionWorker worker, final long seed) {
            this.worker = worker;
            random = new Random(seed);
        }

        void run(final CyclicBarrier start) {
            try {
                for (int round = 0; round < ROUNDS; round++) {
                    start.await(60, TimeUnit.SECONDS);
                    for (int i = 0; i < DECISIONS; i++) {
                        decide();
                    }
                    start.await(60, TimeUnit.SECONDS);
                }
            } catch (final Exception | AssertionError ex) {
                wrong.add(String.valueOf(ex));
            }
        }

        private void decide() {
            request.reset()
                    .mode(random.nextInt(10) == 0 ? DecideMode.CHECK : DecideMode.CONSUME)
                    .allowPartial(random.nextInt(3) == 0)
                    .set(Field.ORGANIZATION, "acme")
                    .set(Field.PROJECT, "rag")
                    .set(Field.ACTOR_TYPE, "user")
                    .set(Field.ACTOR_ID, "ada")
                    .set(Field.PRODUCT, "llm")
                    .set(Field.RESOURCE_TYPE, "chat")
                    .set(Field.ACTION, "complete")
                    .addUsage(1 + random.nextInt(400), "token");
            worker.begin();
            worker.decide(request, first);
            worker.readings(first, readings);
            final World world = Objects.requireNonNull(first.world());
            if (world != active) {
                active = world;
                worlds.activate(world);
            }
            if (readings.beyond() == Beyond.NOTHING) {
                replay();
            } else {
                assertEquals(Beyond.LOAD, readings.beyond());
            }
            worker.end();
        }

        private void replay() {
            clock.epochNs(readings.decidedAtNs());
            for (final Plane plane : Plane.values()) {
                freshness.confirm(plane, clock.monotonicNs(), clock.wallMs(), readings.ageNs(plane.code()));
            }
            replaying.begin();
            replaying.replay(request, again, readings);
            if (!text(first).equals(text(again))) {
                wrong.add("first " + text(first) + "\nagain " + text(again));
            }
            replaying.end();
            seen.add(first.reason());
            if (first.partial(request)) {
                partial.add(first.granted(request, 0));
            }
        }

        private String text(final Decision decision) {
            final StringBuilder text = new StringBuilder()
                    .append(decision.outcome())
                    .append(' ')
                    .append(decision.reason())
                    .append(" granted ")
                    .append(decision.granted(request, 0))
                    .append(" retry ")
                    .append(decision.retryAfterNs())
                    .append(" binding ")
                    .append(decision.ceilings().binding());
            for (int i = 0; i < decision.ceilings().size(); i++) {
                text.append(" | ")
                        .append(decision.ceilings().used(i))
                        .append(" used, left ")
                        .append(decision.ceilings().remaining(i));
            }
            for (int i = 0; i < decision.warnings().size(); i++) {
                text.append(" | ")
                        .append(decision.warnings().reason(i))
                        .append(' ')
                        .append(decision.warnings().subject(i));
            }
            return text.toString();
        }
    }

    @Test
    void shouldReplayWhatWasJudgedAmongOthers() throws Exception {
        final long seed = Long.getLong("tollgate.seed", System.nanoTime());
        try (EngineFixture fixture = new EngineFixture(directory, THREADS)) {
            fixture.clock.epochNs(AcmeWorld.NOW_NS);
            AcmeWorld.activate(fixture, 1);
            final CyclicBarrier start = new CyclicBarrier(THREADS + 1);
            final List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                final Lane lane = new Lane(fixture.engine.newWorker(), seed + i);
                threads.add(new Thread(() -> lane.run(start)));
            }
            threads.forEach(Thread::start);
            for (int round = 0; round < ROUNDS; round++) {
                fixture.clock.epochNs(AcmeWorld.NOW_NS + round * HOUR_NS);
                fixture.refreshPeriods();
                fixture.confirmAll();
                start.await(60, TimeUnit.SECONDS);
                start.await(60, TimeUnit.SECONDS);
            }
            for (final Thread thread : threads) {
                thread.join();
            }
        }
        assertEquals(List.of(), wrong.stream().limit(3).toList(), "seed " + seed);
        final Set<Reason> reasons = EnumSet.copyOf(seen);
        assertTrue(reasons.contains(Reason.OK) && reasons.contains(Reason.RATE_LIMITED), reasons::toString);
        assertTrue(!partial.isEmpty(), "grants in part");
    }
}
