/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import io.tollgate.core.quota.RateSpec;
import io.tollgate.core.quota.RateTerms;
import io.tollgate.v1.CeilingRecord;
import io.tollgate.v1.OverrideRecordOrBuilder;
import java.math.BigInteger;
import java.util.Optional;

/** Which rates the engine can count: asks the engine. */
final class RateRange {
    private static final long NS_PER_MS = 1_000_000;

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

    /** {@return what is wrong with a limited override of a rate, or empty} */
    static Optional<String> defect(CeilingRecord own, OverrideRecordOrBuilder override) {
        long lengthNs = own.getWindow().getLengthMs() * NS_PER_MS;
        try {
            RateSpec overriding = RateSpec.of(override.getLimit(), override.getBurst(), lengthNs);
            if (!own.getUnlimited()) {
                RateTerms.of(RateSpec.of(own.getLimit(), own.getBurst(), lengthNs), overriding);
            }
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** {@return the burst of an overridden rate: in proportion, at least 1; the limit where there is nothing to be in proportion to} */
    static long burst(CeilingRecord own, long limit) {
        if (own.getUnlimited() || own.getLimit() == 0) {
            return Math.max(1, limit);
        }
        return BigInteger.valueOf(own.getBurst())
                .multiply(BigInteger.valueOf(limit))
                .divide(BigInteger.valueOf(own.getLimit()))
                .max(BigInteger.ONE)
                .min(BigInteger.valueOf(Long.MAX_VALUE))
                .longValueExact();
    }
}
