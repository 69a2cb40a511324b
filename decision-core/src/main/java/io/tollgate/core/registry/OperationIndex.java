/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.registry;

import io.tollgate.core.symbol.SymbolTable;
import io.tollgate.core.symbol.Utf8Hash;
import io.tollgate.core.world.def.DefinitionException;
import io.tollgate.core.world.def.OperationDef;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Finds an operation by three UTF-8 slices with one probe: open addressing over the combined hash, at most half full, then the three
 * names are compared. Immutable.
 */
final class OperationIndex {
    private final byte[][] names;
    private final long[] hashes;
    /** Operation plus 1; 0 = free. */
    private final int[] slots;

    OperationIndex(final List<OperationDef> operations) {
        final int count = operations.size();
        names = new byte[3 * count][];
        hashes = new long[count];
        slots = new int[Integer.highestOneBit(Math.max(1, count)) * 4];
        for (int i = 0; i < count; i++) {
            final OperationDef operation = operations.get(i);
            names[3 * i] = operation.product().getBytes(StandardCharsets.UTF_8);
            names[3 * i + 1] = operation.resourceType().getBytes(StandardCharsets.UTF_8);
            names[3 * i + 2] = operation.action().getBytes(StandardCharsets.UTF_8);
            hashes[i] = hash(names[3 * i], names[3 * i + 1], names[3 * i + 2]);
            insert(i, operation);
        }
    }

    private void insert(final int id, final OperationDef operation) {
        int slot = (int) hashes[id] & slots.length - 1;
        while (slots[slot] != 0) {
            final int other = slots[slot] - 1;
            if (Arrays.equals(names, 3 * other, 3 * other + 3, names, 3 * id, 3 * id + 3, Arrays::compare)) {
                throw new DefinitionException("operation " + Operation.name(operation) + " is registered twice (ids "
                        + other + " and " + id + "); remove one");
            }
            slot = slot + 1 & slots.length - 1;
        }
        slots[slot] = id + 1;
    }

    private static long hash(final byte[] product, final byte[] resourceType, final byte[] action) {
        return Utf8Hash.combine(
                Utf8Hash.combine(
                        Utf8Hash.of(product, 0, product.length), Utf8Hash.of(resourceType, 0, resourceType.length)),
                Utf8Hash.of(action, 0, action.length));
    }

    int find(
            final byte[] source,
            final int productOffset,
            final int productLength,
            final int typeOffset,
            final int typeLength,
            final int actionOffset,
            final int actionLength) {
        final long hash = Utf8Hash.combine(
                Utf8Hash.combine(
                        Utf8Hash.of(source, productOffset, productLength), Utf8Hash.of(source, typeOffset, typeLength)),
                Utf8Hash.of(source, actionOffset, actionLength));
        final int mask = slots.length - 1;
        int slot = (int) hash & mask;
        while (slots[slot] != 0) {
            final int id = slots[slot] - 1;
            if (hashes[id] == hash
                    && same(names[3 * id], source, productOffset, productLength)
                    && same(names[3 * id + 1], source, typeOffset, typeLength)
                    && same(names[3 * id + 2], source, actionOffset, actionLength)) {
                return id;
            }
            slot = slot + 1 & mask;
        }
        return SymbolTable.MISSING;
    }

    private static boolean same(final byte[] name, final byte[] source, final int offset, final int length) {
        return Arrays.equals(name, 0, name.length, source, offset, offset + length);
    }
}
