/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.service;

import java.util.concurrent.atomic.AtomicLong;

/** Bytes of deltas that were handed to the transport and that sidecars have not read yet: all calls together. Any thread. */
final class UnreadBudget {
    /** Some hundred sidecars that all stop reading in the middle of a large delta. */
    static final long DEFAULT_BYTES = 256L << 20;

    private final long maxBytes;
    private final AtomicLong unread = new AtomicLong();

    UnreadBudget(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** {@return whether there is room; it is taken then} */
    boolean take(long bytes) {
        if (unread.addAndGet(bytes) <= maxBytes) {
            return true;
        }
        unread.addAndGet(-bytes);
        return false;
    }

    void giveBack(long bytes) {
        unread.addAndGet(-bytes);
    }

    long unreadBytes() {
        return unread.get();
    }
}
