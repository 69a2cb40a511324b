/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.symbol.SymbolTable;
import io.tollgate.core.world.IntSets;
import io.tollgate.core.world.ScopeRow;
import io.tollgate.core.world.World;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;

/** What an actor is and holds, in words, for explanations. */
final class ActorText {
    private ActorText() {}

    static String type(final Evaluation evaluation) {
        final int type =
                new ScopeRow().wrap(evaluation.world, evaluation.actorRow).actorTypeId();
        return type < 0 ? "none" : evaluation.world.registry().actorTypes().name(type);
    }

    static String id(final Evaluation evaluation) {
        return new ScopeRow().wrap(evaluation.world, evaluation.actorRow).id();
    }

    static String roles(final Evaluation evaluation) {
        final World world = evaluation.world;
        final DecisionRequest request = evaluation.request;
        final ScopeRow holder = new ScopeRow().wrap(world, evaluation.actorRow);
        if (evaluation.apiKeyRow != World.NO_ROW) {
            final ScopeRow key = new ScopeRow().wrap(world, evaluation.apiKeyRow);
            if (world.roleSets().size(key.roleSetId()) > 0) {
                holder.wrap(world, evaluation.apiKeyRow);
            }
        }
        final Set<String> held = named(world.roles(), world.roleSets(), holder.roleSetId());
        for (int i = 0; i < request.roleCount(); i++) {
            held.add(slice(request, request.roleOffset(i), request.roleLength(i)));
        }
        return quoted(held);
    }

    static String tokenScopes(final Evaluation evaluation) {
        final World world = evaluation.world;
        final DecisionRequest request = evaluation.request;
        final Set<String> held = new LinkedHashSet<>();
        if (evaluation.apiKeyRow != World.NO_ROW) {
            final ScopeRow key = new ScopeRow().wrap(world, evaluation.apiKeyRow);
            held.addAll(named(world.tokenScopes(), world.tokenScopeSets(), key.tokenScopeSetId()));
        }
        for (int i = 0; i < request.tokenScopeCount(); i++) {
            held.add(slice(request, request.tokenScopeOffset(i), request.tokenScopeLength(i)));
        }
        return quoted(held);
    }

    private static Set<String> named(final SymbolTable symbols, final IntSets sets, final int set) {
        final Set<String> names = new LinkedHashSet<>();
        for (int i = 0; i < sets.size(set); i++) {
            names.add(symbols.name(sets.member(set, i)));
        }
        return names;
    }

    private static String slice(final DecisionRequest request, final int offset, final int length) {
        return new String(request.bytes(), offset, length, StandardCharsets.UTF_8);
    }

    private static String quoted(final Set<String> names) {
        return names.stream().map(name -> "'" + name + "'").collect(Collectors.joining(", "));
    }
}
