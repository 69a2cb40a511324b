/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.core.Outcome;
import io.tollgate.core.Plane;
import io.tollgate.core.Reason;
import io.tollgate.core.engine.Decision;
import io.tollgate.core.engine.DecisionViews;
import io.tollgate.core.engine.DecisionWorker;
import io.tollgate.core.engine.EngineFixture;
import io.tollgate.core.explain.CeilingView;
import io.tollgate.core.explain.Explanation;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.request.Field;
import io.tollgate.core.world.World;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Engine against reference model: the same random questions about the same random worlds; every field of every answer must agree. */
class DifferentialTest {
    private static final long NS_PER_MS = 1_000_000L;

    private final DecisionRequest request = new DecisionRequest();
    private final Decision decision = new Decision();
    private final Explanation explanation = new Explanation();
    private final DecisionViews views = new DecisionViews();
    private final Set<Reason> seen = EnumSet.noneOf(Reason.class);

    @TempDir
    Path directory;

    @Test
    void shouldAgreeOnEveryFieldOfEveryAnswer() {
        run(60, 500, Long.getLong("tollgate.seed", System.nanoTime()));
        final Set<Reason> wanted = EnumSet.of(
                Reason.OK,
                Reason.INVALID_REQUEST,
                Reason.UNKNOWN_ACTION,
                Reason.UNKNOWN_UNIT,
                Reason.UNKNOWN_SCOPE,
                Reason.UNKNOWN_ACTOR,
                Reason.ACTOR_DISABLED,
                Reason.REGISTRY_TOO_OLD,
                Reason.REGISTRY_TOO_NEW,
                Reason.SNAPSHOT_STALE,
                Reason.POLICY_DENY,
                Reason.POLICY_ERROR,
                Reason.POLICY_NO_GRANT,
                Reason.POLICY_RESTRICTED,
                Reason.POLICY_WARN,
                Reason.SUBSCRIPTION_INACTIVE,
                Reason.ENTITLEMENT_MISSING,
                Reason.ENTITLEMENT_DISABLED,
                Reason.RATE_LIMITED,
                Reason.QUOTA_EXHAUSTED,
                Reason.OVER_SOFT_LIMIT);
        wanted.removeAll(seen);
        assertTrue(wanted.isEmpty(), () -> "the random cases never met " + wanted);
    }

    @Test
    @Tag("long")
    void shouldAgreeOnAMillionDecisions() {
        run(2_000, 500, Long.getLong("tollgate.seed", System.nanoTime()));
    }

    private void run(final int worlds, final int decisions, final long firstSeed) {
        for (int i = 0; i < worlds; i++) {
            final long seed = firstSeed + i;
            try (EngineFixture fixture = new EngineFixture(directory.resolve("w" + i), 1)) {
                oneWorld(fixture, seed, decisions);
            } catch (final AssertionError | RuntimeException ex) {
                throw new AssertionError("seed " + seed + " (run again with -Dtollgate.seed=" + seed + ")", ex);
            }
        }
    }

    private void oneWorld(final EngineFixture fixture, final long seed, final int decisions) {
        final RandomWorld world = new RandomWorld(seed);
        final Random random = new Random(seed ^ 0x5DEECE66DL);
        final ReferenceEngine reference = new ReferenceEngine(new ReferenceWorld(
                world.registry, world.policies, world.entitlementSets, world.scopes, world.maxAgeMs, world.conditions));
        long nowNs = RandomWorld.T0_MS * NS_PER_MS + random.nextInt();
        fixture.clock.epochNs(nowNs);
        fixture.activate(1, world.registry, world.policies, world.entitlementSets, world.scopes, world.maxAgeMs);
        final DecisionWorker worker = fixture.engine.newWorker();
        final RandomRequests requests = new RandomRequests(world, random);
        for (int i = 0; i < decisions; i++) {
            nowNs += step(random);
            fixture.clock.epochNs(nowNs);
            fixture.refreshPeriods();
            final Map<Plane, Long> ages = ages(random);
            fixture.ages(ages);
            final ReferenceRequest asked = requests.next();
            final ReferenceAnswer expected = reference.decide(asked, nowNs, ages);
            compare(worker, asked, expected, i);
            seen.add(expected.reason());
        }
    }

    private static long step(final Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> 0;
            case 1 -> 1 + random.nextInt(1_000);
            case 2 -> random.nextInt(1_000_000_000);
            case 3 -> random.nextInt(60) * 1_000_000_000L;
            case 4 -> random.nextInt(3_600) * 1_000_000_000L;
            default ->
                random.nextInt(30) == 0 ? random.nextInt(40) * 86_400_000_000_000L : random.nextInt(5) * NS_PER_MS;
        };
    }

    private static Map<Plane, Long> ages(final Random random) {
        final Map<Plane, Long> ages = new EnumMap<>(Plane.class);
        for (final Plane plane : Plane.values()) {
            if (random.nextInt(200) > 0) {
                ages.put(plane, random.nextInt(30) == 0 ? (long) random.nextInt(90_000) : random.nextInt(4_000));
            }
        }
        return ages;
    }

    private void compare(
            final DecisionWorker worker, final ReferenceRequest asked, final ReferenceAnswer expected, final int turn) {
        fill(asked);
        worker.begin();
        try {
            if (turn % 7 == 0 && asked.mode() == io.tollgate.core.DecideMode.CHECK) {
                worker.explain(request, decision, explanation);
                assertEquals(8, explanation.stages().size(), "explain shows every stage");
                assertEquals(
                        decision.outcome() == Outcome.DENY ? 1 : 0,
                        explanation.stages().stream()
                                .filter(Explanation.StageLine::decisive)
                                .count());
            } else {
                worker.decide(request, decision);
            }
            assertEquals(expected, answer(), () -> "decision " + turn + ": " + asked);
        } finally {
            worker.end();
        }
    }

    private void fill(final ReferenceRequest asked) {
        request.reset()
                .mode(asked.mode())
                .registryVersion(asked.registryVersion())
                .allowPartial(asked.allowPartial())
                .set(Field.ORGANIZATION, asked.organization())
                .set(Field.DEPARTMENT, asked.department())
                .set(Field.PROJECT, asked.project())
                .set(Field.PRODUCT, asked.operation().product())
                .set(Field.RESOURCE_TYPE, asked.operation().resourceType())
                .set(Field.ACTION, asked.operation().action());
        if (asked.maxStalenessMs() != ReferenceRequest.NOT_STATED) {
            request.maxStalenessNs(asked.maxStalenessMs() * NS_PER_MS);
        }
        if (asked.actor().apiKeyHash().isEmpty()) {
            request.set(Field.ACTOR_TYPE, asked.actor().type())
                    .set(Field.ACTOR_ID, asked.actor().id());
        } else {
            request.apiKeyHash(HexFormat.of().parseHex(asked.actor().apiKeyHash()));
        }
        asked.actor().roles().forEach(request::addRole);
        asked.actor().tokenScopes().forEach(request::addTokenScope);
        asked.usages().forEach(usage -> request.addUsage(usage.amount(), usage.unit()));
        request.set(Field.RESOURCE_ID, asked.facts().resourceId());
        asked.facts().readings().forEach(reading -> request.readings().add(reading.dimension(), reading.value()));
        asked.facts().attributes().forEach((name, value) -> StatedAttributes.add(request, name, value));
    }

    private ReferenceAnswer answer() {
        final World world = Objects.requireNonNull(decision.world());
        final List<ReferenceAnswer.MatchedRule> rules = new ArrayList<>();
        for (int i = 0; i < decision.matchedRuleCount(); i++) {
            final int rule = decision.matchedRule(i);
            rules.add(new ReferenceAnswer.MatchedRule(
                    world.policies().scopePath(world.policies().policyOf(rule)),
                    world.policies().ruleName(rule)));
        }
        final List<ReferenceAnswer.WarningLine> warnings = new ArrayList<>();
        for (int i = 0; i < decision.warnings().size(); i++) {
            warnings.add(warning(world, i));
        }
        final int binding = decision.ceilings().binding();
        final boolean never = decision.retryStated() && decision.retryAfterNs() == Decision.RETRY_NEVER;
        return new ReferenceAnswer(
                decision.outcome(),
                decision.reason(),
                binding < 0 ? null : withoutUnit(views.ceiling(decision, binding)),
                rules,
                warnings,
                decision.outcome() == Outcome.DENY ? List.of() : obligations(world),
                never ? 0 : decision.retryAfterNs(),
                never,
                granted());
    }

    private List<Long> granted() {
        final List<Long> granted = new ArrayList<>();
        for (int i = 0; decision.outcome() != Outcome.DENY && i < request.usageCount(); i++) {
            granted.add(decision.granted(request, i));
        }
        return granted;
    }

    private ReferenceAnswer.WarningLine warning(final World world, final int index) {
        final Reason reason = decision.warnings().reason(index);
        final int subject = decision.warnings().subject(index);
        final String name;
        final String scope;
        if (reason == Reason.SNAPSHOT_STALE) {
            name = String.valueOf(Plane.ofCode(subject));
            scope = "";
        } else if (reason == Reason.POLICY_WARN) {
            name = world.policies().ruleName(subject);
            scope = world.policies().scopePath(world.policies().policyOf(subject));
        } else {
            final CeilingView ceiling = views.ceiling(decision, subject);
            name = ceiling.id();
            scope = ceiling.scope().path();
        }
        return new ReferenceAnswer.WarningLine(reason, decision.warnings().severity(index), name, scope);
    }

    private List<String> obligations(final World world) {
        final List<String> obligations = new ArrayList<>();
        final int entry = decision.entitlementEntry();
        if (entry >= 0) {
            if (!world.entitlements().staticValue(entry).isEmpty()) {
                obligations.add("=" + world.entitlements().staticValue(entry));
            }
            for (int i = 0; i < world.entitlements().configCount(entry); i++) {
                obligations.add(world.entitlements().configKey(entry, i) + "="
                        + world.entitlements().configValue(entry, i));
            }
        }
        return obligations;
    }

    private static CeilingView withoutUnit(final CeilingView view) {
        return new CeilingView(
                view.id(),
                view.dimension(),
                "",
                view.kind(),
                view.enforcement(),
                view.scope(),
                view.limit(),
                view.unlimited(),
                view.used(),
                view.remaining(),
                view.burst(),
                view.periodMs(),
                view.resetsAtMs(),
                view.requested());
    }
}
