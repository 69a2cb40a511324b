/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.symbol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SymbolTableTest {
    @Test
    void shouldNumberNamesInTheirOrderAndFindThemBySlice() {
        final SymbolTable table = SymbolTable.of(List.of("admin", "", "größe", "a-name-that-is-longer-than-eight"));
        final byte[] text = "xx admin größe".getBytes(StandardCharsets.UTF_8);
        assertEquals(0, table.find(text, 3, 5));
        assertEquals(1, table.find(text, 3, 0));
        assertEquals(2, table.find(text, 9, 7));
        assertEquals(3, table.find("a-name-that-is-longer-than-eight"));
        assertEquals(SymbolTable.MISSING, table.find(text, 3, 4));
        assertEquals(SymbolTable.MISSING, table.find("a-name-that-is-longer-than-eighT"));
        assertEquals("größe", table.name(2));
        assertEquals(SymbolTable.MISSING, SymbolTable.EMPTY.find("admin"));
    }

    @Test
    void shouldRefuseANameThatComesTwice() {
        assertThrows(IllegalArgumentException.class, () -> SymbolTable.of(List.of("a", "b", "a")));
        assertThrows(IllegalArgumentException.class, () -> SymbolTable.of(List.of("a", "a")));
    }

    @Test
    void shouldKeepTheNumbersOfATableThatItExtends() {
        final SymbolTable.Builder builder = new SymbolTable.Builder(SymbolTable.of(List.of("a", "b")));
        assertEquals(1, builder.intern("b"));
        assertEquals(2, builder.intern("c"));
        assertEquals(2, builder.intern("c"));
        assertEquals(2, builder.build().find("c"));
        assertEquals(0, builder.build().find("a"));
    }

    @Test
    void shouldFindAllOfManyRandomNames() {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        final Set<String> names = new HashSet<>();
        while (names.size() < 10_000) {
            names.add(random.ints(random.nextInt(20), 'a', 'e')
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                    .toString());
        }
        final List<String> order = new ArrayList<>(names);
        final SymbolTable table = SymbolTable.of(order);
        for (int i = 0; i < order.size(); i++) {
            assertEquals(i, table.find(order.get(i)), "seed " + seed);
            assertEquals(
                    names.contains(order.get(i) + "e") ? table.find(order.get(i) + "e") : SymbolTable.MISSING,
                    table.find(order.get(i) + "e"),
                    "seed " + seed);
        }
    }

    @Test
    void shouldHashWithoutRegardToWhereASliceLies() {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        final Set<Long> hashes = new HashSet<>();
        int slices = 0;
        for (int length = 0; length < 40; length++) {
            for (int i = 0; i < 50 && (length > 1 || i == 0); i++) {
                final byte[] slice = new byte[length];
                random.nextBytes(slice);
                final byte[] elsewhere = new byte[length + 9];
                random.nextBytes(elsewhere);
                System.arraycopy(slice, 0, elsewhere, 5, length);
                final long hash = Utf8Hash.of(slice, 0, length);
                assertEquals(hash, Utf8Hash.of(elsewhere, 5, length), "seed " + seed);
                if (length > 3) {
                    slices++;
                    hashes.add(hash);
                    slice[random.nextInt(length)] ^= 1;
                    assertNotEquals(hash, Utf8Hash.of(slice, 0, length), "seed " + seed);
                }
            }
        }
        assertTrue(hashes.size() >= slices - 1, "seed " + seed);
        assertNotEquals(Utf8Hash.combine(1, 2), Utf8Hash.combine(2, 1));
    }

    @Test
    void shouldTellZeroBytesOfDifferentNumberApart() {
        final Set<Long> hashes = new HashSet<>();
        for (int length = 0; length <= 32; length++) {
            hashes.add(Utf8Hash.of(new byte[length], 0, length));
        }
        assertEquals(33, hashes.size());
    }
}
