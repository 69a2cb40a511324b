/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world.def;

/**
 * What a customer has subscribed to.
 *
 * @param id                 in the billing system
 * @param customerExternalId in the billing system
 * @param status             its status
 * @param planPath           scope of the plan; empty = none
 * @param entitlementSetId   {@link EntitlementSetDef#id()}; empty = none
 * @param endsAtMs           when it stops entitling by itself; milliseconds since 1970, 0 = never
 */
public record SubscriptionDef(
        String id,
        String customerExternalId,
        SubscriptionStatus status,
        String planPath,
        String entitlementSetId,
        long endsAtMs) {}
