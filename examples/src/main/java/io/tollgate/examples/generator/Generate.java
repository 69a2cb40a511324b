/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.examples.generator;

import io.tollgate.v1.SnapshotManifest;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Writes the sample organisation's shape at any size as a snapshot file. */
@Command(
        name = "generate",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Writes a snapshot file with any number of principals: a chain of seven scopes, three ceilings at each, 200 rules.",
        footer = {
            "",
            "Example:",
            "  bench/run io.tollgate.examples.generator.Generate --principals 1000000 -o /tmp/1m.tgsnap"
        })
public final class Generate implements Callable<Integer> {
    @Option(names = "--principals", required = true, description = "1 to 20000000.")
    private int principals;

    @Option(names = "--seed", description = "Other seeds give other roles (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Option(names = "--stamp", description = "A number that shows in limits, rule ids and obligations (default: none).")
    private long stamp;

    @Option(names = "--bundle", description = "Bundle id (default: ${DEFAULT-VALUE}).")
    private String bundle = "default";

    @Option(names = "--version-number", description = "Snapshot version (default: ${DEFAULT-VALUE}).")
    private long version = 1;

    @Option(names = "--max-age-ms", description = "How old each plane may be (default: ${DEFAULT-VALUE}).")
    private long maxAgeMs = 60_000;

    @Option(
            names = {"-o", "--output"},
            required = true,
            description = "The file; replaced when it exists.")
    private Path output = Path.of("");

    /** Runs the command. */
    public static void main(final String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Generate()).setExecutionExceptionHandler((failure, command, parsed) -> {
            if (failure instanceof IOException || failure instanceof IllegalArgumentException) {
                command.getErr().println("generate: " + failure.getMessage());
                return 2;
            }
            throw failure;
        });
    }

    @Override
    public Integer call() throws IOException {
        final GeneratedShape shape = new GeneratedShape(principals, seed, stamp);
        final long beganNs = System.nanoTime();
        final SnapshotManifest manifest = GeneratedSnapshot.write(
                new GeneratedBundle(shape),
                output,
                new GeneratedSnapshot.Identity(bundle, 1, version, maxAgeMs),
                System.currentTimeMillis());
        final PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        out.printf(
                Locale.ROOT,
                "%s: version %d, %,d scopes, %,d MiB in %,d chunks, %.1f s%n",
                output,
                manifest.getVersion(),
                shape.scopes(),
                Files.size(output) >> 20,
                manifest.getChunkCount(),
                (System.nanoTime() - beganNs) / 1e9);
        return 0;
    }
}
