/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.transfer;

import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Says in an operator's words why a TLS handshake with the control plane failed, and what to do. Pure functions. */
final class TlsTrouble {
    private static final int MAX_DEPTH = 12;

    private TlsTrouble() {}

    /** {@return what is wrong and how to mend it, or null when the failure is none of TLS} */
    static @Nullable String of(@Nullable Throwable failure) {
        String found = null;
        Throwable at = failure;
        for (int depth = 0; at != null && depth < MAX_DEPTH; depth++) {
            String said = said(at);
            // the innermost cause says most
            found = said == null ? found : said;
            at = at.getCause() == at ? null : at.getCause();
        }
        return found;
    }

    private static @Nullable String said(Throwable failure) {
        String text = String.valueOf(failure.getMessage());
        if (failure instanceof CertificateExpiredException) {
            return "the control plane's certificate has expired (" + text
                    + "): renew tls.certificate_file of the control plane; if it has not, this host's clock is wrong";
        }
        if (failure instanceof CertificateNotYetValidException) {
            return "the control plane's certificate is not valid yet (" + text
                    + "): this host's clock is behind, or the certificate was made too early";
        }
        if (failure instanceof CertPathBuilderException || failure instanceof CertPathValidatorException) {
            return "the control plane's certificate is signed by no authority in control_plane.tls.ca_file (" + text
                    + "): put its authority there, or somebody else answers at that address";
        }
        if (failure instanceof CertificateException
                && (text.contains("No subject alternative") || text.contains("No name"))) {
            return "the control plane's certificate is another host's (" + text
                    + "): control_plane.address must be a name that the certificate has";
        }
        if (failure instanceof SSLException) {
            return text.contains("not an SSL/TLS record")
                    ? "what answers there speaks no TLS: remove control_plane.tls.ca_file, or give the control plane a"
                            + " certificate (tls)"
                    : "the TLS handshake failed (" + text + "): check control_plane.tls and the control plane's tls";
        }
        return null;
    }
}
