/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import io.tollgate.core.entitlement.EntitlementTables;
import io.tollgate.core.policy.ConditionLoader;
import io.tollgate.core.policy.PolicyTables;
import io.tollgate.core.registry.Registry;
import io.tollgate.core.symbol.Utf8Hash;
import io.tollgate.core.world.def.EntitlementSetDef;
import io.tollgate.core.world.def.PolicyDef;
import io.tollgate.core.world.def.RegistryDef;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The heap tables of a world: what is small. Immutable, safe for any thread.
 *
 * @param registry     what requests may name
 * @param policies     rules by scope
 * @param entitlements what customers have bought
 */
public record WorldTables(Registry registry, PolicyTables policies, EntitlementTables entitlements) {

    /**
     * Checks and compiles.
     *
     * @param registry     of the snapshot
     * @param policies     of the snapshot, in its order
     * @param entitlements of the snapshot, in its order
     * @param conditions   makes the programs of the rules' conditions
     * @throws io.tollgate.core.world.def.DefinitionException when they contradict themselves or each other
     */
    public static WorldTables compile(
            final RegistryDef registry,
            final List<PolicyDef> policies,
            final List<EntitlementSetDef> entitlements,
            final ConditionLoader conditions) {
        final Registry compiled = Registry.compile(registry);
        return new WorldTables(
                compiled,
                PolicyTables.compile(compiled, policies, conditions),
                EntitlementTables.compile(compiled, entitlements));
    }

    /**
     * {@return a number that differs when a number in a row would mean something else: it covers the order of dimensions and their kinds,
     * actor types, policies' scopes and entitlement sets}
     */
    long fingerprint() {
        long hash = registry.dimensions().size();
        for (int i = 0; i < registry.dimensions().size(); i++) {
            hash = add(hash, registry.dimensions().name(i));
            hash = Utf8Hash.combine(hash, registry.dimensionKind(i).code());
        }
        hash = Utf8Hash.combine(hash, registry.actorTypes().size());
        for (int i = 0; i < registry.actorTypes().size(); i++) {
            hash = add(hash, registry.actorTypes().name(i));
        }
        hash = Utf8Hash.combine(hash, policies.policyCount());
        for (int i = 0; i < policies.policyCount(); i++) {
            hash = add(hash, policies.scopePath(i));
        }
        hash = Utf8Hash.combine(hash, entitlements.setCount());
        for (int i = 0; i < entitlements.setCount(); i++) {
            hash = add(hash, entitlements.setName(i));
        }
        return hash;
    }

    private static long add(final long hash, final String text) {
        final byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return Utf8Hash.combine(hash, Utf8Hash.of(utf8, 0, utf8.length));
    }
}
