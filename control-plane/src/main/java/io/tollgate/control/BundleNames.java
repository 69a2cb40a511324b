/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control;

import io.tollgate.control.compiler.CompiledBundle;
import io.tollgate.control.ledger.KnownNames;
import io.tollgate.v1.DimensionRecord;
import io.tollgate.v1.ScopeRecord;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the ledger may meet in the usage of a bundle. Immutable.
 *
 * @param dimensions of the registry
 * @param customers that subscriptions name
 */
record BundleNames(Set<String> dimensions, Set<String> customers) {
    static BundleNames of(CompiledBundle bundle) {
        return new BundleNames(
                bundle.registry().getDimensionsList().stream()
                        .map(DimensionRecord::getName)
                        .collect(Collectors.toUnmodifiableSet()),
                bundle.scopes().stream()
                        .filter(ScopeRecord::hasSubscription)
                        .map(scope -> scope.getSubscription().getCustomerExternalId())
                        .collect(Collectors.toUnmodifiableSet()));
    }

    /** {@return what all of these know; while one has not compiled since the start, nothing is unknown} */
    static KnownNames in(List<BundleHost> hosts) {
        return new KnownNames() {
            @Override
            public boolean dimension(String name) {
                return hosts.stream().map(BundleHost::names).anyMatch(names -> has(names, name, true));
            }

            @Override
            public boolean customer(String externalId) {
                return hosts.stream().map(BundleHost::names).anyMatch(names -> has(names, externalId, false));
            }
        };
    }

    private static boolean has(@Nullable BundleNames names, String name, boolean dimension) {
        return names == null || (dimension ? names.dimensions : names.customers).contains(name);
    }
}
