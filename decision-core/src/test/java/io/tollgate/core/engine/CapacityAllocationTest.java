/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import static io.tollgate.core.engine.CapacityWorld.own;
import static io.tollgate.core.engine.CapacityWorld.pool;
import static io.tollgate.core.engine.CapacityWorld.shared;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import io.tollgate.core.DecideMode;
import io.tollgate.core.Reason;
import io.tollgate.core.request.AttributeGroup;
import java.lang.management.ManagementFactory;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Stage CAPACITY allocates nothing, whatever it answers. */
class CapacityAllocationTest extends CapacityTestBase {
    private static final int ROUND = 1_000;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final Set<Reason> seen = EnumSet.noneOf(Reason.class);

    @Test
    void shouldAllocateNothing() {
        final CapacityWorld world = new CapacityWorld()
                .with(
                        shared("a", 2_000),
                        shared("b", 1_000_000),
                        own("own", "org:acme/project:rag", 1_000),
                        pool("zone", 0, 9, "", Map.of("place.zone", "north", "resource.memory", "80")));
        world.projectZone = "north";
        activate(world);
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 30; i++) {
            final long before =
                    threads.getThreadAllocatedBytes(Thread.currentThread().getId());
            round();
            final long bytes =
                    threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
            least = i < 20 ? least : Math.min(least, bytes);
        }
        assertEquals(0, least, "bytes allocated by the best of ten rounds of " + ROUND);
        assertEquals(EnumSet.of(Reason.OK, Reason.CAPACITY_UNAVAILABLE), seen);
    }

    private void round() {
        for (int i = 0; i < ROUND; i++) {
            final int kind = i % 5;
            fill(request, kind == 0 ? DecideMode.CONSUME : DecideMode.CHECK, kind == 1 ? 10_000_000 : 5);
            if (kind == 2) {
                request.attributes().whole(AttributeGroup.RESOURCE, "memory", 80);
            } else if (kind == 3) {
                request.attributes().text(AttributeGroup.RESOURCE, "region", "nowhere");
            }
            worker.begin();
            worker.decide(request, decision);
            seen.add(decision.reason());
            for (int pool = 0; pool < decision.capacity().size(); pool++) {
                seen.add(decision.capacity().used(pool) < 0 ? Reason.INTERNAL : decision.reason());
            }
            worker.end();
        }
    }
}
