/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerCredentials;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.TlsServerCredentials;
import io.tollgate.loader.LoaderStatus.Connection;
import io.tollgate.loader.fixture.SampleSnapshot;
import io.tollgate.loader.fixture.SmallControlPlane;
import io.tollgate.loader.fixture.SnapshotBuilder;
import io.tollgate.loader.fixture.TestCertificates;
import io.tollgate.loader.transfer.ControlPlaneTarget;
import io.tollgate.loader.transfer.GrpcControlPlaneClient;
import io.tollgate.loader.transfer.SnapshotVersion;
import io.tollgate.loader.transfer.TokenSource;
import io.tollgate.loader.transfer.TransferLimits;
import io.tollgate.v1.Compression;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real loader thread over real gRPC. */
class GrpcTransportTest {
    private static final LoaderContext.Timing QUICK = new LoaderContext.Timing(100, 1_000, 2_000, 20, 200);
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    @TempDir
    Path root;

    private final SmallControlPlane service =
            new SmallControlPlane(SampleSnapshot.of(7).chunkBytes(100).build());
    private @Nullable Server server;
    private @Nullable SnapshotLoader loader;

    @AfterEach
    void stop() {
        if (loader != null) {
            loader.close();
        }
        stopServer();
        service.close();
    }

    private int serve(int port, ServerCredentials credentials, String token) throws IOException {
        Server started = Grpc.newServerBuilderForPort(port, credentials)
                .addService(service)
                .intercept(new RequireToken(token))
                .build()
                .start();
        server = started;
        return started.getPort();
    }

    private int serve(int port) throws IOException {
        return serve(port, InsecureServerCredentials.create(), "");
    }

    private void stopServer() {
        if (server != null) {
            server.shutdownNow();
            try {
                assertTrue(server.awaitTermination(10, TimeUnit.SECONDS));
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            server = null;
        }
    }

    private record RequireToken(String token) implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            if (!token.isEmpty() && !("Bearer " + token).equals(headers.get(AUTHORIZATION))) {
                call.close(Status.UNAUTHENTICATED.withDescription("no good token"), new Metadata());
                return new ServerCall.Listener<>() {};
            }
            return next.startCall(call, headers);
        }
    }

    private SnapshotLoader start(ControlPlaneTarget target) throws IOException {
        SnapshotLoader started = SnapshotLoader.open(LoaderHarness.context()
                .stateDir(root.resolve("state"))
                .timing(QUICK)
                .client(GrpcControlPlaneClient.connect(target, TransferLimits.DEFAULT.maxMessageBytes())));
        loader = started;
        started.start();
        return started;
    }

    private static void await(SnapshotLoader loader, BooleanSupplier condition) {
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadlineNs > 0) {
                throw new AssertionError("never: " + loader.status());
            }
            Thread.onSpinWait();
        }
    }

    private static boolean isActive(SnapshotLoader loader, long version) {
        LoaderStatus.SnapshotFacts facts = loader.status().snapshot();
        return facts != null && facts.version().equals(new SnapshotVersion(1, version));
    }

    private static boolean isFresh(SnapshotLoader loader) {
        return loader.status().planes().stream().noneMatch(LoaderStatus.PlaneFacts::stale);
    }

    private static String connectionFailure(SnapshotLoader loader) {
        LoaderStatus.Failure failure = loader.status().connection().lastFailure();
        return failure == null ? "" : failure.cause();
    }

    @Test
    void shouldInstallWhatIsServedAndFollowWhatIsPublished() throws Exception {
        SnapshotLoader running = start(ControlPlaneTarget.local("127.0.0.1:" + serve(0)));
        await(running, () -> isActive(running, 7) && isFresh(running));
        service.publish(SampleSnapshot.of(8).build());
        await(running, () -> isActive(running, 8) && isFresh(running));
        assertEquals("sidecar-1", service.questions.get(0).getSidecar().getSidecarId());
    }

    @Test
    void shouldResumeAStreamThatTheServerBreaks() throws Exception {
        service.breakNextTransferAfter(4);
        SnapshotLoader running = start(ControlPlaneTarget.local("127.0.0.1:" + serve(0)));
        await(running, () -> isActive(running, 7));
        assertEquals(2, service.pulls.size());
        assertEquals(0, service.pulls.get(0).getResumeFromChunk());
        assertEquals(4, service.pulls.get(1).getResumeFromChunk());
    }

    @Test
    void shouldComeBackAfterTheControlPlaneWasAway() throws Exception {
        int port = serve(0);
        SnapshotLoader running = start(ControlPlaneTarget.local("127.0.0.1:" + port));
        await(running, () -> isActive(running, 7) && isFresh(running));
        stopServer();
        await(running, () -> running.status().connection().consecutiveFailures() > 3);
        assertEquals(Connection.FAILING, running.status().connection().state());
        assertTrue(connectionFailure(running).contains("127.0.0.1:" + port), connectionFailure(running));
        assertTrue(isActive(running, 7));
        service.publish(SampleSnapshot.of(9).build());
        serve(port);
        await(running, () -> isActive(running, 9) && isFresh(running));
        assertEquals(Connection.CONNECTED, running.status().connection().state());
    }

    @Test
    void shouldNoticeAPeerThatAcceptsAndNeverAnswers() throws Exception {
        try (ServerSocket deaf = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            SnapshotLoader running = start(ControlPlaneTarget.local("127.0.0.1:" + deaf.getLocalPort()));
            await(running, () -> running.status().connection().consecutiveFailures() >= 2);
            assertTrue(connectionFailure(running).contains("no answer"), connectionFailure(running));
        }
    }

    @Test
    void shouldShowItsCertificateAndCheckTheOther() throws Exception {
        TestCertificates theirs = TestCertificates.make(root, "control");
        TestCertificates ours = TestCertificates.make(root, "sidecar");
        ServerCredentials mutual = TlsServerCredentials.newBuilder()
                .keyManager(theirs.certificate.toFile(), theirs.key.toFile())
                .trustManager(ours.certificate.toFile())
                .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE)
                .build();
        int port = serve(0, mutual, "");
        SnapshotLoader running = start(new ControlPlaneTarget(
                "localhost:" + port, new ControlPlaneTarget.Tls(theirs.certificate, ours.certificate, ours.key), null));
        await(running, () -> isActive(running, 7));
        running.close();
        SnapshotLoader stranger = start(new ControlPlaneTarget(
                "localhost:" + port, new ControlPlaneTarget.Tls(ours.certificate, ours.certificate, ours.key), null));
        await(stranger, () -> stranger.status().connection().consecutiveFailures() > 0);
        assertFalse(isFresh(stranger), "the control plane is not whom we trust");
    }

    @Test
    void shouldSendTheTokenOfItsFileAndNeverShowIt() throws Exception {
        Path tokenFile = Files.writeString(root.resolve("token"), "wrong-secret\n");
        int port = serve(0, InsecureServerCredentials.create(), "right-secret");
        SnapshotLoader running =
                start(new ControlPlaneTarget("127.0.0.1:" + port, null, TokenSource.ofFile(tokenFile)));
        await(running, () -> running.status().connection().consecutiveFailures() > 1);
        assertTrue(connectionFailure(running).contains("UNAUTHENTICATED"), connectionFailure(running));
        assertFalse(running.status().toString().contains("secret"));
        Files.writeString(tokenFile, "right-secret\n");
        await(running, () -> isActive(running, 7));
        Files.delete(tokenFile);
        await(running, () -> connectionFailure(running).contains("cannot be read"));
        assertFalse(running.status().toString().contains("secret"));
    }

    @Test
    void shouldSpeakPlainTextOnThisHostOnly() {
        for (String local : new String[] {
            "localhost:1", "127.0.0.1:7070", "127.8.8.8:1", "[::1]:7070", "unix:///run/tollgate.sock", "LOCALHOST:5"
        }) {
            assertEquals(local, ControlPlaneTarget.local(local).address());
        }
        for (String remote : new String[] {
            "control.example:7070", "10.0.0.1:1", "localhost.evil.example:1", "127.0.0.1.evil.example:1", "dns:///x"
        }) {
            assertThrows(IllegalArgumentException.class, () -> ControlPlaneTarget.local(remote), remote);
        }
    }

    @Test
    void shouldCloseTwiceAndInTheMiddleOfEverything() throws Exception {
        service.publish(SampleSnapshot.of(7).chunkBytes(1).build());
        SnapshotLoader running = start(ControlPlaneTarget.local("127.0.0.1:" + serve(0)));
        running.close();
        running.close();
        SnapshotLoader again = start(ControlPlaneTarget.local("127.0.0.1:" + (server == null ? 0 : server.getPort())));
        await(again, () -> isActive(again, 7));
    }

    @Test
    void shouldTakeAChunkOfTheLargestAllowedSize() throws Exception {
        SnapshotBuilder large = SampleSnapshot.of(7).chunkBytes(12 << 20);
        large.compression(Compression.COMPRESSION_NONE);
        for (int i = 0; i < 60_000; i++) {
            SampleSnapshot.scope(large, SampleSnapshot.principal("org:acme", "user-with-a-long-name-" + i));
        }
        service.publish(large.build());
        SnapshotLoader running = start(ControlPlaneTarget.local("127.0.0.1:" + serve(0)));
        await(running, () -> isActive(running, 7));
    }
}
