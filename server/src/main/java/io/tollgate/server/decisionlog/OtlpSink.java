/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decisionlog;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.logs.Logger;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.exporter.otlp.http.logs.OtlpHttpLogRecordExporter;
import io.opentelemetry.exporter.otlp.http.logs.OtlpHttpLogRecordExporterBuilder;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.logs.data.LogRecordData;
import io.opentelemetry.sdk.logs.export.LogRecordExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.tollgate.server.config.DecisionLogConfig;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.DecisionLogEntry;
import io.tollgate.v1.Outcome;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Entries to a collector, a batch at a time; the next when the one before has been answered. A batch that fails is sent again, later and
 * later, and given up after {@value #MAX_ATTEMPTS} times; what comes while {@value #MAX_WAITING} wait is lost. All of that is counted;
 * nothing waits for it. Belongs to the log's thread; sending is on the sender's.
 */
final class OtlpSink {
    static final int MAX_WAITING = 8_192;
    static final int MAX_BATCH = 512;
    static final int MAX_ATTEMPTS = 6;

    private static final System.Logger LOG = System.getLogger("tollgate.server.decisionlog");
    private static final long LINGER_NS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long FIRST_RETRY_NS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long TIMEOUT_S = 10;
    private static final long CLOSE_S = 3;
    private static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("tollgate.outcome");
    private static final AttributeKey<String> REASON = AttributeKey.stringKey("tollgate.reason");
    private static final AttributeKey<String> DECISION = AttributeKey.stringKey("tollgate.decision_id");
    private static final AttributeKey<String> FACE = AttributeKey.stringKey("tollgate.face");
    private static final AttributeKey<Long> SEQUENCE = AttributeKey.longKey("tollgate.sequence");

    private final DecisionLogConfig.Otlp config;
    private final LogTotals totals;
    private final LogRecordExporter exporter;
    private final SdkLoggerProvider provider;
    private final Logger logger;
    private final ArrayDeque<LogRecordData> waiting = new ArrayDeque<>();
    private List<LogRecordData> batch = List.of();
    private @Nullable CompletableResultCode sending;
    private int attempts;
    private long nextNs;
    private boolean said;

    OtlpSink(final DecisionLogConfig.Otlp config, final String sidecarId, final String bootId, final LogTotals totals)
            throws IOException {
        this.config = config;
        this.totals = totals;
        final OtlpHttpLogRecordExporterBuilder builder = OtlpHttpLogRecordExporter.builder()
                .setEndpoint(config.endpoint().toString())
                .setTimeout(TIMEOUT_S, TimeUnit.SECONDS)
                .setCompression("gzip")
                .setRetryPolicy(null)
                .setMeterProvider(MeterProvider.noop())
                .setHeaders(this::headers);
        if (config.caFile() != null) {
            builder.setTrustedCertificates(Files.readAllBytes(config.caFile()));
        }
        exporter = builder.build();
        provider = SdkLoggerProvider.builder()
                .setResource(Resource.create(Attributes.of(
                        AttributeKey.stringKey("service.name"),
                        "tollgate",
                        AttributeKey.stringKey("service.instance.id"),
                        sidecarId,
                        AttributeKey.stringKey("tollgate.boot_id"),
                        bootId)))
                .addLogRecordProcessor((context, log) -> waiting.add(log.toLogRecordData()))
                .build();
        logger = provider.get("io.tollgate.decisionlog");
    }

    /** The token as it stands in its file now; without it where that cannot be read, and the collector says no. */
    private Map<String, String> headers() {
        final Path file = config.tokenFile();
        if (file == null) {
            return Map.of();
        }
        try {
            return Map.of(
                    "Authorization",
                    "Bearer " + Files.readString(file, StandardCharsets.UTF_8).strip());
        } catch (final IOException e) {
            return Map.of();
        }
    }

    /** Takes an entry, or loses it. */
    void add(final DecisionLogEntry entry, final String json) {
        if (waiting.size() >= MAX_WAITING) {
            totals.lost(1);
            return;
        }
        final DecideResponse response = entry.getResponse();
        logger.logRecordBuilder()
                .setTimestamp(entry.getTimestampMs(), TimeUnit.MILLISECONDS)
                .setEventName("tollgate.decision")
                .setSeverity(response.getOutcome() == Outcome.OUTCOME_ALLOW ? Severity.INFO : Severity.WARN)
                .setBody(json)
                .setAttribute(OUTCOME, response.getOutcome().name().substring("OUTCOME_".length()))
                .setAttribute(REASON, response.getReason().name().substring("REASON_".length()))
                .setAttribute(DECISION, response.getDecisionId())
                .setAttribute(FACE, entry.getFace())
                .setAttribute(SEQUENCE, entry.getSequence())
                .emit();
    }

    /** Looks after the batch on its way, and sends the next. {@return work done} */
    int turn(final long nowNs, final long epochMs) {
        final CompletableResultCode sent = sending;
        if (sent != null) {
            if (!sent.isDone()) {
                return 0;
            }
            sending = null;
            conclude(sent, nowNs, epochMs);
            return 1;
        }
        if (nowNs - nextNs < 0) {
            return 0;
        }
        if (batch.isEmpty()) {
            if (waiting.isEmpty()) {
                return 0;
            }
            take();
        }
        send();
        return 1;
    }

    private void take() {
        final int count = Math.min(MAX_BATCH, waiting.size());
        batch = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            batch.add(waiting.removeFirst());
        }
        attempts = 0;
    }

    private void send() {
        attempts++;
        sending = exporter.export(batch);
    }

    private void conclude(final CompletableResultCode sent, final long nowNs, final long epochMs) {
        if (sent.isSuccess()) {
            totals.exported(batch.size());
            batch = List.of();
            nextNs = waiting.size() >= MAX_BATCH ? nowNs : nowNs + LINGER_NS;
            if (said) {
                said = false;
                LOG.log(Level.INFO, "the collector of the decision log takes entries again: " + config.endpoint());
            }
            return;
        }
        final Throwable cause = sent.getFailureThrowable();
        totals.failed(
                cause == null ? new IOException(config.endpoint() + " did not take the entries") : cause, epochMs);
        if (!said) {
            said = true;
            LOG.log(
                    Level.WARNING,
                    "the collector of the decision log, " + config.endpoint()
                            + ", does not take entries; it is tried again: " + cause);
        }
        nextNs = nowNs + (FIRST_RETRY_NS << (attempts - 1));
        if (attempts >= MAX_ATTEMPTS) {
            totals.lost(batch.size());
            batch = List.of();
        }
    }

    /** Sends what is left, as far as it goes in a few seconds, and closes. */
    void close(final long epochMs) {
        final long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(CLOSE_S);
        while (!(batch.isEmpty() && waiting.isEmpty() && sending == null)) {
            final CompletableResultCode current = sending;
            if (current == null) {
                if (batch.isEmpty()) {
                    take();
                }
                send();
                continue;
            }
            current.join(Math.max(1, endNs - System.nanoTime()), TimeUnit.NANOSECONDS);
            if (!current.isDone() || !current.isSuccess()) {
                break;
            }
            sending = null;
            conclude(current, endNs, epochMs);
        }
        totals.lost(batch.size() + waiting.size());
        exporter.shutdown();
        provider.shutdown();
    }
}
