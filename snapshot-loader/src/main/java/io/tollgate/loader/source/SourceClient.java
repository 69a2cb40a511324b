/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.source;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.tollgate.core.Plane;
import io.tollgate.loader.transfer.ControlPlaneClient;
import io.tollgate.loader.transfer.Digests;
import io.tollgate.loader.transfer.TransferLimits;
import io.tollgate.loader.transfer.TrustedKeys;
import io.tollgate.v1.DeltaBatch;
import io.tollgate.v1.Heartbeat;
import io.tollgate.v1.PlaneSourceAge;
import io.tollgate.v1.PullDeltasRequest;
import io.tollgate.v1.PullSnapshotRequest;
import io.tollgate.v1.SignedManifest;
import io.tollgate.v1.SnapshotChunk;
import io.tollgate.v1.SnapshotManifest;
import io.tollgate.v1.SyncState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * Answers the loader from a snapshot file: what a control plane says over gRPC, read from a {@link SnapshotSource}. A heartbeat looks what
 * is there; what it proves is decided by {@link Freshness}.
 *
 * <p>Threading: calls return at once and are worked off by threads named tollgate-source, one per call under way; the loader has at most
 * one heartbeat and one transfer.
 */
public final class SourceClient implements ControlPlaneClient {
    /** What confirms that the snapshot found still is the newest. */
    public enum Freshness {
        /** A signed statement beside it, as of the time that the statement names: a publisher that died makes planes age. */
        STATEMENT,
        /** That it could be read, as of the moment when the question was sent: says nothing about the publisher. */
        ANSWER
    }

    private final SnapshotSource source;
    private final TransferLimits limits;
    private final Freshness freshness;
    private final FreshnessCheck check;
    private final LongSupplier wallMs;
    private final SnapshotReading reading;
    private final ExecutorService threads;

    SourceClient(
            SnapshotSource source, TransferLimits limits, Freshness freshness, TrustedKeys trust, LongSupplier wallMs) {
        this.source = source;
        this.limits = limits;
        this.freshness = freshness;
        this.check = new FreshnessCheck(trust, System::nanoTime);
        this.wallMs = wallMs;
        this.reading = new SnapshotReading(source, limits);
        AtomicInteger count = new AtomicInteger();
        this.threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "tollgate-source-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    /** {@return a client of a file on this host} */
    public static SourceClient ofFile(Path file, TransferLimits limits, Freshness freshness, TrustedKeys trust) {
        return new SourceClient(
                new FileSource(file.toAbsolutePath().normalize()), limits, freshness, trust, System::currentTimeMillis);
    }

    /**
     * A client of an HTTPS address.
     *
     * @throws IOException when a TLS file cannot be used
     */
    public static SourceClient ofHttps(
            HttpsTarget target, TransferLimits limits, Freshness freshness, TrustedKeys trust) throws IOException {
        return new SourceClient(
                new HttpsSource(target.uri(), HttpsTls.context(target), target.token(), target.patience()),
                limits,
                freshness,
                trust,
                System::currentTimeMillis);
    }

    @Override
    public Stream pullDeltas(PullDeltasRequest request, long deadlineMs, Listener<DeltaBatch> listener) {
        SourceCall<DeltaBatch> call = new SourceCall<>(listener, address());
        run(call, c -> c.send(answer(request)));
        return call;
    }

    @Override
    public Stream pullSnapshot(PullSnapshotRequest request, Listener<SnapshotChunk> listener) {
        SourceCall<SnapshotChunk> call = new SourceCall<>(listener, address());
        run(call, c -> reading.send(request, c));
        return call;
    }

    private <A> void run(SourceCall<A> call, SourceCall.Work<A> work) {
        try {
            threads.execute(() -> call.run(work));
        } catch (RejectedExecutionException ignored) {
            // Closed: nobody waits for the answer.
        }
    }

    private DeltaBatch answer(PullDeltasRequest request) throws IOException {
        SignedManifest signed = SnapshotReading.manifest(source.head(SnapshotReading.headBytes(limits)), limits);
        SnapshotManifest manifest;
        try {
            manifest = SnapshotManifest.parseFrom(signed.getManifest());
        } catch (InvalidProtocolBufferException e) {
            throw new SourceException(Failure.Kind.OTHER, "its manifest does not parse");
        }
        ByteString sha256 =
                ByteString.copyFrom(Digests.sha256().digest(signed.getManifest().toByteArray()));
        Heartbeat.Builder answer = Heartbeat.newBuilder()
                .setState(
                        sha256.equals(request.getManifestSha256())
                                ? SyncState.SYNC_STATE_CURRENT
                                : SyncState.SYNC_STATE_PULL_SNAPSHOT)
                .setEpoch(manifest.getEpoch())
                .setNewestVersion(manifest.getVersion())
                .setNewestDeltaSequence(manifest.getDeltaSequence())
                .setStateDigest(manifest.getStateDigest())
                .setAnswersRequest(true);
        if (freshness == Freshness.STATEMENT) {
            long ageMs = check.ageMs(source.statement(), manifest, sha256, wallMs.getAsLong());
            for (Plane plane : Plane.values()) {
                answer.addSourceAges(PlaneSourceAge.newBuilder()
                        .setPlaneValue(plane.code())
                        .setAgeMs(ageMs)
                        .setDetail("by the freshness statement"));
            }
        }
        return DeltaBatch.newBuilder().setHeartbeat(answer).build();
    }

    /** A source is asked anew every time; there is no connection that could be back. */
    @Override
    public void onReachable(Runnable action) {
        // Nothing tells.
    }

    @Override
    public String address() {
        return source.address();
    }

    @Override
    public void close() {
        threads.shutdownNow();
        source.close();
    }

    static int length(byte[] bytes, int at) {
        return ByteBuffer.wrap(bytes).getInt(at);
    }
}
