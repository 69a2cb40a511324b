/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy.mapping;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.tollgate.server.config.ConfigProblem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A value of a YAML file and where it stands; exactly one of text, list and map is not null. Immutable once read.
 *
 * @param key dotted, "rules[2].match.path"
 */
record YamlNode(
        String key,
        int line,
        int column,
        @Nullable String text,
        @Nullable List<YamlNode> list,
        @Nullable Map<String, YamlNode> map) {
    private static final YAMLFactory YAML = new YAMLFactory();
    private static final int MAX_DEPTH = 16;

    /** {@return the file's value, or null when it has none or is no YAML, which is then among the problems} */
    static @Nullable YamlNode read(final String yaml, final String source, final List<ConfigProblem> problems) {
        try (JsonParser parser = YAML.createParser(yaml)) {
            final JsonToken first = parser.nextToken();
            return first == null ? null : node(parser, first, "", 0, source, problems);
        } catch (final JsonProcessingException e) {
            final JsonLocation at = e.getLocation();
            problems.add(new ConfigProblem(
                    source,
                    at == null ? 1 : at.getLineNr(),
                    at == null ? 1 : at.getColumnNr(),
                    "",
                    "is not YAML: " + e.getOriginalMessage().lines().findFirst().orElse("")));
            return null;
        } catch (final IOException e) {
            throw new IllegalStateException("reading from memory failed", e);
        }
    }

    private static YamlNode node(
            final JsonParser parser,
            final JsonToken token,
            final String key,
            final int depth,
            final String source,
            final List<ConfigProblem> problems)
            throws IOException {
        final JsonLocation at = parser.currentTokenLocation();
        if (depth > MAX_DEPTH) {
            throw new com.fasterxml.jackson.core.JsonParseException(parser, "nested more than " + MAX_DEPTH + " deep");
        }
        if (token == JsonToken.START_ARRAY) {
            final List<YamlNode> items = new ArrayList<>();
            for (JsonToken next = parser.nextToken(); next != JsonToken.END_ARRAY; next = parser.nextToken()) {
                items.add(node(parser, next, key + "[" + items.size() + "]", depth + 1, source, problems));
            }
            return new YamlNode(key, at.getLineNr(), at.getColumnNr(), null, items, null);
        }
        if (token == JsonToken.START_OBJECT) {
            final Map<String, YamlNode> entries = new LinkedHashMap<>();
            for (JsonToken next = parser.nextToken(); next != JsonToken.END_OBJECT; next = parser.nextToken()) {
                final String name = parser.currentName();
                final JsonLocation nameAt = parser.currentTokenLocation();
                final String inner = key.isEmpty() ? name : key + "." + name;
                final YamlNode value = node(parser, parser.nextToken(), inner, depth + 1, source, problems);
                if (entries.putIfAbsent(name, value) != null) {
                    problems.add(new ConfigProblem(
                            source, nameAt.getLineNr(), nameAt.getColumnNr(), inner, "stands here twice; keep one"));
                }
            }
            return new YamlNode(key, at.getLineNr(), at.getColumnNr(), null, null, entries);
        }
        final String text = token == JsonToken.VALUE_NULL ? "" : parser.getText();
        return new YamlNode(key, at.getLineNr(), at.getColumnNr(), text, null, null);
    }

    ConfigProblem problem(final String source, final String what) {
        return new ConfigProblem(source, line, column, key, what);
    }
}
