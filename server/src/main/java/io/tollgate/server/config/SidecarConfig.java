/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.config;

import io.tollgate.core.Plane;
import io.tollgate.server.envoy.mapping.Mapping;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything a sidecar is told from outside; immutable and already checked. Keys and defaults: docs/configuration.md.
 *
 * @param sidecarId            name of this sidecar
 * @param stateDir             where snapshots and counters lie
 * @param resetDamagedCounters start with zeroed counters when those on disk are damaged
 * @param keepPreviousSnapshots snapshots to keep besides the live one
 * @param controlPlane         what it subscribes to, and where
 * @param snapshot             where snapshots come from
 * @param trust                whose snapshots it takes
 * @param listen               where it answers
 * @param limits               what it accepts
 * @param transport            threads, windows, keep-alive
 * @param shed                 when it answers OVERLOADED
 * @param freshness            local tightening of age bounds
 * @param journal              usage that no ledger has acknowledged
 * @param warmUp               synthetic decisions before readiness
 * @param shutdown             how it leaves
 * @param admin                diagnostics
 * @param envoy                what Envoy's requests mean
 * @param decisionLog          what is logged of decisions
 * @param dryRun               what is asked of a snapshot before it is activated
 * @param yaml                 all of it as YAML, every default filled in, secrets masked
 * @param sha256               SHA-256 of {@code yaml}, lower-case hex
 */
public record SidecarConfig(
        String sidecarId,
        Path stateDir,
        boolean resetDamagedCounters,
        int keepPreviousSnapshots,
        ControlPlane controlPlane,
        Snapshot snapshot,
        Trust trust,
        Listen listen,
        Limits limits,
        Transport transport,
        Shed shed,
        Freshness freshness,
        Journal journal,
        WarmUp warmUp,
        Shutdown shutdown,
        Admin admin,
        Envoy envoy,
        DecisionLogConfig decisionLog,
        DryRunConfig dryRun,
        String yaml,
        String sha256) {

    /** {@return the same with other listeners and another number of event loops; for the warm-up} */
    public SidecarConfig listeningOn(final Listen other, final int eventLoops) {
        return new SidecarConfig(
                sidecarId,
                stateDir,
                resetDamagedCounters,
                keepPreviousSnapshots,
                controlPlane,
                snapshot,
                trust,
                other,
                limits,
                new Transport(
                        eventLoops,
                        transport.flowControlWindowBytes(),
                        transport.keepAliveTimeMs(),
                        transport.keepAliveTimeoutMs(),
                        transport.permitKeepAliveTimeMs()),
                shed,
                freshness,
                journal,
                warmUp,
                shutdown,
                admin,
                envoy,
                DecisionLogConfig.OFF,
                DryRunConfig.OFF,
                yaml,
                sha256);
    }

    /** {@return the same with another mapping of Envoy's requests; yaml and sha256 still tell of the one that was configured} */
    public SidecarConfig mapping(final Mapping mapping) {
        return new SidecarConfig(
                sidecarId,
                stateDir,
                resetDamagedCounters,
                keepPreviousSnapshots,
                controlPlane,
                snapshot,
                trust,
                listen,
                limits,
                transport,
                shed,
                freshness,
                journal,
                warmUp,
                shutdown,
                admin,
                new Envoy(mapping),
                decisionLog,
                dryRun,
                yaml,
                sha256);
    }

    /** {@return a builder that knows only the defaults} */
    public static SidecarConfigBuilder builder() {
        return new SidecarConfigBuilder();
    }

    /**
     * Where the snapshots come from.
     *
     * @param address     host:port as written, resolved when connecting
     * @param bundle      what to subscribe to
     * @param tokenFile   file with the bearer token, read anew for every call, or null
     * @param token       the token as found at the start, from that file or the environment, or null
     * @param tls         null = plain text
     * @param heartbeatMs between two questions, milliseconds
     */
    public record ControlPlane(
            String address,
            String bundle,
            @Nullable Path tokenFile,
            @Nullable Secret token,
            @Nullable ClientTls tls,
            long heartbeatMs) {}

    /**
     * TLS towards the control plane.
     *
     * @param caFile   authorities that it must be signed by
     * @param certFile own certificate, or null
     * @param keyFile  key of it, or null
     */
    public record ClientTls(Path caFile, @Nullable Path certFile, @Nullable Path keyFile) {}

    /**
     * Whose snapshots are taken.
     *
     * @param keysFile      PEM with public keys; null = none
     * @param allowUnsigned development: whoever made them
     * @param oldestEpoch   with the next, below which nothing is taken; 0 = anything is
     * @param oldestVersion of that epoch
     */
    public record Trust(@Nullable Path keysFile, boolean allowUnsigned, long oldestEpoch, long oldestVersion) {}

    /**
     * Where snapshots come from.
     *
     * @param source     file or https; null = the control plane
     * @param byAnswer   every answer of the source confirms; false = a signed statement does
     * @param pollMs     between two looks
     * @param tls        for https; null = what the Java platform trusts
     * @param tokenFile  bearer token for https; null = none
     * @param maxBytes   of a snapshot, uncompressed
     * @param maxRecords of a snapshot
     */
    public record Snapshot(
            @Nullable URI source,
            boolean byAnswer,
            long pollMs,
            @Nullable SnapshotTls tls,
            @Nullable Path tokenFile,
            long maxBytes,
            long maxRecords) {}

    /**
     * TLS of the HTTPS source.
     *
     * @param caFile   authorities, PEM; null = those of the Java platform
     * @param certFile own certificate, PEM; null = none
     * @param keyFile  its key, PEM
     */
    public record SnapshotTls(@Nullable Path caFile, @Nullable Path certFile, @Nullable Path keyFile) {}

    /**
     * Listeners; null = none of that kind.
     *
     * @param decisions  TCP, decisions
     * @param unixSocket Unix domain socket, decisions
     * @param admin      TCP, diagnostics
     * @param http       TCP, health and metrics
     * @param tls        for those that are not on loopback; never null when there is one
     */
    public record Listen(
            @Nullable InetSocketAddress decisions,
            @Nullable Path unixSocket,
            @Nullable InetSocketAddress admin,
            @Nullable InetSocketAddress http,
            @Nullable ServerTls tls) {
        /** {@return the TLS files that a listener on this address must use, null on loopback} */
        public @Nullable ServerTls tlsFor(final InetSocketAddress address) {
            return address.getAddress().isLoopbackAddress() ? null : tls;
        }
    }

    /**
     * TLS of the listeners; clients must show a certificate.
     *
     * @param certFile     own certificate chain, PEM
     * @param keyFile      its key, PEM
     * @param clientCaFile authorities of clients, PEM
     */
    public record ServerTls(Path certFile, Path keyFile, Path clientCaFile) {}

    /**
     * What one caller may ask for.
     *
     * @param maxRequestBytes       message with one question
     * @param maxBatchBytes         message with many
     * @param maxBatchSize          questions in it
     * @param maxMetadataBytes      headers of a call
     * @param maxCallsPerConnection open at once
     * @param maxConnections        open at once per listener
     * @param allowExplain          whether decision listeners explain
     */
    public record Limits(
            int maxRequestBytes,
            int maxBatchBytes,
            int maxBatchSize,
            int maxMetadataBytes,
            int maxCallsPerConnection,
            int maxConnections,
            boolean allowExplain) {}

    /**
     * Threads and connections.
     *
     * @param eventLoops             threads that decide, at least 1
     * @param flowControlWindowBytes HTTP/2 window
     * @param keepAliveTimeMs        silence before a ping
     * @param keepAliveTimeoutMs     patience for its answer
     * @param permitKeepAliveTimeMs  how often clients may ping
     */
    public record Transport(
            int eventLoops,
            int flowControlWindowBytes,
            long keepAliveTimeMs,
            long keepAliveTimeoutMs,
            long permitKeepAliveTimeMs) {}

    /**
     * When to shed.
     *
     * @param maxLoopLagMs    lateness of an event loop's probe
     * @param probeIntervalMs between probes
     * @param retryAfterMs    told to the caller
     */
    public record Shed(long maxLoopLagMs, long probeIntervalMs, long retryAfterMs) {}

    /**
     * Age bounds.
     *
     * @param restartGraceMs how long a snapshot from disk answers unconfirmed
     * @param maxAgeMs       per plane, only where configured
     */
    public record Freshness(long restartGraceMs, Map<Plane, Long> maxAgeMs) {}

    /**
     * The usage journal.
     *
     * @param enabled      whether there is one
     * @param power        acknowledged usage outlives a power failure; false = the process
     * @param maxBytes     of all segments
     * @param segmentBytes of one
     */
    public record Journal(boolean enabled, boolean power, long maxBytes, int segmentBytes) {}

    /**
     * Warm-up.
     *
     * @param decisions how many, 0 = none
     * @param maxMs     at most so long
     */
    public record WarmUp(int decisions, long maxMs) {}

    /**
     * Leaving.
     *
     * @param lameDuckMs     not ready, still answering
     * @param drainTimeoutMs calls in flight may finish
     */
    public record Shutdown(long lameDuckMs, long drainTimeoutMs) {}

    /**
     * Diagnostics.
     *
     * @param threads    that answer them
     * @param reflection whether gRPC reflection is served
     * @param channelz   whether channelz is served
     */
    public record Admin(int threads, boolean reflection, boolean channelz) {}

    /**
     * What Envoy's requests mean.
     *
     * @param mapping of a Check to a question
     */
    public record Envoy(Mapping mapping) {}
}
