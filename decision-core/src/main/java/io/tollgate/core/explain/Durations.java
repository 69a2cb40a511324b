/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.explain;

/** Durations for people: "850 ms", "3.2 s", "4 min 10 s", "2 d 3 h". */
public final class Durations {
    private static final long SECOND_MS = 1_000;
    private static final long MINUTE_MS = 60 * SECOND_MS;
    private static final long HOUR_MS = 60 * MINUTE_MS;
    private static final long DAY_MS = 24 * HOUR_MS;

    private Durations() {}

    /** {@return a duration of milliseconds in its two largest units} */
    public static String text(final long durationMs) {
        if (durationMs < 0) {
            return "-" + text(durationMs == Long.MIN_VALUE ? Long.MAX_VALUE : -durationMs);
        }
        if (durationMs < SECOND_MS) {
            return durationMs + " ms";
        }
        if (durationMs < MINUTE_MS) {
            final long tenths = durationMs % SECOND_MS / 100;
            return durationMs / SECOND_MS + (tenths == 0 ? "" : "." + tenths) + " s";
        }
        if (durationMs < HOUR_MS) {
            return two(durationMs, MINUTE_MS, "min", SECOND_MS, "s");
        }
        return durationMs < DAY_MS
                ? two(durationMs, HOUR_MS, "h", MINUTE_MS, "min")
                : two(durationMs, DAY_MS, "d", HOUR_MS, "h");
    }

    /** {@return the same, rounded up where it is not exact: for how long to wait} */
    public static String atLeast(final long durationMs) {
        final long step;
        if (durationMs < SECOND_MS) {
            step = 1;
        } else if (durationMs < MINUTE_MS) {
            step = 100;
        } else if (durationMs < HOUR_MS) {
            step = SECOND_MS;
        } else {
            step = durationMs < DAY_MS ? MINUTE_MS : HOUR_MS;
        }
        final long over = Math.floorMod(durationMs, step);
        return text(over == 0 || durationMs > Long.MAX_VALUE - step ? durationMs : durationMs - over + step);
    }

    private static String two(
            final long durationMs, final long largeMs, final String large, final long smallMs, final String small) {
        final long rest = durationMs % largeMs / smallMs;
        return durationMs / largeMs + " " + large + (rest == 0 ? "" : " " + rest + " " + small);
    }
}
