/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import io.tollgate.core.DimensionKind;
import io.tollgate.core.journal.UsageSubject;
import io.tollgate.core.quota.CellKind;
import io.tollgate.core.quota.PeriodTable;
import io.tollgate.core.quota.TakePlan;
import io.tollgate.core.registry.Operation;
import io.tollgate.core.registry.Registry;
import io.tollgate.core.reservation.IdempotencyDesk;
import io.tollgate.core.reservation.ReservationDesk;
import io.tollgate.core.reservation.ReservationWriter;
import io.tollgate.core.symbol.SymbolTable;
import io.tollgate.core.world.CeilingRow;
import io.tollgate.core.world.ScopeRow;
import io.tollgate.core.world.def.ChargeDef;

/**
 * Writes down what a RESERVE or an Extend has taken, so that it can be settled without the world it was made in: the entries, what usages
 * come to, and (of the first part) who asked for what. Belongs to the worker's thread.
 */
final class ReservationRecorder {
    private static final long NS_PER_MS = 1_000_000L;

    private final ReservationWriter writer;
    private final IdempotencyDesk keys;
    private final OrganizationName organization = new OrganizationName();
    private final TakePlan plan;
    private final UsageRecorder usage;
    private final UsageSubject subject = new UsageSubject();
    private final CeilingRow ceiling = new CeilingRow();
    private final ScopeRow scope = new ScopeRow();
    /** Distinct dimensions that the operation may charge. */
    private final int[] dimensions = new int[ReservationWriter.MAX_CHARGES + 1];

    private int dimensionCount;
    private int termCount;

    ReservationRecorder(final ReservationDesk desk, final TakePlan plan, final UsageRecorder usage) {
        this.usage = usage;
        writer = desk.writer();
        keys = desk.keys();
        this.plan = plan;
    }

    /** Whether what the plan would take can be recorded. */
    boolean hasRoom(final Evaluation evaluation) {
        return writer.ensure(blocks(evaluation));
    }

    /** Blocks that the record of what the plan would take needs. */
    int blocks(final Evaluation evaluation) {
        final Operation operation = evaluation.operation;
        if (operation == null) {
            return Integer.MAX_VALUE;
        }
        final SymbolTable units = evaluation.world.registry().units();
        survey(evaluation.world.registry(), operation);
        long unitBytes = 0;
        for (int i = 0; i < operation.acceptedUnitCount(); i++) {
            unitBytes += units.utf8Length(operation.acceptedUnitId(i));
        }
        return ReservationWriter.blocks(
                evaluation.planEnd - evaluation.planStart + unreserved(evaluation, false),
                dimensionCount,
                operation.acceptedUnitCount(),
                unitBytes,
                termCount,
                evaluation.extending ? 0 : evaluation.request.factWords() + subjectWords(evaluation));
    }

    private int subjectWords(final Evaluation evaluation) {
        usage.describe(evaluation, subject);
        final SymbolTable names = evaluation.world.registry().dimensions();
        long nameBytes = 0;
        for (int i = 0; i < dimensionCount; i++) {
            nameBytes += names.utf8Length(dimensions[i]);
        }
        return ReservationWriter.subjectWords(subject, dimensionCount, nameBytes);
    }

    private void subject(final Evaluation evaluation, final Registry registry) {
        usage.describe(evaluation, subject);
        writer.subject(subject);
        final SymbolTable names = registry.dimensions();
        for (int i = 0; i < dimensionCount; i++) {
            writer.dimension(
                    names.utf8().byteArray(), names.utf8Offset(dimensions[i]), names.utf8Length(dimensions[i]));
        }
    }

    /** Records the plan, which was taken; there is room for it. */
    void record(final Evaluation evaluation) {
        final Operation operation = evaluation.operation;
        if (operation == null || evaluation.extending && evaluation.chargeCount == 0) {
            return;
        }
        if (evaluation.replayed != null) {
            // nothing is held: the reservation is shown only
            evaluation.decision.reservation(0, 0, expiresMs(evaluation, evaluation.ttlNs));
            return;
        }
        final Registry registry = evaluation.world.registry();
        survey(registry, operation);
        writer.beginEntries();
        for (int i = evaluation.planStart; i < evaluation.planEnd; i++) {
            if (!plan.skipped(i)) {
                entry(evaluation, i);
            }
        }
        unreserved(evaluation, true);
        final long nowMs = evaluation.nowEpochMs;
        final int units = evaluation.extending ? 0 : operation.acceptedUnitCount();
        final int terms = evaluation.extending ? 0 : termCount;
        writer.beginPart(
                evaluation.extendsPart, dimensionCount, units, terms, !evaluation.extending, registry.version(), nowMs);
        for (int i = 0; i < dimensionCount; i++) {
            charge(evaluation, registry, dimensions[i]);
        }
        if (!evaluation.extending) {
            unitsAndTerms(evaluation, registry, operation);
            subject(evaluation, registry);
            evaluation.request.writeFacts(writer.facts());
        }
        final long part = writer.endPart();
        if (evaluation.extending) {
            evaluation.extension = part;
        } else {
            final long expiresMs = expiresMs(evaluation, evaluation.ttlNs);
            organization.tell(evaluation, keys);
            writer.publish(
                    part,
                    nowMs,
                    evaluation.ttlNs / NS_PER_MS,
                    expiresMs,
                    registry.version(),
                    keys.organizationHigh(),
                    keys.organizationLow());
            evaluation.decision.reservation(writer.high(), writer.low(), expiresMs);
        }
    }

    /** Once all that was taken is recorded: returns what was ensured and not needed. */
    void trim() {
        writer.trim();
    }

    /** When something ends that begins now, ms since 1970, rounded up. */
    static long expiresMs(final Evaluation evaluation, final long ttlNs) {
        return -Math.floorDiv(-(evaluation.nowEpochNs + ttlNs), NS_PER_MS);
    }

    private void survey(final Registry registry, final Operation operation) {
        dimensionCount = 0;
        termCount = 0;
        for (int i = 0; i < operation.chargeCount(); i++) {
            if (position(operation.chargeDimensionId(i)) < 0 && dimensionCount < dimensions.length) {
                dimensions[dimensionCount++] = operation.chargeDimensionId(i);
            }
            for (int u = 0; u < operation.acceptedUnitCount(); u++) {
                termCount += counts(registry, operation, i, operation.acceptedUnitId(u)) ? 1 : 0;
            }
        }
    }

    private static boolean counts(
            final Registry registry, final Operation operation, final int charge, final int unit) {
        final int only = operation.chargeOnlyUnitId(charge);
        return operation.chargeFromUsage(charge)
                && (only == ChargeDef.ANY_UNIT || only == unit)
                && registry.converts(unit, operation.chargeDimensionId(charge));
    }

    private int position(final int dimension) {
        for (int i = 0; i < dimensionCount; i++) {
            if (dimensions[i] == dimension) {
                return i;
            }
        }
        return -1;
    }

    private void entry(final Evaluation evaluation, final int i) {
        if (i >= evaluation.quotaEnd && i < evaluation.creditEnd) {
            writer.entry(plan, i, ReservationWriter.WALLET, 0, 0);
            return;
        }
        if (i >= evaluation.creditEnd) {
            final int dimension = evaluation.world.pools().dimensionId((int) plan.tag(i));
            writer.entry(plan, i, ReservationWriter.POOL, Math.max(0, position(dimension)), 0);
            return;
        }
        ceiling.wrap(evaluation.world, plan.tag(i));
        final long window = plan.kind(i) == CellKind.PERIOD ? evaluation.periods.key(ceiling.windowId()) : 0;
        writer.entry(plan, i, ReservationWriter.CEILING, Math.max(0, position(ceiling.dimensionId())), window);
    }

    /**
     * Finds the ceilings of what the operation may charge and this request did not reserve: what is used of it after all
     * counts there. Gauges
     * hold nothing after the end, and a pool was not chosen.
     *
     * @return how many
     */
    private int unreserved(final Evaluation evaluation, final boolean write) {
        int count = 0;
        for (int i = 0; i < dimensionCount && !evaluation.extending; i++) {
            count += evaluation.charge(dimensions[i]) > 0 ? 0 : unreserved(evaluation, i, write);
        }
        return count;
    }

    private int unreserved(final Evaluation evaluation, final int charge, final boolean write) {
        int count = 0;
        for (int i = 0; i < evaluation.chainLength; i++) {
            scope.wrap(evaluation.world, evaluation.chain[i]);
            final int ceilings = scope.ceilingCount();
            if (ceilings > 0) {
                ceiling.first(evaluation.world, scope);
            }
            for (int c = 0; c < ceilings; c++) {
                if (ceiling.dimensionId() == dimensions[charge] && empty(evaluation, charge, write)) {
                    count++;
                }
                if (c + 1 < ceilings) {
                    ceiling.next();
                }
            }
        }
        return count;
    }

    private boolean empty(final Evaluation evaluation, final int charge, final boolean write) {
        final int kind = ceiling.at(evaluation.nowEpochMs).kindCode();
        if (kind == DimensionKind.PERIOD.code()) {
            final PeriodTable periods = evaluation.periods;
            final int place = periods.locate(ceiling.windowId(), evaluation.nowEpochMs);
            if (place != PeriodTable.OUTSIDE && write) {
                writer.emptyPeriod(
                        ceiling.cellRef(),
                        charge,
                        periods.ordinal(place),
                        periods.endMs(place),
                        periods.key(ceiling.windowId()));
            }
            return place != PeriodTable.OUTSIDE;
        }
        final boolean counts = kind == DimensionKind.RATE.code() && !ceiling.unlimited();
        if (counts && write) {
            writer.emptyRate(
                    ceiling.cellRef(), charge, RateWords.multiplier(ceiling), RateWords.unitsPerToken(ceiling));
        }
        return counts;
    }

    private void charge(final Evaluation evaluation, final Registry registry, final int dimension) {
        final int charged = evaluation.charge(dimension) > 0 ? evaluation.chargeOf(dimension) : -1;
        // only what a wallet paid for has a price here
        final int price = evaluation.credit.entry < 0 ? -1 : price(evaluation, charged, dimension);
        writer.charge(
                registry.dimensions().hash(dimension),
                registry.dimensionKind(dimension) == DimensionKind.GAUGE,
                dimension,
                charged < 0 ? 0 : evaluation.chargeConstants[charged],
                charged < 0 ? 0 : evaluation.chargeAmounts[charged],
                price < 0
                        ? 0
                        : evaluation.world.prices().book(evaluation.credit.book).amount(price),
                price < 0
                        ? 0
                        : evaluation.world.prices().book(evaluation.credit.book).perQuantity(price));
    }

    /** {@return the price of a dimension in the book; below 0 = none. What is not reserved may be used, and paid, all the same} */
    private static int price(final Evaluation evaluation, final int charged, final int dimension) {
        return charged >= 0
                ? evaluation.credit.prices[charged]
                : evaluation.world.prices().book(evaluation.credit.book).find(dimension, evaluation.credit.query);
    }

    private void unitsAndTerms(final Evaluation evaluation, final Registry registry, final Operation operation) {
        final SymbolTable names = registry.units();
        for (int u = 0; u < operation.acceptedUnitCount(); u++) {
            final int unit = operation.acceptedUnitId(u);
            writer.unit(
                    names.utf8().byteArray(),
                    names.utf8Offset(unit),
                    names.utf8Length(unit),
                    granted(evaluation, unit));
        }
        for (int i = 0; i < operation.chargeCount(); i++) {
            for (int u = 0; u < operation.acceptedUnitCount(); u++) {
                final int unit = operation.acceptedUnitId(u);
                if (counts(registry, operation, i, unit)) {
                    writer.term(u, position(operation.chargeDimensionId(i)), registry.unitFactor(unit));
                }
            }
        }
    }

    private static long granted(final Evaluation evaluation, final int unit) {
        long sum = 0;
        for (int i = 0; i < evaluation.request.usageCount(); i++) {
            if (evaluation.unitIds[i] == unit) {
                sum += evaluation.request.amount(i);
            }
        }
        return sum;
    }
}
