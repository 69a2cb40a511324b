/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy.mapping;

import java.math.BigInteger;

/** Whole numbers from 0 to 2^63-1, as requests and responses bring them. */
public final class WholeNumber {
    /** It is no such number. */
    public static final long NONE = -1;

    private static final int MAX_DIGITS = 19;

    private WholeNumber() {}

    /** {@return what is written in digits and nothing else, or {@link #NONE}} */
    public static long parse(final String text) {
        if (text.isEmpty() || text.length() > MAX_DIGITS) {
            return NONE;
        }
        long value = 0;
        for (int i = 0; i < text.length(); i++) {
            final int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9 || value > (Long.MAX_VALUE - digit) / 10) {
                return NONE;
            }
            value = value * 10 + digit;
        }
        return value;
    }

    /** {@return value * multiply / divide, rounded up, or {@link #NONE} when that is above 2^63-1} */
    public static long scaled(final long value, final long multiply, final long divide) {
        if (multiply == 1 && divide == 1) {
            return value;
        }
        final BigInteger[] parts = BigInteger.valueOf(value)
                .multiply(BigInteger.valueOf(multiply))
                .divideAndRemainder(BigInteger.valueOf(divide));
        final BigInteger result = parts[1].signum() == 0 ? parts[0] : parts[0].add(BigInteger.ONE);
        return result.bitLength() >= Long.SIZE ? NONE : result.longValue();
    }
}
