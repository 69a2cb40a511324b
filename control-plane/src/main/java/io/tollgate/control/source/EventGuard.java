/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.source;

import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.parser.Parser;

/**
 * Stands between YAML's parser and its composer and stops what a bundle has no need of: anchors and aliases (a few lines of them can
 * stand for gigabytes), tags, documents beyond the first, too much depth and too many values. So the composer's recursion is bounded.
 */
final class EventGuard implements Parser {
    private final Parser parser;
    private @Nullable Event last;
    private int depth;
    private int nodes;
    private int documents;

    EventGuard(Parser parser) {
        this.parser = parser;
    }

    @Override
    public boolean hasNext() {
        return parser.hasNext();
    }

    @Override
    public boolean checkEvent(Event.ID choice) {
        return guard(parser.peekEvent()).getEventId() == choice;
    }

    @Override
    public Event peekEvent() {
        return guard(parser.peekEvent());
    }

    @Override
    public Event next() {
        return guard(parser.next());
    }

    private Event guard(Event event) {
        if (event != last) {
            last = event;
            count(event);
        }
        return event;
    }

    private void count(Event event) {
        switch (event.getEventId()) {
            case Alias ->
                throw new RefusedYaml(
                        event,
                        Code.YAML_FEATURE,
                        "alias '*" + ((AliasEvent) event).getAlias() + "'",
                        "write the value out");
            case DocumentStart -> {
                if (++documents > 1) {
                    throw new RefusedYaml(
                            event, Code.YAML_FEATURE, "a second document in one file", "put it into a file of its own");
                }
            }
            case MappingStart, SequenceStart -> {
                enter(event);
                refuse(
                        (NodeEvent) event,
                        ((CollectionStartEvent) event).getTag().orElse(null));
            }
            case MappingEnd, SequenceEnd -> depth--;
            case Scalar -> {
                node(event);
                refuse((NodeEvent) event, ((ScalarEvent) event).getTag().orElse(null));
            }
            default -> {
                // Starts and ends of the stream and the document, comments.
            }
        }
    }

    private void enter(Event event) {
        node(event);
        if (++depth > SourceLimits.MAX_DEPTH) {
            throw new RefusedYaml(
                    event,
                    Code.TOO_LARGE,
                    "more than " + SourceLimits.MAX_DEPTH + " mappings and lists inside one another",
                    "no part of a bundle is that deep: look for a wrong indentation or bracket");
        }
    }

    private void node(Event event) {
        if (++nodes > SourceLimits.MAX_NODES) {
            throw new RefusedYaml(
                    event,
                    Code.TOO_LARGE,
                    "more than " + SourceLimits.MAX_NODES + " values in one file",
                    "spread them over several files of the folder");
        }
    }

    private static void refuse(NodeEvent event, @Nullable String tag) {
        if (event.getAnchor().isPresent()) {
            throw new RefusedYaml(
                    event,
                    Code.YAML_FEATURE,
                    "anchor '&" + event.getAnchor().get() + "'",
                    "remove it; write the value out where it is needed again");
        }
        if (tag != null) {
            throw new RefusedYaml(
                    event, Code.YAML_FEATURE, "tag " + Quoted.of(tag), "remove it; types follow from the key");
        }
    }

    /** What the guard stops, on its way out of the composer. */
    static final class RefusedYaml extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient Event event;
        private final Code code;
        private final String remedy;

        RefusedYaml(Event event, Code code, String message, String remedy) {
            super(message);
            this.event = event;
            this.code = code;
            this.remedy = remedy;
        }

        Event event() {
            return event;
        }

        Code code() {
            return code;
        }

        String remedy() {
            return remedy;
        }
    }
}
