/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.core.Effect;
import io.tollgate.core.Reason;
import io.tollgate.core.ScopeLevel;
import io.tollgate.core.policy.ConditionLoader;
import io.tollgate.core.policy.ConditionProgram;
import io.tollgate.core.policy.PolicyEvaluator;
import io.tollgate.core.policy.PolicyMatch;
import io.tollgate.core.policy.PolicyQuery;
import io.tollgate.core.policy.PolicyTables;
import io.tollgate.core.symbol.Utf8Hash;
import io.tollgate.core.world.def.ConditionDef;
import io.tollgate.core.world.def.EntitlementDef;
import io.tollgate.core.world.def.EntitlementSetDef;
import io.tollgate.core.world.def.PolicyDef;
import io.tollgate.core.world.def.RuleDef;
import io.tollgate.core.world.def.WhatDef;
import io.tollgate.core.world.def.WhoDef;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a decision does with a world: pin, look up by slices, walk rows and ceilings, evaluate policies, look up an entitlement. */
class DecisionPathAllocationTest {
    private static final int WARM_UP = 20_000;
    private static final int MEASURED = 10_000;
    private static final int ROUNDS = 5;
    private static final int RULES = 29;

    @TempDir
    Path directory;

    private final byte[] request = "llmmodelinvokeacmeragalicememberkilotoken".getBytes(StandardCharsets.UTF_8);
    private final ScopeRow row = new ScopeRow();
    private final CeilingRow ceiling = new CeilingRow();
    private final PolicyQuery query = new PolicyQuery(64, 64);
    private final PolicyMatch match = new PolicyMatch(64, 64);

    @Test
    void shouldAllocateNothing() throws IOException {
        final List<String> chain =
                List.of("global", "plan:pro", "org:acme", "org:acme/dept:ml", "org:acme/project:rag");
        final List<PolicyDef> policies = new ArrayList<>();
        chain.forEach(scope -> policies.add(new PolicyDef(scope, rules())));
        final ConditionLoader always = (condition, where) -> input -> ConditionProgram.TRUE;
        final WorldTables tables = WorldTables.compile(
                WorldFixture.registry(),
                policies,
                List.of(new EntitlementSetDef("pro", List.of(new EntitlementDef(0, true, "", Map.of(), "plan pro")))),
                always);
        WorldFixture.write(
                directory,
                tables,
                new WorldFixture.Cells(),
                WorldFixture.global(WorldFixture.rate("tpm", 60, 6)),
                WorldFixture.plan("pro", WorldFixture.monthly("m", 7)),
                WorldFixture.organization("acme", "pro", WorldFixture.gauge("g", 8), WorldFixture.monthly("m", 7)),
                WorldFixture.department("acme", "ml"),
                WorldFixture.project("acme", "ml", "rag", WorldFixture.monthly("m", 5)),
                WorldFixture.principal("acme", "user", "alice", List.of("admin")));
        final WorldHolder holder = new WorldHolder(1);
        holder.activate(World.open(directory, tables, WorldFixture.facts(1), World.Check.EVERY_BYTE));
        final long expected = decide(holder);
        assertTrue(expected > 0);
        long sum = 0;
        for (int i = 0; i < WARM_UP; i++) {
            sum += decide(holder);
        }
        final com.sun.management.ThreadMXBean threads =
                (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        final long thread = Thread.currentThread().getId();
        // the first reading may itself allocate
        threads.getThreadAllocatedBytes(thread);
        // what the JVM itself allocates on this thread now and then is not in every round; what the path allocates is
        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            final long before = threads.getThreadAllocatedBytes(thread);
            for (int i = 0; i < MEASURED; i++) {
                sum += decide(holder);
            }
            least = Math.min(least, threads.getThreadAllocatedBytes(thread) - before);
        }
        assertEquals((WARM_UP + (long) ROUNDS * MEASURED) * expected, sum);
        assertEquals(0, least, "bytes allocated by " + MEASURED + " look-ups and evaluations");
        holder.close();
    }

    private static List<RuleDef> rules() {
        final List<RuleDef> rules = new ArrayList<>();
        for (int i = 0; i < RULES; i++) {
            final WhoDef who = i % 3 == 0
                    ? new WhoDef(List.of("user"), List.of(), List.of("admin", "role" + i), List.of(), List.of())
                    : new WhoDef(List.of(), List.of("bob" + i), List.of(), List.of("role" + i), List.of());
            final ConditionDef condition = i % 2 == 0 ? new ConditionDef("true", new byte[] {1}) : ConditionDef.ALWAYS;
            rules.add(new RuleDef(
                    "r" + i, i % 5 == 0 ? Effect.ALLOW : Effect.WARN, who, new WhatDef(0, 1), condition, "", ""));
        }
        return rules;
    }

    /** {@return a number that everything read goes into} */
    private long decide(final WorldHolder holder) {
        final World world = holder.pin(0);
        assertNotNull(world);
        final int operation = world.registry().findOperation(request, 0, 3, 3, 5, 8, 6);
        final int unit = world.registry().units().find(request, 32, 9);
        long sum = operation + unit + (world.registry().operation(operation).acceptsUnit(unit) ? 1 : 0);
        final long organizationHash = World.organizationHash(request, 14, 4);
        final long organization = world.findOrganization(organizationHash, request, 14, 4);
        final long project = world.find(ScopeLevel.PROJECT, organization, organizationHash, request, 18, 3);
        final long aliceHash = Utf8Hash.of(request, 21, 5);
        final long alice =
                world.findPrincipal(organization, organizationHash, WorldFixture.USER, aliceHash, request, 21, 5);
        query.reset(operation)
                .actor(WorldFixture.USER, world.policies().actorIds().find(aliceHash, request, 21, 5));
        row.wrap(world, project);
        final long department = row.departmentRow();
        final long plan = row.planRow();
        final long customer = row.customerRow();
        sum += visit(world, world.globalRow()) + visit(world, plan) + visit(world, organization);
        sum += visit(world, department) + visit(world, project) + visit(world, alice);
        for (int i = 0; i < world.roleSets().size(row.roleSetId()); i++) {
            query.addRole(world.roleSets().member(row.roleSetId(), i));
        }
        query.addRole(world.roles().find(request, 26, 6));
        PolicyEvaluator.evaluate(world.policies(), query, match, null);
        sum += match.reason() == Reason.OK ? match.matchedCount() + match.decidingRule() : 0;
        row.wrap(world, customer);
        sum += world.entitlements().status(world.entitlements().find(row.entitlementSetId(), 0));
        holder.release(0);
        return sum;
    }

    private long visit(final World world, final long ref) {
        row.wrap(world, ref);
        query.scope(row.policyId());
        assert row.policyId() == PolicyTables.NO_POLICY || row.active();
        long sum = row.policyId() + (row.active() ? 1 : 0) + (row.expiredAt(5) ? 1 : 0);
        ceiling.first(world, row);
        for (int i = 0; i < row.ceilingCount(); i++, ceiling.next()) {
            sum += ceiling.limit() + ceiling.cellRef() + ceiling.dimensionId() + ceiling.windowId() + ceiling.burst();
            sum += ceiling.hard() ? 1 : 0;
        }
        return sum;
    }
}
