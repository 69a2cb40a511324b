/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader;

import io.tollgate.core.world.World;
import io.tollgate.loader.fixture.DeltaSource;
import io.tollgate.loader.fixture.SampleSnapshot;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Applies one delta after the other, with a snapshot now and then, until it is killed; says what is in force. In a JVM of its own. What
 * delta n does is fixed: user un comes, user u(n-2) goes.
 */
final class KilledDeltas {
    private KilledDeltas() {}

    /** The control plane as it is after so many deltas. */
    static DeltaSource sourceAt(long sequence) {
        DeltaSource source = new DeltaSource(SampleSnapshot.of(1), 1);
        while (source.sequence() < sequence) {
            publish(source);
        }
        return source;
    }

    private static void publish(DeltaSource source) {
        long n = source.sequence() + 1;
        if (n > 2) {
            source.publish(
                    DeltaTest.user("u" + n),
                    DeltaSource.remove(io.tollgate.v1.Section.SECTION_DIRECTORY, "org:acme/user:u" + (n - 2)));
        } else {
            source.publish(DeltaTest.user("u" + n));
        }
    }

    public static void main(String[] args) throws Exception {
        try (LoaderHarness harness = new LoaderHarness(Path.of(args[0]))) {
            harness.settle();
            long version = harness.active().version();
            DeltaSource source = sourceAt(harness.status().deltas().sequence());
            say("start", harness);
            if (version == 0) {
                harness.install(SampleSnapshot.of(++version).build());
                say("active", harness);
            }
            while (true) {
                publish(source);
                if (source.sequence() % 9 == 0) {
                    harness.advanceMs(1_600);
                    harness.install(source.snapshot(++version));
                } else {
                    harness.serveMs(source, 1_100);
                }
                if (harness.status().deltas().sequence() != source.sequence()) {
                    throw new IllegalStateException(harness.status().toString());
                }
                say("active", harness);
            }
        }
    }

    private static void say(String what, LoaderHarness harness) {
        World world = harness.loader.worlds().current();
        long sequence = harness.status().deltas().sequence();
        boolean whole = sequence == 0
                || Objects.requireNonNull(world).findPath("org:acme/user:u" + sequence) != World.NOT_FOUND
                        && (sequence < 3 || world.findPath("org:acme/user:u" + (sequence - 2)) == World.NOT_FOUND);
        System.out.println(what + " " + harness.active().version() + " " + sequence + " " + whole);
        System.out.flush();
    }
}
