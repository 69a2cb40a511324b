/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader;

import io.tollgate.loader.install.StateDirectory;
import io.tollgate.loader.journal.JournalSettings;
import io.tollgate.loader.journal.Producer;
import io.tollgate.loader.journal.UsageJournal;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.jspecify.annotations.Nullable;

/** The usage journal as configured, and the thread that keeps it, {@code tollgate-journal}. */
final class JournalThread implements AutoCloseable {
    /** Answers wait for this thread when power failures count. */
    private static final long LONGEST_PARK_POWER_NS = TimeUnit.MICROSECONDS.toNanos(200);

    private static final long LONGEST_PARK_NS = TimeUnit.MILLISECONDS.toNanos(4);

    private final AgentRunner runner;

    private JournalThread(AgentRunner runner) {
        this.runner = runner;
    }

    /** {@return the journal of a state directory, null when there is to be none} */
    static @Nullable UsageJournal open(LoaderContext context, StateDirectory directory) throws IOException {
        JournalSettings settings = context.journal();
        if (settings == null) {
            return null;
        }
        return UsageJournal.open(
                context.storage(),
                directory.journal(),
                directory.damaged(),
                settings,
                new Producer(context.sidecarId(), context.bootId()),
                new SecureRandom(),
                System::nanoTime);
    }

    static JournalThread start(UsageJournal journal) {
        long longestNs = journal.log().awaitsDurability() ? LONGEST_PARK_POWER_NS : LONGEST_PARK_NS;
        AgentRunner runner = new AgentRunner(
                new BackoffIdleStrategy(1, 1, TimeUnit.MICROSECONDS.toNanos(1), longestNs),
                new FaultLog(),
                null,
                journal.agent());
        AgentRunner.startOnThread(runner, task -> {
            Thread thread = new Thread(task, "tollgate-journal");
            thread.setDaemon(true);
            return thread;
        });
        return new JournalThread(runner);
    }

    @Override
    public void close() {
        runner.close();
    }
}
