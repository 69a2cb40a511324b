/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A million principals in a JVM with a small heap. Run with -Plong; prints what it took. */
@Tag("long")
class LargeInstallTest {
    @TempDir
    Path stateDir;

    @Test
    void shouldInstallAMillionPrincipalsWithinASmallHeap() throws Exception {
        for (int ceilingsEach : new int[] {0, 3}) {
            run("-Xmx96m", 1_000_000, ceilingsEach);
        }
    }

    private void run(String heap, long principals, int ceilingsEach) throws Exception {
        String root = System.getProperty("tollgate.root");
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "@" + root + "/config/jvm.options",
                        heap,
                        "-cp",
                        System.getProperty("java.class.path"),
                        LargeInstall.class.getName(),
                        stateDir.resolve("each-" + ceilingsEach).toString(),
                        Long.toString(principals),
                        Integer.toString(ceilingsEach))
                .redirectErrorStream(true)
                .start();
        String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        System.out.println(heap + ", " + principals + " principals, " + ceilingsEach + " ceilings each\n" + output);
        assertEquals(0, child.waitFor(), output);
        assertTrue(output.contains("restarted"), output);
    }
}
