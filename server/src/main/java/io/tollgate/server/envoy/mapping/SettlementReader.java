/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy.mapping;

import io.tollgate.server.envoy.mapping.Settlement.Actual;
import io.tollgate.server.envoy.mapping.Settlement.End;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Reads how the reservations of a rule end. Used once, by one thread. */
final class SettlementReader {
    private static final Set<String> KEYS = Set.of("usage", "on_missing", "on_failure");
    private static final Set<String> ACTUAL_KEYS =
            Set.of("unit", "header", "trailer", "metadata", "key", "multiply", "divide");
    private static final List<String> PLACES = List.of("header", "trailer", "metadata");

    private final Shapes shapes;
    private final BiConsumer<YamlNode, String> problems;

    SettlementReader(final Shapes shapes, final BiConsumer<YamlNode, String> problems) {
        this.shapes = shapes;
        this.problems = problems;
    }

    /**
     * {@return what is written; null = nothing is}
     *
     * @param mode   of the rule; null = it says none
     * @param amounts what the rule reserves
     */
    @Nullable
    Settlement read(final @Nullable YamlNode node, final @Nullable ValueSource mode, final List<Amount> amounts) {
        if (node == null) {
            return null;
        }
        if (mode == null || mode instanceof ValueSource.Literal literal && !isReserve(literal.value())) {
            problems.accept(
                    node,
                    "settles reservations, and the rule takes none: its mode is "
                            + (mode instanceof ValueSource.Literal literal ? literal.value() : "consume")
                            + "; write mode: reserve in its request, or leave out settle");
        }
        final Map<String, YamlNode> map = shapes.map(node, KEYS, Set.of());
        final End onMissing = shapes.word(map.get("on_missing"), End.class, End.RESERVED);
        if (onMissing == End.ACTUAL) {
            problems.accept(
                    node, "has on_missing: actual, which is what is missing; write one of reserved, release, expire");
        }
        return new Settlement(
                actuals(map.get("usage"), amounts),
                onMissing,
                shapes.word(map.get("on_failure"), End.class, End.RELEASE));
    }

    private static boolean isReserve(final String mode) {
        return mode.toLowerCase(Locale.ROOT).equals("reserve");
    }

    private List<Actual> actuals(final @Nullable YamlNode node, final List<Amount> amounts) {
        final Set<String> reserved = new TreeSet<>();
        amounts.forEach(each -> reserved.add(each.unit()));
        final Set<String> seen = new HashSet<>();
        final List<Actual> actuals = new ArrayList<>();
        for (final YamlNode each : shapes.list(node)) {
            final Actual actual = actual(each);
            if (actual == null) {
                continue;
            }
            if (!reserved.contains(actual.unit())) {
                problems.accept(
                        each,
                        "settles the unit " + actual.unit() + ", which the rule does not reserve; it reserves "
                                + reserved
                                + "; add it to the usage of the request, with amount: 0 where nothing is known before");
            } else if (!seen.add(actual.unit())) {
                problems.accept(each, "settles the unit " + actual.unit() + " a second time; one place for each unit");
            }
            actuals.add(actual);
        }
        return List.copyOf(actuals);
    }

    private @Nullable Actual actual(final YamlNode node) {
        final Map<String, YamlNode> actual = shapes.map(node, ACTUAL_KEYS, Set.of("unit"));
        if (actual.keySet().stream().filter(PLACES::contains).count() != 1) {
            problems.accept(node, "must say one of header, trailer, and metadata with key");
            return null;
        }
        final YamlNode filter = actual.get("metadata");
        final YamlNode key = actual.get("key");
        if ((filter == null) != (key == null)) {
            problems.accept(
                    node,
                    "needs metadata and key together, like { metadata: envoy.lb, key: tokens.output, unit: ... }");
            return null;
        }
        return new Actual(
                shapes.text(actual.get("unit")),
                lower(actual.get("header")),
                lower(actual.get("trailer")),
                filter == null ? null : shapes.text(filter),
                key == null ? List.of() : SourceReader.steps(shapes.text(key)),
                shapes.number(actual.get("multiply"), 1),
                shapes.number(actual.get("divide"), 1));
    }

    private @Nullable String lower(final @Nullable YamlNode node) {
        return node == null ? null : shapes.text(node).toLowerCase(Locale.ROOT);
    }
}
