/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.config;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** "host:port" and what it means. */
final class HostPort {
    private static final int MAX_PORT = 65_535;

    private HostPort() {}

    /** {@return null when the text is empty or host:port, else what is wrong with it} */
    static @Nullable String problemWith(final @Nullable String text) {
        if (text == null) {
            return "has no value";
        }
        if (text.isEmpty()) {
            return null;
        }
        final int colon = text.lastIndexOf(':');
        final Long port = colon < 0 ? null : ConfigType.number(text.substring(colon + 1));
        if (colon <= 0 || port == null || port < 0 || port > MAX_PORT) {
            return "is not host:port with a port from 0 (any free one) to " + MAX_PORT;
        }
        final String host = text.substring(0, colon);
        if (host.indexOf(':') >= 0 && !host.startsWith("[")) {
            return "has an IPv6 address without brackets; write [" + host + "]:" + port;
        }
        return null;
    }

    /** {@return the resolved address} of a text that has no problem and is not empty. */
    static InetSocketAddress resolve(final String text) throws UnknownHostException {
        final int colon = text.lastIndexOf(':');
        final int port = Integer.parseInt(text.substring(colon + 1));
        return new InetSocketAddress(InetAddress.getByName(text.substring(0, colon)), port);
    }
}
