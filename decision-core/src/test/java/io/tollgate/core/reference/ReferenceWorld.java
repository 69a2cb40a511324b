/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import io.tollgate.core.Plane;
import io.tollgate.core.world.def.EntitlementSetDef;
import io.tollgate.core.world.def.PolicyDef;
import io.tollgate.core.world.def.RegistryDef;
import io.tollgate.core.world.def.ScopeDef;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A snapshot as maps. */
public final class ReferenceWorld {
    final RegistryDef registry;
    final Map<String, PolicyDef> policies = new LinkedHashMap<>();
    final Map<String, EntitlementSetDef> entitlementSets = new LinkedHashMap<>();
    final Map<String, ScopeDef> scopes = new LinkedHashMap<>();
    final Map<String, ScopeDef> apiKeys = new LinkedHashMap<>();
    final Map<Plane, Long> maxAgeMs;
    /** By source. */
    final Map<String, ReferenceCondition> conditions;

    final ReferenceAssets assets;

    public ReferenceWorld(
            final RegistryDef registry,
            final List<PolicyDef> policies,
            final List<EntitlementSetDef> entitlementSets,
            final List<ScopeDef> scopes,
            final Map<Plane, Long> maxAgeMs,
            final Map<String, ReferenceCondition> conditions,
            final ReferenceAssets assets) {
        this.assets = assets;
        this.conditions = conditions;
        this.registry = registry;
        this.maxAgeMs = maxAgeMs;
        policies.forEach(policy -> this.policies.put(policy.scopePath(), policy));
        entitlementSets.forEach(set -> this.entitlementSets.put(set.id(), set));
        for (final ScopeDef scope : scopes) {
            this.scopes.put(scope.path(), scope);
            if (scope.actor().apiKeySha256().length > 0) {
                apiKeys.put(HexFormat.of().formatHex(scope.actor().apiKeySha256()), scope);
            }
        }
    }

    @Nullable
    ScopeDef scope(final String path) {
        return scopes.get(path);
    }
}
