/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy.mapping;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Reads the section rate_limits of the mapping. Every mistake is told with its place. Used once, by one thread. */
final class LimitReader {
    /** What a question about a descriptor may say: its mode follows from the hits, and it is never the same question twice. */
    private static final Set<Field> NOT_HERE = Set.of(Field.MODE, Field.IDEMPOTENCY_KEY);

    private static final Set<String> RULE_KEYS =
            Set.of("name", "match", "request", "hits", "shadow", "unlimited", "override");
    private static final List<String> NOT_OF_UNLIMITED = List.of("request", "hits", "shadow", "override");
    private static final Set<String> REQUEST_KEYS = requestKeys();

    private final Shapes shapes;
    private final BiConsumer<YamlNode, String> problems;

    private enum Unmatched {
        OVER_LIMIT,
        OK
    }

    private enum Override {
        REFUSE,
        IGNORE
    }

    private enum Flag {
        TRUE,
        FALSE
    }

    LimitReader(final Shapes shapes, final BiConsumer<YamlNode, String> problems) {
        this.shapes = shapes;
        this.problems = problems;
    }

    private static Set<String> requestKeys() {
        final Set<String> keys = new HashSet<>(Set.of("attributes", "resource_attributes"));
        for (final Field field : Field.values()) {
            if (!NOT_HERE.contains(field)) {
                keys.add(field.key());
            }
        }
        return Set.copyOf(keys);
    }

    /** {@return the section; none for null} */
    RateLimits read(final @Nullable YamlNode node) {
        if (node == null) {
            return RateLimits.NONE;
        }
        final List<YamlNode> nodes = shapes.list(node);
        if (node.list() != null && nodes.isEmpty()) {
            problems.accept(node, "is empty; leave it away, or name a domain");
        }
        final List<RateLimits.Domain> domains = new ArrayList<>();
        for (final YamlNode each : nodes) {
            final RateLimits.Domain domain = domain(each);
            for (final RateLimits.Domain earlier : domains) {
                if (earlier.name().equals(domain.name())) {
                    problems.accept(each, "is domain " + domain.name() + " again; write its rules in one place");
                }
            }
            domains.add(domain);
        }
        return new RateLimits(domains);
    }

    private RateLimits.Domain domain(final YamlNode node) {
        final Map<String, YamlNode> map =
                shapes.map(node, Set.of("domain", "unmatched", "rules"), Set.of("domain", "rules"));
        final List<LimitRule> rules = new ArrayList<>();
        final YamlNode written = map.get("rules");
        for (final YamlNode each : shapes.list(written)) {
            final LimitRule rule = rule(each);
            check(rule, rules, each);
            rules.add(rule);
        }
        if (written != null && written.list() != null && rules.isEmpty()) {
            problems.accept(written, "is empty; without a rule nothing can be asked");
        }
        final boolean passes = shapes.word(map.get("unmatched"), Unmatched.class, Unmatched.OVER_LIMIT) == Unmatched.OK;
        return new RateLimits.Domain(shapes.text(map.get("domain")), passes, rules);
    }

    private void check(final LimitRule rule, final List<LimitRule> before, final YamlNode node) {
        for (final LimitRule earlier : before) {
            if (earlier.name().equals(rule.name())) {
                problems.accept(
                        node, "has the name " + rule.name() + " of an earlier rule; names are unique in a domain");
            } else if (!rule.match().isEmpty() && earlier.covers(rule)) {
                problems.accept(
                        node,
                        "is never reached: rule " + earlier.name()
                                + " comes first and matches the same descriptors; put this one before it");
            }
        }
    }

    private LimitRule rule(final YamlNode node) {
        final Map<String, YamlNode> map = shapes.map(node, RULE_KEYS, Set.of("name", "match"));
        final String name = shapes.text(map.get("name"));
        if (name.startsWith("(")) {
            problems.accept(node, "has a name in brackets, which metrics use for what no rule is for; write another");
        }
        final List<LimitRule.Entry> match = match(map.get("match"));
        if (flag(map.get("unlimited"))) {
            for (final String each : NOT_OF_UNLIMITED) {
                final YamlNode beside = map.get(each);
                if (beside != null) {
                    problems.accept(beside, "stands beside unlimited, where nothing is asked; keep one");
                }
            }
            return new LimitRule(name, match, true, Map.of(), Map.of(), Map.of(), null, false, true);
        }
        final YamlNode request = map.get("request");
        if (request == null) {
            problems.accept(node, "needs request, which says what is asked, or unlimited: true");
        }
        final Map<String, YamlNode> written = request == null ? Map.of() : shapes.map(request, REQUEST_KEYS, Set.of());
        final Map<Field, EntrySource> fields = fields(written, match);
        if (request != null) {
            checkComplete(request, written);
        }
        return new LimitRule(
                name,
                match,
                false,
                fields,
                attributes(written.get("attributes"), match),
                attributes(written.get("resource_attributes"), match),
                hits(map.get("hits")),
                flag(map.get("shadow")),
                shapes.word(map.get("override"), Override.class, Override.REFUSE) == Override.IGNORE);
    }

    private void checkComplete(final YamlNode request, final Map<String, YamlNode> written) {
        for (final Field field : List.of(Field.PRODUCT, Field.RESOURCE_TYPE, Field.ACTION)) {
            if (!written.containsKey(field.key())) {
                problems.accept(request, "says no " + field.key());
            }
        }
        final boolean key = written.containsKey(Field.API_KEY.key());
        final boolean type = written.containsKey(Field.ACTOR_TYPE.key());
        final boolean id = written.containsKey(Field.ACTOR_ID.key());
        if (key && (type || id)) {
            problems.accept(request, "says twice who asks; give actor_type and actor_id, or api_key");
        } else if (!key && !(type && id)) {
            problems.accept(request, "says nobody who asks; give actor_type and actor_id, or api_key");
        }
    }

    private List<LimitRule.Entry> match(final @Nullable YamlNode node) {
        final List<LimitRule.Entry> match = new ArrayList<>();
        for (final YamlNode each : shapes.list(node)) {
            final Map<String, YamlNode> map = shapes.map(each, Set.of("key", "value"), Set.of("key"));
            final YamlNode value = map.get("value");
            match.add(LimitRule.Entry.of(
                    shapes.text(map.get("key")), value == null ? null : String.valueOf(value.text())));
            if (value != null && value.text() == null) {
                problems.accept(value, "must be a text; without value every one matches");
            }
        }
        if (node != null && node.list() != null && match.isEmpty()) {
            problems.accept(node, "is empty; write the entries of the descriptor, like [ { key: user } ]");
        }
        return match;
    }

    private Map<Field, EntrySource> fields(final Map<String, YamlNode> written, final List<LimitRule.Entry> match) {
        final Map<Field, EntrySource> fields = new EnumMap<>(Field.class);
        for (final Field field : Field.values()) {
            final YamlNode node = written.get(field.key());
            final EntrySource source =
                    node == null ? null : source(node, match, Set.of("value", "entry", "nth", "scheme"));
            if (source != null) {
                fields.put(field, source);
            }
        }
        return fields;
    }

    private @Nullable EntrySource source(
            final YamlNode node, final List<LimitRule.Entry> match, final Set<String> known) {
        if (node.text() != null && !node.text().isEmpty()) {
            return EntrySource.of(node.text());
        }
        if (node.map() == null) {
            problems.accept(node, "must be a text, or an entry of the descriptor, like { entry: user }");
            return null;
        }
        final Map<String, YamlNode> map = shapes.map(node, known, Set.of());
        final YamlNode literal = map.get("value");
        final YamlNode entry = map.get("entry");
        if ((literal == null) == (entry == null)) {
            problems.accept(node, "must have one of value and entry");
            return null;
        }
        if (literal != null) {
            return EntrySource.of(shapes.text(literal));
        }
        final int index = index(shapes.text(entry), map.get("nth"), entry, match);
        final YamlNode scheme = map.get("scheme");
        return index < 0
                ? null
                : new EntrySource(
                        null,
                        index,
                        scheme == null ? "" : shapes.text(scheme),
                        "the entry " + match.get(index).key());
    }

    private int index(
            final String key,
            final @Nullable YamlNode nth,
            final @Nullable YamlNode node,
            final List<LimitRule.Entry> match) {
        final List<Integer> found = new ArrayList<>();
        for (int i = 0; i < match.size(); i++) {
            if (match.get(i).key().equals(key)) {
                found.add(i);
            }
        }
        final long which = shapes.number(nth, 0);
        if (node != null && !key.isEmpty()) {
            if (found.isEmpty()) {
                problems.accept(
                        node,
                        "is " + key + ", which the rule's match does not have; it has "
                                + new TreeSet<>(
                                        match.stream().map(LimitRule.Entry::key).toList()));
            } else if (which == 0 && found.size() > 1) {
                problems.accept(
                        node,
                        "is " + key + ", which stands in match " + found.size() + " times; say which, like { entry: "
                                + key + ", nth: 2 }");
            } else if (which > found.size()) {
                problems.accept(
                        nth == null ? node : nth,
                        "is " + which + "; " + key + " stands in match " + found.size() + " times");
            } else {
                return found.get((int) Math.max(0, which - 1));
            }
        }
        return -1;
    }

    private Map<String, EntrySource.Typed> attributes(
            final @Nullable YamlNode node, final List<LimitRule.Entry> match) {
        final Map<String, EntrySource.Typed> attributes = new LinkedHashMap<>();
        if (node == null) {
            return attributes;
        }
        if (node.map() == null) {
            problems.accept(node, "must be a mapping from attributes to sources");
            return attributes;
        }
        node.map().forEach((name, value) -> {
            final EntrySource.Typed typed = typed(value, match);
            if (typed != null) {
                attributes.put(name, typed);
            }
        });
        return attributes;
    }

    private EntrySource.@Nullable Typed typed(final YamlNode node, final List<LimitRule.Entry> match) {
        final EntrySource source = source(node, match, Set.of("value", "entry", "nth", "type"));
        final YamlNode written = node.map() == null ? null : node.map().get("type");
        final TypedSource.Type type = shapes.word(written, TypedSource.Type.class, TypedSource.Type.STRING);
        if (source == null) {
            return null;
        }
        if (type == TypedSource.Type.STRING_LIST) {
            problems.accept(
                    written == null ? node : written, "is string_list; an entry of a descriptor is a single value");
            return null;
        }
        if (source.literal() == null) {
            return new EntrySource.Typed(source, type);
        }
        final String literal = type.form().acceptWritten(source.literal());
        if (literal == null) {
            problems.accept(
                    node, "is " + source.literal() + "; write " + type.form().words());
            return null;
        }
        return new EntrySource.Typed(EntrySource.of(literal), type);
    }

    private LimitRule.@Nullable Hits hits(final @Nullable YamlNode node) {
        if (node == null) {
            return null;
        }
        final Map<String, YamlNode> map = shapes.map(node, Set.of("unit", "multiply", "partial"), Set.of("unit"));
        return new LimitRule.Hits(
                shapes.text(map.get("unit")), shapes.number(map.get("multiply"), 1), flag(map.get("partial")));
    }

    private boolean flag(final @Nullable YamlNode node) {
        return shapes.word(node, Flag.class, Flag.FALSE) == Flag.TRUE;
    }
}
