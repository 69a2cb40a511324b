/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import io.tollgate.core.world.def.ScopeDef;

/** What must stay of a changed row, since others hold copies of it. */
final class PatchRules {
    private PatchRules() {}

    /**
     * Checks that a scope is where it was.
     *
     * @throws NotPatchableException naming the scope and what is different
     */
    static void requireSamePlace(final ScopeDef scope, final ScopeRow before, final ScopeRow after)
            throws NotPatchableException {
        require(scope, "level", before.levelCode() == after.levelCode());
        require(scope, "parent", before.parentRow() == after.parentRow());
        require(scope, "organization", before.organizationRow() == after.organizationRow());
        require(scope, "project", before.projectRow() == after.projectRow());
        require(scope, "department", before.departmentRow() == after.departmentRow());
        require(scope, "plan", before.planRow() == after.planRow());
        require(scope, "payer (the nearest scope with a subscription)", before.customerRow() == after.customerRow());
        require(scope, "owner", before.ownerRow() == after.ownerRow());
        require(scope, "actor type", before.actorTypeId() == after.actorTypeId());
        require(scope, "key", before.keyHash() == after.keyHash() && before.sameKey(after));
    }

    private static void require(final ScopeDef scope, final String what, final boolean same)
            throws NotPatchableException {
        if (!same) {
            throw new NotPatchableException("scope '" + scope.path() + "' has another " + what + " than before");
        }
    }
}
