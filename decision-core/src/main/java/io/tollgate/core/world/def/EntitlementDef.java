/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world.def;

import java.util.Map;

/**
 * A customer's claim on a feature.
 *
 * @param featureId   position in the registry
 * @param enabled     whether it is switched on
 * @param staticValue value of a static feature, else empty
 * @param config      values of a config feature
 * @param origin      where it comes from, for explain: "plan pro"
 */
public record EntitlementDef(
        int featureId, boolean enabled, String staticValue, Map<String, AttributeValue> config, String origin) {
    public EntitlementDef {
        config = Map.copyOf(config);
    }
}
