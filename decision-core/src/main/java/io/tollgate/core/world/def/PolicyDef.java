/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world.def;

import java.util.List;

/**
 * The rules of one scope, in the order of the files.
 *
 * @param scopePath whose
 * @param rules     its rules
 */
public record PolicyDef(String scopePath, List<RuleDef> rules) {
    public PolicyDef {
        rules = List.copyOf(rules);
    }
}
