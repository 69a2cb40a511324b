/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy.mapping;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Reads one rule of the mapping. Used once, by one thread. */
final class RuleReader {
    private static final Set<String> RULE_KEYS = Set.of("name", "match", "pass", "request", "settle");

    private final Shapes shapes;
    private final AskReader asks;
    private final SettlementReader settlements;
    private final BiConsumer<YamlNode, String> problems;

    RuleReader(final Shapes shapes, final AskReader asks, final BiConsumer<YamlNode, String> problems) {
        this.shapes = shapes;
        this.asks = asks;
        this.problems = problems;
        this.settlements = new SettlementReader(shapes, problems);
    }

    Rule read(final YamlNode node, final Ask common) {
        final Map<String, YamlNode> map = shapes.map(node, RULE_KEYS, Set.of("name"));
        final String name = shapes.text(map.get("name"));
        final Rule.Match match = match(map.get("match"));
        final YamlNode pass = map.get("pass");
        if (pass != null) {
            if (!"true".equals(pass.text()) || map.containsKey("request")) {
                problems.accept(pass, "must be true, and a rule that passes asks nothing: no request beside it");
            }
            if (map.containsKey("settle")) {
                problems.accept(pass, "reserves nothing, so there is nothing to settle; leave out settle or pass");
            }
            return new Rule(name, match, null, null);
        }
        final Set<String> names = match.path() == null ? Set.of() : match.path().names();
        final Ask ask = asks.read(map.get("request"), names).over(common);
        for (final Field field : List.of(Field.PRODUCT, Field.RESOURCE_TYPE, Field.ACTION)) {
            if (!ask.fields().containsKey(field)) {
                problems.accept(node, "says no " + field.key() + ", neither itself nor in the common request");
            }
        }
        if (!ask.fields().containsKey(Field.API_KEY)
                && !(ask.fields().containsKey(Field.ACTOR_ID) && ask.fields().containsKey(Field.ACTOR_TYPE))) {
            problems.accept(node, "says nobody who asks; give actor_type and actor_id, or api_key");
        }
        return new Rule(
                name,
                match,
                ask,
                settlements.read(map.get("settle"), ask.fields().get(Field.MODE), ask.amounts()));
    }

    private Rule.Match match(final @Nullable YamlNode node) {
        if (node == null) {
            return new Rule.Match(Set.of(), List.of(), null, Map.of());
        }
        final Map<String, YamlNode> map = shapes.map(node, Set.of("methods", "hosts", "path", "context"), Set.of());
        final Set<String> methods = new HashSet<>();
        shapes.texts(map.get("methods")).forEach(each -> methods.add(each.toUpperCase(Locale.ROOT)));
        final List<String> hosts = new ArrayList<>();
        shapes.texts(map.get("hosts")).forEach(each -> hosts.add(each.toLowerCase(Locale.ROOT)));
        final Map<String, String> context = new LinkedHashMap<>();
        final YamlNode extensions = map.get("context");
        if (extensions != null && extensions.map() != null) {
            extensions.map().forEach((key, value) -> context.put(key, shapes.text(value)));
        }
        return new Rule.Match(methods, hosts, path(map.get("path")), context);
    }

    private @Nullable PathTemplate path(final @Nullable YamlNode node) {
        if (node == null) {
            return null;
        }
        try {
            return PathTemplate.of(shapes.text(node));
        } catch (final IllegalArgumentException e) {
            problems.accept(node, String.valueOf(e.getMessage()));
            return null;
        }
    }
}
