/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy.mapping;

import io.tollgate.server.envoy.mapping.Refusal.Kind;
import java.math.BigInteger;
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
    private static final int PLAIN_DIGITS = 18;

    /** {@return the amount; 0 = none of it} */
    long read(final CheckFacts facts, final Map<String, String> path) throws Refusal {
        final String text = source.read(facts, path);
        if (text == null || text.isEmpty()) {
            if (whenAbsent == null) {
                throw new Refusal(Kind.VALUE, "How much is asked for is missing: " + source.words() + ".");
            }
            return whenAbsent;
        }
        final long plain = plain(text);
        return scaled(plain >= 0 ? plain : whole(text, source.words()));
    }

    /** {@return the number, or -1 when it is not written in up to 18 digits} */
    private static long plain(final String text) {
        if (text.isEmpty() || text.length() > PLAIN_DIGITS) {
            return -1;
        }
        long value = 0;
        for (int i = 0; i < text.length(); i++) {
            final int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            value = value * 10 + digit;
        }
        return value;
    }

    /** {@return value times multiply by divide} */
    private long scaled(final long value) throws Refusal {
        if (multiply == 1 && divide == 1) {
            return max > 0 ? Math.min(value, max) : value;
        }
        final BigInteger[] parts = BigInteger.valueOf(value)
                .multiply(BigInteger.valueOf(multiply))
                .divideAndRemainder(BigInteger.valueOf(divide));
        BigInteger result = parts[1].signum() == 0 ? parts[0] : parts[0].add(BigInteger.ONE);
        if (max > 0) {
            result = result.min(BigInteger.valueOf(max));
        }
        if (result.bitLength() >= Long.SIZE) {
            throw new Refusal(Kind.VALUE, "The amount is too large: " + source.words() + ".");
        }
        return result.longValue();
    }

    static long whole(final String text, final String words) throws Refusal {
        if (Form.AMOUNT.accept(text) == null) {
            throw new Refusal(Kind.VALUE, "It must be a whole number: " + words + ".");
        }
        return Long.parseLong(text);
    }
}
