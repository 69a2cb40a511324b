/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.publish;

/**
 * How long superseded states stay in the state directory, so that a decision made on one can be replayed. What sidecars may still need
 * stays anyway.
 *
 * @param keepMs a state is kept so long after the next one took its place
 * @param maxBytes snapshots and deltas of one bundle together; the oldest states go first
 */
public record Retention(long keepMs, long maxBytes) {
    /** Hours, unless configured. */
    public static final long DEFAULT_HOURS = 168;

    /** Bytes, unless configured. */
    public static final long DEFAULT_BYTES = 4L << 30;

    private static final long MS_PER_HOUR = 3_600_000;

    /** A week, up to 4 GiB. */
    public static final Retention DEFAULT = ofHours(DEFAULT_HOURS, DEFAULT_BYTES);

    /** Checks that both are usable. */
    public Retention {
        if (keepMs < 0 || maxBytes < 0) {
            throw new IllegalArgumentException("archive: times and sizes are not negative");
        }
    }

    /** {@return a retention in the configuration's units} */
    public static Retention ofHours(long hours, long maxBytes) {
        return new Retention(Math.multiplyExact(hours, MS_PER_HOUR), maxBytes);
    }

    /** {@return the time in whole hours} */
    public long hours() {
        return keepMs / MS_PER_HOUR;
    }
}
