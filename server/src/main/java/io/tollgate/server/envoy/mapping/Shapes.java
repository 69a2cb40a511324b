/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy.mapping;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** What a value of the mapping file may look like. Used once, by one thread. */
final class Shapes {
    /** Keys of a question that all rules may share. */
    static final Set<String> FIELDS = fields();

    private final BiConsumer<YamlNode, String> problems;

    Shapes(final BiConsumer<YamlNode, String> problems) {
        this.problems = problems;
    }

    private static Set<String> fields() {
        final Set<String> keys = new TreeSet<>();
        for (final Field field : Field.values()) {
            keys.add(field.key());
        }
        return Set.copyOf(keys);
    }

    /** {@return the entries of a mapping; unknown and missing keys are problems} */
    Map<String, YamlNode> map(final YamlNode node, final Set<String> known, final Set<String> needed) {
        final Map<String, YamlNode> map = node.map();
        if (map == null) {
            problems.accept(node, "must be a mapping of " + new TreeSet<>(known));
            return Map.of();
        }
        map.forEach((key, value) -> {
            if (!known.contains(key)) {
                problems.accept(value, "is not a known key; known here are " + new TreeSet<>(known));
            }
        });
        for (final String each : needed) {
            if (!map.containsKey(each)) {
                problems.accept(node, "needs " + each);
            }
        }
        return map;
    }

    /** {@return the elements of a list; none for null} */
    List<YamlNode> list(final @Nullable YamlNode node) {
        if (node == null) {
            return List.of();
        }
        final List<YamlNode> list = node.list();
        if (list == null) {
            problems.accept(node, "must be a list");
            return List.of();
        }
        return list;
    }

    /** {@return the texts of a list} */
    List<String> texts(final @Nullable YamlNode node) {
        final List<String> texts = new ArrayList<>();
        for (final YamlNode each : list(node)) {
            texts.add(text(each));
        }
        return texts;
    }

    /** {@return a text that is not empty, or "" after a problem} */
    String text(final @Nullable YamlNode node) {
        if (node == null) {
            return "";
        }
        final String text = node.text();
        if (text == null || text.isEmpty()) {
            problems.accept(node, "must be a text");
            return "";
        }
        return text;
    }

    /** {@return a whole number of at least 1} */
    long number(final @Nullable YamlNode node, final long whenAbsent) {
        return number(node, whenAbsent, 1);
    }

    long number(final @Nullable YamlNode node, final long whenAbsent, final long least) {
        if (node == null) {
            return whenAbsent;
        }
        try {
            final long number = Long.parseLong(text(node).replace("_", ""));
            if (number >= least) {
                return number;
            }
        } catch (final NumberFormatException ignored) {
            // told below
        }
        problems.accept(node, "is " + node.text() + "; write a whole number of at least " + least);
        return whenAbsent;
    }

    /** {@return milliseconds of 500ms, 30s, 5m, 2h} */
    long duration(final @Nullable YamlNode node) {
        if (node == null) {
            return 0;
        }
        final String text = text(node);
        final long ms = Form.durationMs(text);
        if (ms == Form.NONE) {
            problems.accept(node, "is " + text + "; write " + Form.DURATION.words());
            return 0;
        }
        return ms;
    }

    /** {@return one of the words of an enum} */
    <E extends Enum<E>> E word(final @Nullable YamlNode node, final Class<E> type, final E whenAbsent) {
        if (node == null) {
            return whenAbsent;
        }
        final List<String> words = new ArrayList<>();
        for (final E each : type.getEnumConstants()) {
            final String word = each.name().toLowerCase(Locale.ROOT);
            if (word.equals(node.text())) {
                return each;
            }
            words.add(word);
        }
        problems.accept(node, "is " + node.text() + "; write one of " + words);
        return whenAbsent;
    }
}
