/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.ratelimit;

import io.tollgate.control.source.Position;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * Reads YAML as the reference server's users write it: anchors, aliases and {@code <<} are followed (a bundle has none of them). Never
 * throws for what the text is. Used once.
 */
final class YamlFile {
    private static final int MAX_BYTES = 16 << 20;
    private static final int MAX_DEPTH = 60;
    /** Aliases may stand for much more than is written. */
    private static final int MAX_VALUES = 500_000;

    private static final String MERGE = "<<";

    private final String name;
    private final Findings findings;
    private int values;

    private YamlFile(final String name, final Findings findings) {
        this.name = name;
        this.findings = findings;
    }

    /** {@return the one document, or null when there is none or it is no YAML, which is then among the findings} */
    static @Nullable Yaml read(final String name, final String text, final Findings findings) {
        return new YamlFile(name, findings).read(text);
    }

    private @Nullable Yaml read(final String text) {
        final LoadSettings settings = LoadSettings.builder()
                .setLabel(name)
                .setAllowDuplicateKeys(true)
                .setSchema(new CoreSchema())
                .setCodePointLimit(MAX_BYTES)
                .build();
        try {
            final Iterator<Node> documents =
                    new Compose(settings).composeAllFromString(text).iterator();
            if (!documents.hasNext()) {
                findings.error(Position.ofFile(name), "there is nothing in it", "write domain: and descriptors:");
                return null;
            }
            final Yaml first = value(documents.next(), 0);
            if (documents.hasNext()) {
                findings.error(
                        at(documents.next().getStartMark()),
                        "a second document: the reference server reads only the first of a file",
                        "put it into a file of its own");
            }
            return first;
        } catch (final TooLarge e) {
            findings.error(e.at, String.valueOf(e.getMessage()), "write it out without aliases, or in several files");
        } catch (final MarkedYamlEngineException e) {
            final String problem = e.getProblem();
            findings.error(
                    at(e.getProblemMark()),
                    "not YAML: " + (problem == null ? "" : problem).strip().replaceAll("\\s+", " "),
                    "look at this line and the one above: indentation (spaces, no tabs), a missing ': ', quotes, brackets");
        } catch (final YamlEngineException e) {
            findings.error(
                    Position.ofFile(name),
                    "not YAML: " + String.valueOf(e.getMessage()).strip().replaceAll("\\s+", " "),
                    "save it as YAML in UTF-8");
        }
        return null;
    }

    private Position at(final Optional<Mark> mark) {
        return mark.map(each -> new Position(name, each.getLine() + 1, each.getColumn() + 1))
                .orElse(Position.ofFile(name));
    }

    private Yaml value(final Node node, final int depth) {
        final Position at = at(node.getStartMark());
        if (++values > MAX_VALUES) {
            throw new TooLarge(at, "more than " + MAX_VALUES + " values, with those that aliases stand for");
        }
        if (depth > MAX_DEPTH) {
            throw new TooLarge(at, "more than " + MAX_DEPTH + " mappings and lists inside one another");
        }
        if (node instanceof SequenceNode sequence) {
            final List<Yaml> items = new ArrayList<>();
            for (final Node item : sequence.getValue()) {
                items.add(value(item, depth + 1));
            }
            return new Yaml(at, null, items, null);
        }
        if (node instanceof MappingNode mapping) {
            final Map<Yaml, Yaml> pairs = new LinkedHashMap<>();
            pairs(mapping, depth, pairs);
            return new Yaml(at, null, null, pairs);
        }
        if (node instanceof ScalarNode scalar) {
            return new Yaml(at, scalar.getTag().equals(Tag.NULL) ? null : scalar.getValue(), null, null);
        }
        throw new TooLarge(at, "an alias without its anchor");
    }

    /** What is written, then what is merged in and not written. */
    private void pairs(final MappingNode mapping, final int depth, final Map<Yaml, Yaml> into) {
        final Set<String> written = new HashSet<>();
        final List<Yaml> merged = new ArrayList<>();
        for (final NodeTuple tuple : mapping.getValue()) {
            final Yaml key = value(tuple.getKeyNode(), depth + 1);
            final Yaml value = value(tuple.getValueNode(), depth + 1);
            if (MERGE.equals(key.text())) {
                merged.addAll(value.items() == null ? List.of(value) : value.items());
                continue;
            }
            if (key.text() != null && !written.add(key.text())) {
                findings.error(key.at(), "'" + key.text() + "' stands here twice", "keep one");
            }
            into.put(key, value);
        }
        for (final Yaml each : merged) {
            if (each.pairs() == null) {
                findings.error(each.at(), "<< takes a mapping, not " + each.form(), "name an anchor of a mapping");
                continue;
            }
            each.pairs().forEach((key, value) -> {
                if (key.text() == null || written.add(key.text())) {
                    into.put(key, value);
                }
            });
        }
    }

    private static final class TooLarge extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient Position at;

        TooLarge(final Position at, final String message) {
            super(message, null, false, false);
            this.at = at;
        }
    }
}
