/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.tollgate.control.ControlPlane;
import io.tollgate.control.ControlPlaneConfig;
import io.tollgate.control.ControlPlaneListener;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code snapshot archive}: states of a real control plane's folder, while it runs. */
class SnapshotArchiveTest {
    @TempDir
    Path directory;

    private Run run(String... arguments) {
        return Run.in(Run.session(directory, Map.of(), ""), arguments);
    }

    private void copySample() throws IOException {
        final Path source = Path.of(System.getProperty("tollgate.root"), "examples", "acme");
        try (Stream<Path> files = Files.walk(source)) {
            for (final Path file : files.toList()) {
                final Path copy = directory
                        .resolve("acme")
                        .resolve(source.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(copy);
                } else {
                    Files.copy(file, copy);
                }
            }
        }
    }

    @Test
    void shouldGiveBackTheStateAtEveryChange() throws Exception {
        copySample();
        final ControlPlaneConfig config = ControlPlaneConfig.of(directory.resolve("acme"), directory.resolve("control"))
                .listeningOn(new InetSocketAddress("127.0.0.1", 0), null);
        try (ControlPlane control = ControlPlane.start(config, ControlPlaneListener.NONE)) {
            run("compile", "acme", "-o", "before.tgs").exits(ExitCode.OK);
            final Path policies = directory.resolve("acme/policies/lumen.yaml");
            Files.writeString(policies, "scope: org:lumen\nrules: []\n");
            final long deadlineNs = System.nanoTime() + 60_000_000_000L;
            while (control.bundles().get(0).getDeltaSequence() < 1) {
                assertTrue(System.nanoTime() < deadlineNs, "the edit is published");
                Thread.sleep(20);
            }
            run("compile", "acme", "-o", "after.tgs").exits(ExitCode.OK);

            final JsonObject list = JsonParser.parseString(run(
                                    "snapshot",
                                    "archive",
                                    "--state",
                                    "control",
                                    "--bundle",
                                    "acme",
                                    "--list",
                                    "--output",
                                    "json")
                            .exits(ExitCode.OK)
                            .out())
                    .getAsJsonObject();
            assertEquals(
                    1,
                    list.getAsJsonArray("states")
                            .get(0)
                            .getAsJsonObject()
                            .get("lastSequence")
                            .getAsLong());
            archive("0", "at0.tgs").exits(ExitCode.OK);
            archive("1", "at1.tgs").exits(ExitCode.OK).prints("at1.tgs written");
            run("snapshot", "diff", "before.tgs", "at0.tgs").exits(ExitCode.OK).prints("SAME");
            run("snapshot", "diff", "after.tgs", "at1.tgs").exits(ExitCode.OK).prints("SAME");
            run("snapshot", "diff", "at0.tgs", "at1.tgs").exits(ExitCode.NO);
            run("snapshot", "verify", "at1.tgs").exits(ExitCode.OK);
            archive("7", "at7.tgs").exits(ExitCode.USAGE).complains("changes 0 to 1 of epoch");
            run("snapshot", "archive", "--state", "control", "--bundle", "other", "--list")
                    .exits(ExitCode.USAGE)
                    .complains("there is no bundle 'other'");
            run("snapshot", "archive", "--state", "control", "--bundle", "acme")
                    .exits(ExitCode.USAGE)
                    .complains("--list");
        }
    }

    private Run archive(String sequence, String file) {
        return run("snapshot", "archive", "--state", "control", "--bundle", "acme", "--sequence", sequence, "-o", file);
    }
}
