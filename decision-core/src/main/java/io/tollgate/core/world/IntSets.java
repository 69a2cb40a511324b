/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import io.tollgate.core.symbol.SymbolTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Sets of small numbers under ids dense from 0; set 0 is empty. All members lie in one array.
 *
 * <p>Immutable, safe for any thread; nothing here allocates when asked.
 */
public final class IntSets {
    /** The set without members. */
    public static final int EMPTY_SET = 0;

    /** Set i is members[starts[i]] to members[starts[i + 1] - 1]. */
    private final int[] starts;

    private final int[] members;

    private IntSets(final int[] starts, final int[] members) {
        this.starts = starts;
        this.members = members;
    }

    /** {@return how many sets} */
    public int count() {
        return starts.length - 1;
    }

    /** {@return how many members a set has} */
    public int size(final int set) {
        return starts[set + 1] - starts[set];
    }

    /**
     * {@return a member of a set; ascending as numbers while they are collected, by name in a world}
     *
     * @param set   which
     * @param index 0 to size - 1
     */
    public int member(final int set, final int index) {
        return members[starts[set] + index];
    }

    /** {@return these sets with every member replaced, by its new number; in the order of their names, however they are numbered} */
    IntSets mapped(final int[] newNumbers, final SymbolTable names) {
        final Integer[] byName = new Integer[newNumbers.length];
        Arrays.setAll(byName, i -> i);
        Arrays.sort(byName, (a, b) -> names.name(newNumbers[a]).compareTo(names.name(newNumbers[b])));
        final int[] places = new int[byName.length];
        for (int i = 0; i < byName.length; i++) {
            places[byName[i]] = i;
        }
        final int[] mapped = new int[members.length];
        for (int i = 0; i < members.length; i++) {
            mapped[i] = places[members[i]];
        }
        for (int set = 0; set < count(); set++) {
            Arrays.sort(mapped, starts[set], starts[set + 1]);
        }
        for (int i = 0; i < mapped.length; i++) {
            mapped[i] = newNumbers[byName[mapped[i]]];
        }
        return new IntSets(starts, mapped);
    }

    /** Collects sets. One thread. */
    static final class Builder {
        private final List<int[]> sets = new ArrayList<>();
        private final Map<Key, Integer> ids = new HashMap<>();
        private Key last;
        private int lastId;

        Builder() {
            last = new Key(new int[0]);
            lastId = EMPTY_SET;
            ids.put(last, EMPTY_SET);
            sets.add(last.members);
        }

        /** {@return the id of a set, new or known; order and repetitions do not matter} */
        int intern(final int[] members) {
            final int[] sorted = members.length < 2
                    ? members
                    : Arrays.stream(members).sorted().distinct().toArray();
            if (!Arrays.equals(last.members, sorted)) {
                last = new Key(sorted);
                final Integer known = ids.putIfAbsent(last, sets.size());
                if (known == null) {
                    sets.add(sorted);
                }
                lastId = known == null ? sets.size() - 1 : known;
            }
            return lastId;
        }

        /** {@return how many sets} */
        int count() {
            return sets.size();
        }

        IntSets build() {
            final int[] starts = new int[sets.size() + 1];
            for (int i = 0; i < sets.size(); i++) {
                starts[i + 1] = Math.addExact(starts[i], sets.get(i).length);
            }
            final int[] members = new int[starts[sets.size()]];
            for (int i = 0; i < sets.size(); i++) {
                System.arraycopy(sets.get(i), 0, members, starts[i], sets.get(i).length);
            }
            return new IntSets(starts, members);
        }

        private static final class Key {
            private final int[] members;

            Key(final int[] members) {
                this.members = members;
            }

            @Override
            public boolean equals(final Object other) {
                return other instanceof Key that && Arrays.equals(members, that.members);
            }

            @Override
            public int hashCode() {
                return Arrays.hashCode(members);
            }
        }
    }
}
