/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.condition;

import com.google.protobuf.ByteString;
import io.tollgate.core.condition.Variable;
import java.util.Set;

/**
 * A condition that sidecars can evaluate.
 *
 * @param program   see {@link io.tollgate.core.condition.ConditionEncoder}
 * @param steps     most steps that it takes, see {@link io.tollgate.core.condition.ExpressionCost}
 * @param variables what it reads
 */
public record Compiled(ByteString program, long steps, Set<Variable> variables) {
    /** Takes a copy. */
    public Compiled {
        variables = Set.copyOf(variables);
    }
}
