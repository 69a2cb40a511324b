/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** kill -9 of a real process: what was acknowledged is there, what is there is there once, and the next start succeeds. */
class LedgerKillTest {
    private static final int ROUNDS = 4;

    @TempDir
    Path folder;

    private Process start(long next, long deadly) throws Exception {
        String root = System.getProperty("tollgate.root");
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "@" + root + "/config/jvm.options",
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        KilledLedger.class.getName(),
                        folder.toString(),
                        Long.toString(next),
                        Long.toString(deadly))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    @Test
    void shouldHaveEachRecordOnceThatWasCommittedAndNeverAcknowledged() throws Exception {
        Process process = start(1, 3);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        assertEquals(137, process.exitValue());
        try (OpenLedger ledger = new OpenLedger(folder)) {
            assertEquals(15, ledger.events(), "three commits, two of them acknowledged");
            assertEquals(
                    15, ledger.submit(Usage.run("a", "1", 11, 5)).acceptedSequence(), "the sidecar sends it again");
            assertEquals(5, ledger.ledger.status().getDuplicateCount());
            assertEquals(BigInteger.valueOf(120), ledger.sum());
        }
    }

    @Test
    void shouldLoseNothingThatWasAcknowledgedAndCountNothingTwice() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        long acknowledged = 0;
        for (int round = 0; round < ROUNDS; round++) {
            String what = "seed " + seed + ", round " + round;
            Process process = start(acknowledged + 1, 0);
            try (BufferedReader said =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                String line = said.readLine();
                assertTrue(line != null && line.startsWith("start "), what + ": " + line);
                long found = Long.parseLong(line.split(" ")[1]);
                assertTrue(found >= acknowledged, what + ": " + line + " after " + acknowledged);
                // Sometimes the kill comes within the first commit, sometimes some later.
                for (int i = random.nextInt(8); i > 0 && line != null; i--) {
                    line = said.readLine();
                }
                acknowledged =
                        line == null || line.startsWith("start ") ? acknowledged : Long.parseLong(line.split(" ")[1]);
                TimeUnit.MICROSECONDS.sleep(random.nextInt(20_000));
                process.toHandle().destroyForcibly();
                for (line = said.readLine(); line != null; line = said.readLine()) {
                    if (line.startsWith("acknowledged ") && line.length() > "acknowledged ".length()) {
                        acknowledged = Math.max(acknowledged, Long.parseLong(line.split(" ")[1]));
                    }
                }
            } finally {
                process.destroyForcibly().waitFor();
            }
            try (OpenLedger ledger = new OpenLedger(folder)) {
                long accepted = ledger.submit(Usage.run("a", "1", 1, 0)).acceptedSequence();
                assertTrue(accepted >= acknowledged, what + ": has " + accepted + ", acknowledged " + acknowledged);
                assertEquals(accepted, ledger.events(), what);
                assertEquals(
                        BigInteger.valueOf(accepted)
                                .multiply(BigInteger.valueOf(accepted + 1))
                                .shiftRight(1),
                        ledger.sum(),
                        what);
                acknowledged = accepted;
            }
        }
    }
}
