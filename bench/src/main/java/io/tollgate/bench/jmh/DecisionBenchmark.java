/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.jmh;

import io.tollgate.bench.world.RequestTape;
import io.tollgate.core.DecideMode;
import io.tollgate.core.engine.Decision;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.examples.generator.GeneratedShape;
import io.tollgate.examples.generator.PrincipalDraw;
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
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.ThreadParams;

/**
 * A whole decision in process (targets P1 and P2 of docs/performance.md): seven scopes, three dimensions with a ceiling at every scope, 200
 * candidate rules, a feature that gates. The request is filled from UTF-8 and every name is looked up.
 */
@BenchmarkMode({Mode.AverageTime, Mode.SampleTime})
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 3, jvmArgsAppend = "-Xmx4g")
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
public class DecisionBenchmark {

    /** A thread's requests. */
    @State(Scope.Thread)
    @SuppressWarnings("NullAway.Init") // JMH calls draw() first
    public static class Drawn {
        private static final int REQUESTS = 1 << 18;

        /** How often each principal comes. */
        @Param({"zipf", "uniform"})
        public String draw;

        Asker asker;

        /** Draws. */
        @Setup(Level.Trial)
        public void draw(final WorldState state, final ThreadParams thread) {
            final GeneratedShape shape = state.bench.shape();
            final long seed = shape.seed() + thread.getThreadIndex();
            final PrincipalDraw principals = "zipf".equals(draw)
                    ? PrincipalDraw.zipf(shape.principals(), seed)
                    : PrincipalDraw.uniform(shape.principals(), seed);
            asker = new Asker(state.bench, RequestTape.of(shape, principals, REQUESTS));
        }

        /** Proves. */
        @TearDown(Level.Trial)
        public void check() {
            asker.requireAllAllowed();
        }
    }

    /** P1, P2: CONSUME by API key: seven scopes, takes from 21 cells. */
    @Benchmark
    public Decision consume(final Drawn drawn) {
        drawn.asker.tape.nextByKey(drawn.asker.request);
        return drawn.asker.decide();
    }

    /** CONSUME by type and id: six scopes, takes from 18 cells. */
    @Benchmark
    public Decision consumeByName(final Drawn drawn) {
        drawn.asker.tape.nextByName(drawn.asker.request);
        return drawn.asker.decide();
    }

    /** CHECK by API key: reads 21 cells, takes from none. */
    @Benchmark
    public Decision check(final Drawn drawn) {
        drawn.asker.tape.mode(DecideMode.CHECK);
        drawn.asker.tape.nextByKey(drawn.asker.request);
        return drawn.asker.decide();
    }

    /** The benchmark's own part: filling the request from UTF-8. */
    @Benchmark
    public DecisionRequest fillOnly(final Drawn drawn) {
        drawn.asker.tape.nextByKey(drawn.asker.request);
        return drawn.asker.request;
    }
}
