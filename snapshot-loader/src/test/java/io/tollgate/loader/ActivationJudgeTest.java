/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.core.world.World;
import io.tollgate.loader.fixture.FakeClock;
import io.tollgate.loader.fixture.SampleSnapshot;
import io.tollgate.loader.fixture.SnapshotBuilder;
import io.tollgate.loader.transfer.RefusedException;
import io.tollgate.loader.transfer.SnapshotVersion;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A world is looked at between its installation and its activation. */
class ActivationJudgeTest {
    @TempDir
    Path stateDir;

    private final SnapshotBuilder.Built seven = SampleSnapshot.of(7).build();
    private final SnapshotBuilder.Built eight = SampleSnapshot.of(8).build();
    private final List<String> events = new ArrayList<>();
    private boolean refuse;

    /** Sees all in three steps. */
    private final class Judge implements ActivationJudge {
        @Override
        public Trial begin(World live, Candidate candidate) {
            events.add(live.facts().version() + " to " + candidate.version());
            assertFalse(candidate.world().closed());
            return new Trial() {
                private int steps;

                @Override
                public boolean step() throws RefusedException {
                    steps++;
                    if (refuse && steps == 3) {
                        throw new RefusedException(RefusedException.Check.DRY_RUN, "3 decisions flip");
                    }
                    return steps == 3;
                }

                @Override
                public void close() {
                    events.add("closed after " + steps);
                }
            };
        }
    }

    private LoaderHarness start() throws Exception {
        return new LoaderHarness(stateDir, LoaderHarness.context().judge(new Judge()), new FakeClock());
    }

    @Test
    void shouldActivateWhatPassesAndNotAskWithoutALiveWorld() throws Exception {
        try (LoaderHarness harness = start()) {
            harness.install(seven);
            assertEquals(List.of(), events);
            harness.install(eight);
            assertEquals(new SnapshotVersion(1, 8), harness.active());
            assertEquals(List.of("7 to 1-8", "closed after 3"), events);
        }
    }

    @Test
    void shouldKeepTheLastGoodOneAndTryARefusedOneAgainWhenItIsAllowed() throws Exception {
        try (LoaderHarness harness = start()) {
            harness.install(seven);
            refuse = true;
            harness.install(eight);
            assertEquals(new SnapshotVersion(1, 7), harness.active());
            assertEquals(List.of("3 decisions flip"), harness.refusals);
            assertEquals(List.of("7 to 1-8", "closed after 3"), events);
            assertFalse(Files.exists(stateDir.resolve("snapshots/1-8")));
            int pulls = harness.plane.pulls.size();

            refuse = false;
            harness.loader.retryRefused();
            harness.settle();
            assertEquals(pulls + 1, harness.plane.pulls.size());
            harness.plane.sendAll(eight);
            harness.settle();
            assertEquals(new SnapshotVersion(1, 8), harness.active());
        }
    }

    @Test
    void shouldAskNobodyAboutWhatIsOnDiskAtTheStart() throws Exception {
        try (LoaderHarness harness = start()) {
            harness.install(seven);
        }
        try (LoaderHarness harness = start()) {
            assertEquals(new SnapshotVersion(1, 7), harness.active());
            assertTrue(events.isEmpty());
        }
    }
}
