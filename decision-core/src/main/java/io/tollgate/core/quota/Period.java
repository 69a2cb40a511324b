/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.quota;

/** How long a PERIOD ceiling counts before it starts again. */
public enum Period {
    /** 3,600 seconds; full hours of UTC, or hours since the anchor. */
    HOURLY,
    /** A day of the time zone: 23, 24 or 25 hours. */
    DAILY,
    /** Seven days from Monday, or from the anchor's weekday. */
    WEEKLY,
    /** A month. */
    MONTHLY,
    /** Three months from January, or from the anchor. */
    QUARTERLY,
    /** Six months from January, or from the anchor. */
    HALF_YEARLY,
    /** Twelve months from January, or from the anchor. */
    ANNUAL,
    /** One period without end. */
    NEVER;

    /** Months of one period, 0 where months do not matter. */
    int months() {
        return switch (this) {
            case MONTHLY -> 1;
            case QUARTERLY -> 3;
            case HALF_YEARLY -> 6;
            case ANNUAL -> 12;
            default -> 0;
        };
    }
}
