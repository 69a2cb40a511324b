/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** examples/envoy/run as its user runs it, with the program of this class path in place of ./tollgate. */
@Timeout(180)
class EnvoyRunTest {
    private static final Path EXAMPLES = Path.of(System.getProperty("tollgate.root"), "examples", "envoy");

    private static final int MISSING_TOOL = 3;

    @TempDir
    Path directory;

    private record Ended(int code, String said) {}

    private Ended run(final String... arguments) throws Exception {
        RealEnvoy.binary(RealEnvoy.VERSIONS.get(0));
        final Path program = Files.writeString(
                directory.resolve("tollgate"),
                """
                #!/usr/bin/env bash
                exec '%s' '@%s' -XX:TieredStopAtLevel=1 '-Dtollgate.home=%s' -cp '%s' io.tollgate.cli.Tollgate "$@"
                """
                        .formatted(
                                Path.of(System.getProperty("java.home"), "bin", "java"),
                                Path.of(System.getProperty("tollgate.root"), "config", "jvm.options"),
                                System.getProperty("tollgate.root"),
                                System.getProperty("java.class.path")));
        assertTrue(program.toFile().setExecutable(true));
        final List<String> command =
                new ArrayList<>(List.of(EXAMPLES.resolve("run").toString()));
        command.addAll(List.of(arguments));
        final ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("TOLLGATE", program.toString());
        builder.environment()
                .put("TMPDIR", Files.createDirectories(directory.resolve("tmp")).toString());
        final Process process = builder.start();
        final String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), said);
    }

    static List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(EXAMPLES)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith(".calls"))
                    .map(file -> file.substring(0, file.length() - ".calls".length()))
                    .sorted()
                    .toList();
        }
    }

    private void shouldAnswerAsItSays(final String name) throws Exception {
        final Ended ended = run(name, "--check", "--port-base", "0");
        if (ended.code() == MISSING_TOOL && System.getenv("CI") == null) {
            Assumptions.abort("not run: " + ended.said());
        }
        assertEquals(0, ended.code(), ended.said());
        assertTrue(
                ended.said()
                                .lines()
                                .filter(line -> line.contains("as expected"))
                                .count()
                        >= 3,
                ended.said());
        assertFalse(ended.said().contains("OTHER THAN EXPECTED"), ended.said());
        try (Stream<Path> left = Files.list(directory.resolve("tmp"))) {
            assertEquals(
                    List.of(),
                    left.filter(file -> file.toString().contains("tollgate-envoy"))
                            .toList());
        }
    }

    @Test
    void shouldMakeTokensAndAnswerAsItSays() throws Exception {
        shouldAnswerAsItSays("jwt");
    }

    @Tag("long")
    @ParameterizedTest
    @MethodSource("names")
    void shouldAnswerAsEveryExampleSays(final String name) throws Exception {
        shouldAnswerAsItSays(name);
    }

    @Test
    void shouldNameTheExamplesAndRefuseOthers() throws Exception {
        final Ended list = run("--list");
        assertEquals(0, list.code(), list.said());
        assertEquals(
                names(), list.said().lines().map(line -> line.split(" ")[0]).toList());
        final Ended other = run("nix");
        assertEquals(2, other.code());
        assertTrue(other.said().contains("there are: " + String.join(" ", names())), other.said());
        assertEquals(2, run("http", "--port-base", "80").code());
    }
}
