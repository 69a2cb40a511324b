/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.envoy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The whole program once, with a real Envoy and hardly any load: that it runs and that every gate is what it is called. */
class EnvoyLoadTest {
    @TempDir
    Path folder;

    @Test
    void shouldMeasureEveryGate() throws Exception {
        try {
            EnvoyProcess.binary("1.40.0");
        } catch (final IOException e) {
            // without python3 and pip it cannot be fetched; CI has both
            Assumptions.assumeTrue(System.getenv("CI") != null, () -> "not run: " + e.getMessage());
            throw e;
        }
        final Path report = folder.resolve("report.md");
        final int code = new CommandLine(new EnvoyLoad())
                .execute(
                        "--principals=100",
                        "--rates=50,0",
                        "--rounds=1",
                        "--warm-up=0.2",
                        "--set=warm_up.decisions=0",
                        "--duration=0.2",
                        "--output=" + report);
        assertEquals(0, code, "see its errors above");
        final String text = Files.readString(report);
        assertTrue(text.contains("### Open loop, 50 requests/s"), text);
        assertTrue(text.contains("### Closed loop, 8 connections"), text);
        for (final Gate gate : Gate.values()) {
            assertEquals(2, text.split("\n\\| " + gate.title + " \\|", -1).length - 1, gate + "\n" + text);
        }
    }
}
