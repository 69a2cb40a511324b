/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import io.tollgate.v1.Period;

/** Periods of the records as the engine calls them. */
final class Periods {
    private Periods() {}

    static io.tollgate.core.world.def.Period core(Period period) {
        return switch (period) {
            case PERIOD_HOURLY -> io.tollgate.core.world.def.Period.HOURLY;
            case PERIOD_DAILY -> io.tollgate.core.world.def.Period.DAILY;
            case PERIOD_WEEKLY -> io.tollgate.core.world.def.Period.WEEKLY;
            case PERIOD_MONTHLY -> io.tollgate.core.world.def.Period.MONTHLY;
            case PERIOD_QUARTERLY -> io.tollgate.core.world.def.Period.QUARTERLY;
            case PERIOD_HALF_YEARLY -> io.tollgate.core.world.def.Period.HALF_YEARLY;
            case PERIOD_ANNUAL -> io.tollgate.core.world.def.Period.ANNUAL;
            case PERIOD_NEVER -> io.tollgate.core.world.def.Period.NEVER;
            default -> throw new IllegalArgumentException(period + " is not the period of a counter");
        };
    }
}
