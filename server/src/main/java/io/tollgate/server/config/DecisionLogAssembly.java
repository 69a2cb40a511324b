/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.config;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The decision log's part of {@link ConfigAssembly}. Used once. */
final class DecisionLogAssembly {
    /** One entry may take an eighth of the buffer; so much of it is the answer. */
    private static final int ANSWER_BYTES = 8 << 10;

    private static final int ENTRY_SHARE = 8;

    private final Function<ConfigKey, String> texts;
    private final BiConsumer<ConfigKey, String> problems;

    DecisionLogAssembly(final Function<ConfigKey, String> texts, final BiConsumer<ConfigKey, String> problems) {
        this.texts = texts;
        this.problems = problems;
    }

    DecisionLogConfig assemble(final int maxRequestBytes) {
        final Path file = path(DecisionLogKeys.FILE);
        final boolean required = texts.apply(DecisionLogKeys.AUDITED).equals("required");
        if (required && file == null) {
            problems.accept(
                    DecisionLogKeys.AUDITED,
                    "is required, which needs a file: a collector cannot promise to have taken an entry; set decision_log.file");
        }
        final int buffer = bufferBytes();
        if (required && buffer / ENTRY_SHARE < maxRequestBytes + ANSWER_BYTES) {
            problems.accept(
                    DecisionLogKeys.BUFFER_BYTES,
                    buffer + " is too small for decision_log.audited: required and limits.max_request_bytes of "
                            + maxRequestBytes
                            + "; one entry may take an eighth of it, so write at least "
                            + ENTRY_SHARE * (long) (maxRequestBytes + ANSWER_BYTES));
        }
        return new DecisionLogConfig(
                file,
                new DecisionLogConfig.Rotation(
                        number(DecisionLogKeys.MAX_FILE_BYTES),
                        number(DecisionLogKeys.MAX_FILE_AGE_MS),
                        Math.toIntExact(number(DecisionLogKeys.MAX_FILES)),
                        flag(DecisionLogKeys.COMPRESS)),
                Double.parseDouble(texts.apply(DecisionLogKeys.ALLOW_PERCENT)),
                MaskNames.list(texts.apply(DecisionLogKeys.MASK)),
                required,
                flag(DecisionLogKeys.AUDITED_FSYNC),
                buffer,
                otlp());
    }

    private int bufferBytes() {
        final long wanted = number(DecisionLogKeys.BUFFER_BYTES);
        final long power = Long.highestOneBit(wanted);
        return Math.toIntExact(Math.min(power == wanted ? wanted : power << 1, 1 << 30));
    }

    private DecisionLogConfig.@Nullable Otlp otlp() {
        final String text = texts.apply(DecisionLogKeys.OTLP_ENDPOINT);
        final Path ca = path(DecisionLogKeys.OTLP_CA_FILE);
        final Path token = path(DecisionLogKeys.OTLP_TOKEN_FILE);
        if (text.isEmpty()) {
            if (ca != null || token != null) {
                problems.accept(
                        DecisionLogKeys.OTLP_ENDPOINT,
                        "is empty, and decision_log.otlp.ca_file or token_file is set; write the collector's address or remove them");
            }
            return null;
        }
        final URI endpoint;
        try {
            endpoint = URI.create(text);
        } catch (final IllegalArgumentException e) {
            problems.accept(DecisionLogKeys.OTLP_ENDPOINT, '"' + text + "\" is no address: " + e.getMessage());
            return null;
        }
        final String host = endpoint.getHost();
        if (host == null) {
            problems.accept(
                    DecisionLogKeys.OTLP_ENDPOINT,
                    '"' + text + "\" has no host; write, for instance, http://127.0.0.1:4318/v1/logs");
            return null;
        }
        if ("http".equals(endpoint.getScheme())) {
            refusePlain(text, host, ca);
        }
        return new DecisionLogConfig.Otlp(endpoint, ca, token);
    }

    private void refusePlain(final String text, final String host, final @Nullable Path ca) {
        if (ca != null) {
            problems.accept(
                    DecisionLogKeys.OTLP_CA_FILE,
                    "is set, but decision_log.otlp.endpoint is plain http; write https or remove it");
        }
        boolean loopback = false;
        try {
            loopback = InetAddress.getByName(host).isLoopbackAddress();
        } catch (final UnknownHostException ignored) {
            // then it is not this host
        }
        if (!loopback) {
            problems.accept(
                    DecisionLogKeys.OTLP_ENDPOINT,
                    '"' + text + "\" is not on loopback and entries would travel without TLS; write https://...");
        }
    }

    private @Nullable Path path(final ConfigKey key) {
        final String text = texts.apply(key);
        return text.isEmpty() ? null : Path.of(text);
    }

    private long number(final ConfigKey key) {
        final Long value = ConfigType.number(texts.apply(key));
        if (value == null) {
            throw new IllegalStateException(key.name() + " was not checked");
        }
        return value;
    }

    private boolean flag(final ConfigKey key) {
        return Boolean.parseBoolean(texts.apply(key));
    }
}
