/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.core.DecideMode;
import io.tollgate.core.Reason;
import io.tollgate.core.world.def.AttributeValue;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The model itself, by examples worked out by hand: stage CAPACITY. */
class ReferenceCapacityTest {
    private static ReferenceAnswer launch(final HandWorld world, final DecideMode mode, final long nodes) {
        return world.ask("launch", mode, nodes, "node", ReferenceRequest.Options.NONE);
    }

    private static String pool(final ReferenceAnswer answer) {
        return answer.capacity().get(0).poolId();
    }

    @Test
    void shouldUseTheDeepestOwnPoolFirst() {
        final HandWorld world = new HandWorld()
                .pool("a", 9, "", Map.of())
                .pool("b", 2, "org:acme", Map.of())
                .pool("c", 2, "org:acme/project:rag", Map.of())
                .pool("d", 9, "org:beta", Map.of());
        assertEquals("c", pool(launch(world, DecideMode.CONSUME, 2)));
        assertEquals("b", pool(launch(world, DecideMode.CONSUME, 1)));
        // one pool serves the whole: the one left in b does not help
        assertEquals("a", pool(launch(world, DecideMode.CONSUME, 2)));
        final ReferenceAnswer last = launch(world, DecideMode.CONSUME, 1);
        assertEquals(List.of(new ReferenceAnswer.Capacity("b", "nodes", true, 2, 2, 1)), last.capacity());
    }

    @Test
    void shouldDenyWhatNoPoolHolds() {
        final HandWorld world = new HandWorld().pool("a", 3, "", Map.of());
        launch(world, DecideMode.CONSUME, 1);
        final ReferenceAnswer later = launch(world, DecideMode.CONSUME, 3);
        assertEquals(Reason.CAPACITY_UNAVAILABLE, later.reason());
        assertEquals(false, later.retryNever());
        assertEquals(List.of(new ReferenceAnswer.Capacity("a", "nodes", false, 3, 1, 3)), later.capacity());
        assertTrue(launch(world, DecideMode.CONSUME, 4).retryNever());
        assertEquals(
                Reason.CAPACITY_UNAVAILABLE,
                launch(new HandWorld(), DecideMode.CHECK, 1).reason());
    }

    @Test
    void shouldStartAgainAtANewObservation() {
        final HandWorld world = new HandWorld().pool("a", 3, "", Map.of());
        launch(world, DecideMode.RESERVE, 3);
        world.pools.set(0, new ReferencePool("a", HandWorld.NODES, Map.of(), 2, HandWorld.T0_MS + 5, ""));
        world.publish();
        assertEquals(Reason.OK, launch(world, DecideMode.CONSUME, 2).reason());
        // what came from the old observation goes back to that one
        world.release("r0");
        assertEquals(
                Reason.CAPACITY_UNAVAILABLE,
                launch(world, DecideMode.CONSUME, 1).reason());
    }

    @Test
    void shouldMatchAttributes() {
        final HandWorld world = new HandWorld().pool("a", 3, "", Map.of("resource.model", "large"));
        assertEquals(
                Reason.CAPACITY_UNAVAILABLE, launch(world, DecideMode.CHECK, 1).reason());
        world.stated = Map.of("resource.model", new AttributeValue.Text("large"));
        assertEquals(Reason.OK, launch(world, DecideMode.CHECK, 1).reason());
    }
}
