/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import com.google.protobuf.MessageLite;
import io.tollgate.v1.CapacityPoolRecord;
import io.tollgate.v1.EntitlementSetRecord;
import io.tollgate.v1.PlaneBound;
import io.tollgate.v1.PolicyRecord;
import io.tollgate.v1.PriceBookRecord;
import io.tollgate.v1.RegistryRecord;
import io.tollgate.v1.ScopeRecord;
import io.tollgate.v1.Section;
import io.tollgate.v1.WalletRecord;
import java.io.IOException;
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

    /** Key of the one registry record. */
    public static final String REGISTRY_KEY = "registry";

    /** Takes records one by one. */
    @FunctionalInterface
    public interface RecordVisitor {
        /** Takes the next record. */
        void record(Section section, String key, MessageLite value) throws IOException;
    }

    /** Hands out every record under its key, in the order in which they travel. */
    public void forEachRecord(RecordVisitor visitor) throws IOException {
        visitor.record(Section.SECTION_REGISTRY, REGISTRY_KEY, registry);
        for (PolicyRecord policy : policies) {
            visitor.record(Section.SECTION_POLICY, policy.getScope().getPath(), policy);
        }
        for (EntitlementSetRecord set : entitlementSets) {
            visitor.record(Section.SECTION_ENTITLEMENT, set.getId(), set);
        }
        for (ScopeRecord scope : scopes) {
            visitor.record(Section.SECTION_DIRECTORY, scope.getScope().getPath(), scope);
        }
        for (PriceBookRecord book : commerce.priceBooks()) {
            visitor.record(Section.SECTION_PRICE, book.getId(), book);
        }
        for (WalletRecord wallet : commerce.wallets()) {
            visitor.record(Section.SECTION_WALLET, wallet.getId(), wallet);
        }
        for (CapacityPoolRecord pool : commerce.capacityPools()) {
            visitor.record(Section.SECTION_CAPACITY, pool.getId(), pool);
        }
    }

    /** Takes copies. */
    public CompiledBundle {
        planeBounds = List.copyOf(planeBounds);
        policies = List.copyOf(policies);
        entitlementSets = List.copyOf(entitlementSets);
        scopes = List.copyOf(scopes);
        tests = List.copyOf(tests);
    }
}
