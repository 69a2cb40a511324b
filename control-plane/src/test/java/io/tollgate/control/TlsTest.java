/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.TlsChannelCredentials;
import io.tollgate.control.compiler.TinyBundle;
import io.tollgate.control.service.ServiceLimits;
import io.tollgate.v1.ControlPlaneServiceGrpc;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sidecars on other hosts are served over TLS. */
class TlsTest {
    private static final String PASSWORD = "for-this-test-only";

    @TempDir
    Path dir;

    /** A self-signed certificate by the JDK's own tool. */
    private void makeCertificate(Path certificate, Path key) throws Exception {
        Path store = dir.resolve("store.p12");
        Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
        Process process = new ProcessBuilder(
                        keytool.toString(),
                        "-genkeypair",
                        "-alias",
                        "a",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost,ip:127.0.0.1",
                        "-validity",
                        "1",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        PASSWORD)
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        Key privateKey = keys.getKey("a", PASSWORD.toCharArray());
        pem(certificate, "CERTIFICATE", keys.getCertificate("a").getEncoded());
        pem(key, "PRIVATE KEY", privateKey.getEncoded());
    }

    private static void pem(Path file, String type, byte[] der) throws IOException {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        Files.writeString(file, "-----BEGIN " + type + "-----\n" + body + "\n-----END " + type + "-----\n");
    }

    private ControlPlaneConfig config(Path certificate, Path key) {
        Path bundle = new TinyBundle().write(dir.resolve("bundle"));
        return new ControlPlaneConfig(
                new InetSocketAddress("0.0.0.0", 0),
                null,
                new ControlPlaneConfig.Tls(certificate, key),
                dir.resolve("state"),
                List.of(new ControlPlaneConfig.Bundle(bundle)),
                false,
                100,
                ServiceLimits.DEFAULT);
    }

    @Test
    void shouldServeOtherHostsOverTls() throws Exception {
        Path certificate = dir.resolve("cert.pem");
        Path key = dir.resolve("key.pem");
        makeCertificate(certificate, key);
        try (ControlPlane plane = ControlPlane.start(config(certificate, key), ControlPlaneListener.NONE)) {
            ManagedChannel channel = Grpc.newChannelBuilderForAddress(
                            "localhost",
                            plane.grpcAddress().getPort(),
                            TlsChannelCredentials.newBuilder()
                                    .trustManager(certificate.toFile())
                                    .build())
                    .build();
            try {
                assertTrue(ControlPlaneServiceGrpc.newBlockingStub(channel)
                        .withDeadlineAfter(30, TimeUnit.SECONDS)
                        .pullSnapshot(ControlPlaneFixture.pull("tiny"))
                        .next()
                        .hasManifest());
            } finally {
                channel.shutdownNow();
            }
        }
    }

    @Test
    void shouldNameTheFilesThatItCannotRead() {
        IOException e = assertThrows(
                IOException.class,
                () -> ControlPlane.start(
                        config(dir.resolve("no-cert.pem"), dir.resolve("no-key.pem")), ControlPlaneListener.NONE));

        assertTrue(String.valueOf(e.getMessage()).contains("no-cert.pem"), e::getMessage);
    }
}
