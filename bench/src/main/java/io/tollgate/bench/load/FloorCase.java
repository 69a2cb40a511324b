/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.load;

import java.util.ArrayList;
import java.util.List;

/**
 * One way to call, measured on both servers.
 *
 * @param call      how decisions are asked for
 * @param batchSize decisions per call
 * @param inFlight  unanswered calls
 * @param unix      over the Unix socket instead of TCP
 */
record FloorCase(LoadPlan.Call call, int batchSize, int inFlight, boolean unix) {
    private static final int BATCH = 32;

    /** {@return unary with 1, 8, 64 in flight; with everything also batches and a stream; over both transports} */
    static List<FloorCase> all(final boolean everything) {
        final List<FloorCase> cases = new ArrayList<>();
        for (final boolean unix : new boolean[] {false, true}) {
            for (final int inFlight : new int[] {1, 8, 64}) {
                cases.add(new FloorCase(LoadPlan.Call.UNARY, 1, inFlight, unix));
            }
            if (everything) {
                cases.add(new FloorCase(LoadPlan.Call.BATCH, BATCH, 1, unix));
                cases.add(new FloorCase(LoadPlan.Call.BATCH, BATCH, 8, unix));
                cases.add(new FloorCase(LoadPlan.Call.STREAM, 1, 64, unix));
            }
        }
        return cases;
    }

    /** {@return Envoy's Check with 1, 8, 64 in flight, over both transports} */
    static List<FloorCase> checks() {
        return all(false).stream()
                .map(each -> new FloorCase(LoadPlan.Call.CHECK, 1, each.inFlight, each.unix))
                .toList();
    }

    LoadPlan plan(final LocalAddress target, final LoadPlan.Span span) {
        return new LoadPlan(target, call, batchSize, 1, LoadPlan.Loop.closed(inFlight), span);
    }

    String title() {
        return switch (call) {
            case UNARY -> "unary";
            case BATCH -> "batch of " + batchSize;
            case STREAM -> "stream";
            case CHECK -> "check";
        };
    }
}
