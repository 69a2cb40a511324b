/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.service;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.tollgate.control.ledger.Ledger;
import io.tollgate.v1.LedgerStatus;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/** Health over HTTP: /healthz while the process works, /readyz once every bundle can be pulled. One thread of its own. */
public final class HealthPage implements AutoCloseable {
    private static final int BACKLOG = 16;

    private final HttpServer server;
    private final ExecutorService executor;
    private final BundleCatalog catalog;
    private final BooleanSupplier alive;
    private final Ledger ledger;

    /**
     * Starts to listen.
     *
     * @param alive whether the agents still run
     */
    public HealthPage(InetSocketAddress address, BundleCatalog catalog, BooleanSupplier alive, Ledger ledger)
            throws IOException {
        this.catalog = catalog;
        this.ledger = ledger;
        this.alive = alive;
        server = HttpServer.create(address, BACKLOG);
        executor = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "tollgate-control-http");
            thread.setDaemon(true);
            return thread;
        });
        server.setExecutor(executor);
        server.createContext("/", exchange -> answer(exchange, 404, "not found: try /healthz or /readyz\n"));
        server.createContext("/healthz", this::health);
        server.createContext("/readyz", this::ready);
        server.start();
    }

    /** {@return where it listens} */
    public InetSocketAddress address() {
        return server.getAddress();
    }

    private void health(HttpExchange exchange) throws IOException {
        boolean good = alive.getAsBoolean();
        answer(exchange, good ? 200 : 503, good ? "ok\n" : "an agent has stopped, see the log\n");
    }

    private void ready(HttpExchange exchange) throws IOException {
        boolean good = alive.getAsBoolean() && catalog.isReady();
        String lines = catalog.all().stream()
                .map(bundle -> bundle.head()
                                .map(head -> "bundle " + bundle.id() + ": version " + head.version() + ", change "
                                        + head.sequence())
                                .orElse("bundle " + bundle.status().getSource() + ": not published")
                        + "\n")
                .collect(Collectors.joining());
        answer(exchange, good ? 200 : 503, (good ? "ready\n" : "not ready\n") + lines + ledgerLine());
    }

    /** Snapshots are served without a ledger, so it makes nothing unready. */
    private String ledgerLine() {
        LedgerStatus status = ledger.status();
        return status.getAccepting()
                ? "ledger: accepting, sequence " + status.getLedgerSequence() + "\n"
                : "ledger: NOT ACCEPTING: " + status.getRefusal() + "\n";
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        try (exchange) {
            String method = exchange.getRequestMethod();
            boolean head = method.equals("HEAD");
            if (!head && !method.equals("GET")) {
                exchange.getResponseHeaders().set("Allow", "GET, HEAD");
                exchange.sendResponseHeaders(405, -1);
                return;
            }
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
            exchange.getResponseHeaders().set("Cache-Control", "no-store");
            exchange.sendResponseHeaders(status, head ? -1 : bytes.length);
            if (!head) {
                exchange.getResponseBody().write(bytes);
            }
        }
    }

    @Override
    public void close() {
        server.stop(0);
        executor.shutdownNow();
    }
}
