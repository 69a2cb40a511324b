/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** kill -9 at any moment while deltas are applied: the next start has every delta that was in force, and no half of one. */
@Tag("long")
class KillDeltasTest {
    private static final int ROUNDS = 12;

    @TempDir
    Path stateDir;

    @Test
    void shouldLoseNoDeltaThatWasInForce() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        long sequence = 0;
        for (int round = 0; round < ROUNDS; round++) {
            String what = "seed " + seed + ", round " + round;
            Process process = KilledJava.start(KilledDeltas.class, stateDir);
            try (BufferedReader said =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                String first = said.readLine();
                assertNotNull(first, what);
                assertTrue(first.startsWith("start "), what + ": " + first);
                String[] words = first.split(" ");
                long found = Long.parseLong(words[2]);
                // more than it has said is well: what it said last may not have come through
                assertTrue(found >= sequence, what + ": " + first + " after " + sequence);
                assertEquals("true", words[3], what + ": " + first);
                int activations = 1 + random.nextInt(8);
                String line = first;
                for (int i = 0; i < activations; i++) {
                    line = said.readLine();
                    assertNotNull(line, what);
                    assertTrue(
                            line.startsWith("active ") && line.endsWith(" true"),
                            what + ": " + line + said.lines().limit(8).toList());
                }
                TimeUnit.MICROSECONDS.sleep(random.nextInt(60_000));
                process.toHandle().destroyForcibly();
                for (String more = said.readLine(); more != null; more = said.readLine()) {
                    assertTrue(more.startsWith("active ") && more.endsWith(" true"), what + ": " + more);
                    line = more;
                }
                sequence = Long.parseLong(line.split(" ")[2]);
            } finally {
                process.destroyForcibly().waitFor();
            }
        }
        assertTrue(sequence > 20, "delta " + sequence);
    }
}
