/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader;

import io.tollgate.loader.fixture.DeltaSource;
import io.tollgate.loader.fixture.SnapshotBuilder;
import java.io.IOException;
import java.nio.file.Path;

/** Installed snapshots for tests of other packages. */
public final class InstalledSample {
    private InstalledSample() {}

    /** Something that fails as it likes. */
    @FunctionalInterface
    public interface Look {
        void at(Path folder) throws Exception;
    }

    /** Installs and stops; returns the folder. */
    public static Path install(Path stateDir, SnapshotBuilder.Built snapshot) throws IOException {
        try (LoaderHarness harness = new LoaderHarness(stateDir)) {
            harness.install(snapshot);
            return stateDir.resolve("snapshots").resolve(harness.active().toString());
        }
    }

    /** The same, and applies all deltas that the source has by then. */
    public static Path install(Path stateDir, SnapshotBuilder.Built snapshot, DeltaSource source) throws IOException {
        try (LoaderHarness harness = new LoaderHarness(stateDir)) {
            harness.install(snapshot);
            harness.serveMs(source, 1_000);
            return stateDir.resolve("snapshots").resolve(harness.active().toString());
        }
    }

    /** Installs and looks while the loader still holds the directory. */
    public static void whileRunning(Path stateDir, SnapshotBuilder.Built snapshot, Look look) throws Exception {
        try (LoaderHarness harness = new LoaderHarness(stateDir)) {
            harness.install(snapshot);
            look.at(stateDir.resolve("snapshots").resolve(harness.active().toString()));
        }
    }
}
