/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.install;

import java.io.IOException;
import java.nio.file.Path;

/** Runs every step of a clean-up, whatever becomes of the others. */
final class Cleanup {
    private static final System.Logger LOG = System.getLogger("tollgate.loader.install");

    private final Path what;

    @FunctionalInterface
    interface Step {
        void run() throws IOException;
    }

    Cleanup(Path what) {
        this.what = what;
    }

    void run(Step step) {
        try {
            step.run();
        } catch (IOException | RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "cleaning up " + what + " goes on after: " + e);
        }
    }
}
