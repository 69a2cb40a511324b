/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.admin;

import io.tollgate.core.world.ScopeRow;
import io.tollgate.core.world.World;
import io.tollgate.core.world.WorldFacts;
import org.jspecify.annotations.Nullable;

/**
 * How many ceilings a world has: counted once a world, by looking at every row. For any thread that has the world
 * pinned.
 */
final class CeilingCount {
    private volatile Counted last = new Counted(null, 0);

    private record Counted(@Nullable WorldFacts of, long count) {}

    long of(final World world) {
        final Counted known = last;
        if (known.of() == world.facts()) {
            return known.count();
        }
        final ScopeRow row = new ScopeRow();
        long count = 0;
        for (int position = 0; position < world.positions(); position++) {
            final long ref = world.rowAt(position);
            if (ref != World.NO_ROW) {
                count += row.wrap(world, ref).ceilingCount();
            }
        }
        last = new Counted(world.facts(), count);
        return count;
    }
}
