/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tollgate.loader.fixture.SampleSnapshot;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Snapshot after snapshot in one process: what a swap opens, maps and allocates is gone after it. */
class SwapsFlatTest {
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    private static final Path REGIONS = Path.of("/proc/self/maps");
    /** Chronicle Map and the JIT have opened and compiled by then what they will. */
    private static final int SETTLED = 40;

    private static final int MORE_DESCRIPTORS = 6;
    private static final int MORE_REGIONS = 40;
    private static final long MORE_HEAP_BYTES = 12L << 20;
    private static final long MORE_OFF_HEAP_BYTES = 4L << 20;

    @TempDir
    Path stateDir;

    private record Use(long descriptors, long stateRegions, long regions, long heapBytes, long offHeapBytes) {}

    private Use use() throws IOException {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        long descriptors;
        try (Stream<Path> open = Files.list(DESCRIPTORS)) {
            descriptors = open.count();
        }
        long ours;
        long all;
        try (Stream<String> lines = Files.lines(REGIONS)) {
            String[] regions = lines.toArray(String[]::new);
            all = regions.length;
            ours = Stream.of(regions)
                    .filter(line -> line.contains(stateDir.toString()))
                    .count();
        }
        Runtime runtime = Runtime.getRuntime();
        long offHeap = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
        return new Use(descriptors, ours, all, runtime.totalMemory() - runtime.freeMemory(), offHeap);
    }

    private void swap(int swaps) throws Exception {
        assumeTrue(Files.exists(DESCRIPTORS) && Files.exists(REGIONS), "only Linux tells");
        try (LoaderHarness harness = new LoaderHarness(stateDir)) {
            Use settled = use();
            for (int i = 1; i <= SETTLED + swaps; i++) {
                harness.install(SampleSnapshot.of(i).build());
                assertEquals(i, harness.active().version());
                // reclaims what nobody reads any more, and deletes its folder
                harness.advanceMs(60);
                harness.plane
                        .heartbeats
                        .subList(0, harness.plane.heartbeats.size() - 1)
                        .clear();
                harness.plane.pulls.clear();
                if (i == SETTLED) {
                    settled = use();
                }
            }
            assertFlat(settled);
            try (Stream<Path> folders = Files.list(stateDir.resolve("snapshots"))) {
                assertEquals(2, folders.filter(Files::isDirectory).count(), "the live one and the one before");
            }
        }
    }

    /** Cleaners free buffers a while after the collection that found them. */
    private void assertFlat(Use before) throws Exception {
        Use after = use();
        for (int i = 0; i < 100 && !isFlat(before, after); i++) {
            Thread.sleep(100);
            after = use();
        }
        assertTrue(isFlat(before, after), before + " -> " + after);
    }

    private static boolean isFlat(Use before, Use after) {
        return after.descriptors <= before.descriptors + MORE_DESCRIPTORS
                && after.stateRegions <= before.stateRegions
                && after.regions <= before.regions + MORE_REGIONS
                && after.heapBytes <= before.heapBytes + MORE_HEAP_BYTES
                && after.offHeapBytes <= before.offHeapBytes + MORE_OFF_HEAP_BYTES;
    }

    @Test
    void shouldKeepNothingOfAHundredSwaps() throws Exception {
        swap(100);
    }

    @Tag("long")
    @Test
    void shouldKeepNothingOfAThousandSwaps() throws Exception {
        swap(1_000);
    }
}
