/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.e2e;

import com.google.protobuf.ByteString;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.tollgate.v1.ControlPlaneServiceGrpc;
import io.tollgate.v1.DataChunk;
import io.tollgate.v1.DeltaBatch;
import io.tollgate.v1.Heartbeat;
import io.tollgate.v1.PlaneSourceAge;
import io.tollgate.v1.PullDeltasRequest;
import io.tollgate.v1.PullSnapshotRequest;
import io.tollgate.v1.SignedDelta;
import io.tollgate.v1.SignedManifest;
import io.tollgate.v1.SnapshotChunk;
import java.io.IOException;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/** Speaks the protocol and makes no sense: random states, versions, deltas, manifests and chunks, well formed as messages. */
final class NonsenseControlPlane extends ControlPlaneServiceGrpc.ControlPlaneServiceImplBase implements AutoCloseable {
    private static final int FIRST_EPOCH = 1_000;

    private final Random random;
    private final Server server;
    private final AtomicInteger calls = new AtomicInteger();

    NonsenseControlPlane(long seed) throws IOException {
        random = new Random(seed);
        server = Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
                .addService(this)
                .build()
                .start();
    }

    int port() {
        return server.getPort();
    }

    /** Questions that were answered. */
    int calls() {
        return calls.get();
    }

    @Override
    public void pullDeltas(PullDeltasRequest request, StreamObserver<DeltaBatch> answers) {
        calls.incrementAndGet();
        for (int i = random.nextInt(4); i >= 0; i--) {
            answers.onNext(batch(request));
        }
        end(answers);
    }

    private synchronized DeltaBatch batch(PullDeltasRequest request) {
        DeltaBatch.Builder batch = DeltaBatch.newBuilder();
        Heartbeat.Builder heartbeat = Heartbeat.newBuilder()
                .setStateValue(random.nextInt(6))
                // never what the sidecar has: that would make sense
                .setEpoch(random.nextInt(5) == 0 ? random.nextLong() | Long.MIN_VALUE : FIRST_EPOCH + random.nextInt(9))
                .setNewestVersion(random.nextBoolean() ? request.getSnapshotVersion() : random.nextLong())
                .setNewestDeltaSequence(random.nextBoolean() ? 0 : random.nextLong())
                .setStateDigest(noise(random.nextInt(40)))
                .setAnswersRequest(random.nextInt(4) > 0)
                .addSourceAges(PlaneSourceAge.newBuilder()
                        .setPlaneValue(random.nextInt(12))
                        .setAgeMs(random.nextLong()));
        if (random.nextInt(5) > 0) {
            batch.setHeartbeat(heartbeat);
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            batch.addDeltas(SignedDelta.newBuilder()
                    .setDelta(noise(random.nextInt(200)))
                    .setSha256(noise(32)));
        }
        return batch.build();
    }

    @Override
    public void pullSnapshot(PullSnapshotRequest request, StreamObserver<SnapshotChunk> answers) {
        calls.incrementAndGet();
        for (int i = random.nextInt(4); i >= 0; i--) {
            answers.onNext(chunk());
        }
        end(answers);
    }

    private synchronized SnapshotChunk chunk() {
        return random.nextBoolean()
                ? SnapshotChunk.newBuilder()
                        .setManifest(SignedManifest.newBuilder()
                                .setManifest(noise(random.nextInt(300)))
                                .setSha256(noise(32)))
                        .build()
                : SnapshotChunk.newBuilder()
                        .setData(DataChunk.newBuilder()
                                .setIndex(random.nextInt(5))
                                .setPayload(noise(500)))
                        .build();
    }

    private void end(StreamObserver<?> answers) {
        int how = random.nextInt(3);
        if (how == 0) {
            answers.onCompleted();
        } else if (how == 1) {
            answers.onError(Status.fromCodeValue(1 + random.nextInt(16))
                    .withDescription("nonsense")
                    .asRuntimeException());
        }
    }

    private ByteString noise(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return ByteString.copyFrom(bytes);
    }

    @Override
    public void close() {
        server.shutdownNow();
    }
}
