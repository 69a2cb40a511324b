/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.config;

/**
 * What the dry run before an activation is told.
 *
 * @param decisions requests that are kept; 0 = there is no dry run
 * @param maxFlips flips that are still let through
 * @param maxFlipPercent flips in a hundred judged requests that are still let through; 100 = any
 * @param refuse whether what flips more is refused; else it is only reported
 */
public record DryRunConfig(int decisions, int maxFlips, double maxFlipPercent, boolean refuse) {
    /** No dry run. */
    public static final DryRunConfig OFF = new DryRunConfig(0, Integer.MAX_VALUE, 100, false);

    /** {@return the setting that so many flips go beyond; empty = none} */
    public String exceeded(final long flips, final long judged) {
        if (flips > maxFlips) {
            return "dry_run.max_flips " + maxFlips;
        }
        return flips * 100.0 > judged * maxFlipPercent ? "dry_run.max_flip_percent " + percent() : "";
    }

    private String percent() {
        return maxFlipPercent == Math.rint(maxFlipPercent)
                ? Long.toString((long) maxFlipPercent)
                : Double.toString(maxFlipPercent);
    }
}
