/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.policy;

/** Hears about every rule whose operations cover the request. Cold: explain only; may allocate. */
public interface PolicyTrace {
    /**
     * A rule was considered. Rules come by scope from global down, then in the order of the policy.
     *
     * @param chainIndex position of its scope in the chain
     * @param ruleId     number in the tables
     * @param matched    whether it matched
     * @param error      whether its condition could not be evaluated
     * @param detail     why it matched or did not, for operators
     */
    void rule(int chainIndex, int ruleId, boolean matched, boolean error, String detail);

    /** {@return type of the actor as the request or the directory says} */
    String actorType();

    /** {@return id of the actor as the request says} */
    String actorId();

    /** {@return roles held, quoted and separated by commas; empty = none} */
    String heldRoles();

    /** {@return token scopes held, quoted and separated by commas; empty = none} */
    String heldTokenScopes();
}
