/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world.def;

/**
 * Per what a ceiling counts.
 *
 * @param period   PERIOD: which; RATE: informative
 * @param lengthMs RATE: length in milliseconds; else 0
 * @param anchorMs periods start here, milliseconds since 1970; 0 = calendar
 * @param timeZone IANA name; empty = UTC
 */
public record WindowDef(Period period, long lengthMs, long anchorMs, String timeZone) {
    /** For what has no window: gauges and capacity. */
    public static final WindowDef NONE = new WindowDef(Period.NONE, 0, 0, "");
}
