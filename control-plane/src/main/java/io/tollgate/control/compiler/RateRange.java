/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import java.util.Optional;

/** Which rates the engine can count. */
final class RateRange {
    private static final long MAX_LENGTH_NS = 366L * 86_400L * 1_000_000_000L;

    private RateRange() {}

    /** {@return what is wrong with a rate, or empty} */
    static Optional<String> defect(long limit, long burst, long lengthNs) {
        if (lengthNs < 1 || lengthNs > MAX_LENGTH_NS) {
            return Optional.of("a rate's window is at most 366 days");
        }
        if (limit > lengthNs) {
            return Optional.of(
                    "a rate is at most one unit each nanosecond: " + lengthNs + " in this window, not " + limit);
        }
        return burst < 1 ? Optional.of("a burst of " + burst + " admits nothing") : Optional.empty();
    }
}
