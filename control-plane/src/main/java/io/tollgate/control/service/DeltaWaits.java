/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.service;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.ManyToOneConcurrentLinkedQueue;

/**
 * Calls of PullDeltas that were answered and wait for news. One agent sees that they are told: at once when something was published
 * ({@link #news}), else every {@value #PASS_NS} ns, for what is over or was not read.
 *
 * <pre>
 *   field      written by          read by
 *   arriving   call threads        agent       (queue)
 *   count      both                both        (atomic)
 *   signalled  any                 agent       (atomic)
 *   waiting    agent               agent       (plain)
 * </pre>
 */
public final class DeltaWaits implements Agent {
    static final long PASS_NS = 100_000_000L;

    private final ManyToOneConcurrentLinkedQueue<DeltaStream> arriving = new ManyToOneConcurrentLinkedQueue<>();
    private final AtomicInteger count = new AtomicInteger();
    private final AtomicBoolean signalled = new AtomicBoolean();
    private final UnreadBudget budget = new UnreadBudget(UnreadBudget.DEFAULT_BYTES);
    private final LongSupplier clockNs;
    private final int maxWaits;
    private List<DeltaStream> waiting = new ArrayList<>();
    private long nextPassNs;

    /**
     * Nobody waits yet.
     *
     * @param clockNs monotonic
     */
    public DeltaWaits(LongSupplier clockNs, int maxWaits) {
        this.clockNs = clockNs;
        this.maxWaits = maxWaits;
        this.nextPassNs = clockNs.getAsLong();
    }

    UnreadBudget budget() {
        return budget;
    }

    long nowNs() {
        return clockNs.getAsLong();
    }

    /** Takes a place; false when all are taken. Any thread. */
    boolean reserve() {
        if (count.incrementAndGet() > maxWaits) {
            count.decrementAndGet();
            return false;
        }
        return true;
    }

    /** Takes over a call that was answered, into the reserved place. */
    void add(DeltaStream stream) {
        arriving.add(stream);
    }

    /** Something was published. Any thread. */
    public void news() {
        signalled.set(true);
    }

    @Override
    public int doWork() {
        long nowNs = clockNs.getAsLong();
        int work = 0;
        for (DeltaStream stream = arriving.poll(); stream != null; stream = arriving.poll()) {
            // What came between its answer and now must be told too.
            if (stream.pump(nowNs)) {
                waiting.add(stream);
            } else {
                count.decrementAndGet();
            }
            work++;
        }
        if (!signalled.getAndSet(false) && nowNs - nextPassNs < 0) {
            return work;
        }
        nextPassNs = nowNs + PASS_NS;
        List<DeltaStream> staying = new ArrayList<>(waiting.size());
        for (DeltaStream stream : waiting) {
            if (stream.pump(nowNs)) {
                staying.add(stream);
            } else {
                count.decrementAndGet();
            }
        }
        work += waiting.size() - staying.size();
        waiting = staying;
        return work;
    }

    @Override
    public void onClose() {
        for (DeltaStream stream = arriving.poll(); stream != null; stream = arriving.poll()) {
            waiting.add(stream);
        }
        waiting.forEach(DeltaStream::finish);
        waiting = new ArrayList<>();
    }

    @Override
    public String roleName() {
        return "tollgate-control-push";
    }
}
