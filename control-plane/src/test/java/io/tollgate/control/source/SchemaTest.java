/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The JSON Schemas for editors say what the reader says. Run with TOLLGATE_UPDATE=true in the environment to write them anew. */
class SchemaTest {
    private static final Path ROOT = Path.of(System.getProperty("tollgate.root", ".."));
    private static final Path SCHEMAS = ROOT.resolve("docs/schema");
    private static final Path ACME = ROOT.resolve("examples/acme");
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
    private static final JsonSchemaFactory FACTORY = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012);

    private record Sample(Folder folder, Path path) {
        @Override
        public String toString() {
            return ACME.relativize(path).toString();
        }
    }

    static List<Sample> samples() throws IOException {
        List<Sample> samples = new ArrayList<>();
        samples.add(new Sample(Folder.ROOT, ACME.resolve(Folder.ROOT_FILE)));
        for (Folder folder : EnumSet.complementOf(EnumSet.of(Folder.ROOT))) {
            try (Stream<Path> files = Files.list(ACME.resolve(folder.folderName()))) {
                files.sorted().forEach(path -> samples.add(new Sample(folder, path)));
            }
        }
        return samples;
    }

    @ParameterizedTest
    @EnumSource(Folder.class)
    void shouldPublishWhatTheReaderAccepts(Folder folder) throws IOException {
        Path file = SCHEMAS.resolve(JsonSchemas.fileName(folder));
        String made = JsonSchemas.text(folder);
        if ("true".equals(System.getenv("TOLLGATE_UPDATE"))) {
            Files.createDirectories(SCHEMAS);
            Files.writeString(file, made);
        }

        assertEquals(made, Files.readString(file), file + " is out of date: run SchemaTest with TOLLGATE_UPDATE=true");
    }

    @ParameterizedTest
    @MethodSource("samples")
    void shouldAcceptTheSampleOrganisation(Sample sample) throws IOException {
        Set<ValidationMessage> messages = schema(sample.folder).validate(YAML.readTree(sample.path.toFile()));

        assertEquals(Set.of(), messages);
    }

    @ParameterizedTest
    @MethodSource("samples")
    void shouldNameTheSchemaForEditors(Sample sample) throws IOException {
        String first = Files.readAllLines(sample.path).get(0);
        String prefix = "# yaml-language-server: $schema=";

        assertTrue(first.startsWith(prefix), first);
        Path schema =
                sample.path.resolveSibling(first.substring(prefix.length()).strip());
        assertEquals(SCHEMAS.resolve(JsonSchemas.fileName(sample.folder)).toRealPath(), schema.toRealPath());
    }

    /** In every mapping with known keys of the sample: what the one refuses, the other refuses. */
    @ParameterizedTest
    @MethodSource("samples")
    void shouldRefuseUnknownAndMissingKeysWhereverTheReaderDoes(Sample sample) throws IOException {
        JsonNode root = YAML.readTree(sample.path.toFile());
        JsonSchema schema = schema(sample.folder);
        List<Place> places = new ArrayList<>();
        collect(BundleShapes.of(sample.folder), root, places);
        assertFalse(places.isEmpty());
        for (Place place : places) {
            place.node.put("unknown_key", 1);
            assertFalse(schema.validate(root).isEmpty(), () -> "the schema accepts an unknown key in " + place);
            assertEquals(List.of(Code.UNKNOWN_KEY), codes(sample.folder, root), place::toString);
            place.node.remove("unknown_key");
            for (Shape.Field field : place.shape.fields().values()) {
                JsonNode taken = place.node.get(field.key());
                if (taken == null) {
                    continue;
                }
                place.node.remove(field.key());
                boolean schemaAccepts = schema.validate(root).isEmpty();
                boolean readerAccepts = codes(sample.folder, root).isEmpty();
                assertEquals(!field.required(), readerAccepts, () -> field.key() + " of " + place);
                assertEquals(readerAccepts, schemaAccepts, () -> field.key() + " of " + place);
                place.node.set(field.key(), taken);
            }
        }
    }

    @Test
    void shouldDescribeEveryKeyForEditors() {
        for (Folder folder : Folder.values()) {
            descriptions(BundleShapes.of(folder));
        }
    }

    private static void descriptions(Shape shape) {
        if (shape instanceof Shape.Fields fields) {
            for (Shape.Field field : fields.fields().values()) {
                assertTrue(field.doc().endsWith("."), () -> fields.name() + "." + field.key() + ": " + field.doc());
                descriptions(field.shape());
            }
        } else if (shape instanceof Shape.ListOf list) {
            descriptions(list.element());
        } else if (shape instanceof Shape.MapOf map) {
            descriptions(map.value());
        }
    }

    private record Place(Shape.Fields shape, ObjectNode node) {}

    private static void collect(Shape shape, JsonNode node, List<Place> places) {
        if (shape instanceof Shape.Fields fields) {
            places.add(new Place(fields, (ObjectNode) node));
            for (Shape.Field field : fields.fields().values()) {
                if (node.has(field.key())) {
                    collect(field.shape(), node.get(field.key()), places);
                }
            }
        } else if (shape instanceof Shape.ListOf list) {
            node.forEach(item -> collect(list.element(), item, places));
        } else if (shape instanceof Shape.MapOf map) {
            node.forEach(item -> collect(map.value(), item, places));
        }
    }

    private static JsonSchema schema(Folder folder) throws IOException {
        return FACTORY.getSchema(Files.readString(SCHEMAS.resolve(JsonSchemas.fileName(folder))));
    }

    /** What the reader says about a document, which as JSON is YAML as well. */
    private static List<Code> codes(Folder folder, JsonNode root) {
        Diagnostics diagnostics = new Diagnostics();
        SourceFile file = new SourceFile(folder, "x.yaml", root.toString().getBytes(StandardCharsets.UTF_8));
        Optional<org.snakeyaml.engine.v2.nodes.Node> node = new YamlReader(diagnostics).read(file);
        assertTrue(node.isPresent(), () -> diagnostics.sorted().toString());
        new ShapeChecker(file, diagnostics).check(node.get(), BundleShapes.of(folder));
        return diagnostics.sorted().stream().map(Diagnostic::code).toList();
    }
}
