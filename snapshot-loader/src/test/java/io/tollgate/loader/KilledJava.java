/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader;

import java.io.IOException;
import java.nio.file.Path;

/** A Java process of the test's own class path, with production's flags, to be killed. */
final class KilledJava {
    private KilledJava() {}

    static Process start(Class<?> program, Path stateDir) throws IOException {
        String root = System.getProperty("tollgate.root");
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "@" + root + "/config/jvm.options",
                        "-Xmx64m",
                        "-Djava.util.logging.config.file=" + System.getProperty("java.util.logging.config.file"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        program.getName(),
                        stateDir.toString())
                .redirectErrorStream(true)
                .start();
    }
}
