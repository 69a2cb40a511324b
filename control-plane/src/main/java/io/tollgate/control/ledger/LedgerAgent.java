/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.ledger;

import io.tollgate.v1.LedgerStatus;
import io.tollgate.v1.UsageBatch;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.agrona.concurrent.Agent;
import org.jspecify.annotations.Nullable;

/**
 * The ledger's duty cycle: takes all batches that wait, up to a limit, into one transaction, and answers them after its commit.
 *
 * <pre>
 *   OPENING --opened and checked--&gt; ACCEPTING --disk full: this transaction only-------+
 *      |                              ^  |  +----------------------------------------+
 *      | gone, damaged                |  | damaged, or a write or sync failed
 *      v                              |  v
 *   REFUSING (until the next start) &lt;----+
 * </pre>
 *
 * <p>Guarantees: what waits is bounded in bytes; every submission is answered exactly once. {@code state} and {@code counts} are written by
 * the ledger's thread and read by any (volatile); {@code queuedBytes} is added to before a batch is queued and taken from after its answer.
 */
final class LedgerAgent implements Agent {
    static final String NAME = "tollgate-ledger";

    private static final Logger LOG = System.getLogger("tollgate.control.ledger");
    private static final int MAX_BATCHES = 256;
    private static final long MAX_BYTES = 8L << 20;
    private static final String OPENING = "the ledger is being opened and checked; try again soon";
    private static final String CLOSED = "the control plane is shutting down";

    private final LedgerDatabase database;
    private final LedgerConfig config;
    private final KnownNames names;
    private final InstantSource clock;
    private final Queue<Submission> queue = new ConcurrentLinkedQueue<>();
    private final AtomicLong queuedBytes = new AtomicLong();
    private volatile State state = new State(OPENING, "");
    private volatile LedgerCounts counts = LedgerCounts.NONE;
    private @Nullable LedgerWriter writer;

    /**
     * How it stands.
     *
     * @param refusal why nothing is accepted; empty = it is
     * @param trouble of the last transaction; empty = it went well
     */
    private record State(String refusal, String trouble) {}

    LedgerAgent(LedgerDatabase database, LedgerConfig config, KnownNames names, InstantSource clock) {
        this.database = database;
        this.config = config;
        this.names = names;
        this.clock = clock;
    }

    void submit(UsageBatch batch, Consumer<Receipt> whenDone) {
        String refusal = state.refusal();
        long bytes = batch.getSerializedSize();
        if (!refusal.isEmpty()) {
            whenDone.accept(Receipt.unavailable(refusal));
        } else if (queuedBytes.addAndGet(bytes) > config.limits().maxQueuedBytes()) {
            queuedBytes.addAndGet(-bytes);
            whenDone.accept(Receipt.unavailable("too much waits for the ledger already; try again with backoff"));
        } else {
            queue.add(new Submission(batch, bytes, whenDone));
            if (!state.refusal().isEmpty()) {
                // It may have closed between the first look and the add; whoever takes it from the queue answers it.
                refuseAll(state.refusal());
            }
        }
    }

    /** {@return why nothing can be asked; empty = it can} */
    String refusal() {
        return state.refusal();
    }

    LedgerStatus status() {
        State now = state;
        LedgerCounts done = counts;
        return LedgerStatus.newBuilder()
                .setAccepting(now.refusal().isEmpty() && now.trouble().isEmpty())
                .setRefusal(now.refusal().isEmpty() ? now.trouble() : now.refusal())
                .setFile(database.file().toString())
                .setLengthBytes(database.lengthBytes())
                .setAcceptedCount(done.accepted())
                .setDuplicateCount(done.duplicates())
                .setRejectedCount(done.rejected())
                .setConflictCount(done.conflicts())
                .setLedgerSequence(done.ledgerSequence())
                .build();
    }

    @Override
    public String roleName() {
        return NAME;
    }

    @Override
    public void onStart() {
        if (open(true)) {
            state = new State("", "");
        }
    }

    /** Opens the files for writing; or else nothing is accepted from now on. */
    private boolean open(boolean check) {
        Connection connection = null;
        try {
            connection = database.openForWriting(check);
            LedgerWriter opened = new LedgerWriter(
                    new LedgerTables(connection),
                    new RecordReader(config.limits(), names),
                    clock,
                    config.passLost(),
                    counts);
            writer = opened;
            counts = opened.counts();
            return true;
        } catch (LedgerDatabase.UnusableException e) {
            refuse(e.why());
        } catch (SQLException e) {
            refuse(database.describe(e));
        } catch (RuntimeException | LinkageError e) {
            refuse("the ledger cannot be opened: " + e);
        }
        LedgerDatabase.closeQuietly(connection);
        return false;
    }

    private void refuse(String why) {
        state = new State(why, "");
        LOG.log(Level.ERROR, "usage reports are NOT ACCEPTED: " + why);
    }

    @Override
    public int doWork() {
        if (writer == null) {
            return refuseAll(state.refusal());
        }
        List<Submission> group = take();
        if (!group.isEmpty()) {
            write(group);
        }
        return group.size();
    }

    private List<Submission> take() {
        List<Submission> group = new ArrayList<>();
        long bytes = 0;
        while (group.size() < MAX_BATCHES && bytes < MAX_BYTES) {
            Submission next = queue.poll();
            if (next == null) {
                break;
            }
            group.add(next);
            bytes += next.bytes();
        }
        return group;
    }

    private void write(List<Submission> group) {
        LedgerWriter target = writer;
        if (target == null) {
            group.forEach(one -> answer(one, Receipt.unavailable(state.refusal())));
            return;
        }
        List<Receipt> receipts;
        try {
            receipts = target.apply(group.stream().map(Submission::batch).toList());
        } catch (SQLException e) {
            failed(group, e);
            return;
        } catch (RuntimeException e) {
            broken(group, e);
            return;
        }
        counts = target.counts();
        if (!state.trouble().isEmpty()) {
            LOG.log(Level.INFO, "the ledger accepts reports again");
            state = new State("", "");
        }
        for (int i = 0; i < group.size(); i++) {
            answer(group.get(i), receipts.get(i));
        }
    }

    private void failed(List<Submission> group, SQLException failure) {
        closeWriter();
        String why = database.describe(failure);
        if (LedgerDatabase.isDamage(failure)) {
            refuse(why);
        } else if (LedgerDatabase.isDoubt(failure)) {
            refuse(why + ". What the disk has is not known: restart the control plane when the disk is in order");
        } else if (open(false) && !why.equals(state.trouble())) {
            LOG.log(Level.ERROR, "usage reports are not accepted for now: " + why);
            state = new State("", why);
        }
        group.forEach(one -> answer(one, Receipt.unavailable(why)));
    }

    /** A bug; one batch must not stop the others for ever. */
    private void broken(List<Submission> group, RuntimeException bug) {
        LOG.log(Level.ERROR, "a group of " + group.size() + " batches failed", bug);
        closeWriter();
        if (!open(false) || group.size() == 1) {
            group.forEach(
                    one -> answer(one, Receipt.unavailable("the ledger failed; the control plane's log says why")));
        } else {
            group.forEach(one -> write(List.of(one)));
        }
    }

    private int refuseAll(String why) {
        int count = 0;
        for (Submission next = queue.poll(); next != null; next = queue.poll()) {
            answer(next, Receipt.unavailable(why));
            count++;
        }
        return count;
    }

    private void answer(Submission submission, Receipt receipt) {
        queuedBytes.addAndGet(-submission.bytes());
        try {
            submission.whenDone().accept(receipt);
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "a report could not be answered", e);
        }
    }

    private void closeWriter() {
        LedgerWriter open = writer;
        writer = null;
        if (open != null) {
            open.close();
        }
    }

    @Override
    public void onClose() {
        if (state.refusal().isEmpty()) {
            state = new State(CLOSED, "");
        }
        refuseAll(CLOSED);
        closeWriter();
    }
}
