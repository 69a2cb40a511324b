/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import static io.tollgate.core.engine.CapacityWorld.NOW_MS;
import static io.tollgate.core.engine.CapacityWorld.matching;
import static io.tollgate.core.engine.CapacityWorld.observed;
import static io.tollgate.core.engine.CapacityWorld.own;
import static io.tollgate.core.engine.CapacityWorld.pool;
import static io.tollgate.core.engine.CapacityWorld.shared;
import static io.tollgate.core.engine.CapacityWorld.used;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.core.DecideMode;
import io.tollgate.core.Plane;
import io.tollgate.core.Stage;
import io.tollgate.core.explain.Explanation;
import io.tollgate.core.request.AttributeGroup;
import io.tollgate.core.request.Field;
import io.tollgate.core.world.def.PoolDef;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Semantics, stage CAPACITY, sentence by sentence. */
class CapacityDecisionTest extends CapacityTestBase {
    private static final PoolDef SHARED = shared("eu-shared", 10);

    @Test
    void shouldBeServedByAPoolAndCountWhatIsTakenSinceItWasObserved() {
        activate(new CapacityWorld().with(SHARED));
        assertEquals("ALLOW OK eu-shared", launch(4));
        assertEquals(10, pools.get(0).available());
        assertEquals(4, pools.get(0).used());
        assertEquals(4, pools.get(0).requested());
        assertEquals("capacity.gpu", pools.get(0).dimension());
        assertFalse(pools.get(0).own());
        assertEquals(4, used(fixture, SHARED));
        assertEquals("ALLOW OK eu-shared", launch(6));
        assertEquals("DENY CAPACITY_UNAVAILABLE eu-shared", launch(1));
        assertEquals(10, pools.get(0).used());
        assertEquals(Stage.CAPACITY, decision.stage());
        assertEquals("No capacity: pool 'eu-shared' has 0 of 10 capacity.gpu left, 1 asked.", message);
    }

    @Test
    void shouldTakeNothingInACheck() {
        activate(new CapacityWorld().with(SHARED));
        assertEquals("ALLOW OK eu-shared", check(4));
        assertEquals(0, pools.get(0).used());
        assertEquals(0, used(fixture, SHARED));
    }

    @Test
    void shouldUseOwnPoolsBeforeSharedOnesAndTheDeepestScopeFirst() {
        activate(new CapacityWorld()
                .with(
                        shared("a-shared", 100),
                        own("m-org", "org:acme", 2),
                        own("n-org", "org:acme", 2),
                        own("z-project", "org:acme/project:rag", 2),
                        own("x-lab", "org:acme/department:lab", 2)));
        assertEquals("ALLOW OK z-project", launch(2));
        assertTrue(pools.get(0).own());
        assertEquals("org:acme/project:rag", pools.get(0).reservedFor());
        assertEquals("ALLOW OK x-lab", launch(2));
        assertEquals("ALLOW OK m-org", launch(2));
        assertEquals("ALLOW OK n-org", launch(2));
        assertEquals("ALLOW OK a-shared", launch(2));
        assertFalse(pools.get(0).own());
    }

    @Test
    void shouldMatchPoolsByProductResourceTypeAndAction() {
        activate(new CapacityWorld()
                .with(
                        matching("a-other-product", Map.of("request.product", "llm")),
                        matching("b-other-type", Map.of("request.product", "compute", "resource.type", "cpu")),
                        matching("c-other-action", Map.of("resource.type", "gpu", "request.action", "resize")),
                        matching(
                                "d-this",
                                Map.of(
                                        "request.product", "compute",
                                        "resource.type", "gpu",
                                        "request.action", "launch",
                                        "resource.region", "eu-1"))));
        assertEquals("ALLOW OK d-this", launch(1));
        assertEquals("DENY CAPACITY_UNAVAILABLE d-this", launch(1));
    }

    @Test
    void shouldUseSharedPoolsById() {
        activate(new CapacityWorld().with(shared("b", 1), shared("a", 1), shared("B", 1)));
        assertEquals("ALLOW OK B", launch(1));
        assertEquals("ALLOW OK a", launch(1));
        assertEquals("ALLOW OK b", launch(1));
        assertEquals("DENY CAPACITY_UNAVAILABLE B", launch(1));
    }

    @Test
    void shouldNotSpreadOneRequestOverPools() {
        activate(new CapacityWorld().with(shared("a", 3), shared("b", 3), own("own", "org:acme", 2)));
        assertEquals("DENY CAPACITY_UNAVAILABLE own", launch(4));
        assertEquals("ALLOW OK a", launch(3));
        assertEquals("ALLOW OK own", launch(2));
    }

    @Test
    void shouldNeverServeFromNorShowAPoolOfAnotherTenant() {
        activate(new CapacityWorld()
                .with(own("rivals-secret", "org:rival", 100), own("rag-only", "org:acme/project:rag", 1)));
        assertEquals("DENY CAPACITY_UNAVAILABLE rag-only", launch(2));
        assertFalse(message.contains("rival"), message);
        final Explanation explanation = explain();
        assertEquals(1, explanation.pools().size());
        assertFalse(explanation.toString().contains("rival"));
        request.reset()
                .mode(DecideMode.CONSUME)
                .set(Field.ORGANIZATION, "rival")
                .set(Field.PROJECT, "own")
                .set(Field.ACTOR_TYPE, "user")
                .set(Field.ACTOR_ID, "rob")
                .set(Field.PRODUCT, "compute")
                .set(Field.RESOURCE_TYPE, "gpu")
                .set(Field.ACTION, "launch")
                .addUsage(1, "gpu");
        request.attributes().text(AttributeGroup.RESOURCE, "region", "eu-1");
        assertEquals("ALLOW OK rivals-secret", decide());
    }

    @Test
    void shouldDenyWhenNoPoolMatches() {
        activate(new CapacityWorld().with(own("rivals-secret", "org:rival", 100)));
        assertEquals("DENY CAPACITY_UNAVAILABLE ", launch(1));
        assertEquals("capacity.gpu", pools.get(0).dimension());
        assertEquals(1, pools.get(0).requested());
        assertEquals("No capacity: there is no pool of capacity.gpu for such a request.", message);
        activate(new CapacityWorld());
        assertEquals("DENY CAPACITY_UNAVAILABLE ", launch(1));
    }

    @Test
    void shouldMatchEveryKeyOfAPool() {
        activate(new CapacityWorld()
                .with(
                        pool("big", 0, 9, "", Map.of("resource.region", "eu-1", "resource.memory", "80")),
                        pool("us", 0, 9, "", Map.of("resource.region", "us-1"))));
        assertEquals("DENY CAPACITY_UNAVAILABLE ", launch(1));
        fill(request, DecideMode.CONSUME, 1);
        request.attributes().whole(AttributeGroup.RESOURCE, "memory", 80);
        assertEquals("ALLOW OK big", decide());
        fill(request, DecideMode.CONSUME, 1);
        request.attributes().whole(AttributeGroup.RESOURCE, "memory", 81);
        assertEquals("DENY CAPACITY_UNAVAILABLE ", decide());
        request.reset();
        fill(request, DecideMode.CONSUME, 1);
        request.attributes().text(AttributeGroup.RESOURCE, "region", "us-1");
        assertEquals("ALLOW OK us", decide());
    }

    @Test
    void shouldCompareOtherTypesByTheirCanonicalText() {
        activate(new CapacityWorld()
                .with(
                        pool("flag", 0, 9, "", Map.of("resource.fast", "true")),
                        pool("half", 0, 9, "", Map.of("resource.factor", "0.5")),
                        pool("list", 0, 9, "", Map.of("request.tags", "a")),
                        pool("notcanonical", 0, 9, "", Map.of("resource.memory", "080")),
                        pool("since", 0, 9, "", Map.of("request.since", "2026-11-20T12:00:00Z")),
                        pool("two", 0, 9, "", Map.of("resource.factor", "2"))));
        fill(request, DecideMode.CHECK, 1);
        request.attributes().flag(AttributeGroup.RESOURCE, "fast", true);
        assertEquals("ALLOW OK flag", decide());
        fill(request, DecideMode.CHECK, 1);
        request.attributes().flag(AttributeGroup.RESOURCE, "fast", false);
        assertEquals("DENY CAPACITY_UNAVAILABLE ", decide());
        fill(request, DecideMode.CHECK, 1);
        request.attributes().real(AttributeGroup.RESOURCE, "factor", 0.5);
        assertEquals("ALLOW OK half", decide());
        fill(request, DecideMode.CHECK, 1);
        request.attributes().real(AttributeGroup.RESOURCE, "factor", 2.0);
        assertEquals("ALLOW OK two", decide());
        fill(request, DecideMode.CHECK, 1);
        request.attributes().whole(AttributeGroup.RESOURCE, "factor", 2);
        assertEquals("ALLOW OK two", decide());
        fill(request, DecideMode.CHECK, 1);
        request.attributes().whole(AttributeGroup.RESOURCE, "memory", 80);
        assertEquals("DENY CAPACITY_UNAVAILABLE ", decide());
        fill(request, DecideMode.CHECK, 1);
        request.attributes().moment(AttributeGroup.REQUEST, "since", NOW_MS);
        assertEquals("ALLOW OK since", decide());
        fill(request, DecideMode.CHECK, 1);
        request.attributes().list(AttributeGroup.REQUEST, "tags");
        request.attributes().element("a");
        assertEquals("DENY CAPACITY_UNAVAILABLE ", decide());
    }

    @Test
    void shouldBelieveTheDirectoryBeforeTheCaller() {
        final CapacityWorld world = new CapacityWorld()
                .with(
                        pool("north", 0, 9, "", Map.of("place.zone", "north")),
                        pool("south", 0, 9, "", Map.of("place.zone", "south")));
        world.projectZone = "south";
        activate(world);
        assertEquals("ALLOW OK south", launch(1));
    }

    @Test
    void shouldStartAtZeroWithANewerObservationAndNeverGoBackToAnOlder() {
        activate(new CapacityWorld().with(SHARED));
        assertEquals("ALLOW OK eu-shared", launch(8));
        final PoolDef newer = observed(SHARED, 5, SHARED.observedAtMs() + 1);
        activate(new CapacityWorld().with(newer));
        assertEquals("ALLOW OK eu-shared", launch(5));
        assertEquals(5, pools.get(0).used());
        assertEquals("DENY CAPACITY_UNAVAILABLE eu-shared", launch(1));
        activate(new CapacityWorld().with(observed(SHARED, 5, SHARED.observedAtMs() - 1_000)));
        assertEquals("DENY CAPACITY_UNAVAILABLE eu-shared", launch(1));
        activate(new CapacityWorld().with(observed(SHARED, 6, newer.observedAtMs())));
        assertEquals("ALLOW OK eu-shared", launch(1));
        assertEquals("DENY CAPACITY_UNAVAILABLE eu-shared", launch(1));
    }

    @Test
    void shouldCountAPoolThatWasObservedNobodyKnowsWhen() {
        activate(new CapacityWorld().with(observed(SHARED, 2, 0)));
        assertEquals("ALLOW OK eu-shared", launch(2));
        assertEquals("DENY CAPACITY_UNAVAILABLE eu-shared", launch(1));
        assertTrue(explain().pools().get(0).detail().contains("nobody knows when"));
        activate(new CapacityWorld().with(SHARED));
        assertEquals("ALLOW OK eu-shared", launch(1));
    }

    @Test
    void shouldSayThatWaitingIsInVainOnlyWhenNoCandidateWasEverLargeEnough() {
        activate(new CapacityWorld().with(SHARED, shared("small", 1)));
        assertEquals("DENY CAPACITY_UNAVAILABLE eu-shared", launch(11));
        assertTrue(decision.retryStated());
        assertEquals(Decision.RETRY_NEVER, decision.retryAfterNs());
        assertTrue(message.endsWith("Waiting does not help."), message);
        assertEquals("ALLOW OK eu-shared", launch(10));
        assertEquals("DENY CAPACITY_UNAVAILABLE eu-shared", launch(10));
        assertFalse(decision.retryStated());
    }

    @Test
    void shouldServeEachDimensionByOnePoolAndTakeAllOrNone() {
        activate(new CapacityWorld()
                .with(SHARED, pool("slots", CapacityWorld.SLOTS, 1, "", Map.of("resource.region", "eu-1"))));
        fill(request, DecideMode.CONSUME, 3).set(Field.ACTION, "boost");
        assertEquals("ALLOW OK eu-shared slots", decide());
        fill(request, DecideMode.CONSUME, 3).set(Field.ACTION, "boost");
        assertEquals("DENY CAPACITY_UNAVAILABLE slots", decide());
        assertEquals(3, used(fixture, SHARED));
    }

    @Test
    void shouldTakeNothingAnywhereWhenCapacityDenies() {
        final CapacityWorld world = new CapacityWorld().with(shared("eu-shared", 5));
        world.hourLimit = 100;
        activate(world);
        assertEquals("DENY CAPACITY_UNAVAILABLE eu-shared", launch(6));
        assertEquals(CeilingStates.NONE, decision.ceilings().binding());
        assertEquals("ALLOW OK eu-shared", launch(5));
        worker.begin();
        worker.decide(fill(request, DecideMode.CHECK, 96), decision);
        assertEquals(Stage.QUOTA, decision.stage());
        assertEquals(5, decision.ceilings().used(0));
        worker.end();
    }

    @Test
    void shouldBeDeniedByQuotaFirstAndThenShowNoPool() {
        final CapacityWorld world = new CapacityWorld().with(shared("eu-shared", 5));
        world.hourLimit = 3;
        activate(world);
        assertEquals("DENY QUOTA_EXHAUSTED", launch(6));
        assertEquals(0, used(fixture, world.pools.get(0)));
    }

    @Test
    void shouldCutByCeilingsOnlyAndLetCapacityHoldWhatIsLeft() {
        final CapacityWorld world = new CapacityWorld().with(shared("eu-shared", 5));
        world.hourLimit = 4;
        activate(world);
        fill(request, DecideMode.CONSUME, 9).allowPartial(true);
        assertEquals("ALLOW OK eu-shared", decide());
        assertEquals(4, decision.granted(request, 0));
        assertEquals(4, pools.get(0).requested());
        world.hourLimit = 12;
        activate(world);
        fill(request, DecideMode.CONSUME, 9).allowPartial(true);
        assertEquals("DENY CAPACITY_UNAVAILABLE eu-shared", decide());
    }

    @Test
    void shouldNeedFreshCapacityData() {
        activate(new CapacityWorld().with(SHARED));
        fixture.freshness.expire(Plane.CAPACITY);
        assertEquals("DENY SNAPSHOT_STALE", launch(1));
        assertEquals(Plane.CAPACITY, decision.stalePlane());
    }

    @Test
    void shouldExplainCandidatesInTheirOrder() {
        activate(new CapacityWorld().with(shared("b-shared", 9), shared("a-shared", 1), own("own", "org:acme", 1)));
        fill(request, DecideMode.CONSUME, 2);
        final Explanation explanation = explain();
        final List<String> lines = explanation.pools().stream()
                .map(line -> line.state().id() + " " + line.fits() + " " + line.serves() + " " + line.detail())
                .toList();
        assertEquals(
                List.of(
                        "own false false reserved for org:acme, observed 30 s ago: does not hold it",
                        "a-shared false false shared, observed 30 s ago: does not hold it",
                        "b-shared true true shared, observed 30 s ago: serves"),
                lines);
        assertEquals("capacity.gpu: served by shared pool 'b-shared'", detail(explanation));
        fill(request, DecideMode.CONSUME, 10);
        assertEquals("capacity.gpu: none of 3 candidates holds 10", detail(explain()));
        assertEquals("own", new DecisionViews().pool(decision, 0).id());
    }

    private static String detail(final Explanation explanation) {
        return explanation.stages().stream()
                .filter(line -> line.stage() == Stage.CAPACITY)
                .findFirst()
                .orElseThrow()
                .detail();
    }

    @Test
    void shouldFailClosedWhenMorePoolsMatchThanAreLookedAt() {
        final CapacityWorld world = new CapacityWorld();
        for (int i = 0; i < CapacityStage.MAX_CANDIDATES; i++) {
            world.with(shared("p" + i, 1));
        }
        activate(world);
        assertEquals("DENY CAPACITY_UNAVAILABLE p0", launch(2));
        world.with(shared("last", 9));
        activate(world);
        assertEquals("DENY INTERNAL", launch(2));
    }
}
