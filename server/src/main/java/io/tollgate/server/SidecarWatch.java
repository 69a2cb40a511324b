/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server;

import io.tollgate.loader.LoaderStatus;
import io.tollgate.server.lifecycle.PlaneNeeds;
import io.tollgate.server.lifecycle.Readiness;
import io.tollgate.server.lifecycle.SidecarState;
import io.tollgate.server.lifecycle.SnapshotFeed;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.agrona.concurrent.Agent;

/**
 * Follows the loader and says what the sidecar is: STARTING until there is a fresh snapshot and the warm-up is over,
 * then READY or STALE. On the thread {@code tollgate-watch}, which the warm-up blocks while it runs.
 */
final class SidecarWatch implements Agent {
    private static final System.Logger LOG = System.getLogger("tollgate.server");

    private final SnapshotFeed feed;
    private final Readiness readiness;
    private final Runnable warmUp;
    private final Runnable onReady;
    private final UnsettledWatch unsettled = new UnsettledWatch(System::nanoTime, text -> LOG.log(Level.WARNING, text));
    private boolean warm;

    /**
     * Joins the parts.
     *
     * @param warmUp  run once, before the first READY; throws nothing
     * @param onReady run after each change to READY
     */
    SidecarWatch(final SnapshotFeed feed, final Readiness readiness, final Runnable warmUp, final Runnable onReady) {
        this.feed = feed;
        this.readiness = readiness;
        this.warmUp = warmUp;
        this.onReady = onReady;
    }

    @Override
    public int doWork() {
        unsettled.look(feed.reservations().awaitedOverdue(), feed.reservations().awaitedExpired());
        final LoaderStatus status = feed.status();
        if (status.snapshot() == null) {
            change(SidecarState.STARTING, "no snapshot is installed yet" + connection(status.connection()));
            return 0;
        }
        final List<LoaderStatus.PlaneFacts> stale = stale(status);
        if (!stale.isEmpty()) {
            change(warm ? SidecarState.STALE : SidecarState.STARTING, text(stale) + connection(status.connection()));
            return 0;
        }
        if (!warm) {
            change(SidecarState.STARTING, "warming up");
            warmUp.run();
            warm = true;
            return 1;
        }
        if (change(SidecarState.READY, "")) {
            onReady.run();
        }
        return 0;
    }

    private List<LoaderStatus.PlaneFacts> stale(final LoaderStatus status) {
        final int needed = PlaneNeeds.of(feed.worlds().current());
        return status.planes().stream()
                .filter(plane -> plane.stale() && PlaneNeeds.contains(needed, plane.plane()))
                .toList();
    }

    private boolean change(final SidecarState state, final String cause) {
        final boolean changed = readiness.change(state, cause);
        if (changed) {
            LOG.log(
                    state == SidecarState.STALE ? Level.WARNING : Level.INFO,
                    () -> "sidecar is " + state + (cause.isEmpty() ? "" : ": " + cause));
        }
        return changed;
    }

    private static String text(final List<LoaderStatus.PlaneFacts> stale) {
        return stale.stream().map(SidecarWatch::text).collect(Collectors.joining(", ", "evidence is too old: ", ""));
    }

    private static String text(final LoaderStatus.PlaneFacts plane) {
        final String name = plane.plane().name().substring("PLANE_".length()).toLowerCase(Locale.ROOT);
        final String age = plane.ageMs() < 0 ? "never confirmed" : plane.ageMs() + " ms";
        return name + " " + age + " of at most " + plane.maxAgeMs() + " ms";
    }

    private static String connection(final LoaderStatus.ConnectionFacts connection) {
        final LoaderStatus.Failure failure = connection.lastFailure();
        return connection.state() == LoaderStatus.Connection.FAILING && failure != null
                ? "; the control plane does not answer: " + failure.cause()
                : "";
    }

    @Override
    public String roleName() {
        return "tollgate-watch";
    }
}
