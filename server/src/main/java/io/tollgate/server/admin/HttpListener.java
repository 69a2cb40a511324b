/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.admin;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.tollgate.server.config.SidecarConfig;
import io.tollgate.server.decide.IoTransport;
import io.tollgate.server.decide.ServerFactory;
import io.tollgate.server.lifecycle.Readiness;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/** /healthz, /readyz and /metrics. Threads {@code tollgate-http-N}; opened by the constructor. */
public final class HttpListener implements AutoCloseable {
    private static final int THREADS = 2;
    private static final int BACKLOG = 64;
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;
    private static final int METHOD_NOT_ALLOWED = 405;
    private static final int UNAVAILABLE = 503;

    private final JsonMapper json = JsonMapper.builder().build();
    private final Readiness readiness;
    private final Supplier<String> metricsPage;
    private final HttpServer server;
    private final ExecutorService threads;

    /**
     * Opens it.
     *
     * @param address     where
     * @param metricsPage the page in Prometheus' text format
     * @throws io.tollgate.server.lifecycle.SidecarStartException naming the address that cannot be used
     */
    public HttpListener(
            final SidecarConfig config,
            final InetSocketAddress address,
            final Readiness readiness,
            final Supplier<String> metricsPage) {
        this.readiness = readiness;
        this.metricsPage = metricsPage;
        server = open(config, address);
        server.createContext("/", this::handle);
        threads = Executors.newFixedThreadPool(THREADS, IoTransport.threads("tollgate-http"));
        server.setExecutor(threads);
        server.start();
    }

    private static HttpServer open(final SidecarConfig config, final InetSocketAddress address) {
        final SidecarConfig.ServerTls tls = config.listen().tlsFor(address);
        try {
            if (tls == null) {
                return HttpServer.create(address, BACKLOG);
            }
            final HttpsServer https = HttpsServer.create(address, BACKLOG);
            https.setHttpsConfigurator(new MutualTls(PemContext.of(tls)));
            return https;
        } catch (final IOException e) {
            throw ServerFactory.cannotListen("listen.http_address", address.toString(), e);
        }
    }

    /** {@return where it listens, with the real port} */
    public InetSocketAddress address() {
        return server.getAddress();
    }

    private void handle(final HttpExchange exchange) throws IOException {
        try (exchange) {
            if (!exchange.getRequestMethod().equals("GET")
                    && !exchange.getRequestMethod().equals("HEAD")) {
                exchange.getResponseHeaders().set("Allow", "GET, HEAD");
                send(exchange, METHOD_NOT_ALLOWED, "text/plain; charset=utf-8", "only GET and HEAD\n");
                return;
            }
            switch (exchange.getRequestURI().getPath()) {
                case "/healthz" -> send(exchange, OK, "text/plain; charset=utf-8", "ok\n");
                case "/readyz" -> readyz(exchange);
                case "/metrics" -> send(exchange, OK, "text/plain; version=0.0.4; charset=utf-8", metricsPage.get());
                default ->
                    send(exchange, NOT_FOUND, "text/plain; charset=utf-8", "try /healthz, /readyz or /metrics\n");
            }
        }
    }

    private void readyz(final HttpExchange exchange) throws IOException {
        final Readiness.View view = readiness.view();
        final Map<String, Object> body = new LinkedHashMap<>();
        body.put("ready", view.isReady());
        body.put("state", view.state().name());
        if (!view.isReady()) {
            body.put("cause", view.cause());
        }
        send(exchange, view.isReady() ? OK : UNAVAILABLE, "application/json", json.writeValueAsString(body) + "\n");
    }

    private static void send(final HttpExchange exchange, final int status, final String contentType, final String body)
            throws IOException {
        final byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", contentType);
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(status, -1);
            return;
        }
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private static final class MutualTls extends HttpsConfigurator {
        MutualTls(final SSLContext context) {
            super(context);
        }

        @Override
        public void configure(final HttpsParameters parameters) {
            final SSLParameters ssl = getSSLContext().getDefaultSSLParameters();
            ssl.setNeedClientAuth(true);
            parameters.setSSLParameters(ssl);
        }
    }
}
