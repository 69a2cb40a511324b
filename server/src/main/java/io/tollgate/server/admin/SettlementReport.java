/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.admin;

import io.tollgate.core.reservation.ReservationStore;
import io.tollgate.server.metrics.Metrics;
import io.tollgate.server.metrics.SettlementCounters;
import io.tollgate.server.metrics.SettlementResult;
import io.tollgate.v1.EnvoySettlementStatus;
import org.jspecify.annotations.Nullable;

/** What Envoy's access log made of reservations. */
final class SettlementReport {
    private SettlementReport() {}

    /** {@return what there is to tell; null = nothing} */
    static @Nullable EnvoySettlementStatus of(final Metrics metrics, final ReservationStore store) {
        final EnvoySettlementStatus.Builder status = EnvoySettlementStatus.newBuilder()
                .setWaitingCount(metrics.settling(SettlementCounters::waitingCount))
                .setOverdueCount(store.awaitedOverdue())
                .setExpiredCount(store.awaitedExpired())
                .setEntryCount(metrics.settling(SettlementCounters::entryCount))
                .setRefusedMessageCount(metrics.settling(SettlementCounters::refusedCount))
                .setMissingAmountCount(metrics.settling(SettlementCounters::missingCount))
                .setInvalidAmountCount(metrics.settling(SettlementCounters::invalidCount));
        for (final SettlementResult result : SettlementResult.values()) {
            final long count = metrics.settled(result);
            if (count > 0) {
                status.putResults(result.label(), count);
            }
        }
        final EnvoySettlementStatus made = status.build();
        return made.equals(EnvoySettlementStatus.getDefaultInstance()) ? null : made;
    }
}
