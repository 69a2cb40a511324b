/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.e2e;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** HTTP/1.1 by hand: requests that no library would send, a byte for each character up to U+00FF. */
final class RawHttp {
    private static final int PATIENCE_MS = 10_000;

    private RawHttp() {}

    /**
     * An answer.
     *
     * @param status  0 = the connection ended without one
     * @param headers by lower-case name; of several of one name the last
     */
    record Reply(int status, Map<String, String> headers, String body) {
        String header(final String name) {
            return headers.getOrDefault(name, "");
        }

        /** {@return why Tollgate refused it; empty = it was not Tollgate} */
        String reason() {
            return header("x-tollgate-reason");
        }
    }

    /** Sends a request line and headers, each ended by a line break here, and a body. */
    static Reply exchange(final int port, final String head, final String body) throws IOException {
        return exchange(port, head.replace("\n", "\r\n") + "host: gate.test\r\nconnection: close\r\n\r\n" + body);
    }

    /** Sends bytes and reads until the other side has said all; {@return the first answer} */
    static Reply exchange(final int port, final String bytes) throws IOException {
        return parse(all(port, bytes));
    }

    /** As {@link #exchange(int, String)}; {@return all answers, whose bodies have a length} */
    static List<Reply> exchangeAll(final int port, final String bytes) throws IOException {
        final List<Reply> replies = new ArrayList<>();
        String rest = all(port, bytes);
        do {
            final Reply parsed = parse(rest);
            final int length = Integer.parseInt(parsed.headers().getOrDefault("content-length", "0"));
            final String after = parsed.body();
            replies.add(
                    new Reply(parsed.status(), parsed.headers(), after.substring(0, Math.min(length, after.length()))));
            rest = after.substring(Math.min(length, after.length()));
        } while (!rest.isEmpty());
        return replies;
    }

    private static String all(final int port, final String bytes) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(PATIENCE_MS);
            socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
            final ByteArrayOutputStream all = new ByteArrayOutputStream();
            try {
                socket.getInputStream().transferTo(all);
            } catch (final SocketTimeoutException ex) {
                throw new IOException("no end after " + all, ex);
            } catch (final IOException ex) {
                // reset after what it has said
            }
            return all.toString(StandardCharsets.ISO_8859_1);
        }
    }

    private static Reply parse(final String text) {
        final int end = text.indexOf("\r\n\r\n");
        if (end < 0) {
            return new Reply(0, Map.of(), text);
        }
        final String[] lines = text.substring(0, end).split("\r\n");
        final Map<String, String> headers = new TreeMap<>();
        for (int i = 1; i < lines.length; i++) {
            final int colon = lines[i].indexOf(':');
            headers.put(
                    lines[i].substring(0, colon).toLowerCase(Locale.ROOT),
                    lines[i].substring(colon + 1).strip());
        }
        return new Reply(Integer.parseInt(lines[0].split(" ")[1]), headers, text.substring(end + 4));
    }
}
