/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.report;

import io.tollgate.loader.journal.UsageSource;
import io.tollgate.loader.transfer.UsageTransport;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.jspecify.annotations.Nullable;

/**
 * Reports a usage journal to the ledger, on a thread of its own.
 *
 * <pre>{@code
 * try (UsageReporter reporter = UsageReporter.start(journal, client.usage(), stateDir.resolve("rejected/usage.jsonl"), settings, random)) {
 *     ...
 * }   // before the journal is closed, whose memory it reads
 * }</pre>
 *
 * <p>{@link #facts} for any thread; the rest is the owner's.
 */
public final class UsageReporter implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("tollgate.loader.report");
    private static final long LONGEST_PARK_NS = TimeUnit.MILLISECONDS.toNanos(4);
    private static final long LOOK_MS = 5;
    private static final long MS_PER_S = 1_000;
    private static final long NS_PER_MS = 1_000_000;

    private final ReportSettings settings;
    private final @Nullable ReportAgent agent;
    private final @Nullable AgentRunner runner;

    private UsageReporter(ReportSettings settings, @Nullable ReportAgent agent) {
        this.settings = settings;
        this.agent = agent;
        this.runner = agent == null
                ? null
                : new AgentRunner(
                        new BackoffIdleStrategy(1, 1, TimeUnit.MICROSECONDS.toNanos(1), LONGEST_PARK_NS),
                        fault -> LOG.log(Level.ERROR, "unexpected fault in usage reporting; it goes on", fault),
                        null,
                        agent);
    }

    /**
     * Begins to report.
     *
     * @param transport null = there is nobody to report to: what is pending stays in the journal, until it is full
     * @param rejectedFile where records go that the ledger refuses for good; made when there is one
     * @param random for jitter
     */
    public static UsageReporter start(
            UsageSource source,
            @Nullable UsageTransport transport,
            Path rejectedFile,
            ReportSettings settings,
            RandomGenerator random) {
        if (transport == null) {
            LOG.log(
                    Level.WARNING,
                    "usage is journaled and there is no control plane to report it to: when the journal is full, billable work is"
                            + " denied (journal.max_bytes; journal.enabled: false if nobody wants it)");
            return new UsageReporter(settings, null);
        }
        ReportAgent agent = new ReportAgent(
                source,
                transport,
                new RejectedFile(rejectedFile),
                settings,
                System::nanoTime,
                System::currentTimeMillis,
                random);
        UsageReporter reporter = new UsageReporter(settings, agent);
        AgentRunner.startOnThread(reporter.started(), task -> {
            Thread thread = new Thread(task, ReportAgent.NAME);
            thread.setDaemon(true);
            return thread;
        });
        return reporter;
    }

    private AgentRunner started() {
        if (runner == null) {
            throw new IllegalStateException("there is nobody to report to");
        }
        return runner;
    }

    /** {@return how it stands} */
    public ReportFacts facts() {
        return agent == null ? ReportFacts.nobody() : agent.facts();
    }

    /**
     * Waits a moment for what is pending, while reporting goes well, then ends the thread. What is left is reported after the next start.
     * Again is harmless.
     */
    @Override
    public void close() {
        if (runner == null || runner.isClosed()) {
            return;
        }
        long endNs = System.nanoTime() + settings.drainMs() * NS_PER_MS;
        while (facts().state() == ReportFacts.State.SENDING && System.nanoTime() - endNs < 0) {
            try {
                Thread.sleep(LOOK_MS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        runner.close(
                (int) (settings.batchTimeoutMs() + MS_PER_S),
                thread -> LOG.log(Level.WARNING, thread.getName() + " does not end"));
    }

    /** {@return whether nothing reads the journal any more} */
    public boolean isClosed() {
        return runner == null || runner.isClosed();
    }
}
