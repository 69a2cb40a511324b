/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server;

import java.security.SecureRandom;

/** Names of boots: the second they began at and 32 random bits, in hexadecimal, so that they sort by time. */
final class BootId {
    private static final long MS_PER_S = 1_000;

    private BootId() {}

    static String next() {
        return String.format("%08x%08x", System.currentTimeMillis() / MS_PER_S, new SecureRandom().nextInt());
    }
}
