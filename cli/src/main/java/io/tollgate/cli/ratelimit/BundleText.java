/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.ratelimit;

import io.tollgate.cli.ratelimit.Choices.Role;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The files of the bundle and the mapping. */
final class BundleText {
    private final Conversion conversion;
    private final String bundle;

    BundleText(final Conversion conversion, final String bundle) {
        this.conversion = conversion;
        this.bundle = bundle;
    }

    /** {@return the files by name} */
    Map<String, String> files() {
        final Map<String, String> files = new LinkedHashMap<>();
        files.put(
                "tollgate.yaml",
                new Text()
                        .line(
                                0,
                                "# Made of the configuration of the reference rate-limit server. It is yours now: docs/bundle.md.")
                        .line(0, "bundle: " + Text.of(bundle))
                        .line(0, "freshness: { directory: 5m, policy: 5m, entitlement: 5m, quota: 5m }")
                        .line(0, "defaults: { time_zone: UTC, thresholds: { warning: 80, critical: 100 } }")
                        .toString());
        files.put("registry/registry.yaml", registry());
        files.put("directory/directory.yaml", directory());
        files.put("policies/global.yaml", policies());
        files.put("limits/limits.yaml", limits());
        files.put("tests/limits.yaml", new TestText(conversion).toString());
        return files;
    }

    private String registry() {
        final Text text = new Text().line(0, "version: 1").line(0, "units:").line(1, Limit.UNIT + ": {}");
        final TreeSet<String> types =
                new TreeSet<>(conversion.choices().actors().values());
        types.add(Limit.SERVICE_TYPE);
        text.line(0, "actor_types: [" + String.join(", ", types) + "]");
        if (conversion.limits().isEmpty()) {
            return text.toString();
        }
        text.line(0, "dimensions:");
        for (final Limit limit : conversion.limits()) {
            text.line(
                    1,
                    Text.of(limit.dimension()) + ": { family: " + Text.of(limit.product()) + ", unit: " + Limit.UNIT
                            + ", kind: " + (limit.rate() ? "rate" : "period") + " }");
        }
        text.line(0, "products:");
        for (final Map.Entry<String, List<Limit>> product : byProduct().entrySet()) {
            text.line(1, Text.of(product.getKey()) + ":")
                    .line(2, "resource_types:")
                    .line(3, Limit.RESOURCE_TYPE + ":")
                    .line(4, "actions:");
            for (final Limit limit : product.getValue()) {
                text.line(
                                5,
                                "# "
                                        + comment(limit.leaf() + ", "
                                                + limit.leaf().last().at()))
                        .line(
                                5,
                                Text.of(limit.action()) + ": { units: [" + Limit.UNIT
                                        + "], usage_required: true, charges: { " + Text.of(limit.dimension())
                                        + ": usage } }");
            }
        }
        return text.toString();
    }

    private Map<String, List<Limit>> byProduct() {
        final Map<String, List<Limit>> products = new LinkedHashMap<>();
        conversion.limits().forEach(each -> products.computeIfAbsent(each.product(), any -> new ArrayList<>())
                .add(each));
        return products;
    }

    private String directory() {
        final Text text = new Text().line(0, "organizations:");
        conversion.organizations().forEach((id, organization) -> {
            text.line(1, Text.of(id) + ":").line(2, "principals:");
            organization.principals().forEach(each -> text.line(3, Text.of(each) + ": {}"));
            if (!organization.projects().isEmpty()) {
                text.line(2, "projects:");
                organization.projects().forEach(each -> text.line(3, Text.of(each) + ": {}"));
            }
        });
        return text.toString();
    }

    private String policies() {
        final Text text = new Text()
                .line(0, "# The reference server only counts. Whoever is known may ask; the limits say how often.")
                .line(0, "scope: global")
                .line(0, "rules:")
                .line(1, "- id: whoever-is-known")
                .line(2, "effect: allow")
                .line(2, "what: { products: [\"*\"] }");
        return text.toString();
    }

    private String limits() {
        if (conversion.limits().isEmpty()) {
            return "limits: {}\n";
        }
        final Map<String, List<Limit>> scopes = new TreeMap<>();
        conversion.limits().forEach(each -> scopes.computeIfAbsent(each.scope(), any -> new ArrayList<>())
                .add(each));
        final Text text = new Text().line(0, "limits:");
        scopes.forEach((scope, limits) -> {
            text.line(1, Text.of(scope) + ":");
            for (final Limit limit : limits) {
                text.line(
                        2,
                        "# " + comment(limit.leaf() + ", " + limit.leaf().last().at()));
                text.line(
                        2,
                        Text.of(limit.id()) + ": { dimension: " + Text.of(limit.dimension()) + ", limit: "
                                + limit.requests() + ", per: " + limit.per()
                                + (limit.unit() == Unit.WEEK ? ", anchor: 1970-01-08" : "")
                                + (limit.soft() ? ", enforcement: soft" : "")
                                + (limit.each().isEmpty() ? "" : ", each: " + limit.each()) + " }");
            }
        });
        return text.toString();
    }

    /** {@return the file that the sidecar's {@code envoy.mapping} names} */
    String mapping() {
        final Text text = new Text()
                .line(
                        0,
                        "# Descriptors that Envoy sends -> questions. The first rule that matches a descriptor counts: docs/envoy.md.")
                .line(0, "rate_limits:");
        conversion.rules().forEach((domain, rules) -> {
            if (rules.isEmpty()) {
                return;
            }
            text.line(1, "- domain: " + Text.of(domain.name()))
                    .line(2, "# As the reference server does. Safer, once you know what Envoy sends: over_limit.")
                    .line(2, "unmatched: ok")
                    .line(2, "rules:");
            rules.forEach(each -> rule(each, text));
        });
        return text.toString();
    }

    private void rule(final Rule rule, final Text text) {
        if (!rule.why().isEmpty()) {
            text.line(3, "# " + rule.why());
        }
        text.line(3, "- name: " + Text.of(rule.name())).line(4, "match:");
        for (final Descriptor each : rule.leaf().path()) {
            text.line(
                    5,
                    "- { key: " + Text.of(each.key()) + (each.any() ? "" : ", value: " + Text.of(each.value())) + " }");
        }
        final Limit limit = rule.limit();
        if (limit == null) {
            text.line(4, "unlimited: true");
            return;
        }
        text.line(4, "request:");
        final Map<Role, String> holders = limit.holders();
        text.line(
                5,
                "organization: "
                        + source(
                                limit,
                                holders.get(Role.TENANT),
                                conversion.choices().organization()));
        final String project = holders.get(Role.PROJECT);
        if (project != null || !limit.home().isEmpty()) {
            text.line(5, "project: " + source(limit, project, limit.home()));
        }
        final String actor = holders.get(Role.ACTOR);
        final String type = actor == null ? null : conversion.choices().actors().get(actor);
        text.line(5, "actor_type: " + Text.of(type == null ? Limit.SERVICE_TYPE : type))
                .line(5, "actor_id: " + source(limit, actor, Limit.SERVICE_ID))
                .line(5, "product: " + Text.of(limit.product()))
                .line(5, "resource_type: " + Limit.RESOURCE_TYPE)
                .line(5, "action: " + Text.of(limit.action()))
                .line(4, "hits: { unit: " + Limit.UNIT + " }");
    }

    private static String source(final Limit limit, final @Nullable String key, final String otherwise) {
        if (key == null) {
            return Text.of(otherwise);
        }
        int before = 0;
        int nth = 1;
        for (final Descriptor each : limit.leaf().path()) {
            if (each.key().equals(key)) {
                before++;
                nth = each.perValue() ? before : nth;
            }
        }
        return "{ entry: " + Text.of(key) + (before > 1 ? ", nth: " + nth : "") + " }";
    }

    private static String comment(final String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }
}
