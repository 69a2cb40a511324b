/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decisionlog;

/**
 * Chooses the plain allows that are logged, by their decision id alone: whoever knows the id and the percentage knows whether there must
 * be an entry. An id is chosen when the 32 bits of its mixed hash, as a fraction of 2^32, are below the share. The hash is that of {@link
 * String#hashCode} (s[0]*31^(n-1) + ... + s[n-1]), the mixing is MurmurHash3's 32-bit finalizer.
 */
final class Sampling {
    private static final double WHOLE = 4_294_967_296.0;
    private static final double PERCENT = 100.0;

    private final long below;

    /**
     * @param percent 0 to 100
     */
    Sampling(final double percent) {
        below = Math.round(percent / PERCENT * WHOLE);
    }

    /** {@return whether an allow with this id is logged} */
    boolean chooses(final String decisionId) {
        int mixed = decisionId.hashCode();
        mixed ^= mixed >>> 16;
        mixed *= 0x85ebca6b;
        mixed ^= mixed >>> 13;
        mixed *= 0xc2b2ae35;
        mixed ^= mixed >>> 16;
        return Integer.toUnsignedLong(mixed) < below;
    }
}
