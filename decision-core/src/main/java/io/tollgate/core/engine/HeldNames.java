/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import io.tollgate.core.condition.ConditionFrame;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.symbol.SymbolTable;
import io.tollgate.core.world.IntSets;
import io.tollgate.core.world.ScopeRow;
import io.tollgate.core.world.World;

/** Roles and token scopes of the actor as lists: those of the directory and those that the caller states, each once. */
final class HeldNames {
    private final Evaluation evaluation;
    private final ScopeRow row = new ScopeRow();

    HeldNames(final Evaluation evaluation) {
        this.evaluation = evaluation;
    }

    /** A key has its own roles where it lists some, and its owner's where it does not. */
    void roles(final int slot, final ConditionFrame into) {
        final World world = evaluation.world;
        row.wrap(world, evaluation.actorRow);
        if (evaluation.apiKeyRow != World.NO_ROW) {
            row.wrap(world, evaluation.apiKeyRow);
            if (world.roleSets().size(row.roleSetId()) == 0) {
                row.wrap(world, evaluation.actorRow);
            }
        }
        into.list(slot);
        members(world.roles(), world.roleSets(), row.roleSetId(), slot, into);
        final DecisionRequest request = evaluation.request;
        for (int i = 0; i < request.roleCount(); i++) {
            once(request, request.roleOffset(i), request.roleLength(i), slot, into);
        }
    }

    void tokenScopes(final int slot, final ConditionFrame into) {
        final World world = evaluation.world;
        into.list(slot);
        if (evaluation.apiKeyRow != World.NO_ROW) {
            final int set = row.wrap(world, evaluation.apiKeyRow).tokenScopeSetId();
            members(world.tokenScopes(), world.tokenScopeSets(), set, slot, into);
        }
        final DecisionRequest request = evaluation.request;
        for (int i = 0; i < request.tokenScopeCount(); i++) {
            once(request, request.tokenScopeOffset(i), request.tokenScopeLength(i), slot, into);
        }
    }

    private static void members(
            final SymbolTable names, final IntSets sets, final int set, final int slot, final ConditionFrame into) {
        for (int i = 0; i < sets.size(set); i++) {
            final int symbol = sets.member(set, i);
            into.element(slot, names.utf8(), names.utf8Offset(symbol), names.utf8Length(symbol));
        }
    }

    private static void once(
            final DecisionRequest request,
            final int offset,
            final int length,
            final int slot,
            final ConditionFrame into) {
        if (!into.contains(slot, request.buffer(), offset, length)) {
            into.element(slot, request.buffer(), offset, length);
        }
    }
}
