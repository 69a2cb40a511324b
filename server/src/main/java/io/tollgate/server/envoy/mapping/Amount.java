/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy.mapping;

import io.tollgate.server.envoy.mapping.Refusal.Kind;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How much of a unit a request is about: value * multiply / divide, rounded up, at most {@code max}. What is not a whole number from 0 to
 * 2^63-1 is refused.
 *
 * @param unit       registered
 * @param source     of the value
 * @param multiply   1 = as it is
 * @param divide     1 = as it is
 * @param max        an estimate above this is taken for this; 0 = no such bound
 * @param whenAbsent in place of a value that the source has not; null = the request is refused
 */
record Amount(String unit, ValueSource source, long multiply, long divide, long max, @Nullable Long whenAbsent) {
    /** {@return the amount; 0 = none of it} */
    long read(final CheckFacts facts, final Map<String, String> path) throws Refusal {
        final String text = source.read(facts, path);
        if (text == null || text.isEmpty()) {
            if (whenAbsent == null) {
                throw new Refusal(Kind.VALUE, "How much is asked for is missing: " + source.words() + ".");
            }
            return whenAbsent;
        }
        return scaled(whole(text, source.words()));
    }

    private long scaled(final long value) throws Refusal {
        final long result = WholeNumber.scaled(value, multiply, divide);
        if (result == WholeNumber.NONE && max == 0) {
            throw new Refusal(Kind.VALUE, "The amount is too large: " + source.words() + ".");
        }
        return max > 0 && (result == WholeNumber.NONE || result > max) ? max : result;
    }

    static long whole(final String text, final String words) throws Refusal {
        final long value = WholeNumber.parse(text);
        if (value == WholeNumber.NONE) {
            throw new Refusal(Kind.VALUE, "It must be a whole number: " + words + ".");
        }
        return value;
    }
}
