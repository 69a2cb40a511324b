/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import io.tollgate.core.ScopeLevel;
import io.tollgate.core.world.def.DefinitionException;
import io.tollgate.core.world.def.ScopeDef;
import io.tollgate.core.world.def.SubscriptionDef;
import java.util.List;
import java.util.function.ToLongFunction;

/** Finds the rows that a new row refers to, among those that were written before it. One thread. */
final class AncestryResolver {
    private final RowViewer rows;
    private final ToLongFunction<String> findPath;
    private final ScopeRow row = new ScopeRow();

    /** Moves a view to a row. */
    @FunctionalInterface
    interface RowViewer {
        void show(ScopeRow view, long row);
    }

    /**
     * Resolves against rows.
     *
     * @param rows     shows them
     * @param findPath from path to row, {@link World#NO_ROW} when there is none
     */
    AncestryResolver(final RowViewer rows, final ToLongFunction<String> findPath) {
        this.rows = rows;
        this.findPath = findPath;
    }

    Ancestry resolve(final ScopeDef scope, final long globalRow) {
        final Ancestry found = new Ancestry();
        found.global = globalRow;
        if (scope.level() == ScopeLevel.GLOBAL) {
            if (!scope.parentPath().isEmpty()) {
                throw new DefinitionException(
                        where(scope) + ": parent '" + scope.parentPath() + "', but global has nothing above it");
            }
            return found;
        }
        found.parent = reference(scope, "parent", scope.parentPath());
        final List<ScopeLevel> parents = parents(scope.level());
        if (!parents.contains(ScopeLevel.ofCode(row.levelCode()))) {
            throw new DefinitionException(where(scope) + ": parent '" + scope.parentPath() + "' is a " + row.level()
                    + "; a " + scope.level() + " belongs to one of " + parents);
        }
        inherit(found);
        if (row.level() == ScopeLevel.PRINCIPAL) {
            found.owner = found.parent;
        }
        key(scope, found);
        final SubscriptionDef subscription = scope.holdings().subscription();
        if (subscription != null
                && scope.level() == ScopeLevel.ORGANIZATION
                && !subscription.planPath().isEmpty()) {
            found.plan = plan(scope, subscription);
        }
        return found;
    }

    private static List<ScopeLevel> parents(final ScopeLevel level) {
        return switch (level) {
            case GLOBAL -> List.of();
            case PLAN, ORGANIZATION -> List.of(ScopeLevel.GLOBAL);
            case DEPARTMENT -> List.of(ScopeLevel.ORGANIZATION);
            case PROJECT -> List.of(ScopeLevel.ORGANIZATION, ScopeLevel.DEPARTMENT);
            case PRINCIPAL -> List.of(ScopeLevel.GLOBAL, ScopeLevel.ORGANIZATION);
            case API_KEY ->
                List.of(
                        ScopeLevel.GLOBAL,
                        ScopeLevel.ORGANIZATION,
                        ScopeLevel.DEPARTMENT,
                        ScopeLevel.PROJECT,
                        ScopeLevel.PRINCIPAL);
        };
    }

    private void inherit(final Ancestry found) {
        found.organization = row.organizationRow();
        found.department = row.departmentRow();
        found.project = row.projectRow();
        found.plan = row.planRow();
        found.customer = row.customerRow();
    }

    private void key(final ScopeDef scope, final Ancestry found) {
        final ScopeDef.Actor actor = scope.actor();
        if (!actor.ownerPath().isEmpty()) {
            found.owner = reference(scope, "owner", actor.ownerPath());
            expect(scope, "owner", actor.ownerPath(), ScopeLevel.PRINCIPAL);
            if (row.organizationRow() != World.NO_ROW) {
                sameOrganization(scope, "owner", actor.ownerPath(), found);
            }
        }
        if (!actor.boundProjectPath().isEmpty()) {
            final long project = reference(scope, "bound project", actor.boundProjectPath());
            expect(scope, "bound project", actor.boundProjectPath(), ScopeLevel.PROJECT);
            sameOrganization(scope, "bound project", actor.boundProjectPath(), found);
            if (found.project != World.NO_ROW && found.project != project) {
                throw new DefinitionException(where(scope) + ": bound to project '" + actor.boundProjectPath()
                        + "', but its parent '" + scope.parentPath() + "' belongs to another project");
            }
            inherit(found);
        }
    }

    private void sameOrganization(final ScopeDef scope, final String what, final String path, final Ancestry found) {
        if (found.organization != World.NO_ROW && found.organization != row.organizationRow()) {
            throw new DefinitionException(where(scope) + ": " + what + " '" + path
                    + "' is of another organization than '" + scope.parentPath() + "'; a key acts in one organization");
        }
    }

    /** {@return the plan of a subscription} */
    private long plan(final ScopeDef scope, final SubscriptionDef subscription) {
        final long plan = reference(scope, "plan", subscription.planPath());
        expect(scope, "plan", subscription.planPath(), ScopeLevel.PLAN);
        return plan;
    }

    private long reference(final ScopeDef scope, final String what, final String path) {
        final long found = findPath.applyAsLong(path);
        if (found == World.NO_ROW) {
            throw new DefinitionException(where(scope) + ": " + what + " '" + path
                    + "' is not in the directory, or comes after it; global comes first, then plans, organizations,"
                    + " departments, projects, principals, API keys");
        }
        rows.show(row, found);
        return found;
    }

    private void expect(final ScopeDef scope, final String what, final String path, final ScopeLevel level) {
        if (row.level() != level) {
            throw new DefinitionException(
                    where(scope) + ": " + what + " '" + path + "' is a " + row.level() + ", not a " + level);
        }
    }

    private static String where(final ScopeDef scope) {
        return "scope '" + scope.path() + "'";
    }
}
