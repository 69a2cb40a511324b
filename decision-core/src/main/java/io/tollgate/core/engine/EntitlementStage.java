/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import io.tollgate.core.Reason;
import io.tollgate.core.entitlement.EntitlementTables;
import io.tollgate.core.entitlement.Subscriptions;
import io.tollgate.core.registry.Operation;
import io.tollgate.core.world.ScopeRow;
import io.tollgate.core.world.World;
import io.tollgate.core.world.def.OperationDef;

/** Stage ENTITLEMENT: has the nearest customer of the chain bought the feature that gates the operation, and is the subscription alive? */
final class EntitlementStage {
    private final ScopeRow customer = new ScopeRow();

    Reason evaluate(final Evaluation evaluation, final Operation operation) {
        if (operation.featureId() == OperationDef.NO_FEATURE) {
            return Reason.OK;
        }
        final Decision decision = evaluation.decision;
        decision.feature(operation.featureId());
        final World world = evaluation.world;
        customer.wrap(world, evaluation.placeRow());
        final long customerRow = customer.customerRow();
        if (customerRow == World.NO_ROW) {
            return Reason.ENTITLEMENT_MISSING;
        }
        customer.wrap(world, customerRow);
        decision.customer(customerRow);
        if (!Subscriptions.entitles(
                customer.subscriptionStatusCode(), customer.subscriptionEndsAtMs(), evaluation.nowEpochMs)) {
            return Reason.SUBSCRIPTION_INACTIVE;
        }
        final EntitlementTables entitlements = world.entitlements();
        final int entry = entitlements.find(customer.entitlementSetId(), operation.featureId());
        return switch (entitlements.status(entry)) {
            case EntitlementTables.ENABLED -> {
                decision.entitlement(entry);
                yield Reason.OK;
            }
            case EntitlementTables.DISABLED -> Reason.ENTITLEMENT_DISABLED;
            default -> Reason.ENTITLEMENT_MISSING;
        };
    }
}
