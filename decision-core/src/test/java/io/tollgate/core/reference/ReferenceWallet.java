/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import io.tollgate.core.Severity;
import io.tollgate.core.world.def.WindowDef;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Money of a scope; periodEndMs 0 and billing NONE = not known. */
record ReferenceWallet(
        String id,
        String scopePath,
        String currency,
        boolean prePaid,
        Status status,
        List<Tranche> tranches,
        List<Threshold> thresholds,
        long pending,
        long periodEndMs,
        WindowDef billing,
        List<Order> order) {
    static final List<Order> FLEXPRICE = List.of(Order.PRIORITY, Order.EXPIRY, Order.AMOUNT);

    enum Status {
        ACTIVE,
        FROZEN,
        CLOSED
    }

    /** What is consumed first: lower priority (none last), earlier expiry (never last), larger amount. */
    enum Order {
        PRIORITY,
        EXPIRY,
        AMOUNT
    }

    record Tranche(
            String id, long amount, long remaining, long startsAtMs, long expiresAtMs, @Nullable Integer priority) {
        boolean validAt(final long epochMs) {
            return startsAtMs <= epochMs && (expiresAtMs == 0 || epochMs < expiresAtMs);
        }
    }

    record Threshold(long below, Severity severity) {}
}
