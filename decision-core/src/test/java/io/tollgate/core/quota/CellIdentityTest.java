/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.quota;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CellIdentityTest {
    private static final long STORE = 0x1234_5678_9ABC_DEF0L;

    private static String text(CellIdentity identity) {
        return Long.toHexString(identity.high()) + "-" + Long.toHexString(identity.low());
    }

    @Test
    void shouldBeTheSameForTheSameAndDifferForEachField() {
        CellIdentity identity = new CellIdentity(STORE);
        Set<String> seen = new HashSet<>();
        String first = text(identity.of("org:acme", "c1", "llm.tokens", CellKind.PERIOD, "MONTHLY@0 Z"));
        seen.add(first);
        assertTrue(seen.add(text(identity.of("org:acmf", "c1", "llm.tokens", CellKind.PERIOD, "MONTHLY@0 Z"))));
        assertTrue(seen.add(text(identity.of("org:acme", "c2", "llm.tokens", CellKind.PERIOD, "MONTHLY@0 Z"))));
        assertTrue(seen.add(text(identity.of("org:acme", "c1", "llm.token", CellKind.PERIOD, "MONTHLY@0 Z"))));
        assertTrue(seen.add(text(identity.of("org:acme", "c1", "llm.tokens", CellKind.RATE, "MONTHLY@0 Z"))));
        assertTrue(seen.add(text(identity.of("org:acme", "c1", "llm.tokens", CellKind.PERIOD, "DAILY@0 Z"))));
        // the boundaries of fields count
        assertTrue(seen.add(text(identity.of("org:acmec", "1", "llm.tokens", CellKind.PERIOD, "MONTHLY@0 Z"))));
        assertTrue(seen.add(text(identity.of("org:acme", "c1llm.", "tokens", CellKind.PERIOD, "MONTHLY@0 Z"))));
        assertTrue(seen.add(text(identity.of("", "", "", CellKind.PERIOD, ""))));
        assertTrue(seen.add(text(identity.of("\0", "", "", CellKind.PERIOD, ""))));
        assertEquals(first, text(identity.of("org:acme", "c1", "llm.tokens", CellKind.PERIOD, "MONTHLY@0 Z")));
        assertNotEquals(
                first,
                text(new CellIdentity(STORE + 1).of("org:acme", "c1", "llm.tokens", CellKind.PERIOD, "MONTHLY@0 Z")));
    }

    @Test
    void shouldSpreadMillionsOfAlikeNamesOverBothHalves() {
        CellIdentity identity = new CellIdentity(STORE);
        int count = 2_000_000;
        long[] high = new long[count];
        long[] low = new long[count];
        for (int i = 0; i < count; i++) {
            identity.of("org:o" + i % 1000 + "/principal:user:u" + i / 1000, "c", "d", CellKind.RATE, "gcra");
            high[i] = identity.high();
            low[i] = identity.low();
        }
        assertEquals(0, repeats(high));
        assertEquals(0, repeats(low));
        // 2 million balls in 65,536 boxes: 30.5 each, a standard deviation of 5.5; 90 is far out of reach of chance
        int[] boxes = new int[1 << 16];
        for (long value : low) {
            boxes[(int) value & 0xFFFF]++;
        }
        assertTrue(Arrays.stream(boxes).max().orElseThrow() < 90);
        assertTrue(Arrays.stream(boxes).min().orElseThrow() > 0);
    }

    private static long repeats(long[] values) {
        Arrays.sort(values);
        long repeats = 0;
        for (int i = 1; i < values.length; i++) {
            repeats += values[i] == values[i - 1] ? 1 : 0;
        }
        return repeats;
    }

    @Test
    void shouldChangeHalfOfTheBitsWhenOneBitChanges() {
        CellIdentity identity = new CellIdentity(STORE);
        long changed = 0;
        int trials = 0;
        int[] perBit = new int[128];
        for (int i = 0; i < 200; i++) {
            for (int bit = 0; bit < 64; bit += 3) {
                identity.begin().add(i * 77L).add(i).end();
                long high = identity.high();
                long low = identity.low();
                identity.begin().add(i * 77L ^ 1L << bit).add(i).end();
                changed += Long.bitCount(high ^ identity.high()) + Long.bitCount(low ^ identity.low());
                for (int out = 0; out < 64; out++) {
                    perBit[out] += (int) ((high ^ identity.high()) >>> out & 1);
                    perBit[64 + out] += (int) ((low ^ identity.low()) >>> out & 1);
                }
                trials++;
            }
        }
        assertEquals(64.0, (double) changed / trials, 0.5);
        for (int out = 0; out < 128; out++) {
            assertEquals(0.5, (double) perBit[out] / trials, 0.05, "bit " + out);
        }
    }
}
