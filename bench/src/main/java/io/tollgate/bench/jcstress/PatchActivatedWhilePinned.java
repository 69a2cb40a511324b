/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.jcstress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.tollgate.core.world.ScopeRow;
import io.tollgate.core.world.World;
import io.tollgate.core.world.WorldHolder;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * A worker pins a world and reads a row, while the loader makes a world from it that differs in this row, activates it and reclaims what
 * it may. Guards: who sees the new world sees all of it, who sees the old one sees nothing of the new, and the files that both share stay
 * as long as one of them is open.
 *
 * <p>Result: version that was pinned, what the row says in it, 1 if at the end the old world was closed and the new one is readable.
 */
@JCStressTest
@Outcome(id = "1, 0, 1", expect = ACCEPTABLE, desc = "the worker read the old row")
@Outcome(id = "2, 2, 1", expect = ACCEPTABLE, desc = "the worker read the new row")
@Outcome(expect = FORBIDDEN, desc = "a row of the other world, a row half written, or memory that is gone")
@State
public class PatchActivatedWhilePinned {
    private final WorldHolder worlds = new WorldHolder(1);
    private final World before = TinyWorlds.open(1);

    /** The first is current. */
    public PatchActivatedWhilePinned() {
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
        r.r2 = expiry(pinned);
        worlds.release(0);
    }

    private static int expiry(final World world) {
        return (int) new ScopeRow().wrap(world, TinyWorlds.changedRow(world)).expiresAtMs();
    }

    /** Patches, swaps and reclaims. */
    @Actor
    public void loader() {
        worlds.activate(TinyWorlds.patched(before, 2));
        worlds.reclaim();
    }

    /** Reclaims when nobody reads. */
    @Arbiter
    public void end(final III_Result r) {
        worlds.reclaim();
        final World after = worlds.current();
        r.r3 = before.closed() && after != null && expiry(after) == 2 ? 1 : 0;
        worlds.close();
        worlds.reclaim();
    }
}
