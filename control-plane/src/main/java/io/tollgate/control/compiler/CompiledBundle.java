/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import io.tollgate.v1.CapacityPoolRecord;
import io.tollgate.v1.EntitlementSetRecord;
import io.tollgate.v1.PlaneBound;
import io.tollgate.v1.PolicyRecord;
import io.tollgate.v1.PriceBookRecord;
import io.tollgate.v1.RegistryRecord;
import io.tollgate.v1.ScopeRecord;
import io.tollgate.v1.WalletRecord;
import java.util.List;

/**
 * What a bundle compiles to: the records of a snapshot in the order in which they travel, and the bundle's tests. Immutable. Equal sources
 * give equal records.
 *
 * @param bundle the bundle's id
 * @param sourceDigest SHA-256 over the source files, lower-case hex
 * @param planeBounds how old each plane may be
 * @param defaultReservationTtlMs of reservations that name none
 * @param scopes the directory, parents before children
 * @param tests not part of the snapshot
 */
public record CompiledBundle(
        String bundle,
        String sourceDigest,
        List<PlaneBound> planeBounds,
        long defaultReservationTtlMs,
        RegistryRecord registry,
        List<PolicyRecord> policies,
        List<EntitlementSetRecord> entitlementSets,
        List<ScopeRecord> scopes,
        Commerce commerce,
        List<BundleTest> tests) {

    /** What is priced, paid and physically there. */
    public record Commerce(
            List<PriceBookRecord> priceBooks, List<WalletRecord> wallets, List<CapacityPoolRecord> capacityPools) {}

    /** Takes copies. */
    public CompiledBundle {
        planeBounds = List.copyOf(planeBounds);
        policies = List.copyOf(policies);
        entitlementSets = List.copyOf(entitlementSets);
        scopes = List.copyOf(scopes);
        tests = List.copyOf(tests);
    }
}
