/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import io.tollgate.core.Reason;
import io.tollgate.core.ScopeLevel;
import io.tollgate.core.condition.ValueType;
import io.tollgate.core.condition.Variable;
import io.tollgate.core.condition.VariableSource;
import io.tollgate.core.world.def.AttributeDef;
import io.tollgate.core.world.def.AttributeType;
import io.tollgate.core.world.def.AttributeValue;
import io.tollgate.core.world.def.EntitlementDef;
import io.tollgate.core.world.def.EntitlementSetDef;
import io.tollgate.core.world.def.RegistryDef;
import io.tollgate.core.world.def.ScopeDef;
import io.tollgate.core.world.def.SubscriptionDef;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What conditions read, and whether what a caller states of it can be. */
final class ReferenceFacts {
    private ReferenceFacts() {}

    /** Part of stage REQUEST. */
    static Reason check(final ReferenceContext context) {
        final RegistryDef registry = context.world.registry;
        for (final Map.Entry<String, AttributeValue> stated :
                context.request.facts().attributes().entrySet()) {
            final AttributeDef declared = registry.attributes().stream()
                    .filter(attribute -> attribute.name().equals(stated.getKey()))
                    .findAny()
                    .orElse(null);
            if (declared == null || !fits(declared.type(), stated.getValue())) {
                return Reason.INVALID_REQUEST;
            }
        }
        final Set<String> dimensions = new HashSet<>();
        for (final ReferenceRequest.Reading reading : context.request.facts().readings()) {
            final boolean known =
                    registry.dimensions().stream().anyMatch(each -> each.name().equals(reading.dimension()));
            if (!known || reading.value() < 0 || !dimensions.add(reading.dimension())) {
                return Reason.INVALID_REQUEST;
            }
        }
        return Reason.OK;
    }

    private static boolean fits(final AttributeType declared, final AttributeValue value) {
        return value.type() == declared || declared == AttributeType.DOUBLE && value instanceof AttributeValue.Whole;
    }

    static Map<Variable, Object> of(final ReferenceContext context) {
        final Map<Variable, Object> values = new HashMap<>();
        final ReferenceRequest request = context.request;
        final ScopeDef actor = context.actor;
        if (actor != null && actor.level() == ScopeLevel.PRINCIPAL) {
            values.put(Variable.of(VariableSource.ACTOR_TYPE), context.actorType);
            values.put(Variable.of(VariableSource.ACTOR_ID), actor.id());
        }
        values.put(Variable.of(VariableSource.ACTOR_ROLES), List.copyOf(context.roles));
        values.put(Variable.of(VariableSource.ACTOR_TOKEN_SCOPES), List.copyOf(context.tokenScopes));
        if (!request.facts().resourceId().isEmpty()) {
            values.put(Variable.of(VariableSource.RESOURCE_ID), request.facts().resourceId());
        }
        values.put(
                Variable.of(VariableSource.RESOURCE_TYPE), request.operation().resourceType());
        values.put(
                Variable.of(VariableSource.REQUEST_PRODUCT), request.operation().product());
        values.put(
                Variable.of(VariableSource.REQUEST_ACTION), request.operation().action());
        values.put(
                Variable.of(VariableSource.REQUEST_MODE), request.mode().name().toLowerCase(java.util.Locale.ROOT));
        for (final ScopeDef scope : context.chain) {
            final @Nullable VariableSource source =
                    switch (scope.level()) {
                        case PLAN -> VariableSource.PLACE_PLAN;
                        case ORGANIZATION -> VariableSource.PLACE_ORGANIZATION;
                        case DEPARTMENT -> VariableSource.PLACE_DEPARTMENT;
                        case PROJECT -> VariableSource.PLACE_PROJECT;
                        default -> null;
                    };
            if (source != null) {
                values.put(Variable.of(source), scope.id());
            }
        }
        values.put(Variable.of(VariableSource.TIME_NOW), Instant.ofEpochMilli(context.nowEpochMs()));
        amounts(context, values);
        attributes(context, values);
        config(context, values);
        return values;
    }

    private static void amounts(final ReferenceContext context, final Map<Variable, Object> values) {
        final RegistryDef registry = context.world.registry;
        for (int unit = 0; unit < registry.units().size(); unit++) {
            BigInteger sum = BigInteger.ZERO;
            for (final ReferenceRequest.Usage usage : context.request.usages()) {
                if (usage.unit().equals(registry.units().get(unit).name())) {
                    sum = sum.add(BigInteger.valueOf(usage.amount()));
                }
            }
            values.put(
                    Variable.of(VariableSource.AMOUNT, unit, ValueType.INT),
                    sum.bitLength() < Long.SIZE ? (Object) sum.longValueExact() : ReferenceCondition.TOO_LARGE);
        }
        for (int dimension = 0; dimension < registry.dimensions().size(); dimension++) {
            values.put(
                    Variable.of(VariableSource.CHARGE, dimension, ValueType.INT),
                    context.charges.getOrDefault(dimension, 0L));
            for (final ReferenceRequest.Reading reading :
                    context.request.facts().readings()) {
                if (reading.dimension()
                        .equals(registry.dimensions().get(dimension).name())) {
                    values.put(Variable.of(VariableSource.USAGE, dimension, ValueType.INT), reading.value());
                }
            }
        }
    }

    private static void attributes(final ReferenceContext context, final Map<Variable, Object> values) {
        final Map<String, AttributeValue> named = ReferenceAttributes.of(context);
        final List<AttributeDef> declared = context.world.registry.attributes();
        for (int i = 0; i < declared.size(); i++) {
            final AttributeValue value = named.get(declared.get(i).name());
            if (value != null) {
                final ValueType type = ValueType.of(declared.get(i).type());
                values.put(Variable.of(VariableSource.ATTRIBUTE, i, type), plain(type, value));
            }
        }
    }

    private static void config(final ReferenceContext context, final Map<Variable, Object> values) {
        @Nullable SubscriptionDef subscription = null;
        for (final ScopeDef scope : context.chain) {
            if (scope.holdings().subscription() != null) {
                subscription = scope.holdings().subscription();
            }
        }
        final EntitlementSetDef set =
                subscription == null ? null : context.world.entitlementSets.get(subscription.entitlementSetId());
        for (final EntitlementDef entitlement : set == null ? List.<EntitlementDef>of() : set.entitlements()) {
            entitlement.config().forEach((key, value) -> {
                for (final ValueType type : ValueType.values()) {
                    final boolean same = ValueType.of(value.type()) == type;
                    if (same || type == ValueType.DOUBLE && value instanceof AttributeValue.Whole) {
                        values.put(
                                new Variable(VariableSource.CONFIG, entitlement.featureId(), key, type),
                                plain(type, value));
                    }
                }
            });
        }
    }

    private static Object plain(final ValueType type, final AttributeValue value) {
        if (value instanceof AttributeValue.Text text) {
            return text.value();
        } else if (value instanceof AttributeValue.Whole whole) {
            return type == ValueType.DOUBLE ? (Object) (double) whole.value() : (Object) whole.value();
        } else if (value instanceof AttributeValue.Real real) {
            return real.value();
        } else if (value instanceof AttributeValue.Flag flag) {
            return flag.value();
        } else if (value instanceof AttributeValue.Moment moment) {
            return Instant.ofEpochMilli(moment.epochMs());
        }
        return new ArrayList<>(((AttributeValue.TextList) value).values());
    }
}
