/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.client;

import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.ExtendRequest;
import io.tollgate.v1.SettleRequest;
import io.tollgate.v1.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What was reserved, until it is settled or released. Closing it releases what nobody settled, so that a failure in between gives back what
 * was held; a reservation that was denied holds nothing, and closing it does nothing.
 *
 * <pre>{@code
 * try (Reservation reservation = client.reserve(request)) {
 *     if (!reservation.allowed()) {
 *         throw new Refused(reservation.decision().message());
 *     }
 *     long used = generate();
 *     reservation.settle(used, "output_token");
 * }
 * }</pre>
 *
 * <p>Thread-safe. Where the answer of a settle got lost ({@link Settlement#acknowledged()} is false), settle again: it counts once.
 */
public final class Reservation implements AutoCloseable {
    private final TollgateClient client;
    private final Decision decision;
    private final String id;
    private final AtomicBoolean ended = new AtomicBoolean();

    Reservation(TollgateClient client, Decision decision) {
        this.client = client;
        this.decision = decision;
        this.id = decision.allowed() ? decision.reservationId().orElse("") : "";
    }

    /** The answer to the RESERVE. */
    public Decision decision() {
        return decision;
    }

    /** Whether something is held: go on, and settle. */
    public boolean allowed() {
        return !id.isEmpty();
    }

    /** Its id; empty when it was denied. */
    public String id() {
        return id;
    }

    /** When soft holds come back and it cannot be extended any more; empty when it was denied. */
    public Optional<Instant> expiresAt() {
        final DecideResponse response = decision.raw();
        return allowed()
                ? Optional.of(Instant.ofEpochMilli(response.getReservation().getExpiresAtMs()))
                : Optional.empty();
    }

    /** Asks for more, before going on. A deny leaves the reservation as it is. */
    public Decision extend(long amount, String unit) {
        return extend(amount, unit, Duration.ZERO);
    }

    /**
     * Asks for more, and to be held for so long from now.
     *
     * @param ttl zero = leave the expiry; it is never shortened
     */
    public Decision extend(long amount, String unit, Duration ttl) {
        return client.extend(ExtendRequest.newBuilder()
                .setReservationId(id)
                .addUsage(usage(RequestLimits.amount("usage amount", amount), unit))
                .setTtlMs(ttl.toMillis())
                .build());
    }

    /** Says what was really used of one unit; whatever else was reserved was not used. */
    public Settlement settle(long amount, String unit) {
        return settle(List.of(usage(amount, unit)));
    }

    /** Says what was really used; what is not mentioned was not used. */
    public Settlement settle(List<Usage> actual) {
        final Settlement settlement = client.settle(SettleRequest.newBuilder()
                .setReservationId(id)
                .addAllActual(actual)
                .build());
        // also when it is not known whether it was settled: a release must not undo it
        ended.set(true);
        return settlement;
    }

    /** Gives everything back. */
    public Settlement release() {
        ended.set(true);
        return client.release(id);
    }

    /** Releases it if nobody settled or released it. */
    @Override
    public void close() {
        if (allowed() && ended.compareAndSet(false, true)) {
            client.release(id);
        }
    }

    private static Usage usage(long amount, String unit) {
        return Usage.newBuilder()
                .setAmount(amount)
                .setUnit(RequestLimits.id("usage unit", unit))
                .build();
    }

    @Override
    public String toString() {
        return "Reservation[" + (allowed() ? "" : "denied, ") + decision + "]";
    }
}
