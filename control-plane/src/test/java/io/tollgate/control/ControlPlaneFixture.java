/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.tollgate.control.compiler.CompileResult;
import io.tollgate.control.publish.BundleHead;
import io.tollgate.control.publish.Publication;
import io.tollgate.control.service.ServiceLimits;
import io.tollgate.v1.AdministrationServiceGrpc;
import io.tollgate.v1.ControlPlaneServiceGrpc;
import io.tollgate.v1.PullDeltasRequest;
import io.tollgate.v1.PullSnapshotRequest;
import io.tollgate.v1.SidecarIdentity;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A control plane on free ports of the loopback, and a channel to it. */
final class ControlPlaneFixture implements AutoCloseable {
    static final SidecarIdentity SIDECAR = SidecarIdentity.newBuilder()
            .setSidecarId("sidecar-1")
            .setBootId("boot-1")
            .setBuild("test")
            .build();
    private static final long PATIENCE_SECONDS = 30;

    final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    final ControlPlane plane;
    final ManagedChannel channel;

    ControlPlaneFixture(ControlPlaneConfig config) throws IOException {
        plane = ControlPlane.start(config, new ControlPlaneListener() {
            @Override
            public void published(Path dir, Publication publication, CompileResult result) {
                events.add(
                        publication.isDelta()
                                ? "changed " + publication.sequence()
                                : "published " + publication.version());
            }

            @Override
            public void unchanged(Path dir, String bundle, BundleHead head, CompileResult result) {
                events.add("unchanged " + head.version());
            }

            @Override
            public void refused(Path dir, CompileResult result) {
                events.add("refused " + result.errorCount());
            }

            @Override
            public void failed(Path dir, String message) {
                events.add("failed " + message);
            }
        });
        channel = Grpc.newChannelBuilderForAddress(
                        "127.0.0.1", plane.grpcAddress().getPort(), InsecureChannelCredentials.create())
                .maxInboundMessageSize(8 << 20)
                .build();
    }

    static ControlPlaneConfig config(Path bundle, Path state, ServiceLimits limits) {
        InetSocketAddress any = new InetSocketAddress("127.0.0.1", 0);
        return new ControlPlaneConfig(
                any, any, null, state, List.of(new ControlPlaneConfig.Bundle(bundle)), true, 20, limits);
    }

    static ControlPlaneFixture start(Path bundle, Path state) throws IOException {
        return new ControlPlaneFixture(config(bundle, state, ServiceLimits.DEFAULT));
    }

    ControlPlaneServiceGrpc.ControlPlaneServiceBlockingStub sidecar() {
        return ControlPlaneServiceGrpc.newBlockingStub(channel).withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    AdministrationServiceGrpc.AdministrationServiceBlockingStub administrator() {
        return AdministrationServiceGrpc.newBlockingStub(channel).withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    String nextEvent() throws InterruptedException {
        String event = events.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (event == null) {
            throw new AssertionError("nothing happened within " + PATIENCE_SECONDS + " s");
        }
        return event;
    }

    static PullSnapshotRequest pull(String bundle) {
        return PullSnapshotRequest.newBuilder()
                .setSidecar(SIDECAR)
                .setBundle(bundle)
                .build();
    }

    static PullDeltasRequest.Builder poll(String bundle, long waitMs) {
        return PullDeltasRequest.newBuilder()
                .setSidecar(SIDECAR)
                .setBundle(bundle)
                .setWaitMs(waitMs);
    }

    @Override
    public void close() {
        channel.shutdownNow();
        plane.close();
    }
}
