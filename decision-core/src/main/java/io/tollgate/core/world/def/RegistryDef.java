/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world.def;

import java.util.List;

/**
 * Everything that a request may name. Ids are the positions in these lists.
 *
 * @param version                version of the registry
 * @param oldestSupportedVersion oldest caller version that still works; 0 = any
 * @param units                  units of amounts
 * @param dimensions             what is counted
 * @param operations             what may be asked for
 * @param actorTypes             "user", "service"
 * @param features               what customers buy
 * @param attributes             what conditions may read
 * @param moneyScale             digits after the point in money and credits
 */
public record RegistryDef(
        long version,
        long oldestSupportedVersion,
        List<UnitDef> units,
        List<DimensionDef> dimensions,
        List<OperationDef> operations,
        List<String> actorTypes,
        List<FeatureDef> features,
        List<AttributeDef> attributes,
        int moneyScale) {
    public RegistryDef {
        units = List.copyOf(units);
        dimensions = List.copyOf(dimensions);
        operations = List.copyOf(operations);
        actorTypes = List.copyOf(actorTypes);
        features = List.copyOf(features);
        attributes = List.copyOf(attributes);
    }
}
