/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decisionlog;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.common.export.Compressor;
import io.opentelemetry.sdk.common.export.HttpResponse;
import io.opentelemetry.sdk.common.export.HttpSender;
import io.opentelemetry.sdk.common.export.HttpSenderConfig;
import io.opentelemetry.sdk.common.export.MessageWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * OTLP over the JDK's HTTP client: HTTP/1.1, no proxy that was not asked for, no redirects, one attempt; opens nothing before the first
 * message.
 * For any thread; answers come on its own.
 */
final class JdkHttpSender implements HttpSender {
    private final ExecutorService executor = Executors.newSingleThreadExecutor(task -> {
        final Thread thread = new Thread(task, "tollgate-otlp");
        thread.setDaemon(true);
        return thread;
    });
    private final HttpClient client;
    private final URI endpoint;
    private final String contentType;
    private final @Nullable Compressor compressor;
    private final Duration timeout;
    private final Supplier<Map<String, List<String>>> headers;

    private record Answer(int getStatusCode, String getStatusMessage, byte[] getResponseBody) implements HttpResponse {}

    JdkHttpSender(final HttpSenderConfig config) {
        endpoint = config.getEndpoint();
        contentType = config.getContentType();
        compressor = config.getCompressor();
        timeout = config.getTimeout();
        headers = config.getHeadersSupplier();
        final HttpClient.Builder builder = HttpClient.newBuilder()
                .executor(executor)
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .proxy(
                        config.getProxyOptions() == null
                                ? HttpClient.Builder.NO_PROXY
                                : config.getProxyOptions().getProxySelector())
                .connectTimeout(config.getConnectTimeout());
        final SSLContext tls = config.getSslContext();
        if (tls != null) {
            builder.sslContext(tls);
        }
        client = builder.build();
    }

    @Override
    public void send(
            final MessageWriter message, final Consumer<HttpResponse> onResponse, final Consumer<Throwable> onError) {
        try {
            final HttpRequest.Builder request = HttpRequest.newBuilder(endpoint)
                    .timeout(timeout)
                    .header("Content-Type", contentType)
                    .POST(HttpRequest.BodyPublishers.ofByteArray(body(message)));
            if (compressor != null) {
                request.header("Content-Encoding", compressor.getEncoding());
            }
            headers.get().forEach((name, values) -> values.forEach(value -> request.header(name, value)));
            client.sendAsync(request.build(), BodyHandlers.ofByteArray()).whenComplete((response, fault) -> {
                if (response != null) {
                    onResponse.accept(
                            new Answer(response.statusCode(), "HTTP " + response.statusCode(), response.body()));
                } else {
                    onError.accept(fault);
                }
            });
        } catch (final IOException | RuntimeException e) {
            onError.accept(e);
        }
    }

    private byte[] body(final MessageWriter message) throws IOException {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream(Math.max(256, message.getContentLength()));
        if (compressor == null) {
            message.writeMessage(bytes);
        } else {
            try (OutputStream compressed = compressor.compress(bytes)) {
                message.writeMessage(compressed);
            }
        }
        return bytes.toByteArray();
    }

    @Override
    public CompletableResultCode shutdown() {
        executor.shutdownNow();
        return CompletableResultCode.ofSuccess();
    }
}
