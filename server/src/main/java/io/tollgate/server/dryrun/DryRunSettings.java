/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.dryrun;

/**
 * What the dry run is told.
 *
 * @param decisions requests that are kept; 0 = there is no dry run
 * @param maxFlips flips that are still let through; {@link #NO_BOUND} = any number
 * @param maxFlipPercent flips in a hundred judged requests that are still let through; 100 = any
 * @param refuse whether what flips more is refused; else it is only reported
 */
public record DryRunSettings(int decisions, int maxFlips, int maxFlipPercent, boolean refuse) {
    /** Of {@link #maxFlips}. */
    public static final int NO_BOUND = Integer.MAX_VALUE;

    /** No dry run. */
    public static final DryRunSettings OFF = new DryRunSettings(0, NO_BOUND, 100, false);

    /** {@return the setting that so many flips go beyond; empty = none} */
    String exceeded(final long flips, final long judged) {
        if (maxFlips != NO_BOUND && flips > maxFlips) {
            return "dry_run.max_flips " + maxFlips;
        }
        return flips * 100 > judged * maxFlipPercent ? "dry_run.max_flip_percent " + maxFlipPercent : "";
    }
}
