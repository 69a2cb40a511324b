/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import io.tollgate.core.DecideMode;
import io.tollgate.core.DimensionKind;
import io.tollgate.core.Reason;
import io.tollgate.core.registry.Operation;
import io.tollgate.core.registry.Registry;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.request.Field;
import io.tollgate.core.world.World;
import io.tollgate.core.world.def.ChargeDef;

/**
 * Stage REQUEST: is this a question about things that exist? Form, registry, amounts, attributes; {@link
 * PlaceResolver} does place and actor.
 */
final class RequestStage {
    private static final long MIN_TTL_NS = 1_000_000_000L;
    private static final long MAX_TTL_NS = 86_400 * MIN_TTL_NS;

    private final PlaceResolver places = new PlaceResolver();

    Reason evaluate(final Evaluation evaluation) {
        final DecisionRequest request = evaluation.request;
        final Decision decision = evaluation.decision;
        if (request.hasApiKey() != request.isAbsent(Field.ACTOR_ID)) {
            return decision.problem(Problem.ACTOR_AMBIGUOUS, Reason.INVALID_REQUEST);
        }
        if (evaluation.refunding && RefundTerms.problem(request) != Problem.NONE) {
            return decision.problem(RefundTerms.problem(request), Reason.INVALID_REQUEST);
        }
        if (evaluation.reserves() && !holdsFor(evaluation)) {
            return decision.problem(Problem.TTL_TOO_LONG, Reason.INVALID_REQUEST);
        }
        if (request.allowPartial() && request.usageCount() != 1) {
            return decision.problem(Problem.PARTIAL_NEEDS_ONE_USAGE, Reason.INVALID_REQUEST);
        }
        final World world = evaluation.world;
        final Registry registry = world.registry();
        final long callerVersion = request.registryVersion();
        if (callerVersion != 0) {
            if (Long.compareUnsigned(callerVersion, registry.version()) > 0) {
                return Reason.REGISTRY_TOO_NEW;
            }
            if (callerVersion < registry.oldestSupportedVersion()) {
                return Reason.REGISTRY_TOO_OLD;
            }
        }
        final int operationId = registry.findOperation(
                request.bytes(),
                request.offset(Field.PRODUCT),
                request.length(Field.PRODUCT),
                request.offset(Field.RESOURCE_TYPE),
                request.length(Field.RESOURCE_TYPE),
                request.offset(Field.ACTION),
                request.length(Field.ACTION));
        if (operationId < 0) {
            return Reason.UNKNOWN_ACTION;
        }
        final Operation operation = registry.operation(operationId);
        evaluation.operation = operation;
        decision.operation(operationId);
        if (request.mode() == DecideMode.CONSUME && holds(registry, operation)) {
            return decision.problem(Problem.GAUGE_NEEDS_RESERVE, Reason.INVALID_REQUEST);
        }
        if (evaluation.refunding && RefundTerms.problem(registry, operation) != Problem.NONE) {
            return decision.problem(RefundTerms.problem(registry, operation), Reason.INVALID_REQUEST);
        }
        Reason reason = amounts(evaluation, registry, operation);
        reason = reason == Reason.OK ? evaluation.facts.check(evaluation) : reason;
        return reason == Reason.OK ? places.resolve(evaluation, operation) : reason;
    }

    private static boolean holdsFor(final Evaluation evaluation) {
        final long statedNs = evaluation.request.reservationTtlNs();
        if (statedNs > MAX_TTL_NS) {
            return false;
        }
        final long ttlNs = statedNs > 0 ? statedNs : evaluation.world.facts().defaultReservationTtlNs();
        evaluation.ttlNs = Math.max(MIN_TTL_NS, Math.min(ttlNs, MAX_TTL_NS));
        return true;
    }

    /** Whether the operation takes something that has to come back. */
    private static boolean holds(final Registry registry, final Operation operation) {
        for (int charge = 0; charge < operation.chargeCount(); charge++) {
            if (registry.dimensionKind(operation.chargeDimensionId(charge)) == DimensionKind.GAUGE) {
                return true;
            }
        }
        return false;
    }

    private Reason amounts(final Evaluation evaluation, final Registry registry, final Operation operation) {
        final DecisionRequest request = evaluation.request;
        final Decision decision = evaluation.decision;
        final int count = request.usageCount();
        for (int i = 0; i < count; i++) {
            final int unit = registry.units().find(request.bytes(), request.unitOffset(i), request.unitLength(i));
            if (unit < 0) {
                return decision.problem(Problem.UNIT_UNKNOWN, i, Reason.UNKNOWN_UNIT);
            }
            if (!operation.acceptsUnit(unit)) {
                return decision.problem(Problem.UNIT_NOT_ACCEPTED, i, Reason.UNKNOWN_UNIT);
            }
            if (request.amount(i) <= 0) {
                return decision.problem(Problem.AMOUNT_NOT_POSITIVE, i, Reason.INVALID_REQUEST);
            }
            if (request.amount(i) > Long.MAX_VALUE / registry.unitFactor(unit)) {
                return decision.problem(Problem.AMOUNT_OVERFLOWS, i, Reason.INVALID_REQUEST);
            }
            evaluation.unitIds[i] = unit;
        }
        if (count == 0 && operation.usageRequired()) {
            return decision.problem(Problem.USAGE_REQUIRED, Reason.INVALID_REQUEST);
        }
        for (int charge = 0; charge < operation.chargeCount(); charge++) {
            if (evaluation.extending && !operation.chargeFromUsage(charge)) {
                continue;
            }
            if (!charge(evaluation, registry, operation, charge)) {
                return decision.problem(Problem.AMOUNT_OVERFLOWS, Math.max(0, count - 1), Reason.INVALID_REQUEST);
            }
        }
        return Reason.OK;
    }

    private boolean charge(
            final Evaluation evaluation, final Registry registry, final Operation operation, final int charge) {
        final int dimension = operation.chargeDimensionId(charge);
        if (!operation.chargeFromUsage(charge)) {
            final long constant = operation.chargeConstant(charge);
            return constant == 0 || evaluation.addConstantCharge(dimension, constant);
        }
        final DecisionRequest request = evaluation.request;
        final int only = operation.chargeOnlyUnitId(charge);
        for (int i = 0; i < request.usageCount(); i++) {
            final boolean counts = only == ChargeDef.ANY_UNIT || only == evaluation.unitIds[i];
            if (counts
                    && registry.converts(evaluation.unitIds[i], dimension)
                    && !evaluation.addUsageCharge(
                            dimension,
                            request.amount(i) * registry.unitFactor(evaluation.unitIds[i]),
                            registry.unitFactor(evaluation.unitIds[i]))) {
                return false;
            }
        }
        return true;
    }
}
