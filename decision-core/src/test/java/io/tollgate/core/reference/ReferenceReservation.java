/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import io.tollgate.core.world.def.OperationDef;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** What was reserved, and what became of it. */
final class ReferenceReservation {
    enum State {
        /** Before expires_at. */
        OPEN,
        /** Between expires_at and the tombstone deadline. */
        OVERDUE,
        SETTLED,
        /** Settled, and more was used than reserved. */
        OVERRUN,
        RELEASED,
        EXPIRED
    }

    /** What the request, or one extension of it, took: dimension to amount, and from which counters. */
    record Part(Map<Integer, Long> charges, Map<Integer, ReferencePriceBook.Price> prices, List<ReferenceHold> holds) {
        static Part of(final ReferenceContext context) {
            return new Part(
                    new TreeMap<>(context.charges),
                    context.prices == null ? Map.of() : context.prices,
                    List.copyOf(context.held));
        }

        /** The first part also knows where that counts which the operation may use and the request did not reserve. */
        static Part first(final ReferenceContext context) {
            final OperationDef operation = Objects.requireNonNull(context.operation);
            final Map<Integer, Long> charges = new TreeMap<>(context.charges);
            final List<ReferenceHold> holds = new ArrayList<>(context.held);
            operation.charges().forEach(charge -> charges.putIfAbsent(charge.dimensionId(), 0L));
            for (final ReferenceCeilings.Line line : context.rules.chargesUnreserved()
                    ? ReferenceCeilings.unreserved(context, operation)
                    : List.<ReferenceCeilings.Line>of()) {
                holds.add(new ReferenceHold(line.take().of(0), BigInteger.ZERO));
            }
            return new Part(charges, ReferencePrices.ofAll(context, charges.keySet()), holds);
        }
    }

    final String id;
    final ReferenceRequest request;
    final String organization;
    final long ttlMs;
    final List<Part> parts = new ArrayList<>();
    State state = State.OPEN;
    long expiresAtMs;
    long endedAtMs;
    boolean lateUseRecorded;

    ReferenceReservation(final String id, final ReferenceRequest request, final String organization, final long ttlMs) {
        this.organization = organization;
        this.id = id;
        this.request = request;
        this.ttlMs = ttlMs;
    }

    /** {@return until when hard holds stay} */
    long tombstoneMs() {
        return expiresAtMs + Math.min(86_400_000L, Math.max(10 * ttlMs, 60_000L));
    }

    List<ReferenceHold> holds() {
        return parts.stream().flatMap(part -> part.holds().stream()).toList();
    }

    boolean ended() {
        return state != State.OPEN && state != State.OVERDUE;
    }

    /** At expires_at what only warns is returned: soft ceilings, and wallets that are paid later. All else stays charged. */
    static boolean returnsAtOnce(final ReferenceTake take) {
        return take.soft();
    }
}
