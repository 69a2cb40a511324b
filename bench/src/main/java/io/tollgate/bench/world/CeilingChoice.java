/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.world;

import io.tollgate.core.ScopeLevel;
import io.tollgate.core.world.def.CeilingDef;
import io.tollgate.core.world.def.ScopeDef;
import io.tollgate.examples.generator.GeneratedRegistry;
import java.util.List;

/** Which of the generated ceilings a world has. */
public enum CeilingChoice {
    /** Three at each of the seven scopes. */
    ALL {
        @Override
        boolean keeps(final ScopeLevel level, final CeilingDef ceiling) {
            return true;
        }
    },
    /** One, of tokens per month, at the project: the chain is decided in full, one cell is taken from. */
    PROJECT_TOKENS {
        @Override
        boolean keeps(final ScopeLevel level, final CeilingDef ceiling) {
            return level == ScopeLevel.PROJECT && ceiling.dimensionId() == GeneratedRegistry.TOKENS;
        }
    };

    abstract boolean keeps(ScopeLevel level, CeilingDef ceiling);

    ScopeDef of(final ScopeDef scope) {
        if (this == ALL) {
            return scope;
        }
        final List<CeilingDef> kept = scope.holdings().ceilings().stream()
                .filter(ceiling -> keeps(scope.level(), ceiling))
                .toList();
        return new ScopeDef(
                scope.level(),
                scope.path(),
                scope.id(),
                scope.displayName(),
                scope.state(),
                scope.expiresAtMs(),
                scope.parentPath(),
                scope.actor(),
                new ScopeDef.Holdings(
                        scope.holdings().subscription(),
                        kept,
                        scope.holdings().attributes(),
                        scope.holdings().wallets()));
    }
}
