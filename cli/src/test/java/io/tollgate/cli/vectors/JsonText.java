/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.vectors;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import java.util.ArrayList;
import java.util.List;

/** Writes JSON for reviewers: what fits a line stands on one, everything else on lines of its own. */
final class JsonText {
    private static final int WIDTH = 140;
    private static final String STEP = "  ";
    private static final Gson GSON =
            new GsonBuilder().disableHtmlEscaping().serializeNulls().create();

    private JsonText() {}

    static String of(JsonElement element) {
        return write(element, "", 0) + "\n";
    }

    private static String write(JsonElement element, String indent, int before) {
        final String line = onOneLine(element);
        if (!element.isJsonObject() && !element.isJsonArray()
                || indent.length() + before + line.length() <= WIDTH && !indent.isEmpty()
                || line.length() == 2) {
            return line;
        }
        final String inner = indent + STEP;
        final List<String> parts = new ArrayList<>();
        if (element.isJsonArray()) {
            element.getAsJsonArray().forEach(each -> parts.add(inner + write(each, inner, 1)));
            return "[\n" + String.join(",\n", parts) + "\n" + indent + "]";
        }
        element.getAsJsonObject().entrySet().forEach(member -> {
            final String key = GSON.toJson(member.getKey()) + ": ";
            parts.add(inner + key + write(member.getValue(), inner, key.length() + 1));
        });
        return "{\n" + String.join(",\n", parts) + "\n" + indent + "}";
    }

    private static String onOneLine(JsonElement element) {
        final List<String> parts = new ArrayList<>();
        if (element.isJsonArray()) {
            element.getAsJsonArray().forEach(each -> parts.add(onOneLine(each)));
            return "[" + String.join(", ", parts) + "]";
        }
        if (element.isJsonObject()) {
            element.getAsJsonObject()
                    .entrySet()
                    .forEach(member -> parts.add(GSON.toJson(member.getKey()) + ": " + onOneLine(member.getValue())));
            return parts.isEmpty() ? "{}" : "{ " + String.join(", ", parts) + " }";
        }
        return GSON.toJson(element);
    }
}
