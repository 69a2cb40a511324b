/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.examples.generator;

import com.google.protobuf.UnsafeByteOperations;
import io.tollgate.core.world.def.CeilingDef;
import io.tollgate.core.world.def.ScopeDef;
import io.tollgate.core.world.def.SubscriptionDef;
import io.tollgate.core.world.def.ThresholdDef;
import io.tollgate.v1.CeilingRecord;
import io.tollgate.v1.CeilingSharing;
import io.tollgate.v1.ScopeRecord;
import io.tollgate.v1.ScopeRef;
import io.tollgate.v1.SubscriptionRecord;
import io.tollgate.v1.ThresholdRecord;
import io.tollgate.v1.WindowRecord;

/** Scopes as the records of a portable snapshot's directory. */
final class PortableScopes {
    private PortableScopes() {}

    static ScopeRecord scope(final ScopeDef scope) {
        final ScopeRecord.Builder record = ScopeRecord.newBuilder()
                .setScope(ScopeRef.newBuilder()
                        .setLevelValue(scope.level().code())
                        .setPath(scope.path()))
                .setId(scope.id())
                .setDisplayName(scope.displayName())
                .setStateValue(scope.state().code())
                .setExpiresAtMs(scope.expiresAtMs())
                .setParentPath(scope.parentPath())
                .setActorType(scope.actor().actorType())
                .addAllRoles(scope.actor().roles())
                .addAllTokenScopes(scope.actor().tokenScopes())
                .setApiKeySha256(UnsafeByteOperations.unsafeWrap(scope.actor().apiKeySha256()))
                .setBoundProjectPath(scope.actor().boundProjectPath())
                .setOwnerPath(scope.actor().ownerPath());
        final SubscriptionDef subscription = scope.holdings().subscription();
        if (subscription != null) {
            record.setSubscription(SubscriptionRecord.newBuilder()
                    .setId(subscription.id())
                    .setCustomerExternalId(subscription.customerExternalId())
                    .setStatusValue(subscription.status().code())
                    .setPlanPath(subscription.planPath())
                    .setEntitlementSetId(subscription.entitlementSetId())
                    .setEndsAtMs(subscription.endsAtMs()));
        }
        scope.holdings()
                .attributes()
                .forEach((name, value) ->
                        record.putAttributes(name.substring(name.indexOf('.') + 1), PortableRecords.value(value)));
        for (final CeilingDef ceiling : scope.holdings().ceilings()) {
            record.addCeilings(ceiling(ceiling));
        }
        return record.build();
    }

    private static CeilingRecord ceiling(final CeilingDef ceiling) {
        PortableRecords.require(ceiling.eachLevel() == null, "EACH ceilings");
        final CeilingRecord.Builder record = CeilingRecord.newBuilder()
                .setId(ceiling.id())
                .setDimensionId(ceiling.dimensionId())
                .setEnforcementValue(ceiling.enforcement().code())
                .setSharing(CeilingSharing.CEILING_SHARING_SHARED)
                .setUnlimited(ceiling.amount().unlimited())
                .setLimit(ceiling.amount().limit())
                .setBurst(ceiling.amount().burst())
                .setWindow(WindowRecord.newBuilder()
                        .setPeriodValue(ceiling.window().period().code())
                        .setLengthMs(ceiling.window().lengthMs())
                        .setAnchorMs(ceiling.window().anchorMs())
                        .setTimeZone(ceiling.window().timeZone()))
                .setOrigin(ceiling.origin())
                .setSource(ceiling.source());
        for (final ThresholdDef threshold : ceiling.thresholds()) {
            record.addThresholds(ThresholdRecord.newBuilder()
                    .setAtPermille(threshold.atPermille())
                    .setSeverity(threshold.severity().code()));
        }
        return record.build();
    }
}
