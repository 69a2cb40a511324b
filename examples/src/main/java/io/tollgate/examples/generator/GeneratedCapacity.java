/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.examples.generator;

import io.tollgate.core.world.def.PoolDef;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A shared pool for each region, and for some organizations one of their own; no benchmark finds their bottom. */
final class GeneratedCapacity {
    private static final List<String> REGIONS = List.of("eu-1", "eu-2", "us-1");
    /** One organization of so many, and at most so many, have a pool of their own. */
    private static final int OWN_EVERY = 16;

    private static final int MOST_OWN = 64;
    private static final long PLENTY = 1L << 60;

    private GeneratedCapacity() {}

    /** In the order of their ids. */
    static List<PoolDef> pools(final GeneratedShape shape) {
        final List<PoolDef> pools = new ArrayList<>();
        final int own = Math.min(MOST_OWN, shape.organizations() / OWN_EVERY);
        for (int i = 0; i < own; i++) {
            final int organization = i * OWN_EVERY;
            pools.add(pool(
                    "own-" + GeneratedNames.organization(organization),
                    "eu-1",
                    GeneratedNames.organizationPath(organization)));
        }
        for (final String region : REGIONS) {
            pools.add(pool("shared-" + region, region, ""));
        }
        return pools;
    }

    private static PoolDef pool(final String id, final String region, final String reservedFor) {
        return new PoolDef(id, GeneratedRegistry.SLOTS, Map.of("resource.region", region), PLENTY, 0, reservedFor);
    }
}
