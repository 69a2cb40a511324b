/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import io.tollgate.core.Reason;
import io.tollgate.core.ScopeLevel;
import io.tollgate.core.policy.PolicyQuery;
import io.tollgate.core.registry.Operation;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.request.Field;
import io.tollgate.core.symbol.SymbolTable;
import io.tollgate.core.symbol.Utf8Hash;
import io.tollgate.core.world.IntSets;
import io.tollgate.core.world.ScopeRow;
import io.tollgate.core.world.World;

/** Finds place and actor, builds the chain of scopes, and collects what policies ask about the actor. */
final class PlaceResolver {
    private final ScopeRow row = new ScopeRow();
    private final byte[] actorId = new byte[DecisionRequest.MAX_ID_BYTES];
    /** Of the organization's id as the request writes it: look-ups below it then need not wait for its row. */
    private long organizationHash;

    private boolean hashed;
    private long departmentRow;
    private long projectRow;

    Reason resolve(final Evaluation evaluation, final Operation operation) {
        hashed = false;
        final Reason reason = evaluation.request.hasApiKey() ? byApiKey(evaluation) : byName(evaluation);
        if (reason != Reason.OK) {
            return reason;
        }
        return describeActor(evaluation, operation)
                ? Reason.OK
                : evaluation.decision.problem(Problem.TOO_MANY_ROLES, Reason.INVALID_REQUEST);
    }

    private Reason byName(final Evaluation evaluation) {
        final DecisionRequest request = evaluation.request;
        final World world = evaluation.world;
        final long organization = organization(evaluation);
        if (organization == World.NO_ROW) {
            return organizationProblem(evaluation);
        }
        final Reason place = place(evaluation, organization, project(evaluation, organization));
        if (place != Reason.OK) {
            return place;
        }
        final int type = world.registry()
                .actorTypes()
                .find(request.bytes(), request.offset(Field.ACTOR_TYPE), request.length(Field.ACTOR_TYPE));
        final long actor = type < 0 ? World.NO_ROW : principal(evaluation, organization, type);
        if (actor == World.NO_ROW) {
            return evaluation.decision.problem(Problem.ACTOR_UNKNOWN, Reason.UNKNOWN_ACTOR);
        }
        if (!usable(evaluation, actor)) {
            return evaluation.decision.problem(Problem.ACTOR_INACTIVE, Reason.ACTOR_DISABLED);
        }
        evaluation.addScope(actor);
        evaluation.actorRow = actor;
        return Reason.OK;
    }

    private Reason byApiKey(final Evaluation evaluation) {
        final DecisionRequest request = evaluation.request;
        final Decision decision = evaluation.decision;
        final World world = evaluation.world;
        final long key = world.find(
                ScopeLevel.API_KEY,
                World.NO_ROW,
                request.bytes(),
                request.apiKeyOffset(),
                DecisionRequest.API_KEY_HASH_BYTES);
        if (key == World.NO_ROW) {
            return decision.problem(Problem.KEY_UNKNOWN, Reason.UNKNOWN_ACTOR);
        }
        row.wrap(world, key);
        final long organization = row.organizationRow();
        final long bound = row.projectRow();
        final long owner = row.ownerRow();
        if (!request.isAbsent(Field.ORGANIZATION) && findOrganization(evaluation) != organization) {
            return decision.problem(Problem.KEY_UNKNOWN, Reason.UNKNOWN_ACTOR);
        }
        if (!row.wrap(world, organization).active()) {
            return decision.problem(Problem.ORGANIZATION_UNKNOWN, Reason.UNKNOWN_SCOPE);
        }
        long project = bound;
        if (!request.isAbsent(Field.PROJECT)) {
            project = project(evaluation, organization);
            if (bound != World.NO_ROW && project != bound) {
                return decision.problem(Problem.KEY_BOUND_TO_OTHER_PROJECT, Reason.UNKNOWN_SCOPE);
            }
        }
        final Reason place = place(evaluation, organization, project);
        if (place != Reason.OK) {
            return place;
        }
        if (!usable(evaluation, key)) {
            return decision.problem(Problem.KEY_INACTIVE, Reason.ACTOR_DISABLED);
        }
        if (owner != World.NO_ROW) {
            if (!usable(evaluation, owner)) {
                return decision.problem(Problem.KEY_OWNER_INACTIVE, Reason.ACTOR_DISABLED);
            }
            evaluation.addScope(owner);
        }
        evaluation.addScope(key);
        evaluation.apiKeyRow = key;
        evaluation.actorRow = owner == World.NO_ROW ? key : owner;
        return Reason.OK;
    }

    private long findOrganization(final Evaluation evaluation) {
        final DecisionRequest request = evaluation.request;
        final int offset = request.offset(Field.ORGANIZATION);
        final int length = request.length(Field.ORGANIZATION);
        organizationHash = World.organizationHash(request.bytes(), offset, length);
        hashed = true;
        return evaluation.world.findOrganization(organizationHash, request.bytes(), offset, length);
    }

    private long principal(final Evaluation evaluation, final long organization, final int type) {
        final DecisionRequest request = evaluation.request;
        final int offset = request.offset(Field.ACTOR_ID);
        final int length = request.length(Field.ACTOR_ID);
        final long nameHash = Utf8Hash.of(request.bytes(), offset, length);
        return evaluation.world.findPrincipal(
                organization, organizationHash, type, nameHash, request.bytes(), offset, length);
    }

    private long findBelow(
            final Evaluation evaluation, final long organization, final ScopeLevel level, final Field field) {
        final DecisionRequest request = evaluation.request;
        final byte[] bytes = request.bytes();
        final int offset = request.offset(field);
        final int length = request.length(field);
        return hashed
                ? evaluation.world.find(level, organization, organizationHash, bytes, offset, length)
                : evaluation.world.find(level, organization, bytes, offset, length);
    }

    private long organization(final Evaluation evaluation) {
        if (evaluation.request.isAbsent(Field.ORGANIZATION)) {
            return World.NO_ROW;
        }
        final long organization = findOrganization(evaluation);
        return organization != World.NO_ROW
                        && row.wrap(evaluation.world, organization).active()
                ? organization
                : World.NO_ROW;
    }

    private static Reason organizationProblem(final Evaluation evaluation) {
        final boolean absent = evaluation.request.isAbsent(Field.ORGANIZATION);
        return evaluation.decision.problem(
                absent ? Problem.ORGANIZATION_REQUIRED : Problem.ORGANIZATION_UNKNOWN, Reason.UNKNOWN_SCOPE);
    }

    private long project(final Evaluation evaluation, final long organization) {
        return evaluation.request.isAbsent(Field.PROJECT)
                ? World.NO_ROW
                : findBelow(evaluation, organization, ScopeLevel.PROJECT, Field.PROJECT);
    }

    /** Checks that department and project are there and belong together, and puts the chain down to the place. */
    private Reason place(final Evaluation evaluation, final long organization, final long project) {
        final Reason reason = departmentAndProject(evaluation, organization, project);
        if (reason != Reason.OK) {
            return reason;
        }
        evaluation.addScope(evaluation.world.globalRow());
        final long plan = row.wrap(evaluation.world, organization).planRow();
        if (plan != World.NO_ROW) {
            evaluation.addScope(plan);
        }
        evaluation.addScope(organization);
        evaluation.placeRow = organization;
        if (departmentRow != World.NO_ROW) {
            evaluation.addScope(departmentRow);
            evaluation.placeRow = departmentRow;
        }
        if (projectRow != World.NO_ROW) {
            evaluation.addScope(projectRow);
            evaluation.placeRow = projectRow;
        }
        return Reason.OK;
    }

    private Reason departmentAndProject(final Evaluation evaluation, final long organization, final long project) {
        final DecisionRequest request = evaluation.request;
        final Decision decision = evaluation.decision;
        final World world = evaluation.world;
        departmentRow = World.NO_ROW;
        projectRow = World.NO_ROW;
        if (!request.isAbsent(Field.DEPARTMENT)) {
            departmentRow = findBelow(evaluation, organization, ScopeLevel.DEPARTMENT, Field.DEPARTMENT);
            if (departmentRow == World.NO_ROW || !row.wrap(world, departmentRow).active()) {
                return decision.problem(Problem.DEPARTMENT_UNKNOWN, Reason.UNKNOWN_SCOPE);
            }
        }
        if (project == World.NO_ROW) {
            return request.isAbsent(Field.PROJECT)
                    ? Reason.OK
                    : decision.problem(Problem.PROJECT_UNKNOWN, Reason.UNKNOWN_SCOPE);
        }
        row.wrap(world, project);
        if (!row.active()) {
            return decision.problem(Problem.PROJECT_UNKNOWN, Reason.UNKNOWN_SCOPE);
        }
        final long home = row.departmentRow();
        if (departmentRow != World.NO_ROW && departmentRow != home) {
            return decision.problem(Problem.PROJECT_NOT_IN_DEPARTMENT, Reason.UNKNOWN_SCOPE);
        }
        if (home != World.NO_ROW && !row.wrap(world, home).active()) {
            return decision.problem(Problem.DEPARTMENT_UNKNOWN, Reason.UNKNOWN_SCOPE);
        }
        departmentRow = home;
        projectRow = project;
        return Reason.OK;
    }

    private boolean usable(final Evaluation evaluation, final long actor) {
        row.wrap(evaluation.world, actor);
        return row.active() && !row.expiredAt(evaluation.nowEpochMs);
    }

    /** Fills the policy query; {@return false when the actor has more roles than fit}. */
    private boolean describeActor(final Evaluation evaluation, final Operation operation) {
        final World world = evaluation.world;
        evaluation.conditions.start(world.conditions());
        final PolicyQuery query = evaluation.query.reset(operation.id()).input(evaluation.conditions);
        for (int i = 0; i < evaluation.chainLength; i++) {
            query.scope(row.wrap(world, evaluation.chain[i]).policyId());
        }
        row.wrap(world, evaluation.actorRow);
        query.actor(row.actorTypeId(), actorIdSymbol(world));
        boolean fits = true;
        final long keyRow = evaluation.apiKeyRow;
        if (keyRow != World.NO_ROW) {
            // a key has its own roles where it lists some, and its owner's where it does not
            row.wrap(world, keyRow);
            fits = addTokenScopes(world, query);
            if (world.roleSets().size(row.roleSetId()) == 0) {
                row.wrap(world, evaluation.actorRow);
            }
        }
        final IntSets roleSets = world.roleSets();
        final int roles = row.roleSetId();
        for (int i = 0; i < roleSets.size(roles); i++) {
            fits &= query.addRole(roleSets.member(roles, i));
        }
        return fits & addAsserted(evaluation, query);
    }

    /** {@return the symbol under which rules may name the actor at hand; missing when its id is longer than any rule's} */
    private int actorIdSymbol(final World world) {
        final int length = row.keyLength();
        if (length > actorId.length || row.levelCode() != ScopeLevel.PRINCIPAL.code()) {
            return SymbolTable.MISSING;
        }
        row.getKey(actorId, 0);
        return world.policies().actorIds().find(actorId, 0, length);
    }

    private boolean addTokenScopes(final World world, final PolicyQuery query) {
        final IntSets sets = world.tokenScopeSets();
        final int set = row.tokenScopeSetId();
        boolean fits = true;
        for (int i = 0; i < sets.size(set); i++) {
            fits &= query.addTokenScope(sets.member(set, i));
        }
        return fits;
    }

    private static boolean addAsserted(final Evaluation evaluation, final PolicyQuery query) {
        final DecisionRequest request = evaluation.request;
        final SymbolTable roles = evaluation.world.roles();
        boolean fits = true;
        for (int i = 0; i < request.roleCount(); i++) {
            fits &= query.addRole(roles.find(request.bytes(), request.roleOffset(i), request.roleLength(i)));
        }
        final SymbolTable tokenScopes = evaluation.world.tokenScopes();
        for (int i = 0; i < request.tokenScopeCount(); i++) {
            fits &= query.addTokenScope(
                    tokenScopes.find(request.bytes(), request.tokenScopeOffset(i), request.tokenScopeLength(i)));
        }
        return fits;
    }
}
