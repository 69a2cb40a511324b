/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same sources compile to the same records, whenever and wherever. */
class DeterminismTest {
    @TempDir
    Path dir;

    private static CompiledBundle compile(Path dir, String time) {
        return BundleCompiler.compile(dir, InstantSource.fixed(Instant.parse(time)))
                .bundle()
                .orElseThrow();
    }

    @Test
    void shouldCompileToTheSameAtAnyTimeAndPlace() throws Exception {
        Path one = new TinyBundle().write(Files.createDirectory(dir.resolve("one")));
        Path two = new TinyBundle().write(Files.createDirectory(dir.resolve("two")));

        CompiledBundle first = compile(one, "2026-11-20T12:00:00Z");
        CompiledBundle second = compile(two, "2031-01-01T00:00:00Z");

        assertEquals(first, second);
        assertEquals(first.sourceDigest(), second.sourceDigest());
    }

    @Test
    void shouldNotDependOnHowEntriesAreSpreadOverFilesButForTheirPlaces() throws Exception {
        Path one = new TinyBundle().write(Files.createDirectory(dir.resolve("one")));
        Path two = new TinyBundle()
                .edit("registry/registry.yaml", "  gpu: {}\n", "")
                .file("registry/a-units.yaml", "units: {gpu: {}}\n")
                .edit("directory/directory.yaml", "      service:bot: {roles: [admin]}\n", "")
                .file("directory/a.yaml", "organizations: {acme: {principals: {service:bot: {roles: [admin]}}}}\n")
                .write(Files.createDirectory(dir.resolve("two")));

        CompiledBundle first = compile(one, "2026-11-20T12:00:00Z");
        CompiledBundle second = compile(two, "2026-11-20T12:00:00Z");

        assertEquals(first.registry(), second.registry());
        assertEquals(first.scopes(), second.scopes());
        assertNotEquals(first.sourceDigest(), second.sourceDigest());
    }

    @Test
    void shouldMergeTheRulesOfOneScopeInTheOrderOfTheFiles() {
        Path bundle = new TinyBundle()
                .file(
                        "policies/d.yaml",
                        "scope: org:acme\nrules:\n  - {id: last, effect: deny, who: {actor_ids: [ana]}, what: {products: [gpu]}}\n")
                .file(
                        "policies/a.yaml",
                        "scope: org:acme\nrules:\n  - {id: first, effect: deny, who: {actor_ids: [ana]}, what: {products: [gpu]}}\n")
                .write(dir);

        assertEquals(
                java.util.List.of("first", "engineers", "machines", "last"),
                compile(bundle, "2026-11-20T12:00:00Z").policies().stream()
                        .filter(p -> p.getScope().getPath().equals("org:acme"))
                        .flatMap(p -> p.getRulesList().stream())
                        .map(rule -> rule.getId())
                        .toList());
    }
}
