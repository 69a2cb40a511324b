/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.policy;

/**
 * What a condition reads: attributes of actor, resource, request, place and time. The engine fills it and the condition programs know its
 * class; policy evaluation only hands it on.
 */
public interface ConditionInput {
    /** For requests without attributes. */
    ConditionInput NONE = new ConditionInput() {};
}
