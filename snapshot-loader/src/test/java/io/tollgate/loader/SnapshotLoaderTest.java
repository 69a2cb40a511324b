/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.tollgate.core.world.World;
import io.tollgate.loader.fixture.SampleSnapshot;
import io.tollgate.loader.fixture.SnapshotBuilder;
import io.tollgate.loader.transfer.SnapshotVersion;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotLoaderTest {
    @TempDir
    Path stateDir;

    @Test
    void shouldInstallAndActivateWhatTheControlPlaneOffers() throws Exception {
        SnapshotBuilder.Built snapshot = SampleSnapshot.of(7).build();
        try (LoaderHarness harness = new LoaderHarness(stateDir)) {
            harness.install(snapshot);
            assertEquals(new SnapshotVersion(1, 7), harness.activations.get(0), () -> harness.status()
                    .toString());
            World world = harness.loader.worlds().current();
            assertNotNull(world);
            assertEquals(6, world.scopeCount());
        }
    }
}
