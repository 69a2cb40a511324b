/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.e2e;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No acknowledged use is lost, none is counted twice, and the gate never opens, whoever is killed and when. */
class CrashMatrixTest {
    private static final int SOME_ROUNDS = 4;
    private static final int MANY_KILLS = 200;

    @TempDir
    Path directory;

    @Test
    void shouldSurviveSomeKills() throws Exception {
        try (CrashMatrix matrix = new CrashMatrix(directory, System.nanoTime())) {
            matrix.run(SOME_ROUNDS);
        }
    }

    @Test
    @Tag("long")
    void shouldSurviveTwoHundredKills() throws Exception {
        try (CrashMatrix matrix = new CrashMatrix(directory, System.nanoTime())) {
            while (matrix.kills() < MANY_KILLS) {
                matrix.run(10);
            }
            assertTrue(matrix.kills() >= MANY_KILLS);
        }
    }
}
