/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import io.tollgate.core.Reason;
import io.tollgate.core.world.def.EntitlementDef;
import io.tollgate.core.world.def.EntitlementSetDef;
import io.tollgate.core.world.def.OperationDef;
import io.tollgate.core.world.def.ScopeDef;
import io.tollgate.core.world.def.SubscriptionDef;
import io.tollgate.core.world.def.SubscriptionStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Stage 3: has the customer bought the feature that gates the operation? */
final class ReferenceEntitlementStage {
    private ReferenceEntitlementStage() {}

    static Reason evaluate(final ReferenceContext context, final OperationDef operation) {
        if (operation.featureId() == OperationDef.NO_FEATURE) {
            return Reason.OK;
        }
        @Nullable SubscriptionDef subscription = null;
        for (final ScopeDef scope : context.chain) {
            if (scope.holdings().subscription() != null) {
                subscription = scope.holdings().subscription();
            }
        }
        if (subscription == null) {
            return Reason.ENTITLEMENT_MISSING;
        }
        final boolean alive = subscription.status() == SubscriptionStatus.ACTIVE
                || subscription.status() == SubscriptionStatus.TRIALING;
        final boolean ended = subscription.endsAtMs() != 0 && context.nowEpochMs() >= subscription.endsAtMs();
        if (!alive || ended) {
            return Reason.SUBSCRIPTION_INACTIVE;
        }
        final EntitlementSetDef set = context.world.entitlementSets.get(subscription.entitlementSetId());
        for (final EntitlementDef entitlement : set == null ? List.<EntitlementDef>of() : set.entitlements()) {
            if (entitlement.featureId() == operation.featureId()) {
                if (!entitlement.enabled()) {
                    return Reason.ENTITLEMENT_DISABLED;
                }
                obligations(context, entitlement);
                return Reason.OK;
            }
        }
        return Reason.ENTITLEMENT_MISSING;
    }

    private static void obligations(final ReferenceContext context, final EntitlementDef entitlement) {
        if (!entitlement.staticValue().isEmpty()) {
            context.obligations.add("=" + entitlement.staticValue());
        }
        entitlement.config().keySet().stream()
                .sorted()
                .forEach(key ->
                        context.obligations.add(key + "=" + entitlement.config().get(key)));
    }
}
