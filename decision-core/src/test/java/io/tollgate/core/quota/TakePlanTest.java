/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.quota;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TakePlanTest {
    private static final long NOW_NS = 1_800_000_000_000_000_000L;

    @Test
    void shouldRefuseWhatMakesNoSense() {
        TakePlan plan = new TakePlan();
        plan.begin(NOW_NS);
        long cell = Cells.ref(1);
        assertEquals(TakePlan.INVALID, plan.addPeriod(cell, 10, -1, 5, 0, TakePlan.HARD));
        assertEquals(TakePlan.INVALID, plan.addPeriod(cell, -1, 1, 5, 0, TakePlan.HARD));
        assertEquals(TakePlan.INVALID, plan.addPeriod(Cells.NO_CELL, 10, 1, 5, 0, TakePlan.HARD));
        assertEquals(TakePlan.INVALID, plan.addPeriod(cell, 10, 1, 0, 0, TakePlan.HARD));
        assertEquals(TakePlan.INVALID, plan.addPeriod(cell, 10, 1, 1L << 40, 0, TakePlan.HARD));
        assertEquals(TakePlan.INVALID, plan.addRate(cell, -1, 1, 1, 1, TakePlan.HARD));
        assertEquals(TakePlan.INVALID, plan.addRate(cell, 1, 0, 1, 1, TakePlan.HARD));
        assertEquals(TakePlan.INVALID, plan.addRate(cell, 1, 1, 1, 1, TakePlan.UNLIMITED));
        assertEquals(TakePlan.INVALID, plan.addGauge(cell, -1, 1, TakePlan.HARD));
        assertEquals(TakePlan.INVALID, plan.addGauge(-32, 1, 1, TakePlan.HARD));
        assertEquals(0, plan.size());
        assertThrows(IllegalArgumentException.class, () -> new TakePlan(0));
        assertThrows(IllegalArgumentException.class, () -> new TakePlan(16_385));
        assertThrows(IllegalArgumentException.class, () -> new TakePlan(1, 0));
    }

    @Test
    void shouldSayWhenItIsFullAndBeReusable() {
        TakePlan plan = new TakePlan(3);
        for (int round = 0; round < 3; round++) {
            plan.begin(NOW_NS);
            for (int i = 0; i < 3; i++) {
                assertEquals(i, plan.addGauge(Cells.ref(i + 1), 10, 1, TakePlan.HARD));
            }
            assertEquals(TakePlan.FULL, plan.addGauge(Cells.ref(4), 10, 1, TakePlan.HARD));
            assertEquals(TakePlan.NOTHING, plan.addGauge(Cells.ref(4), 10, 0, TakePlan.HARD));
            assertEquals(3, plan.size());
        }
    }

    @Test
    void shouldKeepWhatTheCallerNotes() {
        TakePlan plan = new TakePlan();
        plan.begin(NOW_NS);
        int entry = plan.addGauge(Cells.ref(1), 10, 4, TakePlan.SOFT);
        plan.setTag(entry, 99);
        plan.setAmount(entry, 3);
        assertEquals(99, plan.tag(entry));
        assertEquals(3, plan.amount(entry));
        assertEquals(CellKind.GAUGE, plan.kind(entry));
        assertEquals(10, plan.limit(entry));
        assertTrue(plan.soft(entry));
        assertEquals(NOW_NS, plan.nowEpochNs());
        assertEquals(Gcra.NEVER, plan.fullAfterNs(entry));
        plan.begin(NOW_NS);
        assertEquals(0, plan.tag(plan.addGauge(Cells.ref(1), 10, 4, TakePlan.HARD)));
    }

    @Test
    void shouldFindEveryEarlierEntryOfTheSameCell() {
        long seed = new SplittableRandom().nextLong();
        SplittableRandom random = new SplittableRandom(seed);
        find(new TakePlan(512), 512, 500, random, seed);
        find(new TakePlan(TakePlan.MAX_CAPACITY), TakePlan.MAX_CAPACITY, 20, random, seed);
    }

    private static void find(TakePlan plan, int entries, int rounds, SplittableRandom random, long seed) {
        for (int round = 0; round < rounds; round++) {
            plan.begin(NOW_NS);
            Map<Long, Integer> last = new HashMap<>();
            int cellCount = 1 + random.nextInt(2 * entries);
            long stride = 1L << random.nextInt(20);
            for (int i = 0; i < entries; i++) {
                long cell = Cells.ref((1 + random.nextInt(cellCount)) * stride);
                int entry = plan.addGauge(cell, 1, 1, TakePlan.HARD);
                assertEquals(last.getOrDefault(cell, -1), plan.sameCell[entry], "seed " + seed);
                last.put(cell, entry);
            }
        }
    }
}
