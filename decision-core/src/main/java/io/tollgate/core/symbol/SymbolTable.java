/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.symbol;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Names as numbers, dense from 0 in the order in which they came. Found by UTF-8 slice in an open-addressing table (linear probing, at
 * most half full), without making a String.
 *
 * <p>Immutable, safe for any thread; {@code find} does not allocate.
 */
public final class SymbolTable {
    /** No symbol has this name. */
    public static final int MISSING = -1;
    /** Nothing in it. */
    public static final SymbolTable EMPTY = new Builder().build();

    private final String[] names;
    private final byte[] bytes;
    private final UnsafeBuffer buffer;
    /** Name i is bytes[starts[i]] to bytes[starts[i + 1] - 1]. */
    private final int[] starts;

    private final long[] hashes;
    /** Symbol plus 1; 0 = free. */
    private final int[] slots;

    private SymbolTable(final List<String> names) {
        final int count = names.size();
        this.names = names.toArray(new String[0]);
        starts = new int[count + 1];
        hashes = new long[count];
        final byte[][] encoded = new byte[count][];
        for (int i = 0; i < count; i++) {
            encoded[i] = this.names[i].getBytes(StandardCharsets.UTF_8);
            starts[i + 1] = Math.addExact(starts[i], encoded[i].length);
        }
        bytes = new byte[starts[count]];
        buffer = new UnsafeBuffer(bytes);
        slots = new int[Integer.highestOneBit(Math.max(1, count)) * 4];
        for (int i = 0; i < count; i++) {
            System.arraycopy(encoded[i], 0, bytes, starts[i], encoded[i].length);
            hashes[i] = Utf8Hash.of(encoded[i], 0, encoded[i].length);
            int slot = (int) hashes[i] & slots.length - 1;
            while (slots[slot] != 0) {
                slot = slot + 1 & slots.length - 1;
            }
            slots[slot] = i + 1;
        }
    }

    /**
     * {@return the table of these names}
     *
     * @param names all different
     * @throws IllegalArgumentException when a name comes twice
     */
    public static SymbolTable of(final List<String> names) {
        final Builder builder = new Builder();
        for (final String name : names) {
            if (!builder.add(name)) {
                throw new IllegalArgumentException("name '" + name + "' comes twice");
            }
        }
        return builder.build();
    }

    /** {@return how many symbols} */
    public int size() {
        return names.length;
    }

    /**
     * {@return the name of a symbol}
     *
     * @param symbol 0 to size - 1
     */
    public String name(final int symbol) {
        return names[symbol];
    }

    /** {@return {@link Utf8Hash#of} of a symbol's name} */
    public long hash(final int symbol) {
        return hashes[symbol];
    }

    /** {@return the names as UTF-8, each {@link #utf8Length} bytes from {@link #utf8Offset}; read only} */
    public UnsafeBuffer utf8() {
        return buffer;
    }

    /** {@return where a symbol's name starts in {@link #utf8()}} */
    public int utf8Offset(final int symbol) {
        return starts[symbol];
    }

    /** {@return bytes of a symbol's name} */
    public int utf8Length(final int symbol) {
        return starts[symbol + 1] - starts[symbol];
    }

    /**
     * {@return the symbol of a slice, or {@link #MISSING}}
     *
     * @param source what it is a slice of
     * @param offset where it starts
     * @param length its bytes
     */
    public int find(final byte[] source, final int offset, final int length) {
        return find(Utf8Hash.of(source, offset, length), source, offset, length);
    }

    /**
     * {@return the symbol of a slice whose hash is known, or {@link #MISSING}}
     *
     * @param hash   {@link Utf8Hash#of} of the slice
     * @param source what it is a slice of
     * @param offset where it starts
     * @param length its bytes
     */
    public int find(final long hash, final byte[] source, final int offset, final int length) {
        final int mask = slots.length - 1;
        int slot = (int) hash & mask;
        while (slots[slot] != 0) {
            final int symbol = slots[slot] - 1;
            if (hashes[symbol] == hash && isName(symbol, source, offset, length)) {
                return symbol;
            }
            slot = slot + 1 & mask;
        }
        return MISSING;
    }

    /** {@return the symbol of a name, or {@link #MISSING}; allocates} */
    public int find(final String name) {
        final byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
        return find(utf8, 0, utf8.length);
    }

    private boolean isName(final int symbol, final byte[] source, final int offset, final int length) {
        return Arrays.equals(bytes, starts[symbol], starts[symbol + 1], source, offset, offset + length);
    }

    /** Collects names. One thread. */
    public static final class Builder {
        private final List<String> names = new ArrayList<>();
        private final Map<String, Integer> symbols = new HashMap<>();

        /** Starts with nothing. */
        public Builder() {}

        /** Starts with the symbols of a table, under the same numbers. */
        public Builder(final SymbolTable table) {
            for (int i = 0; i < table.size(); i++) {
                intern(table.name(i));
            }
        }

        /** {@return the symbol of a name, new or known} */
        public int intern(final String name) {
            final Integer known = symbols.putIfAbsent(name, names.size());
            if (known == null) {
                names.add(name);
                return names.size() - 1;
            }
            return known;
        }

        /** {@return whether the name is new; then it has the highest number} */
        public boolean add(final String name) {
            final int before = names.size();
            return intern(name) == before;
        }

        /** {@return how many symbols} */
        public int size() {
            return names.size();
        }

        /** {@return the name of a symbol} */
        public String name(final int symbol) {
            return names.get(symbol);
        }

        /** {@return the table} */
        public SymbolTable build() {
            return new SymbolTable(names);
        }
    }
}
