/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import io.tollgate.core.Severity;
import io.tollgate.core.world.def.ThresholdDef;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * When to warn before ceilings are reached: sets of thresholds under ids dense from 0; set 0 is empty. Ascending within a set.
 *
 * <p>Immutable, safe for any thread; nothing here allocates when asked.
 */
public final class ThresholdSets {
    private final ThresholdDef[][] sets;
    private final int lowestPermille;

    ThresholdSets(final List<List<ThresholdDef>> sets) {
        this.sets = sets.stream().map(set -> set.toArray(new ThresholdDef[0])).toArray(ThresholdDef[][]::new);
        lowestPermille = sets.stream()
                .flatMap(List::stream)
                .mapToInt(ThresholdDef::atPermille)
                .min()
                .orElse(Integer.MAX_VALUE);
    }

    /** {@return the lowest threshold of all sets: below it nothing warns, whichever set a ceiling has} */
    public int lowestPermille() {
        return lowestPermille;
    }

    /** {@return how many sets} */
    public int count() {
        return sets.length;
    }

    /** {@return how many thresholds a set has} */
    public int size(final int set) {
        return sets[set].length;
    }

    /** {@return parts per thousand of the limit from which a threshold warns} */
    public int atPermille(final int set, final int index) {
        return sets[set][index].atPermille();
    }

    /** {@return how loud a threshold is} */
    public Severity severity(final int set, final int index) {
        return sets[set][index].severity();
    }

    List<ThresholdDef> set(final int set) {
        return List.of(sets[set]);
    }

    /** Collects sets. One thread. */
    static final class Builder {
        private static final Comparator<ThresholdDef> ASCENDING =
                Comparator.comparingInt(ThresholdDef::atPermille).thenComparing(ThresholdDef::severity);

        private final List<List<ThresholdDef>> sets = new ArrayList<>();
        private final Map<List<ThresholdDef>, Integer> ids = new HashMap<>();

        Builder() {
            intern(List.of());
        }

        int intern(final List<ThresholdDef> thresholds) {
            final List<ThresholdDef> sorted =
                    thresholds.stream().sorted(ASCENDING).distinct().toList();
            final Integer known = ids.putIfAbsent(sorted, sets.size());
            if (known == null) {
                sets.add(sorted);
                return sets.size() - 1;
            }
            return known;
        }

        /** {@return how many sets} */
        int count() {
            return sets.size();
        }

        ThresholdSets build() {
            return new ThresholdSets(sets);
        }
    }
}
