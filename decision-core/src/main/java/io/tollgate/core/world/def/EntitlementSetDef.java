/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world.def;

import java.util.List;

/**
 * What one customer, or all customers of a plan, have bought.
 *
 * @param id           unique in the snapshot
 * @param entitlements at most one for each feature
 */
public record EntitlementSetDef(String id, List<EntitlementDef> entitlements) {
    public EntitlementSetDef {
        entitlements = List.copyOf(entitlements);
    }
}
