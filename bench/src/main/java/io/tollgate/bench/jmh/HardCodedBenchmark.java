/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.jmh;

import java.util.SplittableRandom;
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

/**
 * What somebody would write by hand for this one case: the principal's number is known, one role is asked for, 21 counters in a heap array
 * are checked and added to. No names, no rules as data, no rates, one thread, no crash safety, no evidence. A floor, not a peer.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 3, jvmArgsAppend = "-Xmx4g")
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
public class HardCodedBenchmark {
    private static final int SCOPES = 7;
    private static final int DIMENSIONS = 3;
    private static final long ENGINEER = 1;

    /** A million principals as arrays. */
    @State(Scope.Thread)
    @SuppressWarnings("NullAway.Init") // JMH calls fill() first
    public static class Arrays {
        private static final int PRINCIPALS = 1_000_000;
        private static final int DRAWS = 1 << 18;
        private static final int OF_PROJECT = 300;
        private static final int OF_DEPARTMENT = 4;

        long[] roles;
        long[] used;
        int[] draws;
        int at;

        /** Fills. */
        @Setup(Level.Trial)
        public void fill() {
            roles = new long[PRINCIPALS];
            java.util.Arrays.fill(roles, ENGINEER);
            used = new long[(2 * PRINCIPALS + PRINCIPALS / OF_PROJECT * 2 + 16) * DIMENSIONS];
            draws = new SplittableRandom(1).ints(DRAWS, 0, PRINCIPALS).toArray();
        }

        int scope(final int principal, final int level) {
            final int project = principal / OF_PROJECT;
            return switch (level) {
                case 0 -> principal;
                case 1 -> PRINCIPALS + principal;
                case 2 -> 2 * PRINCIPALS + project;
                case 3 -> 2 * PRINCIPALS + PRINCIPALS / OF_PROJECT + project / OF_DEPARTMENT;
                default -> 2 * PRINCIPALS + PRINCIPALS / OF_PROJECT * 2 + level;
            };
        }
    }

    /** Asks and takes; principals drawn uniformly. */
    @Benchmark
    public boolean consume(final Arrays data) {
        final int principal = data.draws[data.at++ & Arrays.DRAWS - 1];
        if ((data.roles[principal] & ENGINEER) == 0) {
            return false;
        }
        final long limit = Long.MAX_VALUE / 2;
        for (int level = 0; level < SCOPES; level++) {
            final int scope = data.scope(principal, level) * DIMENSIONS;
            for (int dimension = 0; dimension < DIMENSIONS; dimension++) {
                if (data.used[scope + dimension] + 1 > limit) {
                    return false;
                }
            }
        }
        for (int level = 0; level < SCOPES; level++) {
            final int scope = data.scope(principal, level) * DIMENSIONS;
            for (int dimension = 0; dimension < DIMENSIONS; dimension++) {
                data.used[scope + dimension]++;
            }
        }
        return true;
    }
}
