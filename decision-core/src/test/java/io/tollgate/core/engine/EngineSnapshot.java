/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import io.tollgate.core.Plane;
import io.tollgate.core.world.def.EntitlementSetDef;
import io.tollgate.core.world.def.PolicyDef;
import io.tollgate.core.world.def.PoolDef;
import io.tollgate.core.world.def.PriceBookDef;
import io.tollgate.core.world.def.RegistryDef;
import io.tollgate.core.world.def.ScopeDef;
import java.util.List;
import java.util.Map;

/** All records of a world; wallets hang on the scopes. */
public record EngineSnapshot(
        RegistryDef registry,
        List<PolicyDef> policies,
        List<EntitlementSetDef> entitlements,
        List<ScopeDef> scopes,
        Map<Plane, Long> maxAgeMs,
        List<PriceBookDef> prices,
        List<PoolDef> pools) {
    /** {@return the same records with other scopes} */
    public EngineSnapshot with(final List<ScopeDef> others) {
        return new EngineSnapshot(registry, policies, entitlements, others, maxAgeMs, prices, pools);
    }
}
