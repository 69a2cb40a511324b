/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.e2e;

import io.grpc.netty.shaded.io.netty.buffer.Unpooled;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Exception;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** One HTTP/2 request by hand, with prior knowledge: header values that no library would send, a byte for each character up to U+00FF. */
final class RawHttp2 {
    private static final int PATIENCE_MS = 10_000;
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RESET = 3;
    private static final int SETTINGS = 4;
    private static final int GO_AWAY = 7;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    private static final int PREFIX = 0x7f;

    private RawHttp2() {}

    /** {@return headers of a GET} */
    static String[][] get(final String path, final String[]... more) {
        final List<String[]> headers = new ArrayList<>(List.of(
                new String[] {":method", "GET"},
                new String[] {":scheme", "http"},
                new String[] {":authority", "gate.test"},
                new String[] {":path", path}));
        headers.addAll(Arrays.asList(more));
        return headers.toArray(new String[0][]);
    }

    /**
     * {@return the answer; status 0 = the stream was reset or the connection ended without one}
     *
     * @param headers name and value, the pseudo headers first
     * @param body    null = the headers end the stream
     * @param trailers after the body, name and value
     */
    static RawHttp.Reply exchange(
            final int port, final String[][] headers, final String body, final String[]... trailers)
            throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(PATIENCE_MS);
            final OutputStream out = socket.getOutputStream();
            final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            bytes.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
            frame(bytes, SETTINGS, 0, 0, new byte[0]);
            frame(bytes, HEADERS, END_HEADERS | (body == null ? END_STREAM : 0), 1, block(headers));
            if (body != null) {
                frame(bytes, DATA, trailers.length == 0 ? END_STREAM : 0, 1, latin(body));
                if (trailers.length > 0) {
                    frame(bytes, HEADERS, END_HEADERS | END_STREAM, 1, block(trailers));
                }
            }
            out.write(bytes.toByteArray());
            out.flush();
            return read(new DataInputStream(socket.getInputStream()));
        }
    }

    private static RawHttp.Reply read(final DataInputStream in) throws IOException {
        final Map<String, String> headers = new TreeMap<>();
        final ByteArrayOutputStream body = new ByteArrayOutputStream();
        final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false);
        try {
            while (true) {
                final int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
                final int type = in.readUnsignedByte();
                final int flags = in.readUnsignedByte();
                in.readInt();
                final byte[] payload = in.readNBytes(length);
                if (type == HEADERS) {
                    final Http2Headers decoded = decoder.decodeHeaders(1, Unpooled.wrappedBuffer(payload));
                    decoded.forEach(each -> headers.put(
                            each.getKey().toString(), each.getValue().toString()));
                } else if (type == DATA) {
                    body.write(payload);
                }
                final boolean isOver = type == RESET || type == GO_AWAY;
                if (isOver || (type == HEADERS || type == DATA) && (flags & END_STREAM) != 0) {
                    break;
                }
            }
        } catch (final EOFException | SocketException ex) {
            // the connection ended
        } catch (final Http2Exception ex) {
            throw new IOException(ex);
        }
        return new RawHttp.Reply(
                Integer.parseInt(headers.getOrDefault(":status", "0")), headers, body.toString(StandardCharsets.UTF_8));
    }

    /** HPACK, each a literal that is not indexed and not compressed. */
    private static byte[] block(final String[]... headers) {
        final ByteArrayOutputStream block = new ByteArrayOutputStream();
        for (final String[] each : headers) {
            block.write(0);
            text(block, each[0]);
            text(block, each[1]);
        }
        return block.toByteArray();
    }

    private static void text(final ByteArrayOutputStream to, final String text) {
        int rest = text.length();
        if (rest < PREFIX) {
            to.write(rest);
        } else {
            to.write(PREFIX);
            for (rest -= PREFIX; rest > PREFIX; rest >>= 7) {
                to.write(rest & PREFIX | PREFIX + 1);
            }
            to.write(rest);
        }
        to.writeBytes(latin(text));
    }

    private static void frame(
            final ByteArrayOutputStream to, final int type, final int flags, final int stream, final byte[] payload) {
        to.write(payload.length >> 16);
        to.write(payload.length >> 8);
        to.write(payload.length);
        to.write(type);
        to.write(flags);
        to.writeBytes(new byte[] {0, 0, 0, (byte) stream});
        to.writeBytes(payload);
    }

    private static byte[] latin(final String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
