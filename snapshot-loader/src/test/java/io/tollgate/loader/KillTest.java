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

/** kill -9 at any moment of an installation: the next start has the last active snapshot, or its successor, and no counter is lower. */
@Tag("long")
class KillTest {
    private static final int ROUNDS = 25;

    @TempDir
    Path stateDir;

    @Test
    void shouldLoseNothingThatWasActive() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        long version = 0;
        long used = 0;
        for (int round = 0; round < ROUNDS; round++) {
            String what = "seed " + seed + ", round " + round;
            Process process = KilledJava.start(KilledLoader.class, stateDir);
            try (BufferedReader said =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                String first = said.readLine();
                assertNotNull(first, what);
                assertTrue(first.startsWith("start "), what + ": " + first);
                String[] words = first.split(" ");
                long found = Long.parseLong(words[1]);
                assertTrue(found == version || found == version + 1, what + ": " + first + " after " + version);
                long foundUsed = Long.parseLong(words[2]);
                assertTrue(foundUsed >= used && foundUsed <= used + 1, what + ": " + first + " after " + used);
                int activations = random.nextInt(4);
                String line = first;
                for (int i = 0; i < activations; i++) {
                    line = said.readLine();
                    assertNotNull(line, what);
                    assertTrue(line.startsWith("active "), what + ": " + line);
                }
                TimeUnit.MICROSECONDS.sleep(random.nextInt(activations == 0 ? 1_500_000 : 150_000));
                process.toHandle().destroyForcibly();
                String[] last = line.split(" ");
                for (String more = said.readLine(); more != null; more = said.readLine()) {
                    last = more.split(" ");
                    assertEquals("active", last[0], what + ": " + more);
                }
                version = Long.parseLong(last[1]);
                used = Long.parseLong(last[2]);
            } finally {
                process.destroyForcibly().waitFor();
            }
        }
        assertTrue(version > 5, "version " + version);
    }
}
