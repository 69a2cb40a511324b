/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.policy;

import io.tollgate.core.Effect;
import io.tollgate.core.registry.Registry;
import io.tollgate.core.world.def.ConditionDef;
import io.tollgate.core.world.def.OperationDef;
import io.tollgate.core.world.def.RegistryDef;
import io.tollgate.core.world.def.RuleDef;
import io.tollgate.core.world.def.WhatDef;
import io.tollgate.core.world.def.WhoDef;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Registries and rules for policy tests. */
final class PolicyFixture {
    static final List<String> ACTOR_TYPES = List.of("user", "service", "agent");

    /** "true" and "false" are that; "error" cannot be evaluated; "odd" breaks the contract with a number of its own. */
    static final ConditionLoader WORDS = (condition, where) -> switch (condition.source()) {
        case "true" -> input -> ConditionProgram.TRUE;
        case "false" -> input -> ConditionProgram.FALSE;
        case "odd" -> input -> 42;
        default -> input -> ConditionProgram.ERROR;
    };

    private PolicyFixture() {}

    static Registry registry(final int operations) {
        final List<OperationDef> defs = new ArrayList<>();
        for (int i = 0; i < operations; i++) {
            defs.add(new OperationDef(
                    "product" + i % 3,
                    "type" + i / 3 % 2,
                    "action" + i,
                    List.of(),
                    List.of(),
                    OperationDef.NO_FEATURE,
                    List.of(),
                    0,
                    OperationDef.Traits.PLAIN));
        }
        return Registry.compile(
                new RegistryDef(1, 0, List.of(), List.of(), defs, ACTOR_TYPES, List.of(), List.of(), 0));
    }

    static RuleDef rule(final String id, final Effect effect, final WhoDef who, final int... operations) {
        return rule(id, effect, who, "", operations);
    }

    static RuleDef rule(
            final String id, final Effect effect, final WhoDef who, final String condition, final int... operations) {
        return new RuleDef(
                id,
                effect,
                who,
                new WhatDef(operations),
                new ConditionDef(condition, condition.getBytes(StandardCharsets.UTF_8)),
                "message of " + id,
                "policies/test.yaml:" + id);
    }

    static WhoDef types(final String... types) {
        return new WhoDef(List.of(types), List.of(), List.of(), List.of(), List.of());
    }

    static WhoDef ids(final String... ids) {
        return new WhoDef(List.of(), List.of(ids), List.of(), List.of(), List.of());
    }

    static WhoDef anyRole(final String... roles) {
        return new WhoDef(List.of(), List.of(), List.of(roles), List.of(), List.of());
    }

    static WhoDef allRoles(final String... roles) {
        return new WhoDef(List.of(), List.of(), List.of(), List.of(roles), List.of());
    }

    static WhoDef tokenScopes(final String... scopes) {
        return new WhoDef(List.of(), List.of(), List.of(), List.of(), List.of(scopes));
    }
}
