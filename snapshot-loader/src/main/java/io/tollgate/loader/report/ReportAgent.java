/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.report;

import com.google.protobuf.ByteString;
import io.tollgate.loader.Backoff;
import io.tollgate.loader.journal.JournalFacts;
import io.tollgate.loader.journal.Producer;
import io.tollgate.loader.journal.UsageSource;
import io.tollgate.loader.report.ReportFacts.State;
import io.tollgate.loader.report.ReportFacts.Waiting;
import io.tollgate.loader.transfer.ControlPlaneClient.Failure;
import io.tollgate.loader.transfer.ControlPlaneClient.Listener;
import io.tollgate.loader.transfer.UsageTransport;
import io.tollgate.v1.RejectedUsage;
import io.tollgate.v1.SidecarIdentity;
import io.tollgate.v1.UsageAck;
import io.tollgate.v1.UsageBatch;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.ManyToOneConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * The reporting duty cycle. One producer at a time, the oldest run first; of it, batches from the last acknowledgement on, as many as the
 * window has room for. Whatever goes wrong, the report is given up, and after a backoff it begins again behind the last acknowledgement.
 *
 * <p>Guarantees: bytes go out as the journal froze them. The journal is told of a sequence only when an acknowledgement named this producer
 * and everything up to it was sent; every record that it rejects is in the rejected file by then. So duplicated, late and lost
 * acknowledgements do no harm.
 */
final class ReportAgent implements Agent {
    static final String NAME = "tollgate-report";

    private static final System.Logger LOG = System.getLogger("tollgate.loader.report");
    private static final int MESSAGES_PER_CYCLE = 16;

    private final UsageSource source;
    private final UsageTransport transport;
    private final RejectedFile rejectedFile;
    private final ReportSettings settings;
    private final LongSupplier clockNs;
    private final LongSupplier wallMs;
    private final Backoff backoff;
    private final ManyToOneConcurrentLinkedQueue<Runnable> inbox = new ManyToOneConcurrentLinkedQueue<>();
    private final Window window = new Window();

    private UsageTransport.@Nullable Report report;
    private @Nullable Producer producer;
    /** Of the producer; -1 = not known before its first record was read. */
    private long acknowledged = -1;
    /** Of the producer: the newest that was sent in this report, */
    private long sent;
    /** and ever. */
    private long everSent;
    /** The last read gave less than a full batch. */
    private boolean drained;
    /** After a failure, one batch at a time until one is acknowledged. */
    private boolean careful;

    private long sentAtNs;
    private long retryAtNs;
    private String trouble = "";

    private State state = State.IDLE;
    private long reportedCount;
    private long rejectedCount;
    private String lastError = "";
    private long acknowledgedAtMs;
    private long waitingTimestampMs;
    private volatile ReportFacts facts;

    ReportAgent(
            UsageSource source,
            UsageTransport transport,
            RejectedFile rejectedFile,
            ReportSettings settings,
            LongSupplier clockNs,
            LongSupplier wallMs,
            RandomGenerator random) {
        this.source = source;
        this.transport = transport;
        this.rejectedFile = rejectedFile;
        this.settings = settings;
        this.clockNs = clockNs;
        this.wallMs = wallMs;
        this.backoff = new Backoff(ns(settings.firstBackoffMs()), ns(settings.longestBackoffMs()), random);
        this.retryAtNs = clockNs.getAsLong();
        this.sentAtNs = retryAtNs - ns(settings.pauseMs());
        this.facts = view();
    }

    private static long ns(long ms) {
        return TimeUnit.MILLISECONDS.toNanos(ms);
    }

    /** Any thread. */
    ReportFacts facts() {
        return facts;
    }

    private ReportFacts view() {
        Producer of = producer;
        return new ReportFacts(
                state,
                transport.address(),
                reportedCount,
                rejectedCount,
                rejectedCount == 0 ? "" : rejectedFile.path().toString(),
                backoff.failures(),
                lastError,
                acknowledgedAtMs,
                state == State.IDLE || of == null
                        ? null
                        : new Waiting(of, Math.max(0, acknowledged), waitingTimestampMs));
    }

    private void show(State now) {
        state = now;
        facts = view();
    }

    @Override
    public String roleName() {
        return NAME;
    }

    @Override
    public int doWork() {
        int work = drain();
        long nowNs = clockNs.getAsLong();
        if (!window.isEmpty() && nowNs - window.oldestAtNs() >= ns(settings.batchTimeoutMs())) {
            failed("no acknowledgement within " + settings.batchTimeoutMs() + " ms");
            return work + 1;
        }
        return nowNs - retryAtNs < 0 || !choose(nowNs) ? work : work + send(nowNs);
    }

    private int drain() {
        int count = 0;
        while (count < MESSAGES_PER_CYCLE) {
            Runnable event = inbox.poll();
            if (event == null) {
                break;
            }
            count++;
            event.run();
        }
        return count;
    }

    /** Sees to it that there is a producer with something to report. */
    private boolean choose(long nowNs) {
        if (!window.isEmpty()) {
            return true;
        }
        Producer oldest = source.oldest();
        if (oldest == null) {
            UsageTransport.Report open = report;
            if (open != null && nowNs - sentAtNs >= ns(settings.idleMs())) {
                report = null;
                open.end();
            }
            if (state != State.IDLE) {
                show(State.IDLE);
            }
            return false;
        }
        if (!oldest.equals(producer)) {
            producer = oldest;
            acknowledged = -1;
            sent = 0;
            everSent = 0;
            drained = false;
        }
        return true;
    }

    private int send(long nowNs) {
        int count = 0;
        while (window.size() < (careful ? 1 : settings.window()) && mayRead(nowNs)) {
            UsageTransport.Report open = report;
            if (open != null && !open.isReady()) {
                break;
            }
            UsageBatch batch = read();
            if (batch == null) {
                break;
            }
            if (open == null) {
                open = begin();
            }
            window.add(batch, nowNs);
            sent = batch.getFirstSequence() + batch.getRecordsCount() - 1;
            everSent = Math.max(everSent, sent);
            sentAtNs = nowNs;
            open.send(batch);
            count++;
        }
        return count;
    }

    /** Batches that are not full come at intervals, so that a busy sidecar fills them. */
    private boolean mayRead(long nowNs) {
        return !drained || nowNs - sentAtNs >= ns(settings.pauseMs());
    }

    private @Nullable UsageBatch read() {
        Producer from = producer;
        if (from == null) {
            return null;
        }
        JournalReading reading = new JournalReading();
        source.read(from, sent, settings.maxRecords(), settings.maxBytes(), reading);
        drained = reading.count() < settings.maxRecords() && reading.bytes < settings.maxBytes() / 2;
        if (reading.count() == 0) {
            return null;
        }
        if (acknowledged < 0) {
            acknowledged = reading.first - 1;
        } else if (reading.first != sent + 1) {
            reading.batch.setDamagedFromSequence(sent + 1);
        }
        if (sent <= acknowledged) {
            waitingTimestampMs = reading.timestampMs;
            show(backoff.failures() > 0 ? State.FAILING : State.SENDING);
        }
        return reading.batch
                .setProducer(SidecarIdentity.newBuilder()
                        .setSidecarId(from.sidecarId())
                        .setBootId(from.bootId()))
                .setFirstSequence(reading.first)
                .setAcknowledgedSequence(acknowledged)
                .setAppendedSequence(appended(reading.last()))
                .build();
    }

    /** Newest of the producer; of earlier runs only what was read is known. */
    private long appended(long read) {
        JournalFacts journal = source.facts();
        return journal.oldRunCount() == 0 ? Math.max(read, journal.appendedSequence()) : read;
    }

    private UsageTransport.Report begin() {
        Ear ear = new Ear();
        UsageTransport.Report begun = transport.report(ear);
        ear.of = begun;
        report = begun;
        return begun;
    }

    /** Hears a report on the transport's threads, and acts on this one. */
    private final class Ear implements Listener<UsageAck> {
        /** Reporting thread's. */
        private UsageTransport.@Nullable Report of;

        @Override
        public void onMessage(UsageAck ack) {
            inbox.add(() -> heard(ack));
        }

        @Override
        public void onEnd(@Nullable Failure failure) {
            inbox.add(() -> ended(of, failure));
        }
    }

    private void ended(UsageTransport.@Nullable Report which, @Nullable Failure failure) {
        if (which == null || which != report) {
            return;
        }
        report = null;
        if (failure != null) {
            failed(failure.message());
        } else if (!window.isEmpty()) {
            failed("the control plane ended the report before everything was acknowledged");
        }
    }

    private void heard(UsageAck ack) {
        Producer of = producer;
        if (of == null
                || !ack.getProducer().getSidecarId().equals(of.sidecarId())
                || !ack.getProducer().getBootId().equals(of.bootId())) {
            return;
        }
        long upTo = Math.min(ack.getAcceptedSequence(), everSent);
        if (upTo <= acknowledged || !keepRejected(of, ack)) {
            return;
        }
        source.acknowledged(of, upTo);
        reportedCount += upTo - acknowledged;
        acknowledged = upTo;
        acknowledgedAtMs = wallMs.getAsLong();
        sent = Math.max(sent, upTo);
        window.acknowledged(upTo);
        backoff.onSuccess();
        careful = false;
        if (!trouble.isEmpty()) {
            trouble = "";
            LOG.log(Level.INFO, "usage is reported again to " + transport.address());
        }
        show(source.oldest() == null ? State.IDLE : State.SENDING);
    }

    /** What is refused for good is on the disk before the journal lets go of it. */
    private boolean keepRejected(Producer of, UsageAck ack) {
        for (RejectedUsage each : ack.getRejectedList()) {
            ByteString record = each.getSequence() > acknowledged ? window.record(each.getSequence()) : null;
            if (record == null) {
                continue;
            }
            try {
                rejectedFile.add(of, each.getSequence(), each.getCause(), record, wallMs.getAsLong());
            } catch (IOException e) {
                failed("a rejected record cannot be kept in " + rejectedFile.path() + ": " + e.getMessage());
                return false;
            }
            rejectedCount++;
            LOG.log(
                    Level.ERROR,
                    "usage record " + each.getSequence() + " of run " + of.bootId()
                            + " was REJECTED by the ledger and is kept in " + rejectedFile.path() + ": "
                            + each.getCause());
        }
        return true;
    }

    /** Gives the report up; the next one begins behind the last acknowledgement. */
    private void failed(String cause) {
        UsageTransport.Report open = report;
        report = null;
        if (open != null) {
            open.cancel(cause);
        }
        window.clear();
        sent = Math.max(0, acknowledged);
        drained = false;
        careful = true;
        retryAtNs = clockNs.getAsLong() + backoff.onFailureNs();
        lastError = cause;
        if (!cause.equals(trouble)) {
            trouble = cause;
            LOG.log(
                    Level.WARNING,
                    "usage cannot be reported to " + transport.address() + ", the journal keeps it: " + cause);
        }
        show(State.FAILING);
    }

    @Override
    public void onClose() {
        UsageTransport.Report open = report;
        report = null;
        if (open != null) {
            open.cancel("the sidecar stops");
        }
    }
}
