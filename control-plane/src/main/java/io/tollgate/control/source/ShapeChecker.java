/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.source;

import io.tollgate.control.source.Scalars.Unreadable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Holds YAML nodes against a {@link Shape}: reports all that differs, returns all that fits. */
final class ShapeChecker {
    private final SourceFile file;
    private final Diagnostics diagnostics;

    ShapeChecker(SourceFile file, Diagnostics diagnostics) {
        this.file = file;
        this.diagnostics = diagnostics;
    }

    /** {@return the checked value; empty when it has another form (which is then among the diagnostics)} */
    Optional<Value> check(Node node, Shape shape) {
        if (shape instanceof Shape.Scalar scalar) {
            return scalar(node, scalar);
        }
        if (shape instanceof Shape.ListOf list) {
            return list(node, list);
        }
        if (shape instanceof Shape.MapOf map) {
            return map(node, map);
        }
        return fields(node, (Shape.Fields) shape);
    }

    private Optional<Value> fields(Node node, Shape.Fields shape) {
        if (!(node instanceof MappingNode mapping)) {
            return wrongType(node, "a mapping (a " + shape.name() + ")", keysRemedy(shape));
        }
        Value.Fields fields = new Value.Fields(at(node), shape);
        Map<String, Position> seen = new HashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            String key = key(tuple.getKeyNode(), seen);
            if (key == null) {
                continue;
            }
            Shape.Field field = shape.fields().get(key);
            if (field == null) {
                diagnostics.error(
                        at(tuple.getKeyNode()),
                        Code.UNKNOWN_KEY,
                        "unknown key " + Quoted.of(key) + " in a " + shape.name(),
                        Suggestions.remedy(key, shape.keys(), keysRemedy(shape)));
                continue;
            }
            check(tuple.getValueNode(), field.shape())
                    .ifPresentOrElse(
                            value -> fields.put(key, value), () -> fields.markBroken(key, at(tuple.getValueNode())));
        }
        for (Shape.Field field : shape.fields().values()) {
            if (field.required() && !seen.containsKey(field.key())) {
                diagnostics.error(
                        at(node),
                        Code.MISSING_KEY,
                        "a " + shape.name() + " needs the key " + Quoted.of(field.key()),
                        "add '" + field.key() + ": ...': " + field.doc());
            }
        }
        return Optional.of(fields);
    }

    private static String keysRemedy(Shape.Fields shape) {
        return "a " + shape.name() + " may hold " + Suggestions.list(shape.keys());
    }

    private Optional<Value> map(Node node, Shape.MapOf shape) {
        if (!(node instanceof MappingNode mapping)) {
            return wrongType(
                    node,
                    "a mapping from " + shape.key().description(),
                    "write 'key: value' lines under it, or {} for none");
        }
        if (isTooMany(node, mapping.getValue().size(), shape.max())) {
            return Optional.empty();
        }
        List<Value.Entry> entries = new ArrayList<>();
        Map<String, Position> seen = new HashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            String key = key(tuple.getKeyNode(), seen);
            if (key == null) {
                continue;
            }
            Object parsed = parse(tuple.getKeyNode(), key, true, (Shape.Scalar) Shape.of(shape.key()));
            Optional<Value> value = check(tuple.getValueNode(), shape.value());
            if (parsed != null && value.isPresent()) {
                entries.add(new Value.Entry(at(tuple.getKeyNode()), key, parsed, value.get()));
            }
        }
        return Optional.of(new Value.Entries(at(node), entries, seen.keySet()));
    }

    private @Nullable String key(Node node, Map<String, Position> seen) {
        if (!(node instanceof ScalarNode scalar)) {
            diagnostics.error(
                    at(node),
                    Code.YAML_FEATURE,
                    "a mapping or list as a key is not allowed here",
                    "write a single word before the colon; a value that starts with { or [ needs a key");
            return null;
        }
        String key = scalar.getValue();
        Position earlier = seen.putIfAbsent(key, at(node));
        if (earlier != null) {
            diagnostics.error(
                    at(node),
                    Code.DUPLICATE_KEY,
                    "the key " + Quoted.of(key) + " is already at line " + earlier.line(),
                    "keep one of the two");
            return null;
        }
        return key;
    }

    private Optional<Value> list(Node node, Shape.ListOf shape) {
        if (!(node instanceof SequenceNode sequence)) {
            return wrongType(
                    node,
                    "a list",
                    node instanceof ScalarNode scalar && !isNull(scalar)
                            ? "write [" + shortened(scalar) + "]"
                            : "write '- item' lines under it, or [] for none");
        }
        if (isTooMany(node, sequence.getValue().size(), shape.max())) {
            return Optional.empty();
        }
        List<Value> items = new ArrayList<>();
        for (Node item : sequence.getValue()) {
            check(item, shape.element()).ifPresent(items::add);
        }
        return Optional.of(new Value.Items(at(node), items));
    }

    private static String shortened(ScalarNode scalar) {
        String text = Quoted.of(scalar.getValue());
        return text.substring(1, text.length() - 1);
    }

    private boolean isTooMany(Node node, int count, int max) {
        if (count <= max) {
            return false;
        }
        diagnostics.error(
                at(node), Code.TOO_LARGE, count + " entries, at most " + max, "spread them over several places");
        return true;
    }

    private Optional<Value> scalar(Node node, Shape.Scalar shape) {
        if (shape.kind() == ScalarKind.ATTRIBUTE && node instanceof SequenceNode) {
            return list(node, (Shape.ListOf) Shape.list(ScalarKind.TEXT)).map(this::textList);
        }
        if (!(node instanceof ScalarNode scalar)) {
            return wrongType(node, shape.kind().description(), "write a single value");
        }
        if (isNull(scalar)) {
            if (shape.kind() == ScalarKind.INT_OR_NULL) {
                return Optional.of(new Value.Scalar(at(node), "null", null));
            }
            return wrongType(node, shape.kind().description(), "write a value, or remove the key");
        }
        Object parsed = parse(node, scalar.getValue(), scalar.isPlain(), shape);
        return parsed == null ? Optional.empty() : Optional.of(new Value.Scalar(at(node), scalar.getValue(), parsed));
    }

    private Value textList(Value list) {
        List<String> texts = new ArrayList<>();
        for (Value item : ((Value.Items) list).items()) {
            texts.add(((Value.Scalar) item).as(String.class));
        }
        return new Value.Scalar(list.at(), texts.toString(), List.copyOf(texts));
    }

    private static boolean isNull(ScalarNode scalar) {
        return scalar.isPlain()
                && (scalar.getValue().isEmpty()
                        || scalar.getValue().equals("null")
                        || scalar.getValue().equals("~"));
    }

    private @Nullable Object parse(Node node, String text, boolean plain, Shape.Scalar shape) {
        try {
            if (shape.kind() == ScalarKind.CONDITION) {
                return LocatedText.of(file, (ScalarNode) node, Scalars.condition(text));
            }
            return parse(text, plain, shape);
        } catch (Unreadable e) {
            diagnostics.error(
                    at(node), e.code(), e.text(), "write " + shape.kind().description());
            return null;
        }
    }

    private Object parse(String text, boolean plain, Shape.Scalar shape) throws Unreadable {
        return switch (shape.kind()) {
            case TEXT, CONDITION -> Scalars.text(text);
            case ID -> Scalars.id(text);
            case NAME -> Scalars.name(text);
            case PATTERN -> Scalars.pattern(text);
            case PRINCIPAL -> Scalars.principal(text);
            case SCOPE -> Scalars.scope(text);
            case INT -> Scalars.integer(text, shape.min(), shape.max());
            case INT_OR_NULL -> Scalars.integer(text, 0, Long.MAX_VALUE);
            case AMOUNT -> Scalars.amount(text);
            case LIMIT -> Scalars.limit(text);
            case FLAG -> Scalars.flag(text);
            case CHOICE -> choice(text, shape.allowed());
            case DURATION -> Scalars.duration(text);
            case WINDOW -> Scalars.window(text);
            case TIMESTAMP -> Scalars.timestamp(text);
            case ZONE -> Scalars.zone(text);
            case DECIMAL -> Scalars.decimal(text);
            case PERCENT -> Scalars.permille(text);
            case CHARGE -> Scalars.charge(text);
            case SHA256 -> Scalars.sha256(text);
            case ATTRIBUTE -> Scalars.attribute(text, plain);
        };
    }

    private static String choice(String text, List<String> allowed) throws Unreadable {
        if (!allowed.contains(text)) {
            String nearest = Suggestions.nearest(text, allowed)
                    .map(word -> " (did you mean '" + word + "'?)")
                    .orElse("");
            throw new Unreadable(
                    Code.BAD_VALUE, Quoted.of(text) + " is none of " + Suggestions.list(allowed) + nearest);
        }
        return text;
    }

    private Optional<Value> wrongType(Node node, String expected, String remedy) {
        String found =
                switch (node.getNodeType()) {
                    case MAPPING -> "a mapping";
                    case SEQUENCE -> "a list";
                    default ->
                        isNull((ScalarNode) node)
                                ? "nothing"
                                : "the value " + Quoted.of(((ScalarNode) node).getValue());
                };
        diagnostics.error(at(node), Code.WRONG_TYPE, "here must be " + expected + ", there is " + found, remedy);
        return Optional.empty();
    }

    private Position at(Node node) {
        return YamlReader.position(file, node.getStartMark());
    }
}
