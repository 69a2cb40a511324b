/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Asks a serving command to end, and lets the process leave only when it has: SIGTERM and Ctrl-C end a server with the
 * exit code of its command, not with that of a killed JVM. Thread-safe.
 */
final class StopSignal {
    /** A server that has not drained by then never will. */
    private static final long LONGEST_DRAIN_S = 120;

    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch finished = new CountDownLatch(1);
    private volatile int exitCode = ExitCode.OK;

    /** From now on a signal of the operating system asks; once per process. */
    void listenToProcess() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::onShutdown, "tollgate-stop"));
    }

    void ask() {
        asked.countDown();
    }

    boolean isAsked() {
        return asked.getCount() == 0;
    }

    /** Waits until somebody asks, or the thread is interrupted. */
    void await() {
        try {
            asked.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for at most that long. @return whether somebody asked, or the thread was interrupted */
    boolean await(long timeoutMs) {
        try {
            return asked.await(timeoutMs, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /** The command has ended and left nothing running. */
    void finished(int code) {
        exitCode = code;
        finished.countDown();
    }

    private void onShutdown() {
        if (finished.getCount() == 0) {
            return; // an ordinary exit
        }
        asked.countDown();
        try {
            finished.await(LONGEST_DRAIN_S, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        System.err.flush();
        Runtime.getRuntime().halt(exitCode);
    }
}
