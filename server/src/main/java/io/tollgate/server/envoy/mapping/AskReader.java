/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy.mapping;

import io.tollgate.server.envoy.mapping.SourceReader.Wanted;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Reads {@code request:}, of a rule or of all. Used once, by one thread. */
final class AskReader {
    private static final Set<String> AMOUNT_KEYS = Set.of("unit", "amount", "multiply", "divide", "max", "default");
    private static final Set<String> SPLIT = Set.of("split");
    private static final Set<String> KEYS = keys();

    private final Shapes shapes;
    private final SourceReader sources;
    private final BiConsumer<YamlNode, String> problems;

    AskReader(final Shapes shapes, final SourceReader sources, final BiConsumer<YamlNode, String> problems) {
        this.shapes = shapes;
        this.sources = sources;
        this.problems = problems;
    }

    private static Set<String> keys() {
        final Set<String> keys = new HashSet<>(Shapes.FIELDS);
        keys.addAll(Set.of("roles", "token_scopes", "actor_attributes", "attributes", "resource_attributes"));
        keys.addAll(Set.of("usage", "current_usage"));
        return Set.copyOf(keys);
    }

    /**
     * {@return what is written; what could not be read is left out, after its problem}
     *
     * @param names of the rule's path
     */
    Ask read(final @Nullable YamlNode node, final Set<String> names) {
        if (node == null) {
            return Ask.NOTHING;
        }
        final Map<String, YamlNode> written = shapes.map(node, KEYS, Set.of());
        return new Ask(
                fields(written, names),
                list(written.get("roles"), new Wanted(names, true, Form.TEXT, SPLIT)),
                list(written.get("token_scopes"), new Wanted(names, true, Form.TEXT, SPLIT)),
                attributes(written.get("actor_attributes"), names, true),
                attributes(written.get("attributes"), names, false),
                attributes(written.get("resource_attributes"), names, false),
                amounts(written.get("usage"), names),
                readings(written.get("current_usage"), names));
    }

    private Map<Field, ValueSource> fields(final Map<String, YamlNode> written, final Set<String> names) {
        final Map<Field, ValueSource> fields = new EnumMap<>(Field.class);
        for (final Field field : Field.values()) {
            final YamlNode node = written.get(field.key());
            final ValueSource read =
                    node == null ? null : sources.read(node, new Wanted(names, field.isWho(), field.form(), Set.of()));
            if (field == Field.API_KEY && isWritten(read)) {
                problems.accept(
                        node,
                        "is a key as it is, for everybody who reads this file; name who asks by actor_type and actor_id");
            } else if (read != null) {
                fields.put(field, read);
            }
        }
        return fields;
    }

    private static boolean isWritten(final @Nullable ValueSource source) {
        return source instanceof ValueSource.Literal
                || source instanceof ValueSource.FirstOf several
                        && several.sources().stream().anyMatch(AskReader::isWritten);
    }

    /** A list of sources is all of them together, unlike that of a single value. */
    private @Nullable ListSource list(final @Nullable YamlNode node, final Wanted wanted) {
        if (node == null) {
            return null;
        }
        final List<ListSource.Part> parts = new ArrayList<>();
        for (final YamlNode each : node.list() == null ? List.of(node) : node.list()) {
            if (each.list() != null) {
                problems.accept(each, "is a list in a list; write its elements into the outer one");
                continue;
            }
            final ValueSource source = sources.read(each, wanted);
            if (source != null) {
                final YamlNode split = each.map() == null ? null : each.map().get("split");
                parts.add(new ListSource.Part(source, shapes.word(split, ListSource.Split.class, source.usualSplit())));
            }
        }
        return new ListSource(List.copyOf(parts));
    }

    private Map<String, TypedSource> attributes(
            final @Nullable YamlNode node, final Set<String> names, final boolean who) {
        final Map<String, TypedSource> attributes = new LinkedHashMap<>();
        if (node == null) {
            return attributes;
        }
        if (node.map() == null) {
            problems.accept(node, "must be a mapping from attributes to sources");
            return attributes;
        }
        node.map().forEach((name, value) -> {
            final TypedSource source = attribute(value, names, who);
            if (source != null) {
                attributes.put(name, source);
            }
        });
        return attributes;
    }

    private @Nullable TypedSource attribute(final YamlNode node, final Set<String> names, final boolean who) {
        final Map<String, YamlNode> map = node.map() == null ? Map.of() : node.map();
        final TypedSource.Type type = shapes.word(map.get("type"), TypedSource.Type.class, TypedSource.Type.STRING);
        YamlNode from = node;
        final YamlNode several = map.get("from");
        if (several != null) {
            shapes.map(node, Set.of("from", "type"), Set.of("type"));
            if (several.list() == null) {
                problems.accept(several, "must be a list of sources");
                return null;
            }
            from = several;
        }
        final boolean isList = type == TypedSource.Type.STRING_LIST;
        final Set<String> beside = new HashSet<>(isList ? SPLIT : Set.of());
        if (several == null && node.map() != null) {
            beside.add("type");
        }
        final Wanted wanted = new Wanted(names, who, type.form(), beside);
        if (isList) {
            return new TypedSource(null, list(from, wanted), type);
        }
        final ValueSource source = sources.read(from, wanted);
        return source == null ? null : new TypedSource(source, null, type);
    }

    private List<Amount> amounts(final @Nullable YamlNode node, final Set<String> names) {
        final List<Amount> amounts = new ArrayList<>();
        for (final YamlNode each : shapes.list(node)) {
            final Map<String, YamlNode> map = shapes.map(each, AMOUNT_KEYS, Set.of("unit", "amount"));
            final YamlNode amount = map.get("amount");
            final ValueSource source =
                    amount == null ? null : sources.read(amount, new Wanted(names, false, Form.AMOUNT, Set.of()));
            final YamlNode whenAbsent = map.get("default");
            if (source != null) {
                amounts.add(new Amount(
                        shapes.text(map.get("unit")),
                        source,
                        shapes.number(map.get("multiply"), 1),
                        shapes.number(map.get("divide"), 1),
                        shapes.number(map.get("max"), 0),
                        whenAbsent == null ? null : shapes.number(whenAbsent, 0, 0)));
            }
        }
        return amounts;
    }

    private List<Reading> readings(final @Nullable YamlNode node, final Set<String> names) {
        final List<Reading> readings = new ArrayList<>();
        for (final YamlNode each : shapes.list(node)) {
            final Map<String, YamlNode> map =
                    shapes.map(each, Set.of("dimension", "value"), Set.of("dimension", "value"));
            final YamlNode value = map.get("value");
            final ValueSource source =
                    value == null ? null : sources.read(value, new Wanted(names, false, Form.WHOLE, Set.of()));
            if (source != null) {
                readings.add(new Reading(shapes.text(map.get("dimension")), source));
            }
        }
        return readings;
    }
}
