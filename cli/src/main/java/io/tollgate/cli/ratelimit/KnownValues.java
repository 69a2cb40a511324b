/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.ratelimit;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The values that keys without a value are known to have: who gets a counter. A file of them has one of two forms:
 *
 * <pre>
 * user: [ana, ben]                          # by key; with a tenant key: in every tenant
 * tenant: [lumen, fernway]
 *
 * - { tenant: lumen, user: ana }            # or what belongs together
 * - { tenant: fernway, project: rag }
 * </pre>
 */
public final class KnownValues {
    private static final int MAX_BYTES = 256;

    private final Choices choices;
    private final Findings findings;
    private final Map<String, Set<String>> byKey = new TreeMap<>();
    private final Map<String, Map<String, Set<String>>> byTenant = new TreeMap<>();

    KnownValues(final Choices choices, final Findings findings) {
        this.choices = choices;
        this.findings = findings;
    }

    void read(final String file, final String text) {
        final Yaml root = YamlFile.read(file, text, findings);
        if (root == null) {
            return;
        }
        if (root.pairs() != null) {
            root.pairs().forEach((key, list) -> byKey(key, list));
        } else if (root.items() != null) {
            root.items().forEach(this::combination);
        } else {
            findings.error(root.at(), "values are a mapping or a list", "write 'key: [value, value]'");
        }
    }

    private void byKey(final Yaml key, final Yaml list) {
        if (list.items() == null) {
            findings.error(list.at(), "takes a list of values, not " + list.form(), "write '[value, value]'");
            return;
        }
        if (!isKnown(key)) {
            return;
        }
        for (final Yaml item : list.items()) {
            final String value = value(item);
            if (value != null) {
                byKey.computeIfAbsent(String.valueOf(key.text()), any -> new LinkedHashSet<>())
                        .add(value);
            }
        }
    }

    private void combination(final Yaml item) {
        if (item.pairs() == null) {
            findings.error(item.at(), "takes a mapping, not " + item.form(), "write '- { key: value, key: value }'");
            return;
        }
        final Map<String, String> values = new LinkedHashMap<>();
        item.pairs().forEach((key, written) -> {
            final String value = value(written);
            if (isKnown(key) && value != null) {
                values.put(String.valueOf(key.text()), value);
            }
        });
        final String tenant = values.remove(choices.tenant());
        if (tenant == null) {
            values.forEach((key, value) ->
                    byKey.computeIfAbsent(key, any -> new LinkedHashSet<>()).add(value));
            return;
        }
        byKey.computeIfAbsent(choices.tenant(), any -> new LinkedHashSet<>()).add(tenant);
        final Map<String, Set<String>> inside = byTenant.computeIfAbsent(tenant, any -> new TreeMap<>());
        values.forEach((key, value) ->
                inside.computeIfAbsent(key, any -> new LinkedHashSet<>()).add(value));
    }

    private boolean isKnown(final Yaml key) {
        final String name = key.text() == null ? "" : key.text();
        if (choices.role(name).isPresent()) {
            return true;
        }
        findings.error(
                key.at(),
                "values of '" + name + "', and nothing says what they are",
                "say it: --actor " + name + ", --project " + name + " or --tenant " + name);
        return false;
    }

    private @Nullable String value(final Yaml written) {
        final String value = written.text() == null ? "" : written.text();
        final String defect = defect(value);
        if (defect.isEmpty()) {
            return value;
        }
        findings.error(
                written.at(),
                "'" + value + "' cannot be registered: " + defect,
                "leave it out, and keep its limit where it is");
        return null;
    }

    /** {@return why a text cannot be the id of an organization, project or actor; empty if it can} */
    public static String defect(final String value) {
        if (value.isEmpty()) {
            return "it is empty";
        }
        if (value.indexOf('/') >= 0) {
            return "an id has no slash";
        }
        if (!value.strip().equals(value)) {
            return "an id has no space at its ends";
        }
        if (value.chars().anyMatch(Character::isISOControl)) {
            return "an id has no control characters";
        }
        return value.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES
                ? "an id has at most " + MAX_BYTES + " bytes"
                : "";
    }

    /** {@return the organizations that a tenant key names} */
    List<String> tenants() {
        return List.copyOf(byKey.getOrDefault(choices.tenant(), Set.of()));
    }

    /**
     * {@return the values of a key in an organization}
     *
     * @param tenant empty = the organization of who names none: all values of the key
     */
    List<String> in(final String tenant, final String key) {
        final Set<String> values = new LinkedHashSet<>(byKey.getOrDefault(key, Set.of()));
        if (tenant.isEmpty()) {
            byTenant.values().forEach(each -> values.addAll(each.getOrDefault(key, Set.of())));
        } else {
            values.addAll(byTenant.getOrDefault(tenant, Map.of()).getOrDefault(key, Set.of()));
        }
        return new ArrayList<>(values);
    }
}
