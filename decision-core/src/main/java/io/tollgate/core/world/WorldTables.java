/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import io.tollgate.core.ScopeLevel;
import io.tollgate.core.capacity.CapacityTables;
import io.tollgate.core.capacity.PoolBinder;
import io.tollgate.core.condition.ConditionLinker;
import io.tollgate.core.condition.ConditionTables;
import io.tollgate.core.credit.PriceBooks;
import io.tollgate.core.entitlement.EntitlementTables;
import io.tollgate.core.policy.ConditionLoader;
import io.tollgate.core.policy.PolicyTables;
import io.tollgate.core.registry.Registry;
import io.tollgate.core.symbol.Utf8Hash;
import io.tollgate.core.world.def.DefinitionException;
import io.tollgate.core.world.def.EntitlementSetDef;
import io.tollgate.core.world.def.PolicyDef;
import io.tollgate.core.world.def.PoolDef;
import io.tollgate.core.world.def.PriceBookDef;
import io.tollgate.core.world.def.RegistryDef;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The heap tables of a world: what is small. Immutable, safe for any thread.
 *
 * @param registry     what requests may name
 * @param policies     rules by scope
 * @param entitlements what customers have bought
 * @param conditions   variables of the rules' conditions
 * @param prices       what it costs
 * @param pools        what physically exists; not located yet
 */
public record WorldTables(
        Registry registry,
        PolicyTables policies,
        EntitlementTables entitlements,
        ConditionTables conditions,
        PriceBooks prices,
        CapacityTables pools) {
    /** When rules have more numbers than this for each that is there, and some, all are numbered anew. */
    private static final int MOST_NUMBERS_OF_RULE = 2;

    private static final int FREE_NUMBERS = 1_000;

    /**
     * Checks and compiles.
     *
     * @param registry     of the snapshot
     * @param policies     of the snapshot, in its order
     * @param entitlements of the snapshot, in its order
     * @throws io.tollgate.core.world.def.DefinitionException when they contradict themselves or each other, or a
     * condition's program is none
     */
    public static WorldTables compile(
            final RegistryDef registry, final List<PolicyDef> policies, final List<EntitlementSetDef> entitlements) {
        final Registry compiled = Registry.compile(registry);
        final EntitlementTables bought = EntitlementTables.compile(compiled, entitlements);
        final ConditionLinker conditions = new ConditionLinker(compiled, bought.configKeys());
        final PolicyTables rules = PolicyTables.compile(compiled, policies, conditions);
        return new WorldTables(compiled, rules, bought, conditions.tables(), PriceBooks.EMPTY, CapacityTables.EMPTY);
    }

    /**
     * As {@link #compile(RegistryDef, List, List)}, with programs of one's own.
     *
     * @param conditions   makes the programs of the rules' conditions
     * @throws io.tollgate.core.world.def.DefinitionException when they contradict themselves or each other
     */
    public static WorldTables compile(
            final RegistryDef registry,
            final List<PolicyDef> policies,
            final List<EntitlementSetDef> entitlements,
            final ConditionLoader conditions) {
        final Registry compiled = Registry.compile(registry);
        return new WorldTables(
                compiled,
                PolicyTables.compile(compiled, policies, conditions),
                EntitlementTables.compile(compiled, entitlements),
                ConditionTables.EMPTY,
                PriceBooks.EMPTY,
                CapacityTables.EMPTY);
    }

    /**
     * {@return these tables with other rules and entitlements, under numbers that rows of worlds with these tables keep: for {@link
     * WorldPatch}} Compiles what has changed; these tables when nothing has.
     *
     * @param allPolicies     all that there are from now on, not only changed ones; in any order
     * @param allEntitlements likewise
     * @throws io.tollgate.core.world.def.DefinitionException when they contradict themselves or each other, or a condition's program is
     * none
     */
    public WorldTables renewed(final List<PolicyDef> allPolicies, final List<EntitlementSetDef> allEntitlements) {
        final EntitlementTables bought = entitlements.renewed(registry, allEntitlements);
        if (policies.ruleCount() <= MOST_NUMBERS_OF_RULE * (long) policies.presentRuleCount() + FREE_NUMBERS) {
            try {
                final ConditionLinker more = ConditionLinker.continuing(registry, bought.configKeys(), conditions);
                return with(policies.continued(registry, allPolicies, more), bought, more.tables());
            } catch (final DefinitionException ex) {
                // perhaps only because of what is no more: conditions and variables that still count
            }
        }
        final ConditionLinker linker = new ConditionLinker(registry, bought.configKeys());
        return with(policies.renumbered(registry, allPolicies, linker), bought, linker.tables());
    }

    private WorldTables with(final PolicyTables rules, final EntitlementTables bought, final ConditionTables linked) {
        final boolean same = rules == policies && bought == entitlements && linked == conditions;
        return same ? this : new WorldTables(registry, rules, bought, linked, prices, pools);
    }

    /**
     * Checks that rows of a world with other tables may be read with these.
     *
     * @throws NotPatchableException when a number would mean something else
     */
    void requireContinuing(final WorldTables before) throws NotPatchableException {
        if (registry != before.registry && !registry.definition().equals(before.registry.definition())) {
            throw new NotPatchableException("the registry has changed");
        }
        boolean same = policies.policyCount() >= before.policies.policyCount()
                && entitlements.setCount() >= before.entitlements.setCount();
        for (int i = 0; same && policies != before.policies && i < before.policies.policyCount(); i++) {
            same = policies.scopePath(i).equals(before.policies.scopePath(i));
        }
        for (int i = 0; same && entitlements != before.entitlements && i < before.entitlements.setCount(); i++) {
            same = entitlements.setName(i).equals(before.entitlements.setName(i));
        }
        if (!same) {
            throw new NotPatchableException("policies or entitlement sets have other numbers than rows have for them");
        }
    }

    /**
     * {@return these tables with prices}
     *
     * @param books of the snapshot
     * @throws io.tollgate.core.world.def.DefinitionException when they contradict themselves or the registry
     */
    public WorldTables withPrices(final List<PriceBookDef> books) {
        return prices.isOf(books)
                ? this
                : new WorldTables(
                        registry, policies, entitlements, conditions, PriceBooks.compile(registry, books), pools);
    }

    /**
     * {@return the same tables with pools}
     *
     * @param defs   of the snapshot
     * @param binder knows their counters
     * @throws io.tollgate.core.world.def.DefinitionException naming the pool that makes no sense
     */
    public WorldTables withPools(final List<PoolDef> defs, final PoolBinder binder) {
        final CapacityTables compiled = CapacityTables.compile(registry, defs, binder);
        return new WorldTables(registry, policies, entitlements, conditions, prices, compiled);
    }

    /**
     * {@return a number that differs when a number in a row would mean something else: it covers the order of dimensions and their kinds,
     * actor types, attributes and their types, policies' scopes and entitlement sets, and the way that keys are hashed: files that an
     * older program wrote with other hashes are rebuilt instead of answering that nobody is known}
     */
    long fingerprint() {
        long hash = RowKeys.hash(ScopeLevel.PRINCIPAL.code(), 1, 2, 3);
        hash = Utf8Hash.combine(hash, RowKeys.hash(ScopeLevel.ORGANIZATION.code(), 1, 2, 3));
        hash = Utf8Hash.combine(hash, registry.dimensions().size());
        for (int i = 0; i < registry.dimensions().size(); i++) {
            hash = add(hash, registry.dimensions().name(i));
            hash = Utf8Hash.combine(hash, registry.dimensionKind(i).code());
        }
        hash = Utf8Hash.combine(hash, registry.actorTypes().size());
        for (int i = 0; i < registry.actorTypes().size(); i++) {
            hash = add(hash, registry.actorTypes().name(i));
        }
        hash = Utf8Hash.combine(hash, registry.attributes().size());
        for (int i = 0; i < registry.attributes().size(); i++) {
            hash = add(hash, registry.attributes().name(i));
            hash = Utf8Hash.combine(hash, registry.attributeType(i).code());
        }
        hash = Utf8Hash.combine(hash, policies.policyCount());
        for (int i = 0; i < policies.policyCount(); i++) {
            hash = add(hash, policies.scopePath(i));
        }
        hash = Utf8Hash.combine(hash, entitlements.setCount());
        for (int i = 0; i < entitlements.setCount(); i++) {
            hash = add(hash, entitlements.setName(i));
        }
        return hash;
    }

    private static long add(final long hash, final String text) {
        final byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return Utf8Hash.combine(hash, Utf8Hash.of(utf8, 0, utf8.length));
    }
}
