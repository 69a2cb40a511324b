/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader;

import io.tollgate.core.world.World;
import io.tollgate.loader.ActivationJudge.Candidate;
import io.tollgate.loader.ActivationJudge.Trial;
import io.tollgate.loader.delta.DeltaLimits;
import io.tollgate.loader.delta.DeltaRefusedException;
import io.tollgate.loader.delta.DeltaRefusedException.Cause;
import io.tollgate.loader.delta.DeltaState;
import io.tollgate.loader.delta.VerifiedDelta;
import io.tollgate.loader.freshness.LoaderClock;
import io.tollgate.loader.install.DeltaBuild;
import io.tollgate.loader.transfer.RefusedException;
import io.tollgate.v1.SignedDelta;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Deltas from their arrival to their activation: verified, written to the log, made into a world, looked at by the judge, swapped in. All
 * that wait become one world. What does not pass leaves everything as it was, and what came after it is dropped. Loader's thread only.
 */
final class DeltaFlow {
    private static final int LARGEST_BUILD = 1_000;
    /** More is dropped and asked for again: nobody can fill the heap. */
    private static final long MOST_WAITING_BYTES = 16L << 20;

    private final LoaderContext context;
    private final LoaderClock clock;
    private final Residence residence;
    private final DeltaLimits limits;
    private final Host host;
    private final Queue<SignedDelta> waiting = new ArrayDeque<>();
    private long waitingBytes;
    private long arrivedNs;
    private boolean dropped;
    private @Nullable Judged judged;

    /** Learns what becomes of deltas. */
    interface Host {
        /** They answer decisions; duration = since the first of them came. */
        void deltasApplied(int count, long durationNs);

        /** One was not taken; those before it were. */
        void deltaRefused(DeltaRefusedException refusal);

        /** Some were dropped since too many came at once: ask again. */
        void deltasDropped();
    }

    private record Judged(DeltaBuild build, World world, Trial trial, long arrivedNs) {}

    DeltaFlow(LoaderContext context, Residence residence, Host host) {
        this.context = context;
        this.clock = context.clock();
        this.residence = residence;
        this.limits = context.deltaLimits();
        this.host = host;
    }

    /** Takes what has come; {@link #poll} works on it. */
    void take(List<SignedDelta> deltas) {
        for (SignedDelta delta : deltas) {
            if (waiting.isEmpty()) {
                arrivedNs = clock.monotonicNs();
            }
            if (waitingBytes > MOST_WAITING_BYTES) {
                dropped = true;
                return;
            }
            waiting.add(delta);
            waitingBytes += delta.getDelta().size();
        }
    }

    /** Whether a world of deltas waits for the judge. */
    boolean isBeingJudged() {
        return judged != null;
    }

    /**
     * Works on what has come.
     *
     * @param mayBegin false = a snapshot is being judged; what has come waits
     */
    int poll(boolean mayBegin) {
        Judged looking = judged;
        if (looking != null) {
            judge(looking);
            return 1;
        }
        if (waiting.isEmpty() || !mayBegin) {
            return 0;
        }
        process();
        if (waiting.isEmpty() && dropped) {
            dropped = false;
            host.deltasDropped();
        }
        return 1;
    }

    private void process() {
        World active = residence.worlds().current();
        if (active == null) {
            clear();
            return;
        }
        DeltaBuild build = residence.deltas().begin(active);
        DeltaRefusedException refusal = null;
        while (refusal == null && !waiting.isEmpty() && build.deltas().size() < LARGEST_BUILD) {
            refusal = add(build);
        }
        if (refusal != null) {
            clear();
        }
        boolean holds = build.deltas().isEmpty() || finish(build, active);
        if (refusal != null && holds) {
            host.deltaRefused(refusal);
        }
    }

    private @Nullable DeltaRefusedException add(DeltaBuild build) {
        SignedDelta signed = waiting.remove();
        waitingBytes -= signed.getDelta().size();
        try {
            VerifiedDelta delta = residence.deltas().check().check(signed);
            DeltaState state = build.state();
            boolean known = delta.delta().getEpoch() == state.epoch()
                    && Long.compareUnsigned(delta.sequence(), state.sequence()) <= 0;
            if (!known) {
                requireRoom(state);
                build.add(delta);
            }
            return null;
        } catch (DeltaRefusedException e) {
            return e;
        } catch (IOException e) {
            return storage(e);
        }
    }

    private void requireRoom(DeltaState state) throws DeltaRefusedException {
        if (limits.isExhausted(state)) {
            throw new DeltaRefusedException(
                    Cause.OVERLAY_FULL,
                    state.count() + " deltas with " + state.changes().count() + " changed records lie on snapshot "
                            + residence.version() + " already; a whole snapshot must take their place");
        }
    }

    private static DeltaRefusedException storage(Exception cause) {
        return new DeltaRefusedException(Cause.STORAGE, "deltas cannot be kept: " + Causes.of(cause));
    }

    /** {@return false = refused} */
    private boolean finish(DeltaBuild build, World active) {
        long sinceNs = arrivedNs;
        arrivedNs = clock.monotonicNs();
        World world;
        try {
            world = build.finish();
        } catch (DeltaRefusedException e) {
            refuse(e);
            return false;
        } catch (IOException | RuntimeException e) {
            refuse(storage(e));
            return false;
        }
        Trial trial = context.judge()
                .begin(active, new Candidate(residence.version(), build.state().sequence(), true, world));
        return judge(new Judged(build, world, trial, sinceNs));
    }

    /** {@return false = refused} */
    private boolean judge(Judged looking) {
        judged = looking;
        try {
            if (!looking.trial.step()) {
                return true;
            }
            endTrial();
            residence.prepareDeltas(looking.build);
        } catch (RefusedException e) {
            return giveUp(looking, new DeltaRefusedException(Cause.DRY_RUN, e.reason()));
        } catch (IOException | RuntimeException e) {
            return giveUp(looking, storage(e));
        }
        residence.activateDeltas(looking.build, looking.world);
        host.deltasApplied(looking.build.deltas().size(), clock.monotonicNs() - looking.arrivedNs);
        return true;
    }

    private void endTrial() {
        Judged ended = judged;
        judged = null;
        if (ended != null) {
            ended.trial.close();
        }
    }

    private boolean giveUp(Judged looking, DeltaRefusedException why) {
        endTrial();
        looking.world.close();
        refuse(why);
        return false;
    }

    private void refuse(DeltaRefusedException why) {
        clear();
        host.deltaRefused(why);
    }

    private void clear() {
        waiting.clear();
        waitingBytes = 0;
        dropped = false;
    }

    /** Gives up what waits. */
    void close() {
        Judged looking = judged;
        endTrial();
        if (looking != null) {
            looking.world.close();
        }
        clear();
    }
}
