/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.vectors;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** A file of cases, and where it is. */
final class VectorFile {
    /** The folder that another project would take. */
    static final Path ROOT = Path.of(System.getProperty("tollgate.root", "..")).resolve("decision-vectors");

    private static final int FORMAT = 1;
    private static final Set<String> FILE_KEYS = Set.of("format", "about", "request", "cases");
    private static final Set<String> CASE_KEYS = Set.of("name", "about", "bundle", "at", "request", "steps");

    private final Path path;
    private final JsonObject json;

    private VectorFile(Path path, JsonObject json) {
        this.path = path;
        this.json = json;
    }

    static List<VectorFile> all() {
        try (var files = Files.list(ROOT.resolve("cases"))) {
            return files.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .map(VectorFile::read)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static VectorFile read(Path path) {
        try {
            final JsonObject json =
                    JsonParser.parseString(Files.readString(path)).getAsJsonObject();
            if (json.get("format").getAsInt() != FORMAT) {
                throw new IllegalArgumentException(path + ": format " + json.get("format") + ", not " + FORMAT);
            }
            onlyKeys(json, FILE_KEYS, path.toString());
            return new VectorFile(path, json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (IllegalStateException | NullPointerException e) {
            throw new IllegalArgumentException(path + ": " + e.getMessage(), e);
        }
    }

    static void onlyKeys(JsonObject object, Set<String> known, String where) {
        final Set<String> unknown = new LinkedHashSet<>(object.keySet());
        unknown.removeAll(known);
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException(where + ": unknown keys " + unknown);
        }
    }

    String name() {
        return path.getFileName().toString();
    }

    /** {@return the cases; their steps are those of the file, so that a recorder can complete them} */
    List<VectorCase> cases() {
        final List<VectorCase> cases = new ArrayList<>();
        final Set<String> names = new LinkedHashSet<>();
        for (JsonElement element : json.getAsJsonArray("cases")) {
            final JsonObject each = element.getAsJsonObject();
            final String name = name() + ": " + text(each, "name", "?");
            onlyKeys(each, CASE_KEYS, name);
            if (!names.add(name)) {
                throw new IllegalArgumentException(name + ": there are two cases of this name");
            }
            final JsonElement base = MergePatch.apply(
                    json.has("request") ? json.get("request") : new JsonObject(),
                    each.has("request") ? each.get("request") : new JsonObject());
            cases.add(new VectorCase(
                    name, text(each, "bundle", ""), text(each, "at", ""), base, each.getAsJsonArray("steps")));
        }
        return cases;
    }

    static String text(JsonObject object, String key, String otherwise) {
        return object.get(key) instanceof JsonPrimitive value ? value.getAsString() : otherwise;
    }

    void write() {
        try {
            Files.writeString(path, JsonText.of(json));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
