/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy.mapping;

import com.fasterxml.jackson.core.JsonPointer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Reads where values come from. Every mistake is told with its place. Used once, by one thread. */
final class SourceReader {
    /** Where Envoy's jwt_authn filter leaves the claims of a token that it has verified. */
    static final String JWT_FILTER = "envoy.filters.http.jwt_authn";

    private static final Set<String> KEYS = Set.of(
            "value",
            "context",
            "claim",
            "metadata",
            "principal",
            "header",
            "credential",
            "path",
            "query",
            "body",
            "body_size",
            "request_id");
    /** What says who asks: no client can write these. */
    private static final Set<String> VERIFIED =
            Set.of("value", "context", "claim", "metadata", "principal", "header", "credential");
    /** What may stand beside a source. */
    private static final Map<String, String> BESIDE =
            Map.of("claim", "filter", "metadata", "key", "credential", "scheme");

    private final Set<String> trustedHeaders;
    private final BiConsumer<YamlNode, String> problems;

    SourceReader(final Set<String> trustedHeaders, final BiConsumer<YamlNode, String> problems) {
        this.trustedHeaders = trustedHeaders;
        this.problems = problems;
    }

    /**
     * What a value is for.
     *
     * @param names  of the rule's path
     * @param who    whether the value says who asks: then only what Envoy has verified will do
     * @param form   that what is written in the mapping must have
     * @param beside keys that may stand beside the source, whoever reads them
     */
    record Wanted(Set<String> names, boolean who, Form form, Set<String> beside) {}

    /** {@return the source of any text, or null after a problem} */
    @Nullable
    ValueSource read(final YamlNode node, final Set<String> names, final boolean who) {
        return read(node, new Wanted(names, who, Form.TEXT, Set.of()));
    }

    /** {@return the source, or null after a problem} */
    @Nullable
    ValueSource read(final YamlNode node, final Wanted wanted) {
        if (node.text() != null) {
            if (node.text().isEmpty()) {
                return fail(node, "is empty; write a value, or where it comes from, like { claim: sub }");
            }
            return literal(node, node.text(), wanted);
        }
        if (node.list() != null) {
            final List<ValueSource> sources = new ArrayList<>();
            for (final YamlNode each : node.list()) {
                final ValueSource source = read(each, wanted);
                if (source != null) {
                    sources.add(source);
                }
            }
            return sources.isEmpty() ? fail(node, "names no source") : new ValueSource.FirstOf(sources);
        }
        final Map<String, YamlNode> map = node.map();
        if (map == null || map.isEmpty()) {
            return fail(node, "names no source; write one of " + sorted());
        }
        String kind = null;
        for (final String each : map.keySet()) {
            if (KEYS.contains(each)) {
                if (kind != null) {
                    return fail(
                            node,
                            "has two sources, " + kind + " and " + each
                                    + "; write a list, the first that has a value counts");
                }
                kind = each;
            }
        }
        if (kind == null) {
            return fail(node, "has none of " + sorted());
        }
        for (final Map.Entry<String, YamlNode> each : map.entrySet()) {
            final String key = each.getKey();
            if (!key.equals(kind)
                    && !key.equals(BESIDE.get(kind))
                    && !wanted.beside().contains(key)) {
                return fail(
                        each.getValue(),
                        "is not a known key beside " + kind
                                + (key.equals("type")
                                        ? "; several sources of one type are { from: [...], type: int }"
                                        : ""));
            }
        }
        if (wanted.who() && !VERIFIED.contains(kind)) {
            return fail(
                    node,
                    "takes who asks from the " + kind.replace('_', ' ')
                            + ", which any client can write; use claim, principal, credential, context, or a"
                            + " header named in trusted_headers");
        }
        final YamlNode value = map.get(kind);
        return value == null ? null : one(kind, value, map, wanted);
    }

    private @Nullable ValueSource one(
            final String kind, final YamlNode value, final Map<String, YamlNode> map, final Wanted wanted) {
        final String text = value.text() == null ? "" : value.text();
        if (kind.equals("credential")) {
            final YamlNode scheme = map.get("scheme");
            final String word = scheme == null || scheme.text() == null ? "" : scheme.text();
            return text.isEmpty()
                    ? fail(value, "needs the name of a header")
                    : new ValueSource.Credential(lower(text), word);
        }
        if (text.isEmpty()) {
            return fail(value, "is empty; it must say which " + kind);
        }
        switch (kind) {
            case "value":
                return literal(value, text, wanted);
            case "context":
                return new ValueSource.Context(text);
            case "claim":
                final YamlNode filter = map.get("filter");
                return new ValueSource.Claim(
                        filter == null || filter.text() == null ? JWT_FILTER : filter.text(), steps(text));
            case "metadata":
                return metadata(value, text, map);
            case "header":
                if (!trustedHeaders.contains(lower(text))) {
                    return fail(
                            value,
                            "is the header " + text
                                    + ", which any client can send; let Envoy set or remove it, and name it in trusted_headers");
                }
                return new ValueSource.Header(lower(text));
            case "path":
                return wanted.names().contains(text)
                        ? new ValueSource.PathName(text)
                        : fail(
                                value,
                                "is {" + text + "}, which the rule's path does not have; it has " + wanted.names());
            case "query":
                return new ValueSource.Query(text);
            case "body":
                return body(value, text);
            case "principal":
                return principal(value, text);
            case "body_size":
                return text.equals("true") ? new ValueSource.BodySize() : fail(value, "is " + text + "; write true");
            default:
                return text.equals("true") ? new ValueSource.RequestId() : fail(value, "is " + text + "; write true");
        }
    }

    private @Nullable ValueSource literal(final YamlNode node, final String text, final Wanted wanted) {
        final String accepted = wanted.form().acceptWritten(text);
        return accepted == null
                ? fail(node, "is " + text + "; write " + wanted.form().words())
                : new ValueSource.Literal(accepted);
    }

    private @Nullable ValueSource metadata(final YamlNode value, final String text, final Map<String, YamlNode> map) {
        final YamlNode key = map.get("key");
        if (key == null || key.text() == null || key.text().isEmpty()) {
            return fail(value, "needs a key beside it, like { metadata: my.filter, key: tenant.id }");
        }
        return new ValueSource.Found(text, steps(key.text()));
    }

    private @Nullable ValueSource body(final YamlNode value, final String text) {
        try {
            return new ValueSource.Body(JsonPointer.compile(text));
        } catch (final IllegalArgumentException e) {
            return fail(value, "is " + text + "; write a JSON pointer, like /model or /input/0/size");
        }
    }

    private @Nullable ValueSource principal(final YamlNode value, final String text) {
        if (text.equals("true")) {
            return new ValueSource.Principal(null);
        }
        try {
            return new ValueSource.Principal(PrincipalPattern.of(text));
        } catch (final IllegalArgumentException e) {
            return fail(value, e.getMessage() + "; write true for the whole name, or like spiffe://acme/sa/{actor}");
        }
    }

    static List<String> steps(final String dotted) {
        return List.of(dotted.split("\\."));
    }

    private static String lower(final String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    private static String sorted() {
        return String.join(", ", KEYS.stream().sorted().toList());
    }

    private @Nullable ValueSource fail(final YamlNode node, final String what) {
        problems.accept(node, what);
        return null;
    }
}
