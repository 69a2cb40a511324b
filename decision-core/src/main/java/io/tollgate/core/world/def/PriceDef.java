/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world.def;

import java.util.Map;

/**
 * What some quantity of a dimension costs.
 *
 * @param dimensionId position in the registry
 * @param amount      for perQuantity units of the dimension, fixed point (money scale); at least 0
 * @param perQuantity at least 1
 * @param match       texts that attributes must have, by full name: "resource.model" = "large"
 */
public record PriceDef(int dimensionId, long amount, long perQuantity, Map<String, String> match) {
    public PriceDef {
        match = Map.copyOf(match);
    }
}
