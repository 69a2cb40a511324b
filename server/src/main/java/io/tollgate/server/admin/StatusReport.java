/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.admin;

import io.tollgate.core.Outcome;
import io.tollgate.core.Reason;
import io.tollgate.core.world.World;
import io.tollgate.loader.LoaderStatus;
import io.tollgate.server.config.SidecarConfig;
import io.tollgate.server.lifecycle.PlaneNeeds;
import io.tollgate.server.lifecycle.Readiness;
import io.tollgate.server.lifecycle.SnapshotFeed;
import io.tollgate.server.metrics.Metrics;
import io.tollgate.v1.ClockStatus;
import io.tollgate.v1.ControlPlaneStatus;
import io.tollgate.v1.CounterStoreStatus;
import io.tollgate.v1.DecisionCount;
import io.tollgate.v1.EnvoySettlementStatus;
import io.tollgate.v1.Listener;
import io.tollgate.v1.PlaneStatus;
import io.tollgate.v1.SnapshotStatus;
import io.tollgate.v1.StatusResponse;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a sidecar says about itself. On admin threads. */
final class StatusReport {
    private static final long NS_PER_MS = 1_000_000L;

    private final SidecarConfig config;
    private final Identity identity;
    private final Readiness readiness;
    private final SnapshotFeed feed;
    private final Metrics metrics;
    private final AdminWorker worker;
    private final Supplier<List<Listener>> listeners;
    private final DecisionLogReport decisionLog;
    private final CeilingCount ceilings = new CeilingCount();
    private final long startedNs = System.nanoTime();

    /**
     * Who this is.
     *
     * @param bootId new at every start
     * @param build  version of the program
     */
    record Identity(String bootId, String build) {}

    StatusReport(
            final SidecarConfig config,
            final Identity identity,
            final Readiness readiness,
            final SnapshotFeed feed,
            final Metrics metrics,
            final AdminWorker worker,
            final Supplier<List<Listener>> listeners,
            final DecisionLogReport decisionLog) {
        this.config = config;
        this.identity = identity;
        this.readiness = readiness;
        this.feed = feed;
        this.metrics = metrics;
        this.worker = worker;
        this.listeners = listeners;
        this.decisionLog = decisionLog;
    }

    StatusResponse make() {
        final LoaderStatus status = feed.status();
        final SnapshotStatus snapshot = worker.withWorld(world -> snapshot(status, world));
        final StatusResponse.Builder response = StatusResponse.newBuilder()
                .setStateValue(readiness.view().state().code())
                .setSidecarId(config.sidecarId())
                .setBootId(identity.bootId())
                .setBuild(identity.build())
                .setUptimeMs((System.nanoTime() - startedNs) / NS_PER_MS)
                .setSnapshot(snapshot)
                .setControlPlane(controlPlane(status.connection()))
                .setShedCount(metrics.shedCount())
                .addAllListeners(listeners.get())
                .setCounters(counters(status))
                .setJournal(JournalReport.of(feed))
                .setClock(clock(status.time()))
                .setDecisionLog(decisionLog.make())
                .setDryRun(DryRunStatusReport.of(feed.dryRun()));
        final EnvoySettlementStatus settlements = SettlementReport.of(metrics, feed.reservations());
        if (settlements != null) {
            response.setEnvoySettlements(settlements);
        }
        final int needed = PlaneNeeds.of(feed.worlds().current());
        for (final LoaderStatus.PlaneFacts plane : status.planes()) {
            if (PlaneNeeds.contains(needed, plane.plane())) {
                response.addPlanes(PlaneStatus.newBuilder()
                        .setPlane(plane.plane())
                        .setAgeMs(plane.ageMs())
                        .setMaxAgeMs(plane.maxAgeMs())
                        .setStale(plane.stale())
                        .setDetail(plane.sourceDetail()));
            }
        }
        for (final Outcome outcome : Outcome.values()) {
            for (final Reason reason : Reason.values()) {
                final long count = metrics.decided(outcome, reason);
                if (count > 0) {
                    response.addDecisions(DecisionCount.newBuilder()
                            .setOutcomeValue(outcome.code())
                            .setReasonValue(reason.code())
                            .setCount(count));
                }
            }
        }
        return response.build();
    }

    private SnapshotStatus snapshot(final LoaderStatus status, final @Nullable World world) {
        final LoaderStatus.InstallFacts installs = status.installs();
        final SnapshotStatus.Builder snapshot = SnapshotStatus.newBuilder()
                .setInstalledCount(installs.installed())
                .setRefusedCount(installs.refused() + installs.failed());
        snapshot.setUnsignedAllowed(config.trust().allowUnsigned()).setDistrusted(status.distrust());
        if (installs.lastFailure() != null) {
            snapshot.setLastError(installs.lastFailure().cause())
                    .setLastErrorAtMs(installs.lastFailure().atMs());
        }
        deltas(status.deltas(), snapshot);
        final LoaderStatus.SnapshotFacts facts = status.snapshot();
        if (facts == null || world == null) {
            return snapshot.build();
        }
        final Path folder =
                status.stateDir().resolve("snapshots").resolve(facts.version().toString());
        return snapshot.setPresent(true)
                .setBundle(facts.bundle())
                .setVersion(facts.version().version())
                .setEpoch(facts.version().epoch())
                .setDigest(facts.manifestSha256())
                .setRegistryVersion(facts.registryVersion())
                .setCreatedAtMs(facts.createdAtMs())
                .setActivatedAtMs(facts.activatedAtMs())
                .setSignatureVerified(facts.signatureVerified())
                .setSignatureKeyId(facts.signatureKeyId())
                .setScopeCount(world.scopeCount())
                .setRuleCount(world.policies().presentRuleCount())
                .setCeilingCount(ceilings.of(world))
                .setDirectory(folder.toString())
                .setLengthBytes(lengthBytes(folder))
                .build();
    }

    private static void deltas(final LoaderStatus.DeltaFacts deltas, final SnapshotStatus.Builder snapshot) {
        snapshot.setDeltaSequence(deltas.sequence())
                .setDeltaCount(deltas.onSnapshot())
                .setDeltasApplied(deltas.applied())
                .setLastDeltaAtMs(deltas.lastAppliedAtMs())
                .setOverlayRows(deltas.overlayRows())
                .setOverlayBytes(deltas.overlayBytes())
                .putAllDeltasRefused(deltas.refused())
                .putAllResyncs(deltas.resyncs());
        if (deltas.lastRefusal() != null) {
            snapshot.setLastDeltaError(deltas.lastRefusal().cause())
                    .setLastDeltaErrorAtMs(deltas.lastRefusal().atMs());
        }
    }

    /** Without a query, which may hold a signature of the object storage. */
    private String sourceAddress() {
        final URI source = config.snapshot().source();
        if (source == null) {
            return config.controlPlane().address();
        }
        final String authority = source.getRawAuthority() == null ? "" : source.getRawAuthority();
        return source.getScheme() + "://" + authority + source.getPath();
    }

    private ControlPlaneStatus controlPlane(final LoaderStatus.ConnectionFacts connection) {
        final ControlPlaneStatus.Builder status = ControlPlaneStatus.newBuilder()
                .setAddress(sourceAddress())
                .setConnected(connection.state() == LoaderStatus.Connection.CONNECTED)
                .setConsecutiveFailures(connection.consecutiveFailures())
                .setLastConfirmedAgeMs(
                        connection.lastAnswerAtMs() == 0
                                ? -1
                                : Math.max(0, feed.clock().wallMs() - connection.lastAnswerAtMs()));
        if (connection.lastFailure() != null && connection.state() != LoaderStatus.Connection.CONNECTED) {
            status.setLastError(connection.lastFailure().cause());
        }
        return status.build();
    }

    private static ClockStatus clock(final LoaderStatus.ClockFacts time) {
        return ClockStatus.newBuilder()
                .setStepCount(time.steps())
                .setLastStepMs(time.lastStepMs())
                .setLastStepAtMs(time.lastStepAtMs())
                .setPauseCount(time.pauses())
                .setLastPauseMs(time.lastPauseMs())
                .setHealedCounterCount(time.countersHealed())
                .build();
    }

    private CounterStoreStatus counters(final LoaderStatus status) {
        final Path folder = status.stateDir().resolve("cells");
        return CounterStoreStatus.newBuilder()
                .setCellCount(status.counters().cells())
                .setCapacity(feed.cells().capacity())
                .setDirectory(folder.toString())
                .setLengthBytes(lengthBytes(folder))
                .build();
    }

    /** Bytes of the files of a folder; 0 when it goes away meanwhile. */
    private static long lengthBytes(final Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            long sum = 0;
            for (final Path file : files.toList()) {
                sum += Files.isRegularFile(file) ? Files.size(file) : 0;
            }
            return sum;
        } catch (final IOException e) {
            return 0;
        }
    }
}
