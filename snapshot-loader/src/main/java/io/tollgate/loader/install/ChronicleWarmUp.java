/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.install;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ChronicleMapBuilder;

/**
 * Uses Chronicle Map once, in memory, on a thread of its own that ends with it: the first use in a JVM compiles classes for a second or
 * two, and the loader's thread would miss heartbeats meanwhile.
 */
public final class ChronicleWarmUp implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("tollgate.loader.install");

    private final CountDownLatch cancelled = new CountDownLatch(1);

    private ChronicleWarmUp() {}

    /**
     * Starts the thread.
     *
     * @param delayMs how long to leave the machine to others first
     */
    public static ChronicleWarmUp start(long delayMs) {
        ChronicleWarmUp warmUp = new ChronicleWarmUp();
        Thread thread = new Thread(() -> warmUp.run(delayMs), "tollgate-warm-up");
        thread.setDaemon(true);
        thread.setPriority(Thread.MIN_PRIORITY);
        thread.start();
        return warmUp;
    }

    private void run(long delayMs) {
        try {
            if (!cancelled.await(delayMs, TimeUnit.MILLISECONDS)) {
                useOnce();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | LinkageError e) {
            // The first installation will say the same, where it matters.
            LOG.log(System.Logger.Level.WARNING, "Chronicle Map does not work in this JVM: {0}", e.toString());
        }
    }

    private static void useOnce() {
        try (ChronicleMap<byte[], byte[]> map = ChronicleMapBuilder.of(byte[].class, byte[].class)
                .name("tollgate-warm-up")
                .entries(2)
                .averageKeySize(1)
                .averageValueSize(1)
                .skipCloseOnExitHook(true)
                .create()) {
            map.put(new byte[1], new byte[1]);
            map.get(new byte[1]);
        }
    }

    /** Keeps it from beginning; does not wait for what has begun. */
    @Override
    public void close() {
        cancelled.countDown();
    }
}
