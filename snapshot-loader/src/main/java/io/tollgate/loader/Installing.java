/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader;

import io.tollgate.core.world.World;
import io.tollgate.loader.ActivationJudge.Candidate;
import io.tollgate.loader.ActivationJudge.Trial;
import io.tollgate.loader.install.Installation;
import io.tollgate.loader.transfer.RefusedException;
import io.tollgate.loader.transfer.SnapshotVersion;
import io.tollgate.loader.transfer.StagedSnapshot;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * At most one snapshot on its way from staged to active, a bounded step per duty cycle: installed beside the live one, brought up to the
 * deltas in force, looked at by the judge, activated. Loader's thread only.
 */
final class Installing {
    private final LoaderContext context;
    private final Residence residence;
    private final Host host;
    private @Nullable Installation installation;
    /** Of a finished installation. */
    private @Nullable Successor successor;

    private @Nullable Trial trial;

    /** Learns what becomes of it. */
    interface Host {
        /** It answers decisions. */
        void activated(SnapshotVersion version);

        /** Its content did not pass. */
        void installRefused(SnapshotVersion version, String reason);

        /** It broke off for another cause. */
        void installBroken(String cause);
    }

    Installing(LoaderContext context, Residence residence, Host host) {
        this.context = context;
        this.residence = residence;
        this.host = host;
    }

    void begin(StagedSnapshot snapshot) {
        installation = residence.beginInstallation(snapshot);
    }

    boolean isIdle() {
        return installation == null;
    }

    /** Whether what is active must not change, since the judge compares with it. */
    boolean isBeingJudged() {
        return successor != null;
    }

    /**
     * One step.
     *
     * @param mayFinish false = deltas are being judged; only what does not depend on them is done
     */
    int poll(boolean mayFinish) {
        Installation running = installation;
        if (running == null || running.isOver() && !mayFinish) {
            return 0;
        }
        SnapshotVersion version = running.version();
        try {
            if (running.isOver() || running.step() && mayFinish) {
                finish(running);
            }
        } catch (RefusedException e) {
            abandon();
            host.installRefused(version, e.reason());
        } catch (IOException | RuntimeException e) {
            abandon();
            host.installBroken("cannot install snapshot " + version + ": " + Causes.of(e));
        }
        return 1;
    }

    private void finish(Installation running) throws IOException, RefusedException {
        Successor next = successor;
        if (next == null) {
            next = Successor.of(running, residence.deltas(), residence.worlds().current());
            successor = next;
        }
        Trial looking = trial;
        if (looking == null) {
            looking = begin(next);
            trial = looking;
        }
        if (looking.step()) {
            endTrial();
            Successor.Ready ready = residence.prepareActivation(next);
            installation = null;
            successor = null;
            residence.activate(ready);
            host.activated(running.version());
        }
    }

    private Trial begin(Successor next) {
        World live = residence.worlds().current();
        return live == null
                ? Trial.PASSED
                : context.judge()
                        .begin(
                                live,
                                new Candidate(
                                        next.installation().version(),
                                        next.state().sequence(),
                                        false,
                                        next.world()));
    }

    private void endTrial() {
        Trial ended = trial;
        trial = null;
        if (ended != null) {
            ended.close();
        }
    }

    /** Gives up what runs, if anything. */
    void abandon() {
        endTrial();
        Installation running = installation;
        Successor next = successor;
        installation = null;
        successor = null;
        if (next != null) {
            next.world().close();
        }
        if (running != null) {
            running.abandon();
        }
    }
}
