/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The reference pages tell of every key and every finding. Their tables are written anew with TOLLGATE_UPDATE=true in the environment. */
class DocsTest {
    private static final Path DOCS =
            Path.of(System.getProperty("tollgate.root", "..")).resolve("docs");
    private static final Path DOC = DOCS.resolve("bundle.md");
    private static final Pattern TABLE = Pattern.compile("(?s)<!-- keys: ([^\n]+?) -->\n.*?<!-- end -->\n");
    private static final Pattern EXAMPLE =
            Pattern.compile("(?s)\n## ([a-z./]+)(?=\n)(?:(?!\n## ).)*?\n```yaml\n(.*?)```");

    @Test
    void shouldDocumentEveryKeyOfABundleAsTheReaderReadsIt() throws IOException {
        Map<String, Shape.Fields> shapes = new LinkedHashMap<>();
        for (Folder folder : Folder.values()) {
            collect(BundleShapes.of(folder), shapes);
        }
        checkTables(DOC, shapes);
    }

    @Test
    void shouldDocumentEveryKeyOfTheControlPlanesConfiguration() throws IOException {
        Map<String, Shape.Fields> shapes = new LinkedHashMap<>();
        collect(ControlPlaneShapes.FILE, shapes);
        checkTables(DOCS.resolve("control-plane.md"), shapes);
    }

    private static void checkTables(Path doc, Map<String, Shape.Fields> shapes) throws IOException {
        String text = Files.readString(doc);
        StringBuilder made = new StringBuilder();
        Set<String> shown = new LinkedHashSet<>();
        Matcher matcher = TABLE.matcher(text);
        while (matcher.find()) {
            String name = matcher.group(1);
            Shape.Fields fields = Objects.requireNonNull(shapes.get(name), () -> "nothing is a " + name);
            shown.add(name);
            matcher.appendReplacement(made, Matcher.quoteReplacement(table(fields)));
        }
        matcher.appendTail(made);
        if ("true".equals(System.getenv("TOLLGATE_UPDATE"))) {
            Files.writeString(doc, made.toString());
        }

        assertEquals(shapes.keySet(), shown, doc + " has a table for everything that has keys");
        assertEquals(made.toString(), Files.readString(doc), "run DocsTest with TOLLGATE_UPDATE=true");
    }

    @Test
    void shouldExplainEveryFinding() throws IOException {
        String text = Files.readString(DOC);
        for (Code code : Code.values()) {
            assertTrue(text.contains("\n| `" + code.label() + "`"), () -> code.label() + " is not explained");
        }
    }

    @Test
    void shouldShowExamplesThatTheReaderAccepts() throws IOException {
        Matcher matcher = EXAMPLE.matcher(Files.readString(DOC));
        int seen = 0;
        while (matcher.find()) {
            String heading = matcher.group(1);
            Folder folder = heading.equals(Folder.ROOT_FILE)
                    ? Folder.ROOT
                    : Folder.valueOf(heading.replace("/", "").toUpperCase(Locale.ROOT));
            Diagnostics diagnostics = new Diagnostics();
            SourceFile file = new SourceFile(folder, heading, matcher.group(2).getBytes(StandardCharsets.UTF_8));
            new YamlReader(diagnostics).read(file).ifPresent(node -> new ShapeChecker(file, diagnostics)
                    .check(node, BundleShapes.of(folder)));
            assertEquals(
                    List.of(),
                    diagnostics.sorted().stream()
                            .filter(d -> d.code() != Code.MISSING_KEY)
                            .toList(),
                    heading);
            seen++;
        }
        assertEquals(Folder.values().length, seen, "one example per part of a bundle");
    }

    private static void collect(Shape shape, Map<String, Shape.Fields> shapes) {
        if (shape instanceof Shape.Fields fields) {
            Shape.Fields earlier = shapes.putIfAbsent(fields.name(), fields);
            assertTrue(earlier == null || earlier.equals(fields), () -> "two different things are a " + fields.name());
            fields.fields().values().forEach(field -> collect(field.shape(), shapes));
        } else if (shape instanceof Shape.ListOf list) {
            collect(list.element(), shapes);
        } else if (shape instanceof Shape.MapOf map) {
            collect(map.value(), shapes);
        }
    }

    private static String table(Shape.Fields fields) {
        StringBuilder table = new StringBuilder("<!-- keys: " + fields.name() + " -->\n");
        table.append("| key of a ").append(fields.name()).append(" | value | |\n|---|---|---|\n");
        for (Shape.Field field : fields.fields().values()) {
            table.append("| `").append(field.key()).append('`').append(field.required() ? " (required)" : "");
            table.append(" | ")
                    .append(describe(field.shape()))
                    .append(" | ")
                    .append(field.doc())
                    .append(" |\n");
        }
        return table.append("<!-- end -->\n").toString();
    }

    private static String describe(Shape shape) {
        if (shape instanceof Shape.Fields fields) {
            return "a " + fields.name();
        }
        if (shape instanceof Shape.ListOf list) {
            return "list, each " + describe(list.element());
        }
        if (shape instanceof Shape.MapOf map) {
            return "mapping from " + map.key().description() + " to " + describe(map.value());
        }
        Shape.Scalar scalar = (Shape.Scalar) shape;
        return switch (scalar.kind()) {
            case CHOICE ->
                scalar.allowed().size() > 12 ? "a reason" : "`" + String.join("`, `", scalar.allowed()) + "`";
            case INT ->
                "whole number from " + scalar.min() + (scalar.max() == Long.MAX_VALUE ? "" : " to " + scalar.max());
            default -> scalar.kind().description();
        };
    }
}
