/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import io.tollgate.core.DecideMode;
import io.tollgate.core.DimensionKind;
import io.tollgate.core.Reason;
import io.tollgate.core.ScopeLevel;
import io.tollgate.core.world.def.ChargeDef;
import io.tollgate.core.world.def.EntityState;
import io.tollgate.core.world.def.FeatureType;
import io.tollgate.core.world.def.OperationDef;
import io.tollgate.core.world.def.RegistryDef;
import io.tollgate.core.world.def.ScopeDef;
import io.tollgate.core.world.def.UnitDef;
import java.math.BigInteger;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Stage 0: is this a question about things that exist? */
final class ReferenceRequestStage {
    private static final BigInteger MAX_AMOUNT = BigInteger.valueOf(Long.MAX_VALUE);

    private static final long MAX_TTL_MS = 86_400_000;

    private ReferenceRequestStage() {}

    static Reason evaluate(final ReferenceContext context) {
        final ReferenceRequest request = context.request;
        final boolean byKey = !request.actor().apiKeyHash().isEmpty();
        if (byKey == !request.actor().id().isEmpty()) {
            return Reason.INVALID_REQUEST;
        }
        final boolean keyed = !request.options().idempotencyKey().isEmpty();
        if (context.refunds && (keyed || request.options().allowPartial())) {
            return Reason.INVALID_REQUEST; // nobody remembers what came back; and all of it does, or nothing
        }
        if (request.options().allowPartial() && request.usages().size() != 1) {
            return Reason.INVALID_REQUEST;
        }
        if (request.mode() == DecideMode.RESERVE && request.options().ttlMs() > MAX_TTL_MS) {
            return Reason.INVALID_REQUEST;
        }
        final RegistryDef registry = context.world.registry;
        if (request.registryVersion() != 0) {
            if (request.registryVersion() > registry.version()) {
                return Reason.REGISTRY_TOO_NEW;
            }
            if (request.registryVersion() < registry.oldestSupportedVersion()) {
                return Reason.REGISTRY_TOO_OLD;
            }
        }
        for (final OperationDef operation : registry.operations()) {
            if (operation.product().equals(request.operation().product())
                    && operation.resourceType().equals(request.operation().resourceType())
                    && operation.action().equals(request.operation().action())) {
                context.operation = operation;
                context.operationId = registry.operations().indexOf(operation);
            }
        }
        if (context.operation == null) {
            return Reason.UNKNOWN_ACTION;
        }
        if (request.mode() == DecideMode.CONSUME && chargesGauge(registry, context.operation)) {
            return Reason.INVALID_REQUEST; // nothing would ever give it back
        }
        if (context.refunds && !refundable(registry, context.operation)) {
            return Reason.INVALID_REQUEST;
        }
        final Reason amounts = charges(context, context.operation);
        if (amounts != Reason.OK) {
            return amounts;
        }
        if (context.operation.traits().usageRequired()
                && context.request.usages().isEmpty()) {
            return Reason.INVALID_REQUEST;
        }
        final Reason facts = ReferenceFacts.check(context);
        if (facts != Reason.OK) {
            return facts;
        }
        return byKey ? keyAndPlace(context) : actorAndPlace(context);
    }

    /** What is counted, and neither held nor paid for nor metered. */
    private static boolean refundable(final RegistryDef registry, final OperationDef operation) {
        final boolean counted = operation.charges().stream()
                .map(charge -> registry.dimensions().get(charge.dimensionId()).kind())
                .allMatch(kind -> kind == DimensionKind.RATE || kind == DimensionKind.PERIOD);
        final boolean metered = operation.featureId() >= 0
                && registry.features().get(operation.featureId()).type() == FeatureType.METERED;
        return counted && !metered && !operation.traits().creditGated();
    }

    private static boolean chargesGauge(final RegistryDef registry, final OperationDef operation) {
        return operation.charges().stream()
                .anyMatch(charge ->
                        registry.dimensions().get(charge.dimensionId()).kind() == DimensionKind.GAUGE);
    }

    static Reason charges(final ReferenceContext context, final OperationDef operation) {
        final RegistryDef registry = context.world.registry;
        for (final ReferenceRequest.Usage usage : context.request.usages()) {
            final int unit = unitId(registry, usage.unit());
            if (unit < 0 || !operation.acceptedUnitIds().contains(unit)) {
                return Reason.UNKNOWN_UNIT;
            }
            final BigInteger base = BigInteger.valueOf(usage.amount())
                    .multiply(BigInteger.valueOf(registry.units().get(unit).factor()));
            if (usage.amount() <= 0 || base.compareTo(MAX_AMOUNT) > 0) {
                return Reason.INVALID_REQUEST;
            }
        }
        for (final ChargeDef charge : operation.charges()) {
            if (!charge.fromUsage() && !context.chargesConstants) {
                continue;
            }
            final BigInteger amount =
                    charge.fromUsage() ? usageTotal(context, charge) : BigInteger.valueOf(charge.constant());
            final BigInteger total =
                    amount.add(BigInteger.valueOf(context.charges.getOrDefault(charge.dimensionId(), 0L)));
            if (total.compareTo(MAX_AMOUNT) > 0) {
                return Reason.INVALID_REQUEST;
            }
            if (!charge.fromUsage()) {
                context.constants.merge(charge.dimensionId(), charge.constant(), Math::addExact);
            }
            if (total.signum() > 0) {
                context.charges.put(charge.dimensionId(), total.longValueExact());
            }
        }
        return Reason.OK;
    }

    private static BigInteger usageTotal(final ReferenceContext context, final ChargeDef charge) {
        final RegistryDef registry = context.world.registry;
        final int base = registry.dimensions().get(charge.dimensionId()).unitId();
        BigInteger total = BigInteger.ZERO;
        for (final ReferenceRequest.Usage usage : context.request.usages()) {
            final int unitId = unitId(registry, usage.unit());
            final UnitDef unit = registry.units().get(unitId);
            final boolean counts = charge.onlyUnitId() == ChargeDef.ANY_UNIT || charge.onlyUnitId() == unitId;
            if (unit.baseUnitId() == base && counts) {
                total = total.add(BigInteger.valueOf(usage.amount()).multiply(BigInteger.valueOf(unit.factor())));
            }
        }
        return total;
    }

    private static int unitId(final RegistryDef registry, final String name) {
        final List<UnitDef> units = registry.units();
        for (int i = 0; i < units.size(); i++) {
            if (units.get(i).name().equals(name)) {
                return i;
            }
        }
        return -1;
    }

    private static Reason actorAndPlace(final ReferenceContext context) {
        final ReferenceRequest request = context.request;
        final Reason place = place(context, request.organization(), request.project());
        if (place != Reason.OK) {
            return place;
        }
        final String path = "org:" + request.organization() + "/"
                + request.actor().type() + ":" + request.actor().id();
        final ScopeDef actor = context.world.scope(path);
        if (actor == null || actor.level() != ScopeLevel.PRINCIPAL) {
            return Reason.UNKNOWN_ACTOR;
        }
        if (!usable(context, actor)) {
            return Reason.ACTOR_DISABLED;
        }
        context.chain.add(actor);
        context.actor = actor;
        context.actorType = actor.actor().actorType();
        context.roles.addAll(actor.actor().roles());
        asserted(context);
        return Reason.OK;
    }

    private static Reason keyAndPlace(final ReferenceContext context) {
        final ReferenceRequest request = context.request;
        final ScopeDef key = context.world.apiKeys.get(request.actor().apiKeyHash());
        if (key == null) {
            return Reason.UNKNOWN_ACTOR;
        }
        final String organization = organizationOf(key.path());
        if (!request.organization().isEmpty() && !request.organization().equals(organization)) {
            return Reason.UNKNOWN_ACTOR;
        }
        final String bound = key.actor().boundProjectPath();
        final String boundId = bound.isEmpty() ? "" : bound.substring(bound.lastIndexOf(':') + 1);
        if (!boundId.isEmpty()
                && !request.project().isEmpty()
                && !request.project().equals(boundId)) {
            return Reason.UNKNOWN_SCOPE;
        }
        final Reason place = place(context, organization, request.project().isEmpty() ? boundId : request.project());
        if (place != Reason.OK) {
            return place;
        }
        if (!usable(context, key)) {
            return Reason.ACTOR_DISABLED;
        }
        final ScopeDef owner = key.actor().ownerPath().isEmpty()
                ? null
                : context.world.scope(key.actor().ownerPath());
        if (owner != null) {
            if (!usable(context, owner)) {
                return Reason.ACTOR_DISABLED;
            }
            context.chain.add(owner);
            context.actorType = owner.actor().actorType();
        }
        context.chain.add(key);
        context.actor = owner == null ? key : owner;
        // a key has its own roles where it lists some, and its owner's where it does not
        context.roles.addAll(
                owner != null && key.actor().roles().isEmpty()
                        ? owner.actor().roles()
                        : key.actor().roles());
        context.tokenScopes.addAll(key.actor().tokenScopes());
        asserted(context);
        return Reason.OK;
    }

    private static void asserted(final ReferenceContext context) {
        context.roles.addAll(context.request.actor().roles());
        context.tokenScopes.addAll(context.request.actor().tokenScopes());
    }

    private static Reason place(final ReferenceContext context, final String organization, final String project) {
        final ScopeDef org = active(context, "org:" + organization);
        if (organization.isEmpty() || org == null) {
            return Reason.UNKNOWN_SCOPE;
        }
        context.chain.add(scope(context, "global"));
        @Nullable ScopeDef department = null;
        if (!context.request.department().isEmpty()) {
            department = active(context, org.path() + "/dept:" + context.request.department());
            if (department == null) {
                return Reason.UNKNOWN_SCOPE;
            }
        }
        @Nullable ScopeDef projectScope = null;
        if (!project.isEmpty()) {
            projectScope = active(context, org.path() + "/project:" + project);
            if (projectScope == null) {
                return Reason.UNKNOWN_SCOPE;
            }
            final ScopeDef above = scope(context, projectScope.parentPath());
            final boolean inDepartment = above.level() == ScopeLevel.DEPARTMENT;
            if (department != null && !(inDepartment && above.path().equals(department.path()))) {
                return Reason.UNKNOWN_SCOPE;
            }
            if (inDepartment && above.state() != EntityState.ACTIVE) {
                return Reason.UNKNOWN_SCOPE;
            }
            department = inDepartment ? above : null;
        }
        if (org.holdings().subscription() != null) {
            context.chain.add(scope(context, org.holdings().subscription().planPath()));
        }
        context.chain.add(org);
        if (department != null) {
            context.chain.add(department);
        }
        if (projectScope != null) {
            context.chain.add(projectScope);
        }
        return Reason.OK;
    }

    private static ScopeDef scope(final ReferenceContext context, final String path) {
        final ScopeDef scope = context.world.scope(path);
        if (scope == null) {
            throw new AssertionError("the world has no " + path);
        }
        return scope;
    }

    private static @Nullable ScopeDef active(final ReferenceContext context, final String path) {
        final ScopeDef scope = context.world.scope(path);
        return scope != null && scope.state() == EntityState.ACTIVE ? scope : null;
    }

    private static boolean usable(final ReferenceContext context, final ScopeDef actor) {
        final boolean expired = actor.expiresAtMs() != 0 && context.nowEpochMs() >= actor.expiresAtMs();
        return actor.state() == EntityState.ACTIVE && !expired;
    }

    private static String organizationOf(final String path) {
        final int end = path.indexOf('/');
        return path.substring("org:".length(), end < 0 ? path.length() : end);
    }
}
