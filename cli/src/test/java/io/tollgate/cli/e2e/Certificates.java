/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Authorities and the certificates that they sign, made with the JDK's keytool, as PEM files. */
final class Certificates {
    private static final String PASSWORD = "changeit";

    private final Path directory;
    private final Path store;

    Certificates(Path directory) {
        this.directory = directory;
        this.store = directory.resolve("certificates.p12");
    }

    /** Makes an authority; {@return its certificate}. */
    Path authority(String name) throws Exception {
        generate(name, "-ext", "bc:critical=ca:true", "-validity", "30");
        return certificate(name);
    }

    /**
     * Makes a server's certificate, or a client's.
     *
     * @param subject such as "ip:127.0.0.1", "dns:other.example" or "uri:spiffe://acme.example/org/lumen/service/trainer"
     * @param validity arguments of keytool, such as -validity 30
     */
    void server(String name, String authority, String subject, String... validity) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("-ext", "san=" + subject, "-signer", authority));
        arguments.addAll(Arrays.asList(validity));
        generate(name, arguments.toArray(new String[0]));
        certificate(name);
        pem(
                name + ".key",
                "PRIVATE KEY",
                open().getKey(name, PASSWORD.toCharArray()).getEncoded());
    }

    /**
     * {@return what a client shows and trusts}
     *
     * @param name      of the certificate that it shows, made by {@link #server}; null = it has none
     * @param authority whose servers it trusts
     */
    SSLContext client(@Nullable String name, String authority) throws Exception {
        KeyManager[] keys = {};
        if (name != null) {
            KeyStore own = open();
            X509Certificate[] chain = Arrays.stream(own.getCertificateChain(name))
                    .map(X509Certificate.class::cast)
                    .toArray(X509Certificate[]::new);
            keys = new KeyManager[] {new OneKey((PrivateKey) own.getKey(name, PASSWORD.toCharArray()), chain)};
        }
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry(authority, open().getCertificate(authority));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys, trust.getTrustManagers(), null);
        return context;
    }

    /** Lines of a control plane's configuration. */
    String tls(String name) {
        return "tls: { certificate_file: '" + directory.resolve(name + ".pem") + "', key_file: '"
                + directory.resolve(name + ".key") + "' }";
    }

    /** Opens a server that shows this certificate, ends the handshake and then says nothing. Close it to end it. */
    ServerSocket serve(String name) throws Exception {
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        KeyStore only = KeyStore.getInstance("PKCS12");
        only.load(null, null);
        char[] password = PASSWORD.toCharArray();
        only.setKeyEntry(name, open().getKey(name, password), password, open().getCertificateChain(name));
        keys.init(only, password);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        ServerSocket server =
                context.getServerSocketFactory().createServerSocket(0, 16, InetAddress.getLoopbackAddress());
        Thread thread = new Thread(() -> shakeHands(server), "tls-server-" + name);
        thread.setDaemon(true);
        thread.start();
        return server;
    }

    private static void shakeHands(ServerSocket server) {
        while (!server.isClosed()) {
            try (Socket caller = server.accept()) {
                caller.setSoTimeout(2_000);
                while (caller.getInputStream().read() >= 0) {
                    // whatever he says
                }
            } catch (IOException e) {
                // refused, or closed
            }
        }
    }

    private void generate(String name, String... more) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-J-XX:TieredStopAtLevel=1",
                "-genkeypair",
                "-alias",
                name,
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + name,
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD));
        command.addAll(Arrays.asList(more));
        Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (keytool.waitFor() != 0) {
            throw new IOException(output);
        }
    }

    private Path certificate(String name) throws IOException, GeneralSecurityException {
        return pem(name + ".pem", "CERTIFICATE", open().getCertificate(name).getEncoded());
    }

    private KeyStore open() throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        return keys;
    }

    private Path pem(String name, String type, byte[] der) throws IOException {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return Files.writeString(
                directory.resolve(name), "-----BEGIN " + type + "-----\n" + body + "\n-----END " + type + "-----\n");
    }
}
