/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import io.tollgate.control.source.Code;
import io.tollgate.control.source.Position;
import io.tollgate.v1.PriceRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Prices of one book that could both be meant: with the same match; or with equally many attributes, other ones, that a request can have at
 * once, and no price with more attributes for that case. Then which one counts would depend on the order in which they are written.
 */
final class PriceAmbiguity {
    private final Compilation compilation;
    /** By dimension and then by the attributes that they match on. */
    private final Map<Integer, Map<Set<String>, List<Written>>> dimensions = new LinkedHashMap<>();

    private final Map<List<Object>, Position> seen = new HashMap<>();

    private record Written(String feature, Map<String, String> match, Position at) {}

    PriceAmbiguity(Compilation compilation) {
        this.compilation = compilation;
    }

    void add(String feature, PriceRecord price, Position at) {
        Map<String, String> match = price.getMatchMap();
        Position earlier = seen.putIfAbsent(List.of(price.getDimensionId(), match), at);
        if (earlier != null) {
            compilation.duplicate(at, "price for", feature + " with the same match", earlier);
            return;
        }
        dimensions
                .computeIfAbsent(price.getDimensionId(), key -> new LinkedHashMap<>())
                .computeIfAbsent(match.keySet(), key -> new ArrayList<>())
                .add(new Written(feature, match, at));
    }

    void check() {
        for (Map<Set<String>, List<Written>> shapes : dimensions.values()) {
            List<Set<String>> keys = new ArrayList<>(shapes.keySet());
            for (int i = 0; i < keys.size(); i++) {
                for (int j = i + 1; j < keys.size(); j++) {
                    if (keys.get(i).size() == keys.get(j).size()) {
                        compare(shapes, keys.get(i), keys.get(j));
                    }
                }
            }
        }
    }

    /** Reports the first pair: the others come to light when it is mended. */
    private void compare(Map<Set<String>, List<Written>> shapes, Set<String> first, Set<String> second) {
        for (Written a : shapes.getOrDefault(first, List.of())) {
            for (Written b : shapes.getOrDefault(second, List.of())) {
                if (together(a, b) && !covered(shapes, a, b)) {
                    compilation.error(
                            b.at(),
                            Code.PRICE_TERMS,
                            "this price for " + b.feature() + " and the one at " + a.at()
                                    + " match equally many attributes, and a request can match both",
                            "add a price that matches on all of them: " + union(a, b));
                    return;
                }
            }
        }
    }

    private static boolean together(Written a, Written b) {
        return a.match().entrySet().stream()
                .allMatch(entry ->
                        b.match().getOrDefault(entry.getKey(), entry.getValue()).equals(entry.getValue()));
    }

    /** Whether a price with more attributes always matches where both do. */
    private static boolean covered(Map<Set<String>, List<Written>> shapes, Written a, Written b) {
        Map<String, String> both = union(a, b);
        return shapes.entrySet().stream()
                .filter(shape -> shape.getKey().size() > a.match().size()
                        && both.keySet().containsAll(shape.getKey()))
                .flatMap(shape -> shape.getValue().stream())
                .anyMatch(price -> both.entrySet().containsAll(price.match().entrySet()));
    }

    private static Map<String, String> union(Written a, Written b) {
        Map<String, String> both = new java.util.TreeMap<>(a.match());
        both.putAll(b.match());
        return both;
    }
}
