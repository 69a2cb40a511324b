/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.source;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;

/** Makes the JSON Schemas for editors from the shapes that the reader checks. */
final class JsonSchemas {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String INTEGER = "[+-]?[0-9]+(_[0-9]+)*";
    private static final String NAME = Scalars.NAME_PATTERN;

    private JsonSchemas() {}

    static String fileName(Folder folder) {
        return (folder == Folder.ROOT ? "tollgate" : folder.folderName().toLowerCase(Locale.ROOT)) + ".schema.json";
    }

    static ObjectNode schema(Folder folder) {
        ObjectNode schema = MAPPER.createObjectNode();
        schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.put(
                "title", "Tollgate bundle: " + (folder == Folder.ROOT ? Folder.ROOT_FILE : folder.folderName() + "/"));
        schema.put("description", "Made from the reader's own description by SchemaTest; do not edit.");
        schema.setAll(fields(BundleShapes.of(folder)));
        return schema;
    }

    static String text(Folder folder) throws java.io.IOException {
        return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(schema(folder)) + "\n";
    }

    private static ObjectNode shape(Shape shape) {
        if (shape instanceof Shape.Fields fields) {
            return fields(fields);
        }
        ObjectNode node = MAPPER.createObjectNode();
        if (shape instanceof Shape.ListOf list) {
            node.put("type", "array");
            node.put("maxItems", list.max());
            node.set("items", shape(list.element()));
            return node;
        }
        if (shape instanceof Shape.MapOf map) {
            node.put("type", "object");
            node.put("maxProperties", map.max());
            node.set("propertyNames", scalar((Shape.Scalar) Shape.of(map.key())));
            node.set("additionalProperties", shape(map.value()));
            return node;
        }
        return scalar((Shape.Scalar) shape);
    }

    private static ObjectNode fields(Shape.Fields fields) {
        ObjectNode node = MAPPER.createObjectNode();
        node.put("type", "object");
        node.put("additionalProperties", false);
        ArrayNode required = MAPPER.createArrayNode();
        ObjectNode properties = node.putObject("properties");
        for (Shape.Field field : fields.fields().values()) {
            ObjectNode property = shape(field.shape());
            property.put("description", field.doc());
            properties.set(field.key(), property);
            if (field.required()) {
                required.add(field.key());
            }
        }
        if (!required.isEmpty()) {
            node.set("required", required);
        }
        return node;
    }

    private static ObjectNode scalar(Shape.Scalar scalar) {
        return switch (scalar.kind()) {
            case TEXT -> types("string", "number", "boolean");
            case CONDITION -> types("string", "boolean");
            case ID -> types("string", "number", "boolean");
            case NAME -> pattern(NAME, "string", "number", "boolean");
            case PATTERN -> pattern("(\\*|" + NAME + "\\*?)", "string");
            case PRINCIPAL -> pattern(NAME.replace(":", "") + ":.+", "string");
            case SCOPE -> pattern("(global|plan:[^/]+|org:[^/]+(/[^/:]+:[^/]+)?)", "string");
            case INT -> {
                ObjectNode node = pattern(INTEGER, "integer", "string");
                node.put("minimum", scalar.min());
                yield node.put("maximum", scalar.max());
            }
            case INT_OR_NULL -> pattern(INTEGER, "integer", "string", "null").put("minimum", 0);
            case AMOUNT ->
                pattern(INTEGER + "( +" + NAME + ")?", "integer", "string").put("minimum", 0);
            case LIMIT ->
                pattern("(unlimited|" + INTEGER + "( +" + NAME + ")?)", "integer", "string")
                        .put("minimum", 0);
            case FLAG -> types("boolean");
            case CHOICE -> choice(scalar.allowed());
            case DURATION -> pattern("[0-9_]+(ms|s|m|h|d)", "string");
            case WINDOW ->
                pattern(
                        "([0-9_]+(ms|s|m|h|d)|" + Scalars.BILLING_PERIOD + "|"
                                + String.join(
                                        "|",
                                        Scalars.PERIODS.keySet().stream()
                                                .sorted()
                                                .toList()) + ")",
                        "string");
            case TIMESTAMP -> pattern("[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt][0-9:.]+([Zz]|[+-][0-9:]+))?", "string");
            case ZONE -> types("string");
            case DECIMAL -> pattern("-?[0-9]{1,18}(\\.[0-9]{1,18})?", "number", "string");
            case PERCENT -> pattern("[0-9]{1,3}(\\.[0-9])?%?", "number", "string");
            case CHARGE ->
                pattern("(usage( +in +" + NAME + ")?|" + INTEGER + "( +" + NAME + ")?)", "integer", "string");
            case SHA256 -> pattern("[0-9a-fA-F]{64}", "string");
            case ATTRIBUTE -> {
                ObjectNode node = types("string", "number", "boolean", "array");
                node.putObject("items").put("type", "string");
                yield node;
            }
        };
    }

    private static ObjectNode choice(List<String> words) {
        ObjectNode node = MAPPER.createObjectNode();
        ArrayNode values = node.putArray("enum");
        words.forEach(values::add);
        return node;
    }

    private static ObjectNode pattern(String pattern, String... types) {
        return types(types).put("pattern", "^" + pattern + "$");
    }

    private static ObjectNode types(String... types) {
        ObjectNode node = MAPPER.createObjectNode();
        if (types.length == 1) {
            return node.put("type", types[0]);
        }
        ArrayNode array = node.putArray("type");
        for (String type : types) {
            array.add(type);
        }
        return node;
    }

    static JsonNode parse(String text) throws java.io.IOException {
        return MAPPER.readTree(text);
    }
}
