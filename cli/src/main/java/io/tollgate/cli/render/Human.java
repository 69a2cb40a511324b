/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.render;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Numbers as people read them: 1,200; 3.2 s; 2026-12-01 00:00:00 UTC. The same in every locale. */
public final class Human {
    private static final DateTimeFormatter INSTANT = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final long MICRO = 1_000;
    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000_000_000;
    private static final long MINUTE = 60 * SECOND;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;

    private Human() {}

    public static String number(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    /** "1 rule", "3 rules". */
    public static String count(long value, String singular) {
        return number(value) + " " + singular + (value == 1 ? "" : "s");
    }

    /** Two figures of it: "850 ns", "12 us", "180 ms", "3.2 s", "3 min 12 s", "5 h 3 min", "9 d 4 h". Rounded down. */
    public static String duration(long ns) {
        if (ns < 0) {
            return "-" + duration(ns == Long.MIN_VALUE ? Long.MAX_VALUE : -ns);
        } else if (ns < MICRO) {
            return ns + " ns";
        } else if (ns < MILLI) {
            return ns / MICRO + " us";
        } else if (ns < SECOND) {
            return ns / MILLI + " ms";
        } else if (ns < MINUTE) {
            final long tenths = ns / (SECOND / 10);
            return tenths / 10 + (tenths % 10 == 0 ? "" : "." + tenths % 10) + " s";
        } else if (ns < HOUR) {
            return two(ns / MINUTE, "min", ns % MINUTE / SECOND, "s");
        } else if (ns < DAY) {
            return two(ns / HOUR, "h", ns % HOUR / MINUTE, "min");
        }
        return two(ns / DAY, "d", ns % DAY / HOUR, "h");
    }

    public static String durationMs(long ms) {
        return duration(saturatedNs(ms));
    }

    /** "/min" for 60,000; "/(1 min 30 s)" for what has no name. */
    public static String perPeriod(long ms) {
        if (ms == SECOND / MILLI) {
            return "/s";
        } else if (ms == MINUTE / MILLI) {
            return "/min";
        } else if (ms == HOUR / MILLI) {
            return "/h";
        } else if (ms == DAY / MILLI) {
            return "/d";
        }
        return "/(" + durationMs(ms) + ")";
    }

    /** As {@link #duration}, rounded up: who waits that long has waited long enough. */
    public static String waiting(long ns) {
        final long step;
        if (ns < MILLI) {
            step = MICRO;
        } else if (ns < SECOND) {
            step = MILLI;
        } else if (ns < MINUTE) {
            step = SECOND / 10;
        } else if (ns < HOUR) {
            step = SECOND;
        } else {
            step = ns < DAY ? MINUTE : HOUR;
        }
        final long up = ns > Long.MAX_VALUE - step ? ns : (ns + step - 1) / step * step;
        return duration(up);
    }

    /** A moment, in UTC. */
    public static String instant(long epochMs) {
        return INSTANT.format(Instant.ofEpochMilli(epochMs));
    }

    public static String bytes(long bytes) {
        if (bytes < 1024) {
            return bytes + " B";
        }
        double value = bytes;
        int unit = -1;
        final String units = "KMGTPE";
        while (value >= 1024 && unit < units.length() - 1) {
            value /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, "%.1f %ciB", value, units.charAt(unit));
    }

    /** "3.84 USD": at least two digits after the point where the scale has them, no zeros beyond. */
    public static String money(long amount, int scale, String currency) {
        BigDecimal decimal = BigDecimal.valueOf(amount, scale).stripTrailingZeros();
        if (decimal.scale() < 2) {
            decimal = decimal.setScale(Math.min(2, scale));
        }
        return decimal.toPlainString() + " " + currency.toUpperCase(Locale.ROOT);
    }

    private static String two(long big, String bigUnit, long small, String smallUnit) {
        return number(big) + " " + bigUnit + (small == 0 ? "" : " " + small + " " + smallUnit);
    }

    private static long saturatedNs(long ms) {
        return TimeUnit.MILLISECONDS.toNanos(ms);
    }
}
