/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.admin;

import io.grpc.Status;
import io.grpc.StatusException;
import io.tollgate.core.entitlement.EntitlementTables;
import io.tollgate.core.policy.PolicyTables;
import io.tollgate.core.world.CeilingRow;
import io.tollgate.core.world.ScopeRow;
import io.tollgate.core.world.World;
import io.tollgate.core.world.def.SubscriptionStatus;
import io.tollgate.v1.DumpScopeResponse;
import io.tollgate.v1.ExplainedRule;
import io.tollgate.v1.ExplainedScope;
import io.tollgate.v1.ScopeRef;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A scope as this sidecar sees it, with its live counters. Allocates; on admin threads, one at a time under the
 * worker's lock.
 */
final class ScopeDump {
    private final AdminWorker worker;
    private final CeilingReader ceilings;
    private final WalletReader wallets;
    private final PoolReader pools;

    ScopeDump(final AdminWorker worker, final CeilingReader ceilings) {
        this.worker = worker;
        this.ceilings = ceilings;
        this.wallets = new WalletReader(ceilings);
        this.pools = new PoolReader(ceilings);
    }

    /**
     * {@return the scope at a path}
     *
     * @throws StatusException NOT_FOUND, saying why
     */
    DumpScopeResponse of(final String path) throws StatusException {
        final DumpScopeResponse response = worker.withWorld(world -> dump(world, path));
        if (response == null) {
            throw Status.NOT_FOUND
                    .withDescription("no scope '" + path + "' in the active snapshot; paths look like global, plan:pro,"
                            + " org:acme, org:acme/project:rag, org:acme/user:ada")
                    .asException();
        }
        return response;
    }

    private @Nullable DumpScopeResponse dump(final @Nullable World world, final String path) {
        final long ref = world == null ? World.NOT_FOUND : world.findPath(path);
        if (world == null || ref == World.NOT_FOUND) {
            return null;
        }
        final ScopeRow row = new ScopeRow().wrap(world, ref);
        final DumpScopeResponse.Builder dump = DumpScopeResponse.newBuilder()
                .setScope(scope(row))
                .setDisplayName(row.displayName())
                .setState(state(row));
        for (final long link : chain(world, row)) {
            dump.addChain(link(world, link));
        }
        addCeilings(world, row, dump);
        addRules(world, row.policyId(), dump);
        wallets.addTo(dump, world, row);
        pools.addTo(dump, world, row);
        for (int i = 0; i < world.roleSets().size(row.roleSetId()); i++) {
            dump.addRoles(world.roles().name(world.roleSets().member(row.roleSetId(), i)));
        }
        addSubscription(world, row, dump);
        return dump.build();
    }

    private String state(final ScopeRow row) {
        if (!row.active()) {
            return "disabled";
        }
        return row.expiredAt(ceilings.nowEpochMs()) ? "expired" : "active";
    }

    /** The scopes above that do not depend on a request, widest first, and itself. */
    private static Set<Long> chain(final World world, final ScopeRow row) {
        final Set<Long> rows = new LinkedHashSet<>();
        final long[] candidates = {
            world.globalRow(),
            row.planRow(),
            row.organizationRow(),
            row.departmentRow(),
            row.projectRow(),
            row.ownerRow(),
            row.ref()
        };
        for (final long candidate : candidates) {
            if (candidate != World.NO_ROW) {
                rows.add(candidate);
            }
        }
        return rows;
    }

    private static ExplainedScope link(final World world, final long ref) {
        final ScopeRow row = new ScopeRow().wrap(world, ref);
        return ExplainedScope.newBuilder()
                .setScope(scope(row))
                .setDisplayName(row.displayName())
                .setRuleCount(world.policies().ruleCount(row.policyId()))
                .build();
    }

    private void addCeilings(final World world, final ScopeRow row, final DumpScopeResponse.Builder dump) {
        final int count = row.ceilingCount();
        if (count == 0) {
            return;
        }
        final CeilingRow ceiling = new CeilingRow().first(world, row);
        for (int i = 0; i < count; i++) {
            dump.addCeilings(ceilings.read(world, ceiling));
            if (i + 1 < count) {
                ceiling.next();
            }
        }
    }

    private static void addRules(final World world, final int policyId, final DumpScopeResponse.Builder dump) {
        final PolicyTables policies = world.policies();
        if (policyId < 0) {
            return;
        }
        final ScopeRef scope = scope(new ScopeRow().wrap(world, world.findPath(policies.scopePath(policyId))));
        for (int rule = 0; rule < policies.ruleCount(); rule++) {
            if (policies.policyOf(rule) == policyId) {
                dump.addRules(ExplainedRule.newBuilder()
                        .setRuleId(policies.ruleName(rule))
                        .setScope(scope)
                        .setEffectValue(policies.effect(rule).code())
                        .setDetail(RuleText.of(policies.rule(rule), world.registry()))
                        .setSource(policies.source(rule)));
            }
        }
    }

    private static void addSubscription(final World world, final ScopeRow row, final DumpScopeResponse.Builder dump) {
        if (row.customerRow() == World.NO_ROW) {
            return;
        }
        final ScopeRow customer = new ScopeRow().wrap(world, row.customerRow());
        final SubscriptionStatus status = SubscriptionStatus.ofCode(customer.subscriptionStatusCode());
        dump.setSubscriptionStatus(
                status == null ? "none" : status.name().toLowerCase(Locale.ROOT) + " (" + customer.path() + ")");
        final EntitlementTables entitlements = world.entitlements();
        for (int feature = 0; feature < world.registry().features().size(); feature++) {
            final int entry = entitlements.find(customer.entitlementSetId(), feature);
            if (entry != EntitlementTables.NONE) {
                final String name = world.registry().features().name(feature);
                dump.addFeatures(entitlements.status(entry) == EntitlementTables.ENABLED ? name : name + " (off)");
            }
        }
    }

    private static ScopeRef scope(final ScopeRow row) {
        return ScopeRef.newBuilder()
                .setLevelValue(row.levelCode())
                .setPath(row.path())
                .build();
    }
}
