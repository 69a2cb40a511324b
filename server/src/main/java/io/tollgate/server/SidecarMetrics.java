/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server;

import io.tollgate.core.reservation.ReservationStore;
import io.tollgate.loader.LoaderStatus;
import io.tollgate.loader.delta.DeltaRefusedException;
import io.tollgate.loader.journal.UsageJournal;
import io.tollgate.loader.report.ReportFacts;
import io.tollgate.server.decide.DecisionListeners;
import io.tollgate.server.decisionlog.DecisionLog;
import io.tollgate.server.dryrun.DryRun;
import io.tollgate.server.dryrun.DryRunReport;
import io.tollgate.server.envoy.mapping.RateLimits;
import io.tollgate.server.envoy.ratelimit.LimitCounts;
import io.tollgate.server.lifecycle.PlaneNeeds;
import io.tollgate.server.lifecycle.Readiness;
import io.tollgate.server.lifecycle.SnapshotFeed;
import io.tollgate.server.metrics.Metrics;
import io.tollgate.v1.Plane;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToLongFunction;

/** Joins what the parts know to the metrics page. */
final class SidecarMetrics {
    private static final double MS_PER_S = 1_000.0;

    private SidecarMetrics() {}

    static void bind(
            final Metrics metrics,
            final DecisionListeners decisions,
            final SnapshotFeed feed,
            final Readiness readiness) {
        for (final Plane plane : Plane.values()) {
            if (plane != Plane.UNRECOGNIZED && plane != Plane.PLANE_UNSPECIFIED) {
                metrics.gauge(
                        "tollgate.snapshot.age.seconds",
                        "plane",
                        plane.name().substring("PLANE_".length()).toLowerCase(Locale.ROOT),
                        "Age of the evidence; +Inf when it was never confirmed, 0 when no operation needs it",
                        () -> ageSeconds(feed, plane));
            }
        }
        reservations(metrics, feed.reservations());
        final UsageJournal journal = feed.journal();
        if (journal != null) {
            journal(metrics, journal);
            reporting(metrics, feed);
        }
        deltas(metrics, feed);
        metrics.gauge("tollgate.snapshot.version", "Version of the active snapshot, 0 = none", () -> version(feed));
        metrics.counter(
                "tollgate.snapshot.install",
                "result",
                "installed",
                "Snapshots by what became of them",
                () -> feed.status().installs().installed());
        metrics.counter(
                "tollgate.snapshot.install",
                "result",
                "refused",
                "Snapshots by what became of them",
                () -> feed.status().installs().refused());
        metrics.counter(
                "tollgate.snapshot.install", "result", "failed", "Snapshots by what became of them", () -> feed.status()
                        .installs()
                        .failed());
        metrics.gauge(
                "tollgate.ready",
                "1 when this sidecar decides on fresh evidence",
                () -> readiness.view().isReady() ? 1 : 0);
        metrics.counter(
                "tollgate.clock.steps",
                "Times that the wall clock was stepped, or the machine slept",
                () -> feed.status().time().steps());
        metrics.counter("tollgate.clock.pauses", "Times that the process stood still", () -> feed.status()
                .time()
                .pauses());
        metrics.counter(
                "tollgate.clock.counters.healed",
                "Counters that were ahead of a wall clock that went back",
                () -> feed.status().time().countersHealed());
        metrics.gauge("tollgate.connections", "Connections to the decision listeners", decisions::connectionCount);
        metrics.counter(
                "tollgate.connections.refused",
                "Connections closed because there were too many",
                decisions::refusedConnectionCount);
        metrics.counter(
                "tollgate.messages.refused",
                "Messages and connections that the transport refused: wrongly framed, compressed or too long",
                decisions::refusedMessageCount);
        rateLimits(metrics, decisions.rateLimitCounts());
    }

    private static void rateLimits(final Metrics metrics, final LimitCounts counts) {
        for (final RateLimits.Slot slot : counts.slots()) {
            for (final LimitCounts.Code code : LimitCounts.Code.values()) {
                metrics.counter(
                        "tollgate.envoy.ratelimit",
                        Map.of("domain", slot.domain(), "rule", slot.rule(), "code", code.label()),
                        "Descriptors of Envoy's rate limit service by what became of them",
                        () -> counts.count(slot, code));
            }
        }
    }

    private static void deltas(final Metrics metrics, final SnapshotFeed feed) {
        metrics.gauge("tollgate.snapshot.delta.sequence", "The last delta in force, 0 = none", () -> feed.status()
                .deltas()
                .sequence());
        metrics.gauge("tollgate.snapshot.overlay.rows", "Records that differ from the snapshot's", () -> feed.status()
                .deltas()
                .overlayRows());
        metrics.counter("tollgate.deltas.applied", "Deltas that were put into force", () -> feed.status()
                .deltas()
                .applied());
        for (final DeltaRefusedException.Cause cause : DeltaRefusedException.Cause.values()) {
            metrics.counter(
                    "tollgate.delta.refused",
                    "cause",
                    cause.label(),
                    "Deltas that were not taken, by cause",
                    () -> feed.status().deltas().refused().getOrDefault(cause.label(), 0L));
            metrics.counter(
                    "tollgate.delta.resyncs",
                    "cause",
                    cause.label(),
                    "How often a whole snapshot was wanted instead of deltas, by cause",
                    () -> feed.status().deltas().resyncs().getOrDefault(cause.label(), 0L));
        }
        metrics.deltaDurations(() -> feed.status().deltas().durations());
    }

    static void bind(final Metrics metrics, final DecisionLog log) {
        metrics.counter(
                "tollgate.decision.log.dropped",
                "Entries of the decision log that were lost on the way to any configured destination",
                () -> log.facts().dropped());
        metrics.counter("tollgate.decision.log.written", "Entries written to the decision log's file", () -> log.facts()
                .written());
        metrics.counter("tollgate.decision.log.exported", "Entries that the collector took", () -> log.facts()
                .exported());
        metrics.gauge("tollgate.decision.log.bytes", "Size of the decision log's files", () -> log.facts()
                .lengthBytes());
        metrics.gauge(
                "tollgate.decision.log.healthy",
                "1 when the decision log's file takes what is written, or there is none",
                () -> log.facts().healthy() ? 1 : 0);
    }

    static void bind(final Metrics metrics, final DryRun dryRun) {
        metrics.gauge("tollgate.dry.run.flips", "Decisions that the last dry run found would be others", () -> {
            final DryRunReport last = dryRun.state().last();
            return last == null ? 0 : last.flips();
        });
        metrics.gauge("tollgate.dry.run.judged", "Decisions that the last dry run looked at", () -> {
            final DryRunReport last = dryRun.state().last();
            return last == null ? 0 : last.judged();
        });
        metrics.counter(
                "tollgate.dry.run",
                "Snapshots and deltas that were looked at before their activation",
                () -> dryRun.state().runs());
        metrics.counter("tollgate.dry.run.refused", "Of them those that were refused", () -> dryRun.state()
                .refused());
    }

    private static double ageSeconds(final SnapshotFeed feed, final Plane plane) {
        if (!PlaneNeeds.contains(PlaneNeeds.of(feed.worlds().current()), plane)) {
            return 0;
        }
        for (final LoaderStatus.PlaneFacts facts : feed.status().planes()) {
            if (facts.plane() == plane) {
                return facts.ageMs() < 0 ? Double.POSITIVE_INFINITY : facts.ageMs() / MS_PER_S;
            }
        }
        return Double.POSITIVE_INFINITY;
    }

    private static double version(final SnapshotFeed feed) {
        final LoaderStatus.SnapshotFacts facts = feed.status().snapshot();
        return facts == null ? 0 : facts.version().version();
    }

    private static void reporting(final Metrics metrics, final SnapshotFeed feed) {
        metrics.gauge(
                "tollgate.ledger.lag",
                "Seconds since the oldest usage that is not in the ledger was settled, as far as known; 0 = nothing is pending",
                () -> reported(feed, facts -> facts.lagMs(feed.clock().wallMs())) / MS_PER_S);
        metrics.counter(
                "tollgate.usage.reported",
                "Usage records that the ledger has acknowledged, those rejected included",
                () -> reported(feed, ReportFacts::reported));
        metrics.counter(
                "tollgate.usage.rejected",
                "Usage records that the ledger refused for good; they are kept in state_dir/rejected",
                () -> reported(feed, ReportFacts::rejected));
        metrics.gauge(
                "tollgate.usage.report.failures",
                "Tries to report usage that failed in a row",
                () -> reported(feed, ReportFacts::failures));
    }

    private static long reported(final SnapshotFeed feed, final ToLongFunction<ReportFacts> what) {
        final ReportFacts facts = feed.reporting();
        return facts == null ? 0 : what.applyAsLong(facts);
    }

    private static void journal(final Metrics metrics, final UsageJournal journal) {
        metrics.gauge(
                "tollgate.journal.pending",
                "Usage records that no ledger has acknowledged, of all runs",
                () -> journal.facts().pendingCount());
        metrics.gauge("tollgate.journal.bytes", "Size of the usage journal", () -> journal.facts()
                .lengthBytes());
        metrics.gauge("tollgate.journal.max.bytes", "Size that it may have (journal.max_bytes)", () -> journal.facts()
                .maxBytes());
        metrics.counter(
                "tollgate.journal.append.failed",
                "Takes and settles that were refused because their usage could not be recorded",
                () -> journal.facts().appendFailedCount());
        metrics.gauge(
                "tollgate.journal.failed",
                "1 when nothing can be made durable any more, until the next start",
                () -> journal.facts().failed() ? 1 : 0);
        metrics.gauge("tollgate.journal.damaged.segments", "Segments found damaged at the start", () -> journal.facts()
                .damagedCount());
    }

    private static void reservations(final Metrics metrics, final ReservationStore store) {
        final String name = "tollgate.reservations";
        final String what =
                "Reservations by state: reserved, overdue (past their expiry and still held), ended (remembered), damaged";
        metrics.gauge(name, "state", "reserved", what, store::reserved);
        metrics.gauge(name, "state", "overdue", what, store::overdue);
        metrics.gauge(name, "state", "ended", what, store::ended);
        metrics.gauge(name, "state", "damaged", what, store::damaged);
        final String unsettled =
                "Reservations of rules with settle: that Envoy's access log did not end in time: overdue (their time was over; they"
                        + " can still be settled), expired (of them those that were given back by expiry: the entry was lost)";
        metrics.counter("tollgate.envoy.unsettled", "state", "overdue", unsettled, store::awaitedOverdue);
        metrics.counter("tollgate.envoy.unsettled", "state", "expired", unsettled, store::awaitedExpired);
        metrics.gauge("tollgate.reservations.bytes", "Size of the store of reservations", store::lengthBytes);
        metrics.gauge("tollgate.reservations.used.ratio", "Share of it that is in use", store::usedShare);
    }
}
