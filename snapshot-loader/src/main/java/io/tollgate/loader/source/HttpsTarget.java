/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.source;

import io.tollgate.loader.transfer.ControlPlaneTarget.Tls;
import io.tollgate.loader.transfer.TokenSource;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An HTTPS address and how to prove who we are there.
 *
 * @param uri https
 * @param tls files; null = what the Java platform trusts, no client certificate
 * @param token bearer token, sent with every request; null = none
 * @param patience until connected, and until the response's headers have come
 */
public record HttpsTarget(URI uri, @Nullable Tls tls, @Nullable TokenSource token, Duration patience) {
    /** Refuses anything but https with a host. */
    public HttpsTarget {
        if (!"https".equals(uri.getScheme()) || uri.getHost() == null || uri.getUserInfo() != null) {
            throw new IllegalArgumentException("'" + uri.getScheme() + "://" + uri.getHost()
                    + "' is no https address with a host and without user information");
        }
    }
}
