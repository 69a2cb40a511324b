/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import io.tollgate.core.Plane;
import io.tollgate.core.engine.Decision;
import io.tollgate.core.engine.DecisionViews;
import io.tollgate.core.engine.PlaneAges;
import io.tollgate.core.world.World;
import io.tollgate.core.world.WorldFacts;
import io.tollgate.v1.CeilingState;
import io.tollgate.v1.Evidence;
import io.tollgate.v1.MatchedRule;
import io.tollgate.v1.PlaneAge;
import java.util.Objects;
import org.agrona.collections.Long2ObjectHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Parts of answers that are the same for every decision of one world, made once and shared: names of rules, texts of
 * ceilings, the evidence's versions. Forgotten when another world answers. Belongs to one thread; to be used while the
 * world is pinned.
 */
final class WorldFragments {
    /** Age of a plane that was never confirmed, on the wire. */
    static final long NEVER_MS = -1;

    private static final Plane[] PLANES = Plane.values();
    private static final long NS_PER_MS = 1_000_000L;
    private static final int MAX_CEILINGS = 2_048;

    private final DecisionViews views = new DecisionViews();
    private final Evidence withoutWorld;
    private final Long2ObjectHashMap<CeilingState> ceilings = new Long2ObjectHashMap<>();
    private @Nullable WorldFacts of;
    private Evidence evidence;
    private @Nullable MatchedRule[] rules = {};

    WorldFragments(final String sidecarId) {
        withoutWorld = Evidence.newBuilder().setSidecarId(sidecarId).build();
        evidence = withoutWorld;
    }

    /** Must be called before anything else, for each decision. */
    void use(final @Nullable World world) {
        final WorldFacts facts = world == null ? null : world.facts();
        if (facts == of) {
            return;
        }
        of = facts;
        ceilings.clear();
        rules = new MatchedRule[world == null ? 0 : world.policies().ruleCount()];
        evidence = world == null
                ? withoutWorld
                : withoutWorld.toBuilder()
                        .setBundle(world.facts().bundle())
                        .setSnapshotVersion(world.facts().version())
                        .setSnapshotDigest(world.facts().digest())
                        .setRegistryVersion(world.registry().version())
                        .setLedgerSequence(world.facts().ledgerSequence())
                        .setDeltaSequence(world.facts().deltaSequence())
                        .build();
    }

    /** {@return versions and the ages of the planes that were used} */
    Evidence evidence(final PlaneAges ages) {
        Evidence.Builder builder = null;
        for (final Plane plane : PLANES) {
            final long ageNs = ages.ageNs(plane.code());
            if (ageNs != PlaneAges.NOT_USED) {
                builder = builder == null ? evidence.toBuilder() : builder;
                builder.addPlaneAges(PlaneAge.newBuilder()
                        .setPlaneValue(plane.code())
                        .setAgeMs(ageNs == Long.MAX_VALUE ? NEVER_MS : ageNs / NS_PER_MS)
                        .setMaxAgeMs(ages.boundNs(plane.code()) / NS_PER_MS));
            }
        }
        return builder == null ? evidence : builder.build();
    }

    /** {@return a rule of the world, as an answer names it} */
    MatchedRule rule(final World world, final int ruleId) {
        final MatchedRule known = rules[ruleId];
        if (known != null) {
            return known;
        }
        final MatchedRule rule = MatchedRule.newBuilder()
                .setRuleId(world.policies().ruleName(ruleId))
                .setScope(Wire.scope(views.ruleScope(world, ruleId)))
                .setEffectValue(world.policies().effect(ruleId).code())
                .build();
        rules[ruleId] = rule;
        return rule;
    }

    /** {@return a ceiling with the numbers of this decision} */
    CeilingState ceiling(final Decision decision, final int index) {
        final var states = decision.ceilings();
        return texts(decision, index).toBuilder()
                .setUsed(states.used(index))
                .setRemaining(states.remaining(index))
                .setResetsAtMs(states.resetsAtMs(index))
                .setRequested(states.requested(index))
                .build();
    }

    /** {@return a ceiling without the numbers of a decision} */
    CeilingState texts(final Decision decision, final int index) {
        final long ref = decision.ceilings().ceilingRef(index);
        final CeilingState known = ceilings.get(ref);
        if (known != null) {
            return known;
        }
        final World world = Objects.requireNonNull(decision.world());
        final CeilingState texts = Wire.ceiling(views.ceiling(world, ref, 0, 0, 0, 0, decision.nowEpochMs()))
                .build();
        if (views.hasOverride(world, ref)) {
            return texts; // true until the override expires
        }
        if (ceilings.size() >= MAX_CEILINGS) {
            ceilings.clear();
        }
        ceilings.put(ref, texts);
        return texts;
    }
}
