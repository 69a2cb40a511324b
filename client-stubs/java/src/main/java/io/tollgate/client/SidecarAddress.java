/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.client;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where the sidecar listens: {@code host:port} on loopback, or {@code unix:/path}. Exactly one of the two is set. */
record SidecarAddress(@Nullable InetSocketAddress tcp, @Nullable Path unixPath, String text) {
    private static final String UNIX = "unix:";

    /** @throws IllegalArgumentException if it is neither, or leads to another host */
    static SidecarAddress parse(String text) {
        if (text.startsWith(UNIX)) {
            return unix(text);
        }
        final int colon = text.lastIndexOf(':');
        final String host = colon > 0 ? unbracket(text.substring(0, colon)) : "";
        final int port = colon > 0 ? port(text, text.substring(colon + 1)) : -1;
        if (host.isEmpty() || port < 0) {
            throw new IllegalArgumentException("address '" + text
                    + "' is neither host:port (127.0.0.1:7070) nor a Unix domain socket (unix:/run/tollgate.sock)");
        }
        return new SidecarAddress(new InetSocketAddress(loopback(text, host), port), null, text);
    }

    private static SidecarAddress unix(String text) {
        final String path =
                text.startsWith("unix:///") ? text.substring("unix://".length()) : text.substring(UNIX.length());
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException(
                    "socket path in '" + text + "' is not absolute; write unix:/run/tollgate.sock");
        }
        return new SidecarAddress(null, Path.of(path), text);
    }

    private static String unbracket(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }

    private static int port(String text, String port) {
        try {
            final int value = Integer.parseInt(port);
            if (value > 0 && value <= 65_535) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Reported below, with the whole address.
        }
        throw new IllegalArgumentException("port '" + port + "' in address '" + text + "' is not between 1 and 65535");
    }

    /** The wire is not encrypted, so it must not leave the host. */
    private static InetAddress loopback(String text, String host) {
        try {
            final InetAddress address = InetAddress.getByName(host);
            if (address.isLoopbackAddress()) {
                return address;
            }
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("host '" + host + "' in address '" + text + "' is not known", e);
        }
        throw new IllegalArgumentException("address '" + text
                + "' is not on this host; a sidecar listens on loopback or a Unix domain socket. For anything else build"
                + " a channel with TLS and pass it to TollgateClientBuilder.channel(...)");
    }

    SocketAddress tcpOrThrow() {
        if (tcp == null) {
            throw new IllegalStateException(text + " is not a TCP address");
        }
        return tcp;
    }

    @Override
    public String toString() {
        return text;
    }
}
