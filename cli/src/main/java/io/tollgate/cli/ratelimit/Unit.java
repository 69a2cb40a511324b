/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.ratelimit;

import java.util.Locale;

/** What a limit is per, and how Tollgate counts it: a rate for what is shorter than its shortest period, else a period. */
enum Unit {
    SECOND("1s", "1s", true),
    MINUTE("1m", "1m", true),
    HOUR("hourly", "1h", false),
    DAY("daily", "1d", false),
    /** Both count weeks from a Thursday, as 1970-01-01 was. */
    WEEK("weekly", "7d", false),
    /** There: 30 days from 1970 on, or the calendar's month where the server is told so. Here: the calendar's. */
    MONTH("monthly", "31d", false),
    /** There: 365 days from 1970 on. Here: the calendar's. */
    YEAR("annual", "366d", false);

    private final String per;
    private final String nextWindow;
    private final boolean rate;

    Unit(final String per, final String nextWindow, final boolean rate) {
        this.per = per;
        this.nextWindow = nextWindow;
        this.rate = rate;
    }

    /** {@return {@code per} of a limit} */
    String per() {
        return per;
    }

    /** {@return how long after the start of a window the next one has surely begun, on 2026-01-01} */
    String nextWindow() {
        return nextWindow;
    }

    boolean rate() {
        return rate;
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
