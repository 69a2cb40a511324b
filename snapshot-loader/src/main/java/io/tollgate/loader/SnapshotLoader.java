/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader;

import io.tollgate.core.DecisionClock;
import io.tollgate.core.freshness.FreshnessTable;
import io.tollgate.core.quota.CellRepair;
import io.tollgate.core.quota.CellStore;
import io.tollgate.core.reservation.ReservationStore;
import io.tollgate.core.world.WorldHolder;
import io.tollgate.loader.install.ChronicleWarmUp;
import io.tollgate.loader.install.RecordSource;
import io.tollgate.loader.journal.UsageJournal;
import io.tollgate.loader.report.ReportFacts;
import io.tollgate.loader.report.ReportSettings;
import io.tollgate.loader.report.UsageReporter;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a sidecar's snapshot: opens what is on disk, asks the control plane for what is newer, installs and activates it, and keeps the
 * ages of the planes.
 *
 * <pre>{@code
 * try (SnapshotLoader loader = SnapshotLoader.open(new LoaderContext().stateDir(dir).sidecarId("a").client(client).workers(4))) {
 *     DecisionEngine engine = new DecisionEngine(
 *             loader.worlds(), loader.cells().cells(), new InFlight(4), loader.freshness(), loader.clock());
 *     loader.start();
 *     ...
 * }   // after the last worker has stopped
 * }</pre>
 *
 * <p>Threading: {@link #open}, {@link #start} and {@link #close} by the owner; everything else by any thread. After {@link #start} one
 * thread, {@code tollgate-loader}, does all the work.
 */
public final class SnapshotLoader implements AutoCloseable {
    /** Idle, the thread looks about 250 times a second. */
    private static final long LONGEST_PARK_NS = TimeUnit.MILLISECONDS.toNanos(4);
    /** A sidecar that comes up with a snapshot has better things to do at first. */
    private static final long WARM_UP_DELAY_MS = 20_000;
    /** Where records are kept that the ledger refused for good; in the state directory. */
    private static final String REJECTED_USAGE = "rejected/usage.jsonl";

    private final LoaderContext context;
    private final Residence residence;
    private final StatusBoard board;
    private final LoaderAgent agent;
    private final AtomicBoolean closed = new AtomicBoolean();
    private @Nullable AgentRunner runner;
    private @Nullable JournalThread journalThread;
    private volatile @Nullable UsageReporter reporter;
    private @Nullable ChronicleWarmUp warmUp;

    private SnapshotLoader(LoaderContext context, Residence residence) {
        this.context = context;
        this.residence = residence;
        this.board = new StatusBoard(context.stateDir(), residence.ages(), context.listeners());
        this.agent = new LoaderAgent(context, board, residence);
        board.counters(residence.cells().count(), residence.countersWereReset());
        if (!residence.passedOver().isEmpty()) {
            board.failed(
                    "at the start, to be fetched again: " + String.join("; ", residence.passedOver()),
                    context.clock().wallMs());
        }
        if (!residence.deltas().damage().isEmpty()) {
            board.failed(residence.deltas().damage(), context.clock().wallMs());
        }
        if (residence.worlds().current() != null) {
            board.deltas().found(residence.deltas().state());
            board.activated(residence.facts(false));
        }
    }

    /**
     * Opens the state directory and activates the snapshot that is on disk, if any: stale until the control plane confirms it, unless a
     * restart grace is configured. Talks to nobody yet.
     *
     * @throws IOException when the directory is held by another process or cannot be used, or the live counters are damaged
     */
    public static SnapshotLoader open(LoaderContext context) throws IOException {
        context.conclude();
        try {
            return new SnapshotLoader(context, Residence.open(context));
        } catch (IOException | RuntimeException e) {
            context.client().close();
            throw e;
        }
    }

    /**
     * Heals counters with this when the wall clock went back; without it they deny until the clock has caught up. Before {@link #start}.
     *
     * @param repair with a worker number that nobody else has, over the in-flight words of the decision workers
     */
    public SnapshotLoader repairWith(CellRepair repair) {
        residence.upkeep().repairWith(repair);
        return this;
    }

    /** Starts the loader's thread. Once. */
    public void start() {
        if (runner != null || closed.get()) {
            throw new IllegalStateException("this loader was started or closed before");
        }
        AgentRunner started = new AgentRunner(
                new BackoffIdleStrategy(1, 1, TimeUnit.MICROSECONDS.toNanos(1), LONGEST_PARK_NS),
                new FaultLog(),
                null,
                agent);
        runner = started;
        warmUp = ChronicleWarmUp.start(residence.worlds().current() == null ? 0 : WARM_UP_DELAY_MS);
        UsageJournal journal = residence.journal();
        if (journal != null) {
            journalThread = JournalThread.start(journal);
            reporter = UsageReporter.start(
                    journal,
                    context.client().usage(),
                    context.stateDir().resolve(REJECTED_USAGE),
                    ReportSettings.DEFAULT,
                    RandomGenerator.getDefault());
        }
        AgentRunner.startOnThread(started, task -> {
            Thread thread = new Thread(task, LoaderAgent.NAME);
            thread.setDaemon(true);
            return thread;
        });
    }

    /** The duty cycle, for tests that run it step by step instead of {@link #start}. */
    LoaderAgent agent() {
        return agent;
    }

    /** {@return the worlds that workers pin} */
    public WorldHolder worlds() {
        return residence.worlds();
    }

    /** {@return the live counters} */
    public CellStore cells() {
        return residence.cells();
    }

    /** {@return open reservations and idempotency keys} */
    public ReservationStore reservations() {
        return residence.reservations().store();
    }

    /** {@return the usage journal; null = usage is not journaled} */
    public @Nullable UsageJournal journal() {
        return residence.journal();
    }

    /** {@return how usage is reported; null = it is not journaled, or this loader was not started} */
    public @Nullable ReportFacts reporting() {
        UsageReporter running = reporter;
        return running == null ? null : running.facts();
    }

    /** {@return whether reservations were found that could not be used, and set aside} */
    public boolean reservationsWereSetAside() {
        return residence.reservations().wasSetAside();
    }

    /** {@return the ages of the planes} */
    public FreshnessTable freshness() {
        return residence.ages().table();
    }

    /** {@return the clock of decisions, kept in step with the wall clock by the loader's thread} */
    public DecisionClock clock() {
        return context.clock();
    }

    /** {@return portable records of the active snapshot, for diagnostics} */
    public RecordSource records() {
        return residence.records();
    }

    /** Fetches a refused snapshot again at once, since it would pass now. */
    public void retryRefused() {
        agent.retryRefused();
    }

    /** {@return what is known now} */
    public LoaderStatus status() {
        return board.status(context.clock().monotonicNs(), context.clock().wallMs());
    }

    /**
     * Ends the loader's thread, then closes everything in the reverse order of opening. Every decision worker must have stopped before.
     * Again is harmless.
     */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        if (warmUp != null) {
            warmUp.close();
        }
        UsageReporter reporting = reporter;
        if (reporting != null) {
            // First: it goes on while there is something to report, and reads memory that is unmapped below.
            reporting.close();
        }
        if (runner != null) {
            runner.close();
        } else {
            agent.onClose();
        }
        if (journalThread != null) {
            journalThread.close();
        }
        context.client().close();
        if (reporting != null && !reporting.isClosed()) {
            // Unmapping memory under a running reader would end the process without a word.
            Loggers.LOADER.log(
                    System.Logger.Level.WARNING,
                    "the thread that reports usage does not end; the state directory stays open until the process ends");
            return;
        }
        residence.close();
    }
}
