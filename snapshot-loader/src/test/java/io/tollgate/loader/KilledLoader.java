/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader;

import io.tollgate.core.quota.InFlight;
import io.tollgate.core.quota.TakePlan;
import io.tollgate.core.quota.Taker;
import io.tollgate.core.world.CeilingRow;
import io.tollgate.core.world.ScopeRow;
import io.tollgate.core.world.World;
import io.tollgate.loader.fixture.SampleSnapshot;
import java.nio.file.Path;
import java.util.Objects;

/** Installs one version after the other and takes a token under each, until it is killed; says what it has done. In a JVM of its own. */
final class KilledLoader {
    private KilledLoader() {}

    public static void main(String[] args) throws Exception {
        try (LoaderHarness harness = new LoaderHarness(Path.of(args[0]))) {
            harness.settle();
            long version = harness.active().version();
            say("start", version, version == 0 ? 0 : used(harness, 0));
            while (true) {
                harness.install(SampleSnapshot.of(++version).chunkBytes(100).build());
                if (harness.active().version() != version) {
                    throw new IllegalStateException(harness.status().toString());
                }
                say("active", version, used(harness, 1));
            }
        }
    }

    private static void say(String what, long version, long used) {
        System.out.println(what + " " + version + " " + used);
        System.out.flush();
    }

    /** Takes tokens of the month; returns how many are used then. */
    private static long used(LoaderHarness harness, long take) {
        World world = Objects.requireNonNull(harness.loader.worlds().current());
        ScopeRow row = new ScopeRow().wrap(world, world.findPath("org:acme"));
        CeilingRow monthly = new CeilingRow().first(world, row);
        while (monthly.dimensionId() != SampleSnapshot.TOKENS) {
            monthly.next();
        }
        int place = world.periods().locate(monthly.windowId(), harness.clock.wallMs());
        long ordinal = world.periods().ordinal(place);
        if (take > 0) {
            TakePlan plan = new TakePlan();
            plan.begin(harness.clock.monotonicNs() + harness.clock.epochOffsetNs());
            plan.addPeriod(
                    monthly.cellRef(),
                    monthly.limit(),
                    take,
                    ordinal,
                    world.periods().endMs(place),
                    TakePlan.HARD);
            if (new Taker(harness.loader.cells().cells(), new InFlight(1), 0).take(plan) != Taker.TAKEN) {
                throw new IllegalStateException("the tokens were not given");
            }
        }
        return harness.loader.cells().cells().readUsed(monthly.cellRef(), ordinal);
    }
}
