/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decisionlog;

import io.tollgate.server.config.SidecarConfigBuilder;
import io.tollgate.v1.DecisionLogEntry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** A decision log for tests of those that log: its thread is the test's, its disk breaks when told to. */
public final class TestLog implements AutoCloseable {
    private final FailingDisk disk = new FailingDisk();
    private final LogHarness harness;

    public TestLog(final Path folder, final UnaryOperator<SidecarConfigBuilder> settings) {
        harness = new LogHarness(folder, settings, "boot", disk);
    }

    /** For each event loop. */
    public Supplier<LaneLog> lanes() {
        return harness.log::newLane;
    }

    /** The disk is full, and the log finds out. */
    public void breakDisk() {
        disk.room = 0;
        harness.decided(io.tollgate.v1.Outcome.OUTCOME_DENY);
        harness.turn(3);
    }

    /** The disk takes bytes again; the log does not know yet. */
    public void mendDisk() {
        disk.room = Long.MAX_VALUE;
        harness.nowMs += 10_000;
    }

    /** What the log's thread does now and then. */
    public void turn() {
        harness.turn(50);
    }

    public DecisionLogFacts facts() {
        return harness.log.facts();
    }

    public List<DecisionLogEntry> entries() throws IOException {
        return harness.entries();
    }

    @Override
    public void close() {
        harness.close();
    }
}
