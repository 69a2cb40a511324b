/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.admin;

import io.grpc.util.CertificateUtils;
import io.tollgate.server.config.SidecarConfig;
import io.tollgate.server.lifecycle.SidecarStartException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** TLS for the JDK's HTTP server out of PEM files. */
final class PemContext {
    /** The key lives in memory only; the key store wants a password all the same. */
    private static final char[] IN_MEMORY = new char[0];

    private PemContext() {}

    static SSLContext of(final SidecarConfig.ServerTls tls) {
        try {
            final KeyStore identity = empty();
            identity.setKeyEntry("sidecar", key(tls.keyFile()), IN_MEMORY, certificates(tls.certFile()));
            final KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(identity, IN_MEMORY);

            final KeyStore authorities = empty();
            int number = 0;
            for (final X509Certificate authority : certificates(tls.clientCaFile())) {
                authorities.setCertificateEntry("client-ca-" + number++, authority);
            }
            final TrustManagerFactory trust =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(authorities);

            final SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (final IOException | GeneralSecurityException e) {
            throw new SidecarStartException("listen.tls: a file cannot be used: " + e, e);
        }
    }

    private static KeyStore empty() throws IOException, GeneralSecurityException {
        final KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static PrivateKey key(final Path file) throws IOException, GeneralSecurityException {
        try (InputStream in = Files.newInputStream(file)) {
            return CertificateUtils.getPrivateKey(in);
        }
    }

    private static X509Certificate[] certificates(final Path file) throws IOException, GeneralSecurityException {
        try (InputStream in = Files.newInputStream(file)) {
            return CertificateUtils.getX509Certificates(in);
        }
    }
}
