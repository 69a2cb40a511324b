/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.transfer;

import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where the control plane is and how to prove who we are. Plain text is for this host alone.
 *
 * @param address {@code host:port} or {@code unix:///path}
 * @param tls null = plain text
 * @param token who we are, sent with every call; null = nothing is sent
 */
public record ControlPlaneTarget(String address, @Nullable Tls tls, @Nullable TokenSource token) {
    /**
     * Files for TLS, PEM.
     *
     * @param caFile whom to trust; null = what the Java platform trusts
     * @param certificateFile who we are, for mutual TLS; null = token or nothing
     * @param keyFile the key of certificateFile
     */
    public record Tls(@Nullable Path caFile, @Nullable Path certificateFile, @Nullable Path keyFile) {
        /** Checks that certificate and key come together. */
        public Tls {
            if ((certificateFile == null) != (keyFile == null)) {
                throw new IllegalArgumentException(
                        "mutual TLS needs both a certificate file and a key file; only one of the two is set");
            }
        }
    }

    /** Refuses plain text, and a token in plain text, over anything but this host's loopback or a Unix socket. */
    public ControlPlaneTarget {
        if (tls == null && !staysOnThisHost(address)) {
            throw new IllegalArgumentException("control plane address '" + address
                    + "' is not on this host: set tls, plain text is for localhost and unix sockets only");
        }
    }

    /** {@return a target in plain text on this host} */
    public static ControlPlaneTarget local(String address) {
        return new ControlPlaneTarget(address, null, null);
    }

    static boolean staysOnThisHost(String address) {
        String lower = address.toLowerCase(Locale.ROOT);
        return lower.startsWith("unix:")
                || lower.matches("(localhost|127(\\.\\d{1,3}){3}|\\[::1]|\\[0:0:0:0:0:0:0:1])(:\\d{1,5})?");
    }
}
