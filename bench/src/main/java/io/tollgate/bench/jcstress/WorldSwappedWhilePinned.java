/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.jcstress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.tollgate.core.world.World;
import io.tollgate.core.world.WorldHolder;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * A worker pins a world, reads it and lets it go, while the loader activates the next one and reclaims what it may. Guards: what is pinned
 * is never closed (reading it then would end the process), it is one world or the other, and once nobody reads, the old one is closed.
 *
 * <p>Result: version that was pinned, 1 if it was closed while pinned else 0, 1 if the old world was closed at the end.
 */
@JCStressTest
@Outcome(id = "1, 0, 1", expect = ACCEPTABLE, desc = "the worker read the old world")
@Outcome(id = "2, 0, 1", expect = ACCEPTABLE, desc = "the worker read the new world")
@Outcome(expect = FORBIDDEN, desc = "closed under the reader, no world, or never closed")
@State
public class WorldSwappedWhilePinned {
    private static final int LOOKS = 8;

    private final WorldHolder worlds = new WorldHolder(1);
    private final World before = TinyWorlds.open(1);
    private final World after = TinyWorlds.open(2);

    /** The first is current. */
    public WorldSwappedWhilePinned() {
        worlds.activate(before);
    }

    /** Reads. */
    @Actor
    public void worker(final III_Result r) {
        final World pinned = worlds.pin(0);
        if (pinned == null) {
            r.r1 = -1;
            return;
        }
        r.r1 = (int) pinned.facts().version();
        for (int i = 0; i < LOOKS; i++) {
            r.r2 |= pinned.closed() ? 1 : 0;
        }
        worlds.release(0);
    }

    /** Swaps and reclaims. */
    @Actor
    public void loader() {
        worlds.activate(after);
        worlds.reclaim();
    }

    /** Reclaims when nobody reads. */
    @Arbiter
    public void end(final III_Result r) {
        worlds.reclaim();
        r.r3 = before.closed() && worlds.retiredCount() == 0 ? 1 : 0;
        after.close();
    }
}
