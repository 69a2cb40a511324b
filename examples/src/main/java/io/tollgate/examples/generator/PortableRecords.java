/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.examples.generator;

import com.google.protobuf.UnsafeByteOperations;
import io.tollgate.core.world.def.AttributeDef;
import io.tollgate.core.world.def.AttributeValue;
import io.tollgate.core.world.def.ChargeDef;
import io.tollgate.core.world.def.DimensionDef;
import io.tollgate.core.world.def.EntitlementDef;
import io.tollgate.core.world.def.EntitlementSetDef;
import io.tollgate.core.world.def.FeatureDef;
import io.tollgate.core.world.def.OperationDef;
import io.tollgate.core.world.def.PolicyDef;
import io.tollgate.core.world.def.RegistryDef;
import io.tollgate.core.world.def.RuleDef;
import io.tollgate.core.world.def.UnitDef;
import io.tollgate.v1.AttributeRecord;
import io.tollgate.v1.ChargeRecord;
import io.tollgate.v1.DimensionRecord;
import io.tollgate.v1.EntitlementRecord;
import io.tollgate.v1.EntitlementSetRecord;
import io.tollgate.v1.FeatureRecord;
import io.tollgate.v1.OperationRecord;
import io.tollgate.v1.PolicyRecord;
import io.tollgate.v1.RegistryRecord;
import io.tollgate.v1.RuleRecord;
import io.tollgate.v1.ScopeLevel;
import io.tollgate.v1.ScopeRef;
import io.tollgate.v1.UnitRecord;
import java.util.Map;

/**
 * World definitions as the records of a portable snapshot, for what the generator makes: of attribute and config values whole numbers and
 * texts only; anything else is refused, not dropped.
 */
final class PortableRecords {
    private PortableRecords() {}

    static RegistryRecord registry(final RegistryDef registry) {
        final RegistryRecord.Builder record = RegistryRecord.newBuilder()
                .setVersion(registry.version())
                .setOldestSupportedVersion(registry.oldestSupportedVersion())
                .addAllActorTypes(registry.actorTypes())
                .setMoneyScale(registry.moneyScale());
        for (final AttributeDef attribute : registry.attributes()) {
            record.addAttributes(AttributeRecord.newBuilder()
                    .setName(attribute.name())
                    .setTypeValue(attribute.type().code()));
        }
        for (final UnitDef unit : registry.units()) {
            record.addUnits(UnitRecord.newBuilder()
                    .setName(unit.name())
                    .setBaseUnitId(unit.baseUnitId())
                    .setFactor(unit.factor())
                    .setDisplayName(unit.displayName()));
        }
        for (final DimensionDef dimension : registry.dimensions()) {
            record.addDimensions(DimensionRecord.newBuilder()
                    .setName(dimension.name())
                    .setFamily(dimension.family())
                    .setUnitId(dimension.unitId())
                    .setKindValue(dimension.kind().code())
                    .setDisplayName(dimension.displayName()));
        }
        for (final OperationDef operation : registry.operations()) {
            record.addOperations(operation(operation));
        }
        for (final FeatureDef feature : registry.features()) {
            record.addFeatures(FeatureRecord.newBuilder()
                    .setLookupKey(feature.lookupKey())
                    .setTypeValue(feature.type().code())
                    .setDisplayName(feature.displayName()));
        }
        return record.build();
    }

    private static OperationRecord operation(final OperationDef operation) {
        final OperationRecord.Builder record = OperationRecord.newBuilder()
                .setProduct(operation.product())
                .setResourceType(operation.resourceType())
                .setAction(operation.action())
                .addAllAcceptedUnitIds(operation.acceptedUnitIds())
                .setFeatureRef(operation.featureId() + 1)
                .setStalenessGraceMs(operation.stalenessGraceMs())
                .setCreditGated(operation.traits().creditGated())
                .setAudited(operation.traits().audited())
                .setUsageRequired(operation.traits().usageRequired())
                .setDisplayName(operation.traits().displayName());
        operation.planes().forEach(plane -> record.addPlanesValue(plane.code()));
        for (final ChargeDef charge : operation.charges()) {
            record.addCharges(ChargeRecord.newBuilder()
                    .setDimensionId(charge.dimensionId())
                    .setFromUsage(charge.fromUsage())
                    .setOnlyUnitRef(charge.onlyUnitId() + 1)
                    .setConstant(charge.constant()));
        }
        return record.build();
    }

    static PolicyRecord policy(final PolicyDef policy) {
        final PolicyRecord.Builder record = PolicyRecord.newBuilder().setScope(scopeRef(policy.scopePath()));
        for (final RuleDef rule : policy.rules()) {
            final RuleRecord.Builder out = RuleRecord.newBuilder()
                    .setId(rule.id())
                    .setEffectValue(rule.effect().code())
                    .addAllActorTypes(rule.who().actorTypes())
                    .addAllActorIds(rule.who().actorIds())
                    .addAllRolesAny(rule.who().rolesAny())
                    .addAllRolesAll(rule.who().rolesAll())
                    .addAllTokenScopes(rule.who().tokenScopes())
                    .setConditionSource(rule.condition().source())
                    .setConditionProgram(
                            UnsafeByteOperations.unsafeWrap(rule.condition().program()))
                    .setMessage(rule.message())
                    .setSource(rule.source());
            for (int i = 0; i < rule.what().size(); i++) {
                out.addOperationIds(rule.what().operationId(i));
            }
            record.addRules(out);
        }
        return record.build();
    }

    static EntitlementSetRecord entitlementSet(final EntitlementSetDef set) {
        final EntitlementSetRecord.Builder record =
                EntitlementSetRecord.newBuilder().setId(set.id());
        for (final EntitlementDef entitlement : set.entitlements()) {
            final EntitlementRecord.Builder out = EntitlementRecord.newBuilder()
                    .setFeatureId(entitlement.featureId())
                    .setEnabled(entitlement.enabled())
                    .setStaticValue(entitlement.staticValue())
                    .setOrigin(entitlement.origin());
            for (final Map.Entry<String, AttributeValue> value :
                    entitlement.config().entrySet()) {
                out.putConfig(value.getKey(), value(value.getValue()));
            }
            record.addEntitlements(out);
        }
        return record.build();
    }

    static io.tollgate.v1.AttributeValue value(final AttributeValue value) {
        final io.tollgate.v1.AttributeValue.Builder out = io.tollgate.v1.AttributeValue.newBuilder();
        if (value instanceof AttributeValue.Whole whole) {
            return out.setIntValue(whole.value()).build();
        }
        if (value instanceof AttributeValue.Text text) {
            return out.setStringValue(text.value()).build();
        }
        throw new IllegalArgumentException("value " + value + ": the generator makes whole numbers and texts only");
    }

    /** Only scopes that the generator gives policies to. */
    private static ScopeRef scopeRef(final String path) {
        final ScopeLevel level;
        if ("global".equals(path)) {
            level = ScopeLevel.SCOPE_LEVEL_GLOBAL;
        } else if (path.startsWith("plan:")) {
            level = ScopeLevel.SCOPE_LEVEL_PLAN;
        } else if (path.contains("/department:")) {
            level = ScopeLevel.SCOPE_LEVEL_DEPARTMENT;
        } else if (path.contains("/project:")) {
            level = ScopeLevel.SCOPE_LEVEL_PROJECT;
        } else {
            require(path.indexOf('/') < 0, "policies of principals and keys");
            level = ScopeLevel.SCOPE_LEVEL_ORGANIZATION;
        }
        return ScopeRef.newBuilder().setLevel(level).setPath(path).build();
    }

    static void require(final boolean condition, final String what) {
        if (!condition) {
            throw new IllegalArgumentException(what + ": the generator makes none, so they are not written");
        }
    }
}
