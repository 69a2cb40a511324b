/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Section 7: what is held, and how it ends. */
final class ReferenceReservations {
    /** What a terminal call answers. */
    public enum Ending {
        SETTLED,
        OVERRUN,
        RELEASED,
        EXPIRED,
        UNKNOWN,
        /** The call itself is wrong: a unit that the operation does not accept, a negative amount. */
        INVALID
    }

    private static final long NS_PER_MS = 1_000_000L;
    private static final long REMEMBERED_MS = 600_000;
    private static final long MIN_TTL_MS = 1_000;

    private final Map<String, ReferenceReservation> byId = new LinkedHashMap<>();
    private final ReferenceLedger ledger;
    private final ReferenceRules rules;

    ReferenceReservations(final ReferenceLedger ledger, final ReferenceRules rules) {
        this.ledger = ledger;
        this.rules = rules;
    }

    @Nullable
    ReferenceReservation find(final String id) {
        return byId.get(id);
    }

    /** {@return ms after which it is overdue, for a ttl of a request} */
    static long expiry(final ReferenceWorld world, final long ttlMs, final long nowNs) {
        final long ttl = ttlMs == 0 ? world.assets.defaultTtlMs() : ttlMs;
        return -Math.floorDiv(-nowNs, NS_PER_MS) + Math.max(ttl, MIN_TTL_MS);
    }

    /** Records what a RESERVE took. */
    ReferenceAnswer.Reservation open(final ReferenceContext context, final String id) {
        final long ttl = context.request.options().ttlMs();
        final ReferenceReservation made = new ReferenceReservation(
                id,
                context.request,
                ReferenceEngine.organization(context),
                Math.max(MIN_TTL_MS, ttl == 0 ? context.world.assets.defaultTtlMs() : ttl));
        made.expiresAtMs = expiry(context.world, ttl, context.nowEpochNs);
        made.parts.add(ReferenceReservation.Part.first(context));
        byId.put(id, made);
        return new ReferenceAnswer.Reservation(id, made.expiresAtMs);
    }

    /** Adds what an Extend took. */
    ReferenceAnswer.Reservation extend(
            final ReferenceReservation reservation, final ReferenceContext context, final long ttlMs) {
        reservation.parts.add(ReferenceReservation.Part.of(context));
        if (ttlMs > 0) {
            reservation.expiresAtMs =
                    Math.max(reservation.expiresAtMs, expiry(context.world, ttlMs, context.nowEpochNs));
        }
        return new ReferenceAnswer.Reservation(reservation.id, reservation.expiresAtMs);
    }

    /** Time has come to now: what is overdue, expired or forgotten by then. */
    void advance(final ReferenceWorld world, final long nowNs) {
        final long nowMs = Math.floorDiv(nowNs, NS_PER_MS);
        final ReferenceGiveBack giveBack = new ReferenceGiveBack(world, ledger, rules, nowNs);
        for (final ReferenceReservation each : new ArrayList<>(byId.values())) {
            if (each.state == ReferenceReservation.State.OPEN && nowMs >= each.expiresAtMs) {
                each.state = ReferenceReservation.State.OVERDUE;
                giveBack.soft(each);
            }
            if (each.state == ReferenceReservation.State.OVERDUE && nowMs >= each.tombstoneMs()) {
                giveBack.all(each, ReferenceGiveBack.Standing.SOFT_IS_BACK);
                end(each, ReferenceReservation.State.EXPIRED, nowMs);
            } else if (each.ended() && rules.expiresAfterEnd() && nowMs >= each.expiresAtMs) {
                each.expiresAtMs = Long.MAX_VALUE;
                giveBack.all(each, ReferenceGiveBack.Standing.ALL_IS_HELD);
            }
            if (each.ended() && nowMs >= each.endedAtMs + REMEMBERED_MS) {
                byId.remove(each.id);
            }
        }
    }

    Ending settle(
            final ReferenceWorld world, final String id, final List<ReferenceRequest.Usage> actual, final long nowNs) {
        if (actual.stream().anyMatch(usage -> usage.amount() < 0)) {
            return Ending.INVALID;
        }
        final ReferenceReservation reservation = byId.get(id);
        if (reservation == null) {
            return Ending.UNKNOWN;
        }
        final boolean late = reservation.state == ReferenceReservation.State.EXPIRED && !reservation.lateUseRecorded;
        if (reservation.ended() && !late) {
            return ending(reservation);
        }
        final Map<Integer, Long> charges = ReferenceUse.charges(world, reservation.request, actual);
        if (charges == null) {
            return Ending.INVALID;
        }
        final ReferenceGiveBack giveBack = new ReferenceGiveBack(world, ledger, rules, nowNs);
        if (late) {
            reservation.lateUseRecorded = true;
            giveBack.replace(reservation, charges, ReferenceGiveBack.Standing.ALL_IS_BACK);
        } else {
            final boolean over = giveBack.replace(reservation, charges, standing(reservation));
            final ReferenceReservation.State end =
                    over ? ReferenceReservation.State.OVERRUN : ReferenceReservation.State.SETTLED;
            end(reservation, end, Math.floorDiv(nowNs, NS_PER_MS));
        }
        return ending(reservation);
    }

    Ending release(final ReferenceWorld world, final String id, final long nowNs) {
        final ReferenceReservation reservation = byId.get(id);
        if (reservation == null) {
            return Ending.UNKNOWN;
        }
        if (!reservation.ended()) {
            new ReferenceGiveBack(world, ledger, rules, nowNs).all(reservation, standing(reservation));
            end(reservation, ReferenceReservation.State.RELEASED, Math.floorDiv(nowNs, NS_PER_MS));
        }
        return ending(reservation);
    }

    private static ReferenceGiveBack.Standing standing(final ReferenceReservation reservation) {
        return reservation.state == ReferenceReservation.State.OVERDUE
                ? ReferenceGiveBack.Standing.SOFT_IS_BACK
                : ReferenceGiveBack.Standing.ALL_IS_HELD;
    }

    private static void end(
            final ReferenceReservation reservation, final ReferenceReservation.State state, final long nowMs) {
        reservation.state = state;
        reservation.endedAtMs = nowMs;
    }

    private static Ending ending(final ReferenceReservation reservation) {
        return Ending.valueOf(reservation.state.name());
    }
}
