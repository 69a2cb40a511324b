/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.config;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads YAML into texts by dotted key. Every mistake is noted with its place, and reading goes on, so that one run
 * shows them all. Broken YAML ends the reading, since nothing after it has a certain meaning.
 */
final class ConfigReader {
    private static final int MAX_QUOTED = 80;
    private static final YAMLFactory YAML = new YAMLFactory();

    private final String source;
    private final List<ConfigProblem> problems;
    private final Map<String, ConfigValue> values = new LinkedHashMap<>();
    private final Set<String> seen = new HashSet<>();

    ConfigReader(final String source, final List<ConfigProblem> problems) {
        this.source = source;
        this.problems = problems;
    }

    /** {@return the good values by dotted key} of a document that is empty or one mapping. */
    Map<String, ConfigValue> read(final String yaml) {
        try (JsonParser parser = YAML.createParser(yaml)) {
            final JsonToken first = parser.nextToken();
            if (first == JsonToken.START_OBJECT) {
                readMappings(parser);
            } else if (first != null && first != JsonToken.VALUE_NULL) {
                problem(
                        parser,
                        "",
                        "is not a mapping of keys to values; start with, for instance, \"sidecar_id: edge-1\"");
                return values;
            }
            if (first != null && parser.nextToken() != null) {
                problem(parser, "", "has a second document; keep one");
            }
        } catch (final JsonProcessingException e) {
            problems.add(broken(e));
        } catch (final IOException e) {
            throw new IllegalStateException("reading from memory failed", e);
        }
        return values;
    }

    private void readMappings(final JsonParser parser) throws IOException {
        final Deque<String> path = new ArrayDeque<>();
        path.push("");
        while (!path.isEmpty()) {
            final JsonToken token = parser.nextToken();
            if (token == null || token == JsonToken.END_OBJECT) {
                path.pop();
                continue;
            }
            final String name = path.element() + parser.currentName();
            final JsonLocation at = parser.currentTokenLocation();
            final JsonToken value = parser.nextToken();
            if (!seen.add(name)) {
                problem(at, name, "stands here a second time; keep one");
                parser.skipChildren();
            } else if (value == JsonToken.START_OBJECT && isGroup(name)) {
                path.push(name + ".");
            } else {
                readValue(parser, name, at, value);
                parser.skipChildren();
            }
        }
    }

    private void readValue(final JsonParser parser, final String name, final JsonLocation at, final JsonToken token)
            throws IOException {
        final ConfigKey key = ConfigKeys.byName().get(name);
        if (key == null) {
            problem(at, name, isGroup(name) ? groupHint(name) : "is not a known key" + suggestion(name));
            return;
        }
        if (token == JsonToken.START_ARRAY && key.type().tokens() == ConfigType.Tokens.LIST) {
            readList(parser, key, at);
            return;
        }
        if (!token.isScalarValue()) {
            problem(
                    parser,
                    name,
                    "is a " + (token == JsonToken.START_ARRAY ? "list" : "mapping") + "; write "
                            + key.type().expected());
            return;
        }
        if (token == JsonToken.VALUE_NULL) {
            problem(
                    parser,
                    name,
                    "has no value; write " + key.type().expected() + ", or remove the line for the default");
            return;
        }
        final String text = parser.getText();
        final String wrong = key.type().takes(token) ? key.type().check().apply(text) : wrongKind(key, token);
        if (wrong == null) {
            final JsonLocation place = parser.currentTokenLocation();
            values.put(name, new ConfigValue(text, source, place.getLineNr(), place.getColumnNr()));
        } else {
            problem(parser, name, quote(text) + " " + wrong);
        }
    }

    private void readList(final JsonParser parser, final ConfigKey key, final JsonLocation at) throws IOException {
        final List<String> items = new ArrayList<>();
        for (JsonToken item = parser.nextToken(); item != JsonToken.END_ARRAY; item = parser.nextToken()) {
            if (item == null || item != JsonToken.VALUE_STRING) {
                problem(
                        parser,
                        key.name(),
                        "holds something that is no text; write " + key.type().expected());
                parser.skipChildren();
                if (item == null) {
                    return;
                }
            } else {
                items.add(parser.getText());
            }
        }
        final String text = String.join(", ", items);
        final String wrong = key.type().check().apply(text);
        if (wrong == null) {
            values.put(key.name(), new ConfigValue(text, source, at.getLineNr(), at.getColumnNr()));
        } else {
            problem(at, key.name(), wrong);
        }
    }

    private static String wrongKind(final ConfigKey key, final JsonToken token) {
        final String found =
                switch (token) {
                    case VALUE_STRING -> "a text";
                    case VALUE_NUMBER_FLOAT -> "a fraction";
                    case VALUE_NUMBER_INT -> "a number";
                    default -> "a boolean";
                };
        return "is " + found + "; write " + key.type().expected();
    }

    private static boolean isGroup(final String name) {
        return ConfigKeys.byName().keySet().stream().anyMatch(known -> known.startsWith(name + "."));
    }

    private static String groupHint(final String name) {
        return "is a group of keys and takes no value of its own; it has "
                + ConfigKeys.byName().keySet().stream()
                        .filter(known -> known.startsWith(name + "."))
                        .sorted()
                        .collect(Collectors.joining(", "));
    }

    /** {@return "; did you mean x?" or a hint where the keys are listed} */
    static String suggestion(final String name) {
        final @Nullable String nearest = Nearest.of(name, ConfigKeys.byName().keySet());
        return nearest == null ? "; docs/configuration.md lists them all" : "; did you mean " + nearest + "?";
    }

    private ConfigProblem broken(final JsonProcessingException e) {
        final JsonLocation at = e.getLocation();
        final String what =
                "is not YAML: " + e.getOriginalMessage().lines().findFirst().orElse("");
        return at == null
                ? new ConfigProblem(source, 1, 1, "", what)
                : new ConfigProblem(source, at.getLineNr(), at.getColumnNr(), "", what);
    }

    private void problem(final JsonParser parser, final String name, final String what) {
        problem(parser.currentTokenLocation(), name, what);
    }

    private void problem(final JsonLocation at, final String name, final String what) {
        problems.add(new ConfigProblem(source, at.getLineNr(), at.getColumnNr(), name, what));
    }

    private static String quote(final String text) {
        return '"' + (text.length() <= MAX_QUOTED ? text : text.substring(0, MAX_QUOTED) + "...") + '"';
    }
}
