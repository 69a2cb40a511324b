/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import io.tollgate.core.world.def.CeilingDef;
import java.util.HashMap;
import java.util.List;
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
            return world.assets.pools().stream()
                    .filter(pool -> ReferenceCapacityStage.take(pool, 0).cell().equals(take.cell()))
                    .map(ReferencePool::observedAtMs)
                    .findAny()
                    .orElse(take.period());
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
            for (final Map.Entry<Integer, Long> charge : part.charges().entrySet()) {
                final int dimension = charge.getKey();
                final long unassigned = left.getOrDefault(dimension, 0L);
                // what was used fills the parts in the order in which they were reserved, the last one takes the excess
                final long used =
                        lastOf(reservation, dimension, i) ? unassigned : Math.min(unassigned, charge.getValue());
                left.put(dimension, unassigned - used);
                over |= used > charge.getValue();
                for (final ReferenceHold hold : part.holds()) {
                    if (hold.take().dimensionId() == dimension) {
                        replace(hold, used, standing);
                    }
                }
            }
        }
        over |= left.values().stream().anyMatch(amount -> amount > 0);
        return money(reservation, actual, standing) | over;
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

    /** {@return whether it cost more than was reserved} */
    private boolean money(
            final ReferenceReservation reservation, final Map<Integer, Long> actual, final Standing standing) {
        final List<ReferenceHold> paid = reservation.holds().stream()
                .filter(hold -> hold.take().kind() == ReferenceTake.Kind.WALLET)
                .toList();
        if (paid.isEmpty()) {
            return false;
        }
        final long cost = Objects.requireNonNull(ReferencePrices.cost(reservation.prices, actual));
        final long held = paid.stream().mapToLong(hold -> held(hold, standing)).sum();
        back(paid.get(0), held - cost);
        charge(paid.get(0).take(), cost - held);
        return cost > paid.stream().mapToLong(hold -> hold.take().amount()).sum();
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
