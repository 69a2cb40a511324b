/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import io.tollgate.core.quota.RateSpec;
import java.util.Optional;

/** Which rates the engine can count: asks the engine. */
final class RateRange {
    private RateRange() {}

    /** {@return what is wrong with a rate, or empty} */
    static Optional<String> defect(long limit, long burst, long lengthNs) {
        try {
            RateSpec.of(limit, burst, lengthNs);
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }
}
