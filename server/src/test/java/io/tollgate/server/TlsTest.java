/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.tollgate.server.lifecycle.SidecarStartException;
import io.tollgate.server.support.LogWatch;
import io.tollgate.server.support.TestCertificate;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.DecisionServiceGrpc;
import io.tollgate.v1.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An address that is not on loopback speaks TLS, and only with clients that show a certificate. */
class TlsTest {
    @TempDir
    Path directory;

    @Test
    void shouldLetOnlyKnownClientsInFromOutside() throws Exception {
        final TestCertificate server = TestCertificate.create(directory, "server");
        final TestCertificate client = TestCertificate.create(directory, "client");
        final TestCertificate stranger = TestCertificate.create(directory, "stranger");
        try (LogWatch log = new LogWatch();
                SidecarHarness harness = open(server, client)) {
            assertEquals(
                    Reason.REASON_SNAPSHOT_MISSING,
                    ask(
                                    harness,
                                    credentials(server)
                                            .keyManager(
                                                    client.certFile().toFile(),
                                                    client.keyFile().toFile())
                                            .build())
                            .getReason());
            assertRefused(harness, credentials(server).build());
            assertRefused(
                    harness,
                    credentials(server)
                            .keyManager(
                                    stranger.certFile().toFile(),
                                    stranger.keyFile().toFile())
                            .build());
            assertRefused(harness, InsecureChannelCredentials.create());
            assertEquals(503, readyz(harness, context(server, "client")));
            assertThrows(IOException.class, () -> readyz(harness, context(server, "stranger")));
            assertEquals(0, log.warnings().size(), log.warnings().toString());
        }
    }

    @Test
    void shouldNameTheFileThatItCannotUse() throws Exception {
        final TestCertificate server = TestCertificate.create(directory, "server");
        final SidecarStartException missing = assertThrows(
                SidecarStartException.class,
                () -> open(server, new TestCertificate(directory.resolve("missing.crt"), server.keyFile())));
        assertEquals(true, missing.getMessage().contains("missing.crt"), missing.getMessage());
    }

    private SidecarHarness open(final TestCertificate server, final TestCertificate client) {
        return new SidecarHarness(directory, builder -> builder.set("listen.address", "0.0.0.0:0")
                .set("listen.http_address", "0.0.0.0:0")
                .set("listen.tls.cert_file", server.certFile().toString())
                .set("listen.tls.key_file", server.keyFile().toString())
                .set("listen.tls.client_ca_file", client.certFile().toString()));
    }

    private static TlsChannelCredentials.Builder credentials(final TestCertificate server) throws IOException {
        return TlsChannelCredentials.newBuilder().trustManager(server.certFile().toFile());
    }

    private static DecideResponse ask(final SidecarHarness harness, final ChannelCredentials credentials) {
        final int port =
                Objects.requireNonNull(harness.sidecar.addresses().decisions()).getPort();
        final ManagedChannel channel =
                Grpc.newChannelBuilder("127.0.0.1:" + port, credentials).build();
        try {
            return DecisionServiceGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(30, TimeUnit.SECONDS)
                    .decide(SidecarHarness.question("ann"));
        } finally {
            channel.shutdownNow();
        }
    }

    private static void assertRefused(final SidecarHarness harness, final ChannelCredentials credentials) {
        final StatusRuntimeException e = assertThrows(StatusRuntimeException.class, () -> ask(harness, credentials));
        assertEquals(Status.Code.UNAVAILABLE, e.getStatus().getCode(), e.getMessage());
    }

    private static int readyz(final SidecarHarness harness, final SSLContext context)
            throws IOException, InterruptedException {
        final int port =
                Objects.requireNonNull(harness.sidecar.addresses().http()).getPort();
        return HttpClient.newBuilder()
                .sslContext(context)
                .build()
                .send(
                        HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + "/readyz"))
                                .build(),
                        HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    private SSLContext context(final TestCertificate server, final String client) throws Exception {
        final KeyStore identity = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(directory.resolve(client + ".p12"))) {
            identity.load(in, "changeit".toCharArray());
        }
        final KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(identity, "changeit".toCharArray());
        final KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        try (InputStream in = Files.newInputStream(server.certFile())) {
            trusted.setCertificateEntry(
                    "server",
                    java.security.cert.CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        final TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        final SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }
}
