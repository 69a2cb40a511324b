/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server;

import io.tollgate.loader.LoaderContext;
import io.tollgate.loader.source.HttpsTarget;
import io.tollgate.loader.source.SourceClient;
import io.tollgate.loader.transfer.ControlPlaneClient;
import io.tollgate.loader.transfer.ControlPlaneTarget;
import io.tollgate.loader.transfer.GrpcControlPlaneClient;
import io.tollgate.loader.transfer.TokenSource;
import io.tollgate.loader.transfer.TransferLimits;
import io.tollgate.loader.transfer.TrustedKeys;
import io.tollgate.server.config.Secret;
import io.tollgate.server.config.SidecarConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where snapshots come from, as configured: the control plane, a file, an HTTPS address.
 *
 * @param client closed by the loader
 * @param timing how often it is asked and how patiently
 * @param limits how much it may send
 */
record SnapshotTransport(ControlPlaneClient client, LoaderContext.Timing timing, TransferLimits limits) {
    private static final Duration HTTPS_PATIENCE = Duration.ofSeconds(10);
    /** Two requests to an HTTPS address, one for the snapshot's head and one for its statement. */
    private static final long SOURCE_ANSWER_TIMEOUT_MS = 2 * HTTPS_PATIENCE.toMillis() + 1_000;

    /** Reads files of TLS; talks to nobody yet. */
    static SnapshotTransport of(final SidecarConfig config, final TrustedKeys trust) throws IOException {
        final TransferLimits limits = limits(config.snapshot());
        final URI source = config.snapshot().source();
        if (source == null) {
            return new SnapshotTransport(
                    GrpcControlPlaneClient.connect(target(config.controlPlane()), limits.maxMessageBytes()),
                    timing(config.controlPlane().heartbeatMs(), LoaderContext.Timing.DEFAULT.answerTimeoutMs()),
                    limits);
        }
        final SourceClient.Freshness freshness =
                config.snapshot().byAnswer() ? SourceClient.Freshness.ANSWER : SourceClient.Freshness.STATEMENT;
        return new SnapshotTransport(
                "file".equals(source.getScheme())
                        ? SourceClient.ofFile(Path.of(source.getPath()), limits, freshness, trust)
                        : SourceClient.ofHttps(https(source, config.snapshot()), limits, freshness, trust),
                timing(config.snapshot().pollMs(), SOURCE_ANSWER_TIMEOUT_MS),
                limits);
    }

    private static HttpsTarget https(final URI source, final SidecarConfig.Snapshot snapshot) throws IOException {
        final SidecarConfig.SnapshotTls tls = snapshot.tls();
        final Path tokenFile = snapshot.tokenFile();
        try {
            return new HttpsTarget(
                    source,
                    tls == null ? null : new ControlPlaneTarget.Tls(tls.caFile(), tls.certFile(), tls.keyFile()),
                    tokenFile == null ? null : TokenSource.ofFile(tokenFile),
                    HTTPS_PATIENCE);
        } catch (final IllegalArgumentException e) {
            throw new IOException("snapshot.source: " + e.getMessage(), e);
        }
    }

    private static TransferLimits limits(final SidecarConfig.Snapshot snapshot) {
        final TransferLimits usual = TransferLimits.DEFAULT;
        return new TransferLimits(
                usual.maxManifestBytes(),
                usual.maxChunks(),
                usual.maxPayloadBytes(),
                usual.maxChunkBytes(),
                snapshot.maxBytes(),
                snapshot.maxRecords(),
                usual.maxRecordBytes());
    }

    private static LoaderContext.Timing timing(final long heartbeatMs, final long answerTimeoutMs) {
        final LoaderContext.Timing usual = LoaderContext.Timing.DEFAULT;
        return new LoaderContext.Timing(
                heartbeatMs,
                answerTimeoutMs,
                usual.transferIdleTimeoutMs(),
                Math.min(usual.firstBackoffMs(), heartbeatMs),
                usual.longestBackoffMs());
    }

    private static ControlPlaneTarget target(final SidecarConfig.ControlPlane controlPlane) {
        final SidecarConfig.ClientTls tls = controlPlane.tls();
        return new ControlPlaneTarget(
                controlPlane.address(),
                tls == null ? null : new ControlPlaneTarget.Tls(tls.caFile(), tls.certFile(), tls.keyFile()),
                token(controlPlane));
    }

    private static @Nullable TokenSource token(final SidecarConfig.ControlPlane controlPlane) {
        if (controlPlane.tokenFile() != null) {
            return TokenSource.ofFile(controlPlane.tokenFile());
        }
        final Secret token = controlPlane.token();
        return token == null ? null : token::reveal;
    }
}
