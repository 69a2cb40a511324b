/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.jmh;

import io.tollgate.bench.world.BenchWorld;
import io.tollgate.bench.world.CeilingChoice;
import io.tollgate.bench.world.RequestTape;
import io.tollgate.core.Reason;
import io.tollgate.core.engine.Decision;
import io.tollgate.examples.generator.GeneratedRequests;
import io.tollgate.examples.generator.GeneratedShape;
import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.ThreadParams;

/**
 * Two threads (target P3): on one ceiling that both take from, on a ceiling for each, and on full chains that share the upper four scopes.
 * Exact: with one ceiling, what was counted is compared with what was granted, to the token; nothing may be
 * denied, but a thread that is stopped in the middle of a take may cost the other an OVERLOADED.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(value = 3, jvmArgsAppend = "-Xmx2g")
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Threads(2)
public class SharedCeilingBenchmark {
    /** Principals of one organization in as many projects as there are. */
    private static final int PRINCIPALS = 1_000;

    /** What the threads share. */
    public enum Sharing {
        /** One ceiling, of the one project of both. */
        ONE_CEILING,
        /** A ceiling for each: a project of its own. */
        CEILING_EACH,
        /** 21 ceilings each, of which those of global, plan, organization and department are shared. */
        FULL_CHAIN
    }

    /** The world. */
    @State(Scope.Benchmark)
    @SuppressWarnings("NullAway.Init") // JMH calls open() first
    public static class Shared {
        /** What the threads share. */
        @Param
        public Sharing sharing;

        final Queue<Mine> all = new ConcurrentLinkedQueue<>();
        BenchWorld bench;
        private long usedBefore;

        /** Opens it. */
        @Setup(Level.Trial)
        public void open() throws IOException {
            final CeilingChoice choice =
                    sharing == Sharing.FULL_CHAIN ? CeilingChoice.ALL : CeilingChoice.PROJECT_TOKENS;
            bench = BenchWorld.open(GeneratedShape.of(PRINCIPALS), choice, 64);
            usedBefore = usedOf(0);
        }

        /** Compares and closes; both threads have measured all they will. */
        @TearDown(Level.Trial)
        public void close() throws IOException {
            long granted = 0;
            for (final Mine mine : all) {
                mine.asker.requireNoneDenied();
                granted += mine.decisions * mine.tokens;
            }
            final long counted = usedOf(0) - usedBefore - tokensOf(0);
            if (sharing == Sharing.ONE_CEILING && counted != granted) {
                throw new IllegalStateException("counted " + counted + " tokens, granted " + granted + ": not exact");
            }
            bench.close();
        }

        /** {@return tokens used of the project of a principal, its own request included} */
        private long usedOf(final int principal) {
            final Asker asker = new Asker(bench, RequestTape.ofOne(bench.shape(), principal));
            asker.tape.nextByKey(asker.request);
            asker.worker.begin();
            asker.worker.decide(asker.request, asker.decision);
            final long used = asker.decision.ceilings().used(0);
            asker.worker.end();
            asker.requireAllAllowed();
            return used;
        }

        int tokensOf(final int principal) {
            return new GeneratedRequests(bench.shape()).tokens(principal);
        }
    }

    /** A thread and its principal. */
    @State(Scope.Thread)
    @SuppressWarnings("NullAway.Init") // JMH calls prepare() first
    public static class Mine {
        private static final int PROJECTS = GeneratedShape.PROJECTS_OF_ORGANIZATION;

        Asker asker;
        private long decisions;
        private int tokens;

        /** Principals 0, 16, 32 are of one project; 0, 1, 2 of one each in one department. */
        @Setup(Level.Trial)
        public void prepare(final Shared shared, final ThreadParams thread) {
            final int index = thread.getThreadIndex();
            final int principal = shared.sharing == Sharing.ONE_CEILING ? index * PROJECTS : index;
            asker = new Asker(shared.bench, RequestTape.ofOne(shared.bench.shape(), principal));
            tokens = shared.tokensOf(principal);
            shared.all.add(this);
        }
    }

    /** Decides. */
    @Benchmark
    public Decision consume(final Mine mine) {
        mine.asker.tape.nextByKey(mine.asker.request);
        final Decision decision = mine.asker.decide();
        if (decision.reason() == Reason.OK) {
            mine.decisions++;
        }
        return decision;
    }
}
