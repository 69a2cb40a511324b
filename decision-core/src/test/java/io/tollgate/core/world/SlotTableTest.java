/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SlotTableTest {
    private static final int COPIES = 30;

    @Test
    void shouldKeepEveryCopyAsItWas() {
        final long seed = Long.getLong("tollgate.seed", System.nanoTime());
        final Random random = new Random(seed);
        final SlotTable[] tables = new SlotTable[COPIES];
        final List<Map<Integer, Integer>> expected = new ArrayList<>();
        SlotTable table = new SlotTable();
        Map<Integer, Integer> content = new HashMap<>();
        for (int copy = 0; copy < COPIES; copy++) {
            for (int i = random.nextInt(400); i >= 0; i--) {
                final int first = random.nextInt(4) == 0 ? random.nextInt(500) : random.nextInt() & -8;
                final int second = random.nextInt();
                if (first != 0) {
                    table.put(first, second);
                    content.put(first, second);
                }
            }
            tables[copy] = table;
            expected.add(content);
            table = table.copy();
            content = new HashMap<>(content);
        }
        for (int copy = 0; copy < COPIES; copy++) {
            verify(tables[copy], expected.get(copy), "seed " + seed + ", copy " + copy);
        }
    }

    private static void verify(final SlotTable table, final Map<Integer, Integer> expected, final String where) {
        assertEquals(expected.size(), table.used(), where);
        int found = 0;
        for (int at = 0; at < table.positions(); at++) {
            if (table.slot(at) != SlotTable.FREE) {
                found++;
            }
        }
        assertEquals(expected.size(), found, where);
        expected.forEach((first, second) -> {
            int at = table.start(first);
            while ((int) (table.slot(at) >>> Integer.SIZE) != first) {
                assertEquals(true, table.slot(at) != SlotTable.FREE, where + ": " + first + " is lost");
                at = table.next(at);
            }
            assertEquals(second, (int) table.slot(at), where);
        });
    }

    @Test
    void shouldKeepPairsOfOneFirstNumberApart() {
        final SlotTable table = new SlotTable();
        for (int i = 1; i <= 300; i++) {
            table.add(77, i);
        }
        int sum = 0;
        int at = table.start(77);
        for (long slot = table.slot(at); slot != SlotTable.FREE; slot = table.slot(at)) {
            sum += (int) slot;
            at = table.next(at);
        }
        assertEquals(300 * 301 / 2, sum);
    }
}
