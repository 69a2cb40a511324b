/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.condition;

import io.tollgate.core.attribute.AttributeLimits;

/** Checked arithmetic over int, timestamp (ms) and duration (ms). Tells {@link #OVERFLOW} through the frame, never throws. */
final class WholeMath {
    /** CEL's range: 10,000 years of seconds either way. */
    static final long MAX_DURATION_MS = 315_576_000_000_000L;
    /** Two timestamps further apart than 64 bits of nanoseconds have no difference in CEL. */
    static final long MAX_DIFFERENCE_MS = Long.MAX_VALUE / 1_000_000;

    private WholeMath() {}

    static boolean isDuration(final long ms) {
        return ms >= -MAX_DURATION_MS && ms <= MAX_DURATION_MS;
    }

    static long add(final ConditionFrame frame, final long a, final long b) {
        final long sum = a + b;
        return ((a ^ sum) & (b ^ sum)) < 0 ? frame.fail(Failure.OVERFLOW) : sum;
    }

    static long subtract(final ConditionFrame frame, final long a, final long b) {
        final long difference = a - b;
        return ((a ^ b) & (a ^ difference)) < 0 ? frame.fail(Failure.OVERFLOW) : difference;
    }

    static long multiply(final ConditionFrame frame, final long a, final long b) {
        final long high = Math.multiplyHigh(a, b);
        final long low = a * b;
        return high != low >> Long.SIZE - 1 ? frame.fail(Failure.OVERFLOW) : low;
    }

    static long divide(final ConditionFrame frame, final long a, final long b) {
        if (b == 0) {
            return frame.fail(Failure.DIVISION_BY_ZERO);
        }
        return a == Long.MIN_VALUE && b == -1 ? frame.fail(Failure.OVERFLOW) : a / b;
    }

    static long modulo(final ConditionFrame frame, final long a, final long b) {
        return b == 0 ? frame.fail(Failure.DIVISION_BY_ZERO) : a % b;
    }

    static long negate(final ConditionFrame frame, final long a) {
        return a == Long.MIN_VALUE ? frame.fail(Failure.OVERFLOW) : -a;
    }

    /** NaN and what is not below 2^63 in size has no whole part here. */
    static long toWhole(final ConditionFrame frame, final double a) {
        return a > -0x1p63 && a < 0x1p63 ? (long) a : frame.fail(Failure.OVERFLOW);
    }

    static long moment(final ConditionFrame frame, final long ms) {
        return AttributeLimits.isTimestamp(ms) ? ms : frame.fail(Failure.OVERFLOW);
    }

    static long duration(final ConditionFrame frame, final long ms) {
        return isDuration(ms) ? ms : frame.fail(Failure.OVERFLOW);
    }

    static long between(final ConditionFrame frame, final long a, final long b) {
        final long ms = a - b;
        return ms >= -MAX_DIFFERENCE_MS && ms <= MAX_DIFFERENCE_MS ? ms : frame.fail(Failure.OVERFLOW);
    }
}
