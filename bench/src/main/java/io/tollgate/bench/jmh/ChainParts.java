/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.jmh;

import io.tollgate.bench.world.BenchWorld;
import io.tollgate.bench.world.RequestTape;
import io.tollgate.core.DimensionKind;
import io.tollgate.core.engine.Decision;
import io.tollgate.core.policy.PolicyQuery;
import io.tollgate.core.quota.TakePlan;
import io.tollgate.core.world.CeilingRow;
import io.tollgate.core.world.ScopeRow;
import io.tollgate.core.world.World;
import io.tollgate.examples.generator.GeneratedRegistry;
import java.util.ArrayList;
import java.util.List;

/** What one principal's chain consists of, read out of a world once, so that a benchmark can give it to one part of the engine. */
final class ChainParts {
    private final World world;
    private final List<Integer> policies = new ArrayList<>();
    private final List<Ceiling> ceilings = new ArrayList<>();

    /** A ceiling as a plan takes it. */
    private record Ceiling(boolean rate, long cell, long limit, int window, long multiplier, long units, long burst) {}

    private ChainParts(final World world) {
        this.world = world;
    }

    static ChainParts of(final BenchWorld bench, final int principal) {
        final ChainParts parts = new ChainParts(bench.world());
        final Asker asker = new Asker(bench, RequestTape.ofOne(bench.shape(), principal));
        asker.tape.nextByKey(asker.request);
        asker.worker.begin();
        asker.worker.decide(asker.request, asker.decision);
        parts.read(asker.decision);
        asker.worker.end();
        return parts;
    }

    private void read(final Decision decision) {
        final ScopeRow row = new ScopeRow();
        final CeilingRow ceiling = new CeilingRow();
        for (int i = 0; i < decision.chainLength(); i++) {
            row.wrap(world, decision.chainRow(i));
            policies.add(row.policyId());
            ceiling.first(world, row);
            for (int j = 0; j < row.ceilingCount(); j++) {
                ceilings.add(new Ceiling(
                        ceiling.kindCode() == DimensionKind.RATE.code(),
                        ceiling.cellRef(),
                        ceiling.limit(),
                        ceiling.windowId(),
                        ceiling.rate(0),
                        ceiling.rate(1),
                        ceiling.burst()));
                ceiling.next();
            }
        }
    }

    /** {@return the policy question that the principal's request is} */
    PolicyQuery query(final int symbols) {
        final PolicyQuery query = new PolicyQuery(symbols, symbols).reset(GeneratedRegistry.INVOKE);
        policies.forEach(query::scope);
        query.actor(
                world.registry().actorTypes().find("user"),
                world.policies().actorIds().find("nobody"));
        query.addRole(world.roles().find("engineer"));
        query.addRole(world.roles().find("team-3"));
        query.addRole(world.roles().find("team-11"));
        query.addTokenScope(world.tokenScopes().find("llm:write"));
        return query;
    }

    /** Fills a plan as a request of the principal does; allocates nothing. */
    void fill(final TakePlan plan) {
        final long nowMs = System.currentTimeMillis();
        plan.begin(nowMs * 1_000_000L);
        for (int i = 0; i < ceilings.size(); i++) {
            final Ceiling ceiling = ceilings.get(i);
            if (ceiling.rate) {
                plan.addRate(ceiling.cell, ceiling.multiplier, ceiling.units, ceiling.burst, 1, TakePlan.HARD);
            } else {
                final int place = world.periods().locate(ceiling.window, nowMs);
                plan.addPeriod(
                        ceiling.cell,
                        ceiling.limit,
                        1,
                        world.periods().ordinal(place),
                        world.periods().endMs(place),
                        TakePlan.HARD);
            }
        }
    }
}
