/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.warmup;

import io.tollgate.core.ScopeLevel;
import io.tollgate.core.registry.Operation;
import io.tollgate.core.registry.Registry;
import io.tollgate.core.world.ScopeRow;
import io.tollgate.core.world.World;
import io.tollgate.v1.DecideMode;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.Usage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Questions about what a world really holds: every operation, asked by some of its principals in projects of theirs.
 * To be made while the world is pinned; what is made does not refer to the world.
 */
public final class WarmUpQuestions {
    private static final int MAX_PRINCIPALS = 32;
    private static final int MAX_QUESTIONS = 512;
    private static final int MAX_POSITIONS = 200_000;

    private final World world;
    private final ScopeRow row = new ScopeRow();
    private final Map<Long, String> projects = new HashMap<>();
    private final List<Long> principals = new ArrayList<>();

    private WarmUpQuestions(final World world) {
        this.world = world;
    }

    /** {@return at least one question} */
    public static List<DecideRequest> of(final World world) {
        return new WarmUpQuestions(world).make();
    }

    private List<DecideRequest> make() {
        sample();
        final Registry registry = world.registry();
        final List<DecideRequest> questions = new ArrayList<>();
        for (final long principal : principals) {
            for (int i = 0; i < registry.operationCount() && questions.size() < MAX_QUESTIONS; i++) {
                questions.add(question(principal, registry.operation(i)));
            }
        }
        if (questions.isEmpty()) {
            questions.add(DecideRequest.newBuilder()
                    .setMode(DecideMode.DECIDE_MODE_CHECK)
                    .build());
        }
        return questions;
    }

    /** The index is in no order, so its first rows are a fair sample. */
    private void sample() {
        final int positions = Math.min(world.positions(), MAX_POSITIONS);
        for (int position = 0; position < positions; position++) {
            final long ref = world.rowAt(position);
            if (ref == World.NO_ROW) {
                continue;
            }
            row.wrap(world, ref);
            if (row.level() == ScopeLevel.PROJECT) {
                projects.putIfAbsent(row.organizationRow(), row.id());
            } else if (row.level() == ScopeLevel.PRINCIPAL
                    && row.active()
                    && row.actorTypeId() >= 0
                    && principals.size() < MAX_PRINCIPALS) {
                principals.add(ref);
            }
        }
    }

    private DecideRequest question(final long principal, final Operation operation) {
        final Registry registry = world.registry();
        row.wrap(world, principal);
        final long organization = row.organizationRow();
        final DecideRequest.Builder question = DecideRequest.newBuilder()
                .setMode(DecideMode.DECIDE_MODE_CHECK)
                .setRegistryVersion(registry.version())
                .setCorrelationId("warm-up");
        question.getActorBuilder()
                .setType(registry.actorTypes().name(row.actorTypeId()))
                .setId(row.id());
        question.getTargetBuilder()
                .setProduct(operation.product())
                .setResourceType(operation.resourceType())
                .setAction(operation.action());
        if (organization != World.NO_ROW) {
            question.getPlaceBuilder()
                    .setOrganization(row.wrap(world, organization).id())
                    .setProject(projects.getOrDefault(organization, ""));
        }
        for (int unit = 0; unit < registry.units().size(); unit++) {
            if (operation.acceptsUnit(unit)) {
                question.addUsage(
                        Usage.newBuilder().setAmount(1).setUnit(registry.units().name(unit)));
                break;
            }
        }
        return question.build();
    }
}
