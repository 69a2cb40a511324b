/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.envoy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.netty.shaded.io.netty.buffer.Unpooled;
import io.tollgate.bench.load.ProcessStat;
import io.tollgate.examples.generator.GeneratedShape;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class HttpLoadTest {
    private static final String OK = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

    /** Answers each request of each connection with what it is given for its number; empty = closes. */
    private static final class Server implements AutoCloseable {
        private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final AtomicInteger requests = new AtomicInteger();

        interface Answers {
            String of(int number) throws InterruptedException;
        }

        Server(final Answers answers) throws IOException {
            final Thread acceptor = new Thread(() -> {
                try {
                    while (true) {
                        final Socket connection = socket.accept();
                        final Thread thread = new Thread(() -> serve(connection, answers));
                        thread.setDaemon(true);
                        thread.start();
                    }
                } catch (final IOException ended) {
                    // closed
                }
            });
            acceptor.setDaemon(true);
            acceptor.start();
        }

        private void serve(final Socket connection, final Answers answers) {
            try (connection) {
                final InputStream in = connection.getInputStream();
                int matched = 0;
                for (int next = in.read(); next >= 0; next = in.read()) {
                    matched = next == "\r\n\r\n".charAt(matched) ? matched + 1 : next == '\r' ? 1 : 0;
                    if (matched == 4) {
                        matched = 0;
                        final String answer = answers.of(requests.incrementAndGet());
                        if (answer.isEmpty()) {
                            return;
                        }
                        connection.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
                    }
                }
            } catch (final IOException | InterruptedException ended) {
                // the client has gone
            }
        }

        int port() {
            return socket.getLocalPort();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private static HttpLoad.Result run(final int port, final int connections, final int rate, final double seconds)
            throws IOException, InterruptedException {
        final HttpRequests requests = HttpRequests.generated(GeneratedShape.of(10), 16);
        return new HttpLoad(new HttpLoad.Plan(port, connections, rate, 0, seconds), requests)
                .run(List.of(ProcessStat.self()));
    }

    @Test
    void shouldCountTheTimeOfEveryRequestThatAStallDelayed() throws Exception {
        final long stallMs = 300;
        try (Server server = new Server(number -> {
            if (number == 10) {
                TimeUnit.MILLISECONDS.sleep(stallMs);
            }
            return OK;
        })) {
            final HttpLoad.Result result = run(server.port(), 1, 200, 1);
            assertEquals(Map.of(), result.tally().errors);
            assertEquals(200, result.tally().latency.getTotalCount(), "all that were due");
            assertTrue(result.latencyUs(100) >= stallMs * 1_000);
            // 60 were due meanwhile; those of its first half waited for half of it and more
            final double delayed = 100 - result.tally().latency.getPercentileAtOrBelowValue(stallMs * 500_000);
            assertTrue(delayed >= 14, delayed + " % of the requests");
        }
    }

    @Test
    void shouldKeepEveryConnectionBusyInAClosedLoop() throws Exception {
        try (Server server = new Server(number -> OK)) {
            final HttpLoad.Result result = run(server.port(), 3, 0, 0.3);
            assertEquals(Map.of(), result.tally().errors);
            assertTrue(result.tally().answered > 3, result.tally().answered + " answers");
        }
    }

    @Test
    void shouldCountWhateverIsNo200() throws Exception {
        try (Server server = new Server(
                number -> number == 2 ? "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n" : number == 5 ? "" : OK)) {
            final HttpLoad.Result result = run(server.port(), 2, 100, 0.3);
            assertEquals(Map.of("HTTP 503", 1L, "connection closed", 1L), result.tally().errors);
            assertEquals(
                    28, result.tally().answered + (30 - result.tally().latency.getTotalCount()), 2.0);
        }
    }

    @Test
    void shouldSayThatNobodyListens() throws Exception {
        final int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        assertThrows(IOException.class, () -> run(port, 1, 0, 0.1));
    }

    @Test
    void shouldReadAnswersInPieces() {
        final HttpAnswerReader reader = new HttpAnswerReader();
        for (int round = 0; round < 2; round++) {
            final byte[] bytes = "HTTP/1.1 403 Forbidden\r\nContent-Length: 5\r\nx: y\r\n\r\nabcde"
                    .getBytes(StandardCharsets.US_ASCII);
            for (int i = 0; i < bytes.length - 1; i++) {
                assertEquals(0, reader.take(Unpooled.wrappedBuffer(bytes, i, 1)), "byte " + i);
            }
            assertEquals(403, reader.take(Unpooled.wrappedBuffer(bytes, bytes.length - 1, 1)));
            reader.clear();
        }
        assertEquals(
                -1,
                reader.take(Unpooled.wrappedBuffer("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII))),
                "without a length");
    }
}
