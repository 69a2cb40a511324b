/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.policy;

import io.tollgate.core.registry.Registry;
import io.tollgate.core.symbol.SymbolTable;
import io.tollgate.core.world.def.DefinitionException;
import io.tollgate.core.world.def.PolicyDef;
import io.tollgate.core.world.def.RuleDef;
import io.tollgate.core.world.def.WhatDef;
import io.tollgate.core.world.def.WhoDef;
import java.nio.ShortBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks policies and compiles them one by one. Used once, by one thread. */
final class PolicyTablesBuilder {
    private static final int[] NO_SYMBOLS = {};

    final SymbolTable.Builder scopePaths = new SymbolTable.Builder();
    final SymbolTable.Builder roles;
    final SymbolTable.Builder tokenScopes;
    final SymbolTable.Builder actorIds;
    final List<Policy> policies = new ArrayList<>();
    final List<CompiledRule> rules = new ArrayList<>();
    /** Policies that only keep their numbers. */
    final BitSet absent = new BitSet();

    private final Registry registry;
    private final ConditionLoader conditions;
    private final Map<ShortBuffer, short[]> operationClasses = new HashMap<>();

    PolicyTablesBuilder(final Registry registry, final ConditionLoader conditions) {
        this.registry = registry;
        this.conditions = conditions;
        roles = new SymbolTable.Builder();
        tokenScopes = new SymbolTable.Builder();
        actorIds = new SymbolTable.Builder();
    }

    /** Goes on where tables end: names and rules keep their numbers. */
    PolicyTablesBuilder(final Registry registry, final ConditionLoader conditions, final PolicyTables before) {
        this.registry = registry;
        this.conditions = conditions;
        roles = new SymbolTable.Builder(before.roles());
        tokenScopes = new SymbolTable.Builder(before.tokenScopes());
        actorIds = new SymbolTable.Builder(before.actorIds());
        rules.addAll(before.compiledRules());
    }

    /** Takes a policy of the tables before as it is. */
    void keep(final String scopePath, final Policy policy) {
        scopePaths.add(scopePath);
        policies.add(policy);
    }

    void add(final PolicyDef def) {
        if (!scopePaths.add(def.scopePath())) {
            throw new DefinitionException("policy of scope '" + def.scopePath()
                    + "' comes twice; the rules of one scope belong in one record");
        }
        final int firstRule = rules.size();
        final CompiledRule[] compiled = new CompiledRule[def.rules().size()];
        final Set<String> ids = new HashSet<>();
        for (int i = 0; i < compiled.length; i++) {
            final RuleDef rule = def.rules().get(i);
            final String where =
                    "policy of scope '" + def.scopePath() + "', rule '" + rule.id() + "' (" + rule.source() + ")";
            if (!ids.add(rule.id())) {
                throw new DefinitionException(where + ": the id comes twice in this scope; rename one");
            }
            compiled[i] = compile(rule, where);
            rules.add(compiled[i]);
        }
        checkCost(def, compiled);
        policies.add(new Policy(
                new PolicyCompiler(
                        compiled,
                        firstRule,
                        registry.operationCount(),
                        registry.actorTypes().size()),
                this::shared));
    }

    private void checkCost(final PolicyDef def, final CompiledRule[] compiled) {
        final long[] steps = new long[registry.operationCount()];
        for (final CompiledRule rule : compiled) {
            if (rule.condition() != null) {
                for (final int operation : rule.operations()) {
                    steps[operation] += rule.condition().cost();
                }
            }
        }
        for (int operation = 0; operation < steps.length; operation++) {
            if (steps[operation] > PolicyTables.MAX_CONDITION_STEPS) {
                throw new DefinitionException("policy of scope '" + def.scopePath() + "': the conditions on "
                        + registry.operation(operation) + " may take " + steps[operation]
                        + " steps together, at most " + PolicyTables.MAX_CONDITION_STEPS);
            }
        }
    }

    /** {@return an equal array that was made before, or this one} */
    private short[] shared(final short[] classes) {
        final short[] known = operationClasses.putIfAbsent(ShortBuffer.wrap(classes), classes);
        return known == null ? classes : known;
    }

    private CompiledRule compile(final RuleDef rule, final String where) {
        final WhoDef who = rule.who();
        return new CompiledRule(
                rule,
                rule.effect().code(),
                operations(rule.what(), where),
                actorTypes(who.actorTypes(), where),
                symbols(actorIds, who.actorIds()),
                symbols(roles, who.rolesAny()),
                symbols(roles, who.rolesAll()),
                symbols(tokenScopes, who.tokenScopes()),
                condition(rule, where));
    }

    private @Nullable ConditionProgram condition(final RuleDef rule, final String where) {
        return rule.condition().always() ? null : conditions.load(rule.condition(), where);
    }

    private int[] operations(final WhatDef what, final String where) {
        final int[] operations = new int[what.size()];
        for (int i = 0; i < operations.length; i++) {
            operations[i] = what.operationId(i);
            if (operations[i] < 0 || operations[i] >= registry.operationCount()) {
                throw new DefinitionException(where + ": operation id " + operations[i]
                        + " does not resolve: the registry has " + registry.operationCount());
            }
        }
        return operations;
    }

    private int[] actorTypes(final List<String> names, final String where) {
        final int[] types = new int[names.size()];
        for (int i = 0; i < types.length; i++) {
            types[i] = registry.actorTypes().find(names.get(i));
            if (types[i] == SymbolTable.MISSING) {
                throw new DefinitionException(
                        where + ": actor type '" + names.get(i) + "' is not registered; the registry has "
                                + registry.definition().actorTypes());
            }
        }
        return types;
    }

    private static int[] symbols(final SymbolTable.Builder table, final List<String> names) {
        if (names.isEmpty()) {
            return NO_SYMBOLS;
        }
        final int[] symbols = new int[names.size()];
        for (int i = 0; i < symbols.length; i++) {
            symbols[i] = table.intern(names.get(i));
        }
        return symbols;
    }
}
