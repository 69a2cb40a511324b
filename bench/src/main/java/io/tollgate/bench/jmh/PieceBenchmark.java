/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.jmh;

import io.tollgate.bench.world.RequestTape;
import io.tollgate.core.Reason;
import io.tollgate.core.ScopeLevel;
import io.tollgate.core.policy.PolicyEvaluator;
import io.tollgate.core.policy.PolicyMatch;
import io.tollgate.core.policy.PolicyQuery;
import io.tollgate.core.quota.InFlight;
import io.tollgate.core.quota.TakePlan;
import io.tollgate.core.quota.Taker;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.request.Field;
import io.tollgate.core.world.World;
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
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The parts of a decision, each alone; their sum is less than the whole where the whole misses the cache. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 3, jvmArgsAppend = "-Xmx4g")
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
public class PieceBenchmark {

    /** One principal's chain, and drawn requests for the look-ups. */
    @State(Scope.Thread)
    @SuppressWarnings("NullAway.Init") // JMH calls prepare() first
    public static class Parts {
        private static final int REQUESTS = 1 << 18;
        private static final int SYMBOLS = 64;

        final DecisionRequest request = new DecisionRequest();
        final PolicyMatch match = new PolicyMatch(SYMBOLS, SYMBOLS);
        final TakePlan plan = new TakePlan();
        World world;
        RequestTape uniform;
        PolicyQuery query;
        ChainParts chain;
        Taker taker;

        /** Reads one chain out of the world. */
        @Setup(Level.Trial)
        public void prepare(final WorldState state) {
            final GeneratedShape shape = state.bench.shape();
            world = state.bench.world();
            uniform = RequestTape.of(shape, PrincipalDraw.uniform(shape.principals(), 1), REQUESTS);
            chain = ChainParts.of(state.bench, shape.principals() / 2);
            query = chain.query(SYMBOLS);
            taker = new Taker(state.bench.cells().cells(), new InFlight(1), 0);
            PolicyEvaluator.evaluate(world.policies(), query, match, null);
            if (match.reason() != Reason.OK) {
                throw new IllegalStateException("the policies say " + match.reason() + "; the figures mean nothing");
            }
        }
    }

    /** Finds organization, project and API key by name, principals drawn uniformly; includes filling the request. */
    @Benchmark
    public long lookUp(final Parts parts) {
        final DecisionRequest request = parts.request;
        parts.uniform.nextByKey(request);
        final World world = parts.world;
        final long organization = world.find(
                ScopeLevel.ORGANIZATION,
                World.NO_ROW,
                request.bytes(),
                request.offset(Field.ORGANIZATION),
                request.length(Field.ORGANIZATION));
        final long project = world.find(
                ScopeLevel.PROJECT,
                organization,
                request.bytes(),
                request.offset(Field.PROJECT),
                request.length(Field.PROJECT));
        final long key = world.find(
                ScopeLevel.API_KEY,
                World.NO_ROW,
                request.bytes(),
                request.apiKeyOffset(),
                DecisionRequest.API_KEY_HASH_BYTES);
        return organization ^ project ^ key;
    }

    /** Matches the 200 candidate rules of one chain. */
    @Benchmark
    public PolicyMatch policy(final Parts parts) {
        PolicyEvaluator.evaluate(parts.world.policies(), parts.query, parts.match, null);
        return parts.match;
    }

    /** Takes from the 21 cells of one chain. */
    @Benchmark
    public int take(final Parts parts) {
        parts.chain.fill(parts.plan);
        return parts.taker.take(parts.plan);
    }

    /** Reads the 21 cells of one chain. */
    @Benchmark
    public int checkCells(final Parts parts) {
        parts.chain.fill(parts.plan);
        return parts.taker.check(parts.plan);
    }
}
