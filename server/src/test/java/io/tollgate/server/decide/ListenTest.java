/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.tollgate.server.lifecycle.SidecarStartException;
import io.tollgate.server.support.LogWatch;
import io.tollgate.v1.DecisionServiceGrpc;
import io.tollgate.v1.Outcome;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ListenTest {
    private static final int MODE_BITS = 07777;

    /** Not @TempDir: its paths may be too long for a socket. */
    private Path directory = Path.of("/nowhere");

    @BeforeEach
    void createDirectory() throws IOException {
        directory = Files.createTempDirectory("tg");
    }

    @AfterEach
    void removeDirectory() throws IOException {
        try (var files = Files.walk(directory)) {
            for (final Path file :
                    files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Test
    void shouldAnswerOverTcpAndUnixSocketAtOnce() {
        try (LogWatch log = new LogWatch();
                EdgeHarness edge = withSocket()) {
            final var request = EdgeHarness.question("u").build();
            assertEquals(Outcome.OUTCOME_ALLOW, edge.stub().decide(request).getOutcome());
            final var unix = edge.unix();
            assertEquals(
                    Outcome.OUTCOME_ALLOW,
                    DecisionServiceGrpc.newBlockingStub(unix).decide(request).getOutcome());
            assertEquals(
                    ServingStatus.SERVING,
                    HealthGrpc.newBlockingStub(unix)
                            .check(HealthCheckRequest.getDefaultInstance())
                            .getStatus());
            assertEquals(
                    List.of(),
                    log.warnings().stream()
                            .filter(line -> !line.contains("bootstrap.Bootstrap:")) // the test's own client
                            .toList());
        }
    }

    @Test
    void shouldLetOnlyOwnerAndGroupUseTheSocket() throws IOException {
        try (EdgeHarness edge = withSocket()) {
            final int mode = (Integer) Files.getAttribute(socket(edge), "unix:mode", LinkOption.NOFOLLOW_LINKS);
            assertEquals(0660, mode & MODE_BITS, Integer.toOctalString(mode));
            try (var files = Files.list(directory)) {
                assertEquals(List.of(socket(edge)), files.toList(), "no temporary name is left");
            }
        }
        assertFalse(Files.exists(directory.resolve("s.sock")), "removed at the end");
    }

    @Test
    void shouldReplaceASocketThatADeadProcessLeft() throws IOException {
        final Path path = directory.resolve("s.sock");
        try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(path));
        }
        assertTrue(Files.exists(path), "closing leaves the file");
        try (EdgeHarness edge = withSocket()) {
            assertEquals(
                    Outcome.OUTCOME_ALLOW,
                    DecisionServiceGrpc.newBlockingStub(edge.unix())
                            .decide(EdgeHarness.question("u").build())
                            .getOutcome());
        }
    }

    @Test
    void shouldRefuseASocketThatSomebodyListensOn() throws IOException {
        final Path path = directory.resolve("s.sock");
        try (ServerSocketChannel live = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            live.bind(UnixDomainSocketAddress.of(path));
            final SidecarStartException e = assertThrows(SidecarStartException.class, this::withSocket);
            assertTrue(e.getMessage().contains(path.toString()), e.getMessage());
            assertTrue(e.getMessage().contains("another process listens"), e.getMessage());
            assertTrue(Files.exists(path), "the other's socket is left alone");
        }
    }

    @Test
    void shouldRefuseToReplaceAFileThatIsNoSocket() throws IOException {
        Files.writeString(directory.resolve("s.sock"), "precious");
        final SidecarStartException e = assertThrows(SidecarStartException.class, this::withSocket);
        assertTrue(e.getMessage().contains("no socket"), e.getMessage());
        assertEquals("precious", Files.readString(directory.resolve("s.sock")));
    }

    @Test
    void shouldRefuseADirectoryThatIsMissing() {
        final SidecarStartException e = assertThrows(
                SidecarStartException.class,
                () -> new EdgeHarness(builder -> builder.set("listen.unix_socket", "/nowhere/at/all.sock")));
        assertTrue(e.getMessage().contains("does not exist"), e.getMessage());
    }

    @Test
    void shouldNameThePortThatIsTaken() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            final String address = "127.0.0.1:" + taken.getLocalPort();
            final SidecarStartException e = assertThrows(
                    SidecarStartException.class,
                    () -> new EdgeHarness(builder -> builder.set("listen.address", address)));
            assertTrue(e.getMessage().startsWith("listen.address: cannot listen on " + address), e.getMessage());
            assertTrue(e.getMessage().contains("Address already in use"), e.getMessage());
        }
    }

    @Test
    void shouldCloseConnectionsBeyondTheLimit() throws IOException {
        try (EdgeHarness edge = new EdgeHarness(builder -> builder.set("limits.max_connections", "3"))) {
            final var address = Objects.requireNonNull(edge.listeners.tcpAddress());
            final List<Socket> open = new ArrayList<>();
            try {
                for (int i = 0; i < 3; i++) {
                    open.add(new Socket(address.getAddress(), address.getPort()));
                    open.get(i).setSoTimeout(30_000);
                    assertTrue(open.get(i).getInputStream().read() >= 0, "the server greets");
                }
                try (Socket tooMany = new Socket(address.getAddress(), address.getPort())) {
                    tooMany.setSoTimeout(30_000);
                    assertTrue(isHungUp(tooMany));
                }
                assertEquals(3, edge.listeners.connectionCount());
                assertEquals(1, edge.listeners.refusedConnectionCount());
            } finally {
                for (final Socket socket : open) {
                    socket.close();
                }
            }
            while (edge.listeners.connectionCount() > 0) {
                Thread.onSpinWait();
            }
            assertEquals(
                    Outcome.OUTCOME_ALLOW,
                    edge.stub().decide(EdgeHarness.question("u").build()).getOutcome());
        }
    }

    private static boolean isHungUp(final Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (final SocketException e) {
            return true;
        }
    }

    private EdgeHarness withSocket() {
        return new EdgeHarness(builder ->
                builder.set("listen.unix_socket", directory.resolve("s.sock").toString()));
    }

    private static Path socket(final EdgeHarness edge) {
        return Objects.requireNonNull(edge.listeners.unixSocket());
    }
}
