/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.policy;

import io.tollgate.core.world.def.ConditionDef;
import io.tollgate.core.world.def.DefinitionException;

/** Makes the program of a rule's condition while tables are compiled. */
@FunctionalInterface
public interface ConditionLoader {
    /** Knows no conditions: refuses every rule that has one, since a rule without its condition would say too much. */
    ConditionLoader NONE = (condition, where) -> {
        throw new DefinitionException(where + ": condition '" + condition.source()
                + "' cannot be evaluated by this version; remove the condition or update the sidecar");
    };

    /**
     * {@return the program of a condition}
     *
     * @param condition not {@link ConditionDef#always()}
     * @param where     scope, rule and source, for messages
     * @throws DefinitionException when there is no program for it
     */
    ConditionProgram load(ConditionDef condition, String where);
}
