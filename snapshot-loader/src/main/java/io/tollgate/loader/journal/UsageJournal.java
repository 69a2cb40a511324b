/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.journal;

import io.tollgate.core.journal.SettledBefore;
import io.tollgate.core.journal.UsageLog;
import io.tollgate.loader.journal.JournalFacts.Durability;
import io.tollgate.loader.storage.Storage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.agrona.concurrent.Agent;
import org.jspecify.annotations.Nullable;

/**
 * The durable usage journal of a sidecar: what was used lies here before it is acknowledged, until a ledger has it.
 *
 * <pre>
 *   state_dir/journal/&lt;boot id&gt;-&lt;position&gt;.tgj      segments of this run and of those before it
 *   state_dir/damaged/                             segments that could not be read, or not wholly
 * </pre>
 *
 * Their layout: {@link io.tollgate.core.journal.JournalSegment}.
 *
 * Why no queue library: measured with Chronicle Queue 2026.4, a full disk is an InternalError of the thread that appends, and the reader
 * then fails too; an append waits for a lock that another thread or process holds; a flipped bit goes unnoticed; a zeroed
 * page hides all behind it; nothing says how far it is synced.
 *
 * <p>Threading: {@link #open} and {@link #close} by the owner. {@link #agent} by one thread, {@code tollgate-journal}: makes segments ahead
 * of need, follows the commits, syncs. {@link UsageSource} by the one that reports, but {@link #facts} by any. Workers touch {@link #log}
 * only, and have stopped before {@link #close}.
 */
public final class UsageJournal implements UsageSource, AutoCloseable {
    private static final System.Logger LOG = System.getLogger("tollgate.loader.journal");
    /** Empty segments behind the one in use. */
    private static final int SPARES = 2;

    private static final long RETRY_NS = 1_000_000_000L;

    private final Storage storage;
    private final Path folder;
    private final Path damagedFolder;
    private final JournalSettings settings;
    private final RandomGenerator random;
    private final LongSupplier clockNs;
    private final UsageLog log;
    private final RunningLog follower;
    private final RunLog running;
    private final List<RunLog> runs = new CopyOnWriteArrayList<>();
    private final List<Runnable> waiting = new CopyOnWriteArrayList<>();
    private final long damagedCount;
    private SettledBefore settled;

    private int nextIndex;
    private long retryAtNs;
    private boolean growthFailed;
    private volatile long growthFailedCount;
    private volatile String lastError;
    /** Guarded by this: segments before it may be deleted once they are acknowledged. */
    private int publishedIndex;

    private UsageJournal(
            Storage storage,
            Path folder,
            Path damagedFolder,
            JournalSettings settings,
            Producer producer,
            RandomGenerator random,
            LongSupplier clockNs,
            JournalRecovery recovery) {
        this.storage = storage;
        this.folder = folder;
        this.damagedFolder = damagedFolder;
        this.settings = settings;
        this.random = random;
        this.clockNs = clockNs;
        this.log = new UsageLog(producer.sidecarId(), producer.bootId(), settings.durability() == Durability.POWER);
        this.follower = new RunningLog(log);
        this.running = new RunLog(producer, true);
        this.runs.addAll(recovery.runs());
        this.settled = recovery.settled();
        this.damagedCount = recovery.damaged();
        this.lastError = recovery.lastError();
        this.publishedIndex = follower.index();
        this.retryAtNs = clockNs.getAsLong();
    }

    /**
     * Opens what earlier runs left, and begins a new run. A full disk is no error: the journal is full then, until there is room.
     *
     * @param folder made if missing
     * @param damagedFolder where what cannot be read goes; on the same file system
     * @param producer this run
     * @param random for salts
     * @param clockNs monotonic
     * @throws IOException when the folder cannot be used
     */
    public static UsageJournal open(
            Storage storage,
            Path folder,
            Path damagedFolder,
            JournalSettings settings,
            Producer producer,
            RandomGenerator random,
            LongSupplier clockNs)
            throws IOException {
        storage.createDirectories(folder);
        JournalRecovery recovery = new JournalRecovery(storage, folder, damagedFolder);
        recovery.run();
        UsageJournal journal =
                new UsageJournal(storage, folder, damagedFolder, settings, producer, random, clockNs, recovery);
        journal.provide(1);
        return journal;
    }

    /** {@return what workers append to} */
    public UsageLog log() {
        return log;
    }

    /** {@return which reservations earlier runs have settled; until {@link #forgetSettled}} */
    public SettledBefore settled() {
        return settled;
    }

    /** The reservations have been recovered. */
    public void forgetSettled() {
        settled = SettledBefore.NOTHING;
    }

    /** Has somebody called whenever more has become durable, or nothing will any more. On the journal's thread; must not block. */
    public void onDurable(Runnable listener) {
        waiting.add(listener);
    }

    /** {@return the duty cycle} */
    public Agent agent() {
        return new Agent() {
            @Override
            public int doWork() {
                return work();
            }

            @Override
            public String roleName() {
                return "tollgate-journal";
            }
        };
    }

    int work() {
        int news = publish() ? 1 : 0;
        return news + provide(SPARES);
    }

    /** Follows the commits, makes them durable, says so. {@return whether there was news} */
    private boolean publish() {
        long before = log.durableSequence();
        long committed = follower.follow();
        if (committed == before || log.failed()) {
            return false;
        }
        if (log.awaitsDurability() && !sync()) {
            waiting.forEach(Runnable::run);
            return true;
        }
        synchronized (this) {
            running.last(committed);
            publishedIndex = follower.index();
        }
        log.durableSequence(committed);
        waiting.forEach(Runnable::run);
        return true;
    }

    /** All segments that were written since the last time. A failed sync is final: what it lost nobody can tell. */
    private boolean sync() {
        for (SegmentFile file : running.files()) {
            int index = file.segment().index();
            if (index < publishedIndex || index > follower.index()) {
                continue;
            }
            try {
                file.force();
            } catch (IOException | RuntimeException e) {
                log.fail();
                lastError = "cannot sync " + file.path() + " (" + e.getMessage()
                        + "): nothing billable is allowed until the sidecar is started again";
                LOG.log(System.Logger.Level.ERROR, lastError);
                return false;
            }
        }
        return true;
    }

    /** Sees to it that there are so many empty segments behind the one in use. {@return how many were made} */
    private int provide(int wanted) {
        int made = 0;
        while (follower.spares() < wanted
                && bytes() + settings.segmentBytes() <= settings.maxBytes()
                && (!growthFailed || clockNs.getAsLong() - retryAtNs >= 0)) {
            try {
                SegmentFile file = SegmentFile.create(
                        storage,
                        folder,
                        nextIndex,
                        random.nextLong(),
                        running.producer(),
                        settings.segmentBytes(),
                        log.awaitsDurability());
                nextIndex++;
                synchronized (this) {
                    running.add(file);
                }
                log.add(file.segment());
                made++;
                if (growthFailed) {
                    growthFailed = false;
                    LOG.log(System.Logger.Level.INFO, "the usage journal has room again");
                }
            } catch (IOException | RuntimeException e) {
                failedToGrow(e);
            }
        }
        return made;
    }

    private void failedToGrow(Exception e) {
        growthFailedCount++;
        retryAtNs = clockNs.getAsLong() + RETRY_NS;
        lastError = "no room for another journal segment of " + settings.segmentBytes() + " bytes in " + folder + " ("
                + e.getMessage() + "); billable work is denied once the segments that are there are full";
        if (!growthFailed) {
            growthFailed = true;
            LOG.log(System.Logger.Level.ERROR, lastError);
        }
    }

    private long bytes() {
        long sum = running.lengthBytes();
        for (RunLog run : runs) {
            sum += run.lengthBytes();
        }
        return sum;
    }

    @Override
    public @Nullable Producer oldest() {
        for (RunLog run : runs) {
            if (run.pending() > 0) {
                return run.producer();
            }
        }
        return running.pending() > 0 ? running.producer() : null;
    }

    @Override
    public int read(Producer producer, long afterSequence, int maxRecords, int maxBytes, RecordConsumer to) {
        RunLog run = find(producer);
        return run == null ? 0 : run.read(afterSequence, maxRecords, maxBytes, to);
    }

    private @Nullable RunLog find(Producer producer) {
        if (running.producer().equals(producer)) {
            return running;
        }
        for (RunLog run : runs) {
            if (run.producer().equals(producer)) {
                return run;
            }
        }
        return null;
    }

    @Override
    public synchronized void acknowledged(Producer producer, long sequence) {
        RunLog run = find(producer);
        if (run == null || sequence <= run.acknowledged()) {
            return;
        }
        run.acknowledged(Math.min(sequence, run.last()));
        try {
            release(run);
        } catch (IOException e) {
            lastError = "cannot delete acknowledged segments in " + folder + ": " + e.getMessage();
            LOG.log(System.Logger.Level.WARNING, lastError);
        }
    }

    /** The watermark is noted in the oldest segment that stays, then those below it go. */
    private void release(RunLog run) throws IOException {
        SegmentFile[] files = run.files();
        boolean ended = run != running && run.pending() == 0;
        int keep = ended ? files.length : 0;
        while (keep + 1 < files.length && below(run, files[keep + 1])) {
            keep++;
        }
        if (files.length > 0) {
            // of a run that is done in the last one, which goes last
            files[Math.min(keep, files.length - 1)].segment().acknowledged(run.acknowledged());
        }
        if (ended) {
            runs.remove(run);
        }
        for (int i = 0; i < keep; i++) {
            run.removeFirst();
            files[i].discard(damagedFolder);
        }
    }

    /** Whether everything before a segment was acknowledged, and nobody looks there any more. */
    private boolean below(RunLog run, SegmentFile next) {
        long first = next.segment().firstSequence();
        return first != 0
                && first - 1 <= run.acknowledged()
                && (run != running || next.segment().index() <= publishedIndex);
    }

    @Override
    public JournalFacts facts() {
        long pending = running.pending();
        int old = 0;
        for (RunLog run : runs) {
            pending += run.pending();
            old++;
        }
        return new JournalFacts(
                true,
                settings.durability(),
                pending,
                bytes(),
                settings.maxBytes(),
                running.last(),
                running.acknowledged(),
                old,
                damagedCount,
                log.refusedCount(),
                log.failed(),
                lastError);
    }

    /** {@return how often no segment could be made} */
    public long growthFailedCount() {
        return growthFailedCount;
    }

    /** Makes everything durable that was committed, and unmaps it. */
    @Override
    public void close() {
        publish();
        for (SegmentFile file : running.files()) {
            close(file);
        }
        for (RunLog run : runs) {
            for (SegmentFile file : run.files()) {
                close(file);
            }
        }
    }

    private static void close(SegmentFile file) {
        try {
            file.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "closing {0}: {1}", file.path(), e.getMessage());
        }
    }
}
