/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.e2e;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A service behind Envoy that answers byte by byte what a test says, trailers included; HTTP/1.1, one request a connection. */
final class ScriptedUpstream implements AutoCloseable {
    private final ServerSocket listener = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        final Thread thread = new Thread(task, "scripted-upstream");
        thread.setDaemon(true);
        return thread;
    });
    private final Map<String, Script> scripts = new ConcurrentHashMap<>();

    /** Answers a request. */
    @FunctionalInterface
    interface Script {
        void answer(Exchange exchange) throws Exception;
    }

    /** A request whose head was read, and the way back. */
    static final class Exchange {
        final String path;
        final Map<String, String> headers;
        private final OutputStream out;

        Exchange(final String path, final Map<String, String> headers, final OutputStream out) {
            this.path = path;
            this.headers = headers;
            this.out = out;
        }

        String reservation() {
            return headers.getOrDefault("x-reservation-id", "");
        }

        /** Lines of head, or of a chunk; each gets its line end. */
        void send(final String... lines) throws IOException {
            out.write((String.join("\r\n", lines) + "\r\n").getBytes(StandardCharsets.UTF_8));
            out.flush();
        }

        /** A whole response without a body. */
        void respond(final int status, final String... headers) throws IOException {
            send("HTTP/1.1 " + status + " Said");
            for (final String header : headers) {
                send(header);
            }
            send("content-length: 0", "connection: close", "");
        }

        /** The head of a response in chunks, and the first of them. */
        void begin() throws IOException {
            send("HTTP/1.1 200 OK", "transfer-encoding: chunked", "connection: close", "", "5", "first");
        }
    }

    ScriptedUpstream() throws IOException {
        threads.execute(this::accept);
    }

    /** Answers requests of a path, without its query, like this. */
    void on(final String path, final Script script) {
        scripts.put(path, script);
    }

    int port() {
        return listener.getLocalPort();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                final Socket connection = listener.accept();
                threads.execute(() -> serve(connection));
            } catch (final IOException ex) {
                return;
            }
        }
    }

    private void serve(final Socket connection) {
        try (connection) {
            final BufferedReader in =
                    new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.ISO_8859_1));
            final String path = String.valueOf(in.readLine()).split(" ")[1];
            final Map<String, String> headers = new TreeMap<>();
            for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
                final int colon = line.indexOf(':');
                headers.put(
                        line.substring(0, colon).toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).strip());
            }
            final Script script = scripts.getOrDefault(path.split("\\?")[0], exchange -> exchange.respond(404));
            script.answer(new Exchange(path, headers, connection.getOutputStream()));
        } catch (final Exception ex) {
            // Envoy went away, or the test closed: the client's side tells
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        try {
            listener.close();
        } catch (final IOException ex) {
            throw new java.io.UncheckedIOException(ex);
        }
    }
}
