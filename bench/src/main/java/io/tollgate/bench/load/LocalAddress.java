/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.load;

import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;

/**
 * Where a server listens on this host: "127.0.0.1:7070", "[::1]:7070", "localhost:7070" or "unix:/run/tollgate.sock". Load is never sent
 * to another machine.
 *
 * @param socket  what to connect to or to listen on
 * @param display as people write it
 */
record LocalAddress(SocketAddress socket, String display) {
    private static final String UNIX = "unix:";
    private static final int MAX_PORT = 65_535;

    /**
     * Reads an address.
     *
     * @throws IllegalArgumentException when it is malformed or not of this host
     */
    static LocalAddress parse(final String text) {
        if (text.startsWith(UNIX)) {
            final String path = text.substring(UNIX.length());
            if (!path.startsWith("/")) {
                throw new IllegalArgumentException(
                        "address '" + text + "': a socket's path is absolute: unix:/run/x.sock");
            }
            return new LocalAddress(new DomainSocketAddress(path), text);
        }
        final int colon = text.lastIndexOf(':');
        if (colon <= 0) {
            throw new IllegalArgumentException("address '" + text + "': write HOST:PORT or unix:/PATH");
        }
        return new LocalAddress(
                new InetSocketAddress(loopback(text, text.substring(0, colon)), port(text, text.substring(colon + 1))),
                text);
    }

    /** {@return whether this is a Unix domain socket} */
    boolean isUnix() {
        return socket instanceof DomainSocketAddress;
    }

    private static InetAddress loopback(final String text, final String host) {
        try {
            final InetAddress address =
                    "localhost".equals(host) ? InetAddress.getLoopbackAddress() : InetAddress.getByName(host);
            if (!address.isLoopbackAddress()) {
                throw new IllegalArgumentException("address '" + text + "': " + address.getHostAddress()
                        + " is not a loopback address; load stays on this host");
            }
            return address;
        } catch (final UnknownHostException e) {
            throw new IllegalArgumentException("address '" + text + "': unknown host " + host, e);
        }
    }

    private static int port(final String text, final String digits) {
        try {
            final int port = Integer.parseInt(digits);
            if (port >= 1 && port <= MAX_PORT) {
                return port;
            }
        } catch (final NumberFormatException ignored) {
            // said below
        }
        throw new IllegalArgumentException("address '" + text + "': the port is a number from 1 to " + MAX_PORT);
    }
}
