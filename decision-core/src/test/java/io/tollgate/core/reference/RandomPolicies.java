/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import io.tollgate.core.Effect;
import io.tollgate.core.condition.ConditionEncoder;
import io.tollgate.core.condition.ConditionFormatException;
import io.tollgate.core.world.def.ConditionDef;
import io.tollgate.core.world.def.PolicyDef;
import io.tollgate.core.world.def.RegistryDef;
import io.tollgate.core.world.def.RuleDef;
import io.tollgate.core.world.def.WhatDef;
import io.tollgate.core.world.def.WhoDef;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/** Policies of a {@link RandomWorld}. */
final class RandomPolicies {
    final List<PolicyDef> policies = new ArrayList<>();
    final Map<String, ReferenceCondition> conditions = new LinkedHashMap<>();
    private final Random random;
    private final RegistryDef registry;
    private final RandomConditions randomConditions;

    private final boolean friendly;

    RandomPolicies(final Random random, final RegistryDef registry, final boolean friendly) {
        this.friendly = friendly;
        this.random = random;
        this.registry = registry;
        randomConditions = new RandomConditions(random, RandomFacts.variables(registry));
    }

    void add(final String path, final int odds) {
        final boolean wide = path.equals("global") || path.startsWith("plan:");
        if (!wide && random.nextInt(odds) == 0) {
            return;
        }
        final List<RuleDef> rules = new ArrayList<>();
        if (wide && friendly && random.nextInt(6) > 0) {
            rules.add(new RuleDef("all", Effect.ALLOW, WhoDef.ANYBODY, everything(), ConditionDef.ALWAYS, "", path));
        }
        final int count = friendly && random.nextInt(3) > 0 ? 0 : 1 + random.nextInt(7);
        for (int i = 0; i < count; i++) {
            final Effect[] effects = {
                Effect.ALLOW,
                Effect.ALLOW,
                Effect.ALLOW,
                Effect.DELEGATE,
                Effect.DELEGATE,
                Effect.WARN,
                Effect.RESTRICT,
                Effect.DENY
            };
            final Effect effect = effects[random.nextInt(effects.length)];
            final boolean narrow = effect == Effect.DENY || effect == Effect.RESTRICT;
            rules.add(new RuleDef("r" + i, effect, who(narrow), what(narrow), condition(), "", path + ".yaml:" + i));
        }
        policies.add(new PolicyDef(path, rules));
    }

    private ConditionDef condition() {
        if (random.nextInt(3) > 0) {
            return ConditionDef.ALWAYS;
        }
        final ReferenceCondition condition = randomConditions.next();
        final String source = "c" + conditions.size();
        try {
            final byte[] program = ConditionEncoder.encode(condition.expression());
            conditions.put(source, condition);
            return new ConditionDef(source, program);
        } catch (final ConditionFormatException ex) {
            return ConditionDef.ALWAYS; // dearer than a condition may be
        }
    }

    private WhoDef who(final boolean narrow) {
        return new WhoDef(
                random.nextInt(4) == 0 ? RandomWorld.some(random, RandomWorld.TYPES, 2) : List.of(),
                random.nextInt(narrow ? 2 : 6) == 0 ? RandomWorld.some(random, RandomWorld.IDS, 2) : List.of(),
                random.nextInt(narrow ? 2 : 3) == 0 ? RandomWorld.some(random, RandomWorld.ROLES, 2) : List.of(),
                random.nextInt(8) == 0 ? RandomWorld.some(random, RandomWorld.ROLES, 3) : List.of(),
                random.nextInt(8) == 0 ? RandomWorld.some(random, RandomWorld.TOKEN_SCOPES, 2) : List.of());
    }

    private WhatDef what(final boolean narrow) {
        final int operations = registry.operations().size();
        if (!narrow && random.nextBoolean()) {
            return everything();
        }
        return random.nextBoolean()
                ? new WhatDef(random.nextInt(operations))
                : new WhatDef(0, 1 + random.nextInt(operations - 1));
    }

    private WhatDef everything() {
        return new WhatDef(IntStream.range(0, registry.operations().size()).toArray());
    }
}
