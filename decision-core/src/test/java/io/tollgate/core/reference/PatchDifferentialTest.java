/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.core.engine.EngineSnapshot;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two engines are asked the same random questions while publishes change their worlds in the same way: one patches, tens of times one on
 * the other, the other writes each world anew. Every answer, every explanation and every row must be the same.
 */
class PatchDifferentialTest {
    private static final int WORLDS = 10;
    private static final int STEPS = 300;
    private static final int CHANGES_EVERY = 6;

    @TempDir
    Path directory;

    private int snapshots;
    private int patched;

    @Test
    void shouldAnswerFromPatchedWorldsAsFromThoseWrittenAnew() {
        run(WORLDS, Long.getLong("tollgate.seed", System.nanoTime()));
        assertTrue(patched > snapshots / 2, patched + " of " + snapshots + " were patches");
        assertTrue(patched < snapshots, "nothing was ever refused");
    }

    @Test
    @Tag("long")
    void shouldDoSoForManyWorlds() {
        run(600, Long.getLong("tollgate.seed", System.nanoTime()));
    }

    private void run(final int worlds, final long firstSeed) {
        for (int i = 0; i < worlds; i++) {
            final long seed = firstSeed + i;
            try {
                play(seed, directory.resolve("w" + i));
            } catch (final AssertionError | RuntimeException ex) {
                throw new AssertionError("seed " + seed + " (run again with -Dtollgate.seed=" + seed + ")", ex);
            }
        }
        System.getLogger("tollgate.test")
                .log(
                        System.Logger.Level.INFO,
                        patched + " of " + snapshots + " snapshots were patches, of " + worlds + " worlds from seed "
                                + firstSeed);
    }

    private void play(final long seed, final Path files) {
        final RandomWorld world = new RandomWorld(seed, RandomRegistry.Features.ALL);
        final Random random = RandomWorld.scrambled(~seed);
        final List<ReferenceCall.Step> steps = new RandomCalls(world, RandomRegistry.Features.ALL, random).next(STEPS);
        try (EnginePlayer whole = new EnginePlayer(world, files.resolve("whole"), false).explaining();
                EnginePlayer patching = new EnginePlayer(world, files.resolve("patched"), false, true).explaining()) {
            @Nullable RandomChanges changes = null;
            for (final ReferenceCall.Step step : steps) {
                EngineSnapshot next = null;
                if (changes == null) {
                    next = whole.snapshot((ReferenceCall.Activate) step.call());
                    changes = new RandomChanges(world, next, random);
                } else if (step.call() instanceof ReferenceCall.Activate || random.nextInt(CHANGES_EVERY) == 0) {
                    next = changes.next(step.nowNs() / 1_000_000);
                }
                final String where = step.name() + " " + step.call();
                assertEquals(whole.play(step, next), patching.play(step, next), where);
                assertEquals(whole.explained(), patching.explained(), where);
                if (next != null) {
                    snapshots++;
                    assertEquals(
                            String.join("\n", whole.dump().values()),
                            String.join("\n", patching.dump().values()),
                            where);
                }
            }
            patched += patching.patched();
        }
    }
}
