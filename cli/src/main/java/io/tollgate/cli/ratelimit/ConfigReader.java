/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.ratelimit;

import io.tollgate.control.source.Position;
import io.tollgate.control.source.Suggestions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads configuration files of the reference server. What that server refuses is an error here, and so is what it silently ignores: a key
 * in a place where it means nothing.
 */
final class ConfigReader {
    private static final Set<String> ROOT = Set.of("domain", "descriptors");
    private static final Set<String> DESCRIPTOR = Set.of(
            "key",
            "value",
            "rate_limit",
            "descriptors",
            "shadow_mode",
            "quota_mode",
            "detailed_metric",
            "value_to_metric",
            "share_threshold");
    private static final Set<String> RATE_LIMIT = Set.of("unit", "requests_per_unit", "unlimited", "name", "replaces");
    private static final Set<String> REPLACED = Set.of("name");
    private static final long MAX_UINT32 = 0xffff_ffffL;

    private final Findings findings;
    private final boolean mergeDomains;
    private final Map<String, Domain> domains = new LinkedHashMap<>();

    ConfigReader(final Findings findings, final boolean mergeDomains) {
        this.findings = findings;
        this.mergeDomains = mergeDomains;
    }

    /** {@return the domains of all files that were read} */
    List<Domain> domains() {
        return List.copyOf(domains.values());
    }

    void read(final String file, final String text) {
        final Yaml root = YamlFile.read(file, text, findings);
        if (root == null) {
            return;
        }
        if (isConfigMap(root)) {
            findings.error(
                    root.at(),
                    "this is a Kubernetes object that holds the configuration",
                    "give the configuration itself, what stands under data: in it");
            return;
        }
        final Map<String, Yaml> fields = fields(root, "a configuration", ROOT);
        final String name = text(fields.get("domain"), "domain");
        final Position at = position(fields.get("domain"), root);
        if (name.isEmpty()) {
            findings.error(at, "there is no domain", "write domain: with the name that Envoy sends");
            return;
        }
        final List<Descriptor> descriptors = new ArrayList<>();
        final Domain before = domains.get(name);
        if (before != null) {
            if (!mergeDomains) {
                findings.error(
                        at,
                        "domain '" + name + "' stands already at " + before.at(),
                        "give one file for each domain, or --merge-domains where the server runs with MERGE_DOMAIN_CONFIG");
            }
            descriptors.addAll(before.descriptors());
        }
        descriptors(fields.get("descriptors"), descriptors);
        domains.put(name, new Domain(before == null ? at : before.at(), name, List.copyOf(descriptors)));
    }

    private static boolean isConfigMap(final Yaml root) {
        return root.pairs() != null && root.pairs().keySet().stream().anyMatch(key -> "apiVersion".equals(key.text()));
    }

    private void descriptors(final @Nullable Yaml list, final List<Descriptor> into) {
        if (list == null || list.isNull()) {
            return;
        }
        if (list.items() == null) {
            findings.error(list.at(), "descriptors takes a list, not " + list.form(), "write '- key: ...' below it");
            return;
        }
        final Map<String, Descriptor> known = new LinkedHashMap<>();
        into.forEach(each -> known.put(each.composite(), each));
        for (final Yaml item : list.items()) {
            final Descriptor read = descriptor(item);
            if (read == null) {
                continue;
            }
            final Descriptor earlier = known.putIfAbsent(read.composite(), read);
            if (earlier != null) {
                findings.error(
                        read.at(),
                        "'" + read.composite() + "' stands already at " + earlier.at()
                                + " (the reference server puts key and value together with '_')",
                        "keep one of them, or merge what is below them");
            }
            into.add(read);
        }
    }

    private @Nullable Descriptor descriptor(final Yaml node) {
        final Map<String, Yaml> fields = fields(node, "a descriptor", DESCRIPTOR);
        final String key = text(fields.get("key"), "key");
        if (node.pairs() == null) {
            return null;
        }
        if (key.isEmpty()) {
            findings.error(
                    node.at(), "a descriptor without key", "write key: with the key of the entry that Envoy sends");
            return null;
        }
        final String value = text(fields.get("value"), "value");
        if (value.isEmpty() && key.endsWith("*")) {
            findings.error(
                    position(fields.get("key"), node),
                    "the star stands in the key: it would match keys and values put together with '_'",
                    "write the key whole, and value: with the star");
        }
        final boolean shared = flag(fields.get("share_threshold"));
        if (shared && !value.endsWith("*")) {
            findings.error(
                    position(fields.get("share_threshold"), node),
                    "share_threshold has a meaning only beside a value that ends in '*'",
                    "remove it, or write the wildcard");
        }
        for (final String metric : List.of("detailed_metric", "value_to_metric")) {
            if (flag(fields.get(metric))) {
                findings.note(
                        position(fields.get(metric), node),
                        metric + " changes the server's statistics and no answer: left out",
                        "the decision log names the scope and the limit of every decision: tollgate tail");
            }
        }
        final boolean quota = flag(fields.get("quota_mode"));
        if (quota) {
            findings.differs(
                    position(fields.get("quota_mode"), node),
                    "quota_mode becomes a soft limit: never over the limit, but Envoy gets no metadata of it",
                    "read it from the warnings of the decision log, or from x-tollgate-reason");
        }
        final List<Descriptor> children = new ArrayList<>();
        descriptors(fields.get("descriptors"), children);
        return new Descriptor(
                node.at(),
                key,
                value,
                terms(fields.get("rate_limit")),
                quota || flag(fields.get("shadow_mode")),
                shared,
                List.copyOf(children));
    }

    private @Nullable Terms terms(final @Nullable Yaml node) {
        if (node == null || node.isNull()) {
            return null;
        }
        final Map<String, Yaml> fields = fields(node, "a rate_limit", RATE_LIMIT);
        final boolean unlimited = flag(fields.get("unlimited"));
        final Yaml written = fields.get("unit");
        final Unit unit = unit(written, node, unlimited);
        final List<String> replaces = new ArrayList<>();
        final String name = text(fields.get("name"), "name");
        final Yaml list = fields.get("replaces");
        if (list != null && list.items() != null) {
            for (final Yaml item : list.items()) {
                final String replaced =
                        text(fields(item, "an element of replaces", REPLACED).get("name"), "name");
                if (replaced.isEmpty() || replaced.equals(name)) {
                    findings.error(
                            item.at(),
                            replaced.isEmpty() ? "replaces without a name" : "a limit cannot replace itself",
                            "name another limit: - name: ...");
                } else {
                    replaces.add(replaced);
                }
            }
        } else if (list != null && !list.isNull()) {
            findings.error(list.at(), "replaces takes a list, not " + list.form(), "write '- name: ...' below it");
        }
        return new Terms(
                node.at(), unit, requests(fields.get("requests_per_unit")), unlimited, name, List.copyOf(replaces));
    }

    private @Nullable Unit unit(final @Nullable Yaml written, final Yaml node, final boolean unlimited) {
        final String text = text(written, "unit");
        if (unlimited) {
            if (!text.isEmpty()) {
                findings.error(position(written, node), "unlimited and a unit", "remove one of them");
            }
            return null;
        }
        for (final Unit each : Unit.values()) {
            if (each.name().equals(text.toUpperCase(Locale.ROOT))) {
                return each;
            }
        }
        findings.error(
                position(written, node),
                text.isEmpty() ? "a rate_limit without unit" : "'" + text + "' is no unit",
                "write second, minute, hour, day, week, month or year");
        return null;
    }

    /** As the reference server: what is not written is 0, and 0 lets nothing through. */
    private long requests(final @Nullable Yaml node) {
        final String text = text(node, "requests_per_unit");
        if (text.isEmpty()) {
            return 0;
        }
        try {
            final long requests = Long.parseLong(text.replace("_", ""));
            if (requests >= 0 && requests <= MAX_UINT32) {
                return requests;
            }
        } catch (final NumberFormatException e) {
            // told below
        }
        findings.error(
                position(node, null), "'" + text + "' is no number from 0 to " + MAX_UINT32, "write a whole number");
        return 0;
    }

    private boolean flag(final @Nullable Yaml node) {
        final String text = text(node, "a flag").toLowerCase(Locale.ROOT);
        if (Set.of("true", "yes", "on", "y").contains(text)) {
            return true;
        }
        if (node != null
                && !text.isEmpty()
                && !Set.of("false", "no", "off", "n").contains(text)) {
            findings.error(node.at(), "'" + text + "' is neither true nor false", "write true or false");
        }
        return false;
    }

    private String text(final @Nullable Yaml node, final String what) {
        if (node == null || node.isNull()) {
            return "";
        }
        if (node.text() == null) {
            findings.error(node.at(), what + " takes a single value, not " + node.form(), "write one value");
            return "";
        }
        return node.text();
    }

    private static Position position(final @Nullable Yaml node, final @Nullable Yaml otherwise) {
        if (node != null) {
            return node.at();
        }
        return otherwise == null ? Position.ofFile("") : otherwise.at();
    }

    /** {@return the values by key; what has no meaning here is an error} */
    private Map<String, Yaml> fields(final Yaml node, final String what, final Set<String> known) {
        if (node.pairs() == null) {
            findings.error(
                    node.at(), what + " is a mapping, not " + node.form(), "it has the keys " + new TreeSet<>(known));
            return Map.of();
        }
        final Map<String, Yaml> fields = new LinkedHashMap<>();
        node.pairs().forEach((key, value) -> {
            final String name = key.text() == null ? "" : key.text();
            if (known.contains(name)) {
                fields.put(name, value);
            } else if (DESCRIPTOR.contains(name) || RATE_LIMIT.contains(name) || ROOT.contains(name)) {
                findings.error(
                        key.at(),
                        "'" + name + "' has no meaning in " + what + "; the reference server ignores it here",
                        "move it to where it belongs, or remove it; " + what + " has " + new TreeSet<>(known));
            } else {
                findings.error(
                        key.at(),
                        "unknown key '" + name + "' in " + what,
                        Suggestions.remedy(name, known, "it has " + new TreeSet<>(known)));
            }
        });
        return fields;
    }
}
