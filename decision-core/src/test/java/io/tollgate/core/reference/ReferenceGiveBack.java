/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import io.tollgate.core.DimensionKind;
import io.tollgate.core.world.def.CeilingDef;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** How what is held goes back, and how what was used beyond it is charged. */
final class ReferenceGiveBack {
    /** What of a reservation has gone back before. */
    enum Standing {
        ALL_IS_HELD,
        SOFT_IS_BACK,
        ALL_IS_BACK
    }

    private final ReferenceWorld world;
    private final ReferenceLedger ledger;
    private final ReferenceRules rules;
    private final long nowNs;

    ReferenceGiveBack(
            final ReferenceWorld world, final ReferenceLedger ledger, final ReferenceRules rules, final long nowNs) {
        this.world = world;
        this.ledger = ledger;
        this.rules = rules;
        this.nowNs = nowNs;
    }

    private long nowMs() {
        return Math.floorDiv(nowNs, 1_000_000L);
    }

    /** Gives so much of a hold back, to where it came from. */
    void back(final ReferenceHold hold, final long amount) {
        if (amount > 0) {
            ledger.giveBack(rules.givenBackTo(hold.take().of(amount), nowMs()), hold.afterTake(), nowNs);
        }
    }

    /** Charges, unchecked: it already happened. To the same period if it is open, else to the period now. */
    void charge(final ReferenceTake take, final long amount) {
        if (amount > 0) {
            ledger.take(take.of(amount).in(openPeriod(take)), nowNs);
        }
    }

    private long openPeriod(final ReferenceTake take) {
        if (take.kind() == ReferenceTake.Kind.PERIOD) {
            final CeilingDef ceiling = Objects.requireNonNull(take.ceiling());
            return ReferencePeriods.at(ceiling.window(), nowMs()).startMs();
        } else if (take.kind() == ReferenceTake.Kind.POOL) {
            return ledger.newest(take);
        }
        return take.period();
    }

    /**
     * Replaces what is held by what was used: the rest goes back, what was used beyond it is charged.
     *
     * @return whether more was used than reserved
     */
    boolean replace(final ReferenceReservation reservation, final Map<Integer, Long> actual, final Standing standing) {
        boolean over = false;
        final Map<Integer, Long> left = new HashMap<>(actual);
        for (int i = 0; i < reservation.parts.size(); i++) {
            final ReferenceReservation.Part part = reservation.parts.get(i);
            final Map<Integer, Long> used = new HashMap<>();
            for (final Map.Entry<Integer, Long> charge : part.charges().entrySet()) {
                final int dimension = charge.getKey();
                final long unassigned = left.getOrDefault(dimension, 0L);
                // what was used fills the parts in the order in which they were reserved, the last one takes the excess
                final long mine =
                        lastOf(reservation, dimension, i) ? unassigned : Math.min(unassigned, charge.getValue());
                left.put(dimension, unassigned - mine);
                over |= mine > charge.getValue() && !isGauge(dimension);
                used.put(dimension, mine);
            }
            for (final ReferenceHold hold : part.holds()) {
                if (used.containsKey(hold.take().dimensionId())) {
                    replace(hold, used.get(hold.take().dimensionId()), standing);
                }
            }
            money(part, used, standing);
        }
        return over || left.entrySet().stream().anyMatch(rest -> rest.getValue() > 0 && !isGauge(rest.getKey()));
    }

    /** Of these everything comes back, however many were used. */
    private boolean isGauge(final int dimension) {
        return world.registry.dimensions().get(dimension).kind() == DimensionKind.GAUGE;
    }

    private static boolean lastOf(final ReferenceReservation reservation, final int dimension, final int part) {
        return reservation.parts.subList(part + 1, reservation.parts.size()).stream()
                .noneMatch(later -> later.charges().containsKey(dimension));
    }

    private void replace(final ReferenceHold hold, final long used, final Standing standing) {
        final long held = held(hold, standing);
        if (hold.take().kind() == ReferenceTake.Kind.GAUGE) {
            back(hold, rules.gaugeComesBack() ? held : Math.max(0, held - used));
        } else {
            back(hold, held - used);
            charge(hold.take(), used - held);
        }
    }

    /** What the used amounts of a part cost, by its prices, replaces what was reserved for it. */
    private void money(final ReferenceReservation.Part part, final Map<Integer, Long> used, final Standing standing) {
        for (final ReferenceHold hold : part.holds()) {
            if (hold.take().kind() == ReferenceTake.Kind.WALLET) {
                final long cost = Objects.requireNonNull(ReferencePrices.cost(part.prices(), used));
                final long held = held(hold, standing);
                back(hold, held - cost);
                charge(hold.take(), cost - held);
            }
        }
    }

    /** Everything that is still held goes back. */
    void all(final ReferenceReservation reservation, final Standing standing) {
        reservation.holds().forEach(hold -> back(hold, held(hold, standing)));
    }

    /** What is soft goes back. */
    void soft(final ReferenceReservation reservation) {
        reservation.holds().stream()
                .filter(hold -> ReferenceReservation.returnsAtOnce(hold.take()))
                .forEach(hold -> back(hold, hold.take().amount()));
    }

    private static long held(final ReferenceHold hold, final Standing standing) {
        final boolean back = standing == Standing.ALL_IS_BACK
                || standing == Standing.SOFT_IS_BACK && ReferenceReservation.returnsAtOnce(hold.take());
        return back ? 0 : hold.take().amount();
    }
}
