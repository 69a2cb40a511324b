/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader;

import java.util.concurrent.TimeUnit;

/** The context's intervals in nanoseconds. */
record Timings(
        long heartbeatNs, long answerTimeoutNs, long transferIdleNs, long firstBackoffNs, long longestBackoffNs) {
    static Timings of(LoaderContext.Timing timing) {
        return new Timings(
                TimeUnit.MILLISECONDS.toNanos(timing.heartbeatMs()),
                TimeUnit.MILLISECONDS.toNanos(timing.answerTimeoutMs()),
                TimeUnit.MILLISECONDS.toNanos(timing.transferIdleTimeoutMs()),
                TimeUnit.MILLISECONDS.toNanos(timing.firstBackoffMs()),
                TimeUnit.MILLISECONDS.toNanos(timing.longestBackoffMs()));
    }
}
