/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.config;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is logged of decisions, and where to. Immutable and already checked.
 *
 * @param file            JSON lines; null = none
 * @param rotation        of that file
 * @param allowPercent    share of plain allows, 0 to 100
 * @param masked          names of what is left out, see {@link MaskNames}
 * @param auditRequired   audited operations are denied while their decisions cannot be logged
 * @param auditedFsync    the file is forced to the disk after entries of audited operations
 * @param bufferBytes     of each event loop, between the decision and the writer; a power of two
 * @param otlp            a collector; null = none
 */
public record DecisionLogConfig(
        @Nullable Path file,
        Rotation rotation,
        double allowPercent,
        List<String> masked,
        boolean auditRequired,
        boolean auditedFsync,
        int bufferBytes,
        @Nullable Otlp otlp) {
    /** Nothing but what {@code tollgate tail} asks for. */
    public static final DecisionLogConfig OFF = new DecisionLogConfig(
            null, new Rotation(64 << 20, 86_400_000L, 10, true), 100, List.of(), false, false, 1 << 22, null);

    /** {@return whether decisions are logged without anybody asking} */
    public boolean isEnabled() {
        return file != null || otlp != null;
    }

    /**
     * When a file ends and how long it stays.
     *
     * @param maxFileBytes  then another one begins
     * @param maxFileAgeMs  likewise; 0 = never
     * @param maxFiles      that are kept besides the one that is written
     * @param compress      those are compressed with gzip
     */
    public record Rotation(long maxFileBytes, long maxFileAgeMs, int maxFiles, boolean compress) {}

    /**
     * An OpenTelemetry collector.
     *
     * @param endpoint  http (loopback only) or https, with the path
     * @param caFile    authorities, PEM; null = those of the Java platform
     * @param tokenFile bearer token, read for every request; null = none
     */
    public record Otlp(URI endpoint, @Nullable Path caFile, @Nullable Path tokenFile) {}
}
