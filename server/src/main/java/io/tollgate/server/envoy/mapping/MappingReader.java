/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy.mapping;

import io.tollgate.server.config.ConfigException;
import io.tollgate.server.config.ConfigProblem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads a mapping file. All mistakes of a run are told, each with line and column. Used once, by one thread. */
public final class MappingReader {
    private static final Set<String> IDENTITY = Set.of(
            "organization",
            "department",
            "project",
            "actor_type",
            "actor_id",
            "decision_id",
            "reservation_id",
            "granted",
            "cost",
            "obligations");
    private static final String BY_CONTEXT =
            """
            upstream: { remove: [x-api-key] }
            rules:
              - name: context
                request:
                  organization: { context: organization }
                  department: { context: department }
                  project: { context: project }
                  actor_type: { context: actor_type }
                  actor_id: [ { context: actor_id }, { claim: sub }, { principal: true } ]
                  api_key: { credential: x-api-key }
                  product: { context: product }
                  resource_type: { context: resource_type }
                  action: { context: action }
                  resource_id: { context: resource_id }
                  mode: { context: mode }
            """;

    private final String source;
    private final List<ConfigProblem> problems = new ArrayList<>();
    private final Shapes shapes;

    private MappingReader(final String source) {
        this.source = source;
        this.shapes = new Shapes(this::problem);
    }

    /**
     * Reads a file.
     *
     * @throws ConfigException naming every mistake and how to mend it
     */
    public static Mapping read(final Path file) {
        try {
            return read(Files.readString(file, StandardCharsets.UTF_8), file.toString());
        } catch (final IOException e) {
            throw new ConfigException(List.of(new ConfigProblem(
                    file.toString(),
                    0,
                    0,
                    "",
                    "cannot be read: " + e + "; envoy.mapping in the configuration names it")));
        }
    }

    /** {@return the mapping of who wrote none: all that is asked stands in the route's context extensions, by the names of the fields} */
    public static Mapping byContext() {
        return read(BY_CONTEXT, "the built-in mapping");
    }

    /** As {@link #read(Path)}, of a text; source names it in messages. */
    public static Mapping read(final String yaml, final String source) {
        final MappingReader reader = new MappingReader(source);
        final Mapping mapping = reader.mapping(YamlNode.read(yaml, source, reader.problems), yaml);
        if (mapping == null || !reader.problems.isEmpty()) {
            throw new ConfigException(reader.problems);
        }
        return mapping;
    }

    private @Nullable Mapping mapping(final @Nullable YamlNode root, final String yaml) {
        if (root == null || root.map() == null) {
            if (problems.isEmpty()) {
                problems.add(
                        new ConfigProblem(source, 1, 1, "", "is no mapping; it needs at least rules: or rate_limits:"));
            }
            return null;
        }
        final Map<String, YamlNode> map =
                shapes.map(root, Set.of("trusted_headers", "upstream", "request", "rules", "rate_limits"), Set.of());
        if (!map.containsKey("rules") && !map.containsKey("rate_limits")) {
            problem(root, "needs rules, for ext_authz, or rate_limits, for the rate limit service");
        }
        final Set<String> trusted = new HashSet<>();
        shapes.texts(map.get("trusted_headers")).forEach(each -> trusted.add(each.toLowerCase(Locale.ROOT)));
        final SourceReader sources = new SourceReader(trusted, this::problem);
        final AskReader asks = new AskReader(shapes, sources, this::problem);
        final RuleReader rules = new RuleReader(shapes, asks, this::problem);
        final Ask common = asks.read(map.get("request"), Set.of());
        final Mapping.Upstream upstream = upstream(map.get("upstream"));
        final List<Rule> read = new ArrayList<>();
        final YamlNode written = map.get("rules");
        final List<YamlNode> nodes = new ArrayList<>(shapes.list(written));
        for (final YamlNode node : nodes) {
            final Rule rule = rules.read(node, common);
            check(rule, read, node);
            tellsGrants(rule, upstream, node);
            read.add(rule);
        }
        if (written != null && nodes.isEmpty()) {
            problem(written, "is empty; without a rule nothing passes");
        }
        final RateLimits limits = new LimitReader(shapes, this::problem).read(map.get("rate_limits"));
        return new Mapping(read, upstream, limits, yaml);
    }

    private void check(final Rule rule, final List<Rule> before, final YamlNode node) {
        for (final Rule earlier : before) {
            if (earlier.name().equals(rule.name())) {
                problem(node, "has the name " + rule.name() + " of an earlier rule; names are unique");
            } else if (earlier.match().covers(rule.match())) {
                problem(
                        node,
                        "is never reached: rule " + earlier.name()
                                + " comes first and matches the same requests; put this one before it");
            }
        }
    }

    private void tellsGrants(final Rule rule, final Mapping.Upstream upstream, final YamlNode node) {
        final ValueSource partial =
                rule.ask() == null ? null : rule.ask().fields().get(Field.ALLOW_PARTIAL);
        final boolean never = partial instanceof ValueSource.Literal literal
                && literal.value().equals("false");
        if (partial != null && !never && !upstream.identity().containsKey("granted")) {
            problem(
                    node,
                    "may grant less than is asked, and nobody tells the service how much; name a header for it, like"
                            + " upstream: { identity: { granted: x-granted } }");
        }
    }

    private Mapping.Upstream upstream(final @Nullable YamlNode node) {
        final Map<String, String> identity = new LinkedHashMap<>();
        final List<String> removed = new ArrayList<>();
        if (node != null) {
            final Map<String, YamlNode> map = shapes.map(node, Set.of("identity", "remove"), Set.of());
            final YamlNode headers = map.get("identity");
            if (headers != null) {
                shapes.map(headers, IDENTITY, Set.of())
                        .forEach((what, header) -> identity.put(what, headerName(header, header.text())));
            }
            final YamlNode remove = map.get("remove");
            for (final String each : shapes.texts(remove)) {
                removed.add(headerName(remove, each));
                if (identity.containsValue(each.toLowerCase(Locale.ROOT))) {
                    problem(
                            node,
                            "sets and removes " + each
                                    + ": Envoy removes after it sets, and the header would be lost; keep one");
                }
            }
        }
        return new Mapping.Upstream(Map.copyOf(identity), List.copyOf(removed));
    }

    private String headerName(final @Nullable YamlNode node, final @Nullable String name) {
        final String lower = name == null ? "" : name.toLowerCase(Locale.ROOT);
        if (node != null && (!lower.matches("[a-z0-9!#$%&'*+.^_`|~-]+") || lower.equals("host"))) {
            problem(node, "is no header that can be set or removed: " + name);
        }
        return lower;
    }

    private void problem(final YamlNode node, final String what) {
        problems.add(node.problem(source, what));
    }
}
