/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy.mapping;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.tollgate.server.envoy.mapping.ListSource.Split;
import io.tollgate.server.envoy.mapping.Refusal.Kind;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where one value of a question comes from. Immutable. */
sealed interface ValueSource {
    /**
     * {@return the value; null = this source has none}
     *
     * @param path what the names of the rule's path stand for
     */
    @Nullable
    String read(CheckFacts facts, Map<String, String> path) throws Refusal;

    /** {@return in a few words, for messages} */
    String words();

    /**
     * Adds all texts that this source has.
     *
     * @param split how they stand in one value
     * @return false = this source has none
     */
    default boolean readAll(
            final CheckFacts facts, final Map<String, String> path, final Split split, final List<String> to)
            throws Refusal {
        final String value = read(facts, path);
        if (value == null || value.isEmpty()) {
            return false;
        }
        split.split(value, to);
        return true;
    }

    /** {@return how several texts stand in one value of this source, if nobody says otherwise} */
    default Split usualSplit() {
        return Split.NONE;
    }

    /** Written in the mapping. */
    record Literal(String value) implements ValueSource {
        @Override
        public String read(final CheckFacts facts, final Map<String, String> path) {
            return value;
        }

        @Override
        public String words() {
            return "the value " + value;
        }
    }

    /** A context extension of the route. */
    record Context(String key) implements ValueSource {
        @Override
        public @Nullable String read(final CheckFacts facts, final Map<String, String> path) {
            return facts.context(key);
        }

        @Override
        public String words() {
            return "context extension " + key;
        }

        @Override
        public Split usualSplit() {
            return Split.COMMA;
        }
    }

    /** A claim of the verified token. */
    record Claim(String filter, List<String> steps) implements ValueSource {
        @Override
        public @Nullable String read(final CheckFacts facts, final Map<String, String> path) throws Refusal {
            final Value found = find(facts);
            return found == null || found.hasNullValue() ? null : text(found, this);
        }

        @Override
        public boolean readAll(
                final CheckFacts facts, final Map<String, String> path, final Split split, final List<String> to)
                throws Refusal {
            return texts(find(facts), this, split, to);
        }

        private @Nullable Value find(final CheckFacts facts) {
            final Struct tokens = facts.metadata(filter);
            if (tokens == null) {
                return null;
            }
            // One level below are the providers' payloads; whichever verified this request has the claim.
            for (final Value payload : tokens.getFieldsMap().values()) {
                final Value found = payload.hasStructValue() ? StructPath.find(payload.getStructValue(), steps) : null;
                if (found != null) {
                    return found;
                }
            }
            return null;
        }

        @Override
        public Split usualSplit() {
            return Split.SPACE;
        }

        @Override
        public String words() {
            return "claim " + String.join(".", steps);
        }
    }

    /** Metadata of any filter. */
    record Found(String filter, List<String> steps) implements ValueSource {
        @Override
        public @Nullable String read(final CheckFacts facts, final Map<String, String> path) throws Refusal {
            final Value found = facts.metadata(filter, steps);
            return found == null || found.hasNullValue() ? null : text(found, this);
        }

        @Override
        public boolean readAll(
                final CheckFacts facts, final Map<String, String> path, final Split split, final List<String> to)
                throws Refusal {
            return texts(facts.metadata(filter, steps), this, split, to);
        }

        @Override
        public Split usualSplit() {
            return Split.SPACE;
        }

        @Override
        public String words() {
            return "metadata " + filter + " " + String.join(".", steps);
        }
    }

    /** Whom the client's certificate names, whole or a part of it. */
    record Principal(@Nullable PrincipalPattern pattern) implements ValueSource {
        @Override
        public @Nullable String read(final CheckFacts facts, final Map<String, String> path) {
            final String principal = facts.principal();
            if (principal.isEmpty()) {
                return null;
            }
            return pattern == null ? principal : pattern.part(principal);
        }

        @Override
        public String words() {
            return "the client's certificate";
        }
    }

    /** A header that the mapping declares trusted. */
    record Header(String name) implements ValueSource {
        @Override
        public @Nullable String read(final CheckFacts facts, final Map<String, String> path) throws Refusal {
            return facts.singleHeader(name);
        }

        @Override
        public boolean readAll(
                final CheckFacts facts, final Map<String, String> path, final Split split, final List<String> to)
                throws Refusal {
            final String value = facts.textHeader(name);
            if (value == null || value.isEmpty()) {
                return false;
            }
            split.split(value, to);
            return true;
        }

        @Override
        public Split usualSplit() {
            return Split.COMMA;
        }

        @Override
        public String words() {
            return "header " + name;
        }
    }

    /** A header with a secret, like an API key; what comes before it (Bearer) is cut off. */
    record Credential(String header, String scheme) implements ValueSource {
        @Override
        public @Nullable String read(final CheckFacts facts, final Map<String, String> path) throws Refusal {
            final String value = facts.singleHeader(header);
            if (value == null || scheme.isEmpty()) {
                return value;
            }
            final boolean fits = value.regionMatches(true, 0, scheme, 0, scheme.length())
                    && value.length() > scheme.length()
                    && value.charAt(scheme.length()) == ' ';
            return fits ? value.substring(scheme.length()).strip() : null;
        }

        @Override
        public String words() {
            return "the key in header " + header;
        }
    }

    /** A name of the rule's path. */
    record PathName(String name) implements ValueSource {
        @Override
        public @Nullable String read(final CheckFacts facts, final Map<String, String> path) {
            return path.get(name);
        }

        @Override
        public String words() {
            return "{" + name + "} of the path";
        }
    }

    /** A parameter of the query. */
    record Query(String name) implements ValueSource {
        @Override
        public @Nullable String read(final CheckFacts facts, final Map<String, String> path) throws Refusal {
            return facts.queryParameter(name);
        }

        @Override
        public Split usualSplit() {
            return Split.COMMA;
        }

        @Override
        public String words() {
            return "query parameter " + name;
        }
    }

    /** A field of the JSON body. */
    record Body(JsonPointer pointer) implements ValueSource {
        @Override
        public @Nullable String read(final CheckFacts facts, final Map<String, String> path) throws Refusal {
            final JsonNode found = facts.body().at(pointer);
            if (found.isMissingNode() || found.isNull()) {
                return null;
            }
            if (!found.isValueNode()) {
                throw new Refusal(Kind.VALUE, "The body's " + pointer + " is no single value.");
            }
            return found.asText();
        }

        @Override
        public boolean readAll(
                final CheckFacts facts, final Map<String, String> path, final Split split, final List<String> to)
                throws Refusal {
            final JsonNode found = facts.body().at(pointer);
            if (!found.isArray()) {
                return ValueSource.super.readAll(facts, path, split, to);
            }
            for (final JsonNode each : found) {
                if (!each.isValueNode() || each.isNull()) {
                    throw new Refusal(Kind.VALUE, "The body's " + pointer + " is no list of single values.");
                }
                to.add(each.asText());
            }
            return true;
        }

        @Override
        public String words() {
            return "the body's " + pointer;
        }
    }

    /** How long the body is. */
    record BodySize() implements ValueSource {
        @Override
        public @Nullable String read(final CheckFacts facts, final Map<String, String> path) throws Refusal {
            final long bytes = facts.bodySize();
            return bytes < 0 ? null : Long.toString(bytes);
        }

        @Override
        public String words() {
            return "the length of the body";
        }
    }

    /** Envoy's id of the request. */
    record RequestId() implements ValueSource {
        @Override
        public @Nullable String read(final CheckFacts facts, final Map<String, String> path) {
            return facts.requestId().isEmpty() ? null : facts.requestId();
        }

        @Override
        public String words() {
            return "the request's id";
        }
    }

    /** The first of several that has a value. */
    record FirstOf(List<ValueSource> sources) implements ValueSource {
        @Override
        public @Nullable String read(final CheckFacts facts, final Map<String, String> path) throws Refusal {
            for (int i = 0; i < sources.size(); i++) {
                final String value = sources.get(i).read(facts, path);
                if (value != null && !value.isEmpty()) {
                    return value;
                }
            }
            return null;
        }

        @Override
        public String words() {
            return String.join(" or ", sources.stream().map(ValueSource::words).toList());
        }
    }

    /** Adds the elements of a list, or the texts of a single value. */
    private static boolean texts(
            final @Nullable Value value, final ValueSource source, final Split split, final List<String> to)
            throws Refusal {
        if (value == null || value.hasNullValue()) {
            return false;
        }
        if (value.hasListValue()) {
            for (final Value each : value.getListValue().getValuesList()) {
                to.add(text(each, source));
            }
            return true;
        }
        final String text = text(value, source);
        split.split(text, to);
        return !text.isEmpty();
    }

    private static String text(final Value value, final ValueSource source) throws Refusal {
        switch (value.getKindCase()) {
            case STRING_VALUE:
                return value.getStringValue();
            case BOOL_VALUE:
                return Boolean.toString(value.getBoolValue());
            case NUMBER_VALUE:
                final double number = value.getNumberValue();
                // Claims are doubles on their way through Envoy; a whole number is written as one.
                return number == Math.rint(number) && Math.abs(number) <= 1L << 53
                        ? Long.toString((long) number)
                        : Double.toString(number);
            default:
                throw new Refusal(Kind.VALUE, "It is no single value: " + source.words() + ".");
        }
    }
}
