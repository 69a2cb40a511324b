/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** A TCP proxy on loopback that does to connections what networks do. Two threads a connection; all methods for any thread. */
final class FaultyProxy implements AutoCloseable {
    private static final int BUFFER = 16 << 10;
    private static final long LOOK_MS = 2;

    private final ServerSocket server;
    private volatile int targetPort;
    private final Set<Connection> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger accepted = new AtomicInteger();
    private final AtomicLong bytesDown = new AtomicLong();

    private volatile boolean refusing;
    private volatile boolean holding;
    private volatile boolean vanishing;
    private volatile long latencyMs;
    private volatile long bytesPerSecond;
    private volatile LongSupplier cutAfterBytes = () -> Long.MAX_VALUE;
    private volatile byte[] nonsense = {};
    private volatile boolean closed;

    FaultyProxy(int targetPort) {
        this.targetPort = targetPort;
        try {
            server = new ServerSocket(0, 128, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        thread("accept", this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    /** Connections that were accepted since the start. */
    int accepted() {
        return accepted.get();
    }

    /** Bytes that went to callers since the start. */
    long bytesDown() {
        return bytesDown.get();
    }

    /** Everything works again; connections whose bytes vanished stay dead without a word. */
    void heal() {
        refusing = false;
        holding = false;
        vanishing = false;
        latencyMs = 0;
        bytesPerSecond = 0;
        cutAfterBytes = () -> Long.MAX_VALUE;
        nonsense = new byte[0];
    }

    /** New connections go elsewhere on this host. */
    void target(int port) {
        targetPort = port;
    }

    /** Nobody listens: new connections are reset. */
    void refuse() {
        refusing = true;
    }

    /** A partition: bytes wait, on both ways, until it is over. */
    void hold() {
        holding = true;
    }

    /** Half-open connections: bytes of those that are open now, and of those opened until the end of it, are lost. */
    void vanish() {
        vanishing = true;
        open.forEach(connection -> connection.dead = true);
    }

    /** A slow line: each piece is late, and only so many bytes a second reach the caller. */
    void slow(long lateMs, long perSecond) {
        latencyMs = lateMs;
        bytesPerSecond = perSecond;
    }

    /** Each new connection is reset after so many bytes to the caller. */
    void cutAfter(LongSupplier bytes) {
        cutAfterBytes = bytes;
    }

    /** Each new connection is answered with these bytes and nothing else. */
    void answer(byte[] bytes) {
        nonsense = bytes.clone();
    }

    /** Resets all connections that are open. */
    void cut() {
        open.forEach(Connection::reset);
    }

    private void accept() {
        while (!closed) {
            try {
                Socket caller = server.accept();
                accepted.incrementAndGet();
                if (refusing) {
                    reset(caller);
                } else if (nonsense.length > 0) {
                    thread("nonsense", () -> talkNonsense(caller, nonsense));
                } else {
                    connect(caller);
                }
            } catch (IOException e) {
                // closed, or the caller is gone
            }
        }
    }

    private void connect(Socket caller) {
        try {
            Connection connection =
                    new Connection(caller, new Socket(InetAddress.getLoopbackAddress(), targetPort), cutAfterBytes);
            connection.dead = vanishing;
            open.add(connection);
            thread("up", () -> connection.pump(true));
            thread("down", () -> connection.pump(false));
        } catch (IOException e) {
            reset(caller);
        }
    }

    private static void talkNonsense(Socket caller, byte[] bytes) {
        try (caller) {
            caller.getOutputStream().write(bytes);
            caller.getOutputStream().flush();
            caller.setSoTimeout(2_000);
            while (caller.getInputStream().read(new byte[BUFFER]) >= 0) {
                // whatever he says
            }
        } catch (IOException e) {
            // he hung up
        }
    }

    private static void reset(Socket socket) {
        try (socket) {
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            // gone already
        }
    }

    private static void thread(String name, Runnable work) {
        Thread thread = new Thread(work, "faulty-proxy-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        closed = true;
        server.close();
        cut();
    }

    private final class Connection {
        private final Socket caller;
        private final Socket target;
        private final AtomicLong leftDown;
        private volatile boolean dead;

        Connection(Socket caller, Socket target, LongSupplier cutAfter) {
            this.caller = caller;
            this.target = target;
            this.leftDown = new AtomicLong(cutAfter.getAsLong());
        }

        void pump(boolean up) {
            byte[] buffer = new byte[BUFFER];
            try {
                InputStream from = (up ? caller : target).getInputStream();
                OutputStream to = (up ? target : caller).getOutputStream();
                for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
                    while (holding && !closed) {
                        pause(LOOK_MS);
                    }
                    pause(latencyMs);
                    if (!dead) {
                        forward(buffer, count, to, up);
                    }
                }
                if (!dead) {
                    reset();
                }
            } catch (IOException e) {
                reset();
            }
        }

        private void forward(byte[] buffer, int count, OutputStream to, boolean up) throws IOException {
            if (up) {
                to.write(buffer, 0, count);
                return;
            }
            int sent = 0;
            while (sent < count && !dead) {
                long perSecond = bytesPerSecond;
                int piece = (int) Math.min(count - sent, perSecond == 0 ? count : Math.max(1, perSecond / 100));
                int allowed = (int) Math.min(piece, leftDown.get());
                to.write(buffer, sent, allowed);
                to.flush();
                sent += allowed;
                bytesDown.addAndGet(allowed);
                if (leftDown.addAndGet(-allowed) <= 0) {
                    throw new IOException("cut here");
                }
                pause(perSecond == 0 ? 0 : 10);
            }
        }

        void reset() {
            open.remove(this);
            FaultyProxy.reset(caller);
            FaultyProxy.reset(target);
        }
    }

    private static void pause(long ms) {
        if (ms > 0) {
            try {
                Thread.sleep(ms);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
