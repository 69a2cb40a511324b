/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decisionlog;

import com.google.protobuf.util.JsonFormat;
import io.tollgate.server.config.DecisionLogConfig;
import io.tollgate.server.config.SidecarConfig;
import io.tollgate.server.config.SidecarConfigBuilder;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.DecisionLogEntry;
import io.tollgate.v1.Outcome;
import io.tollgate.v1.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.zip.GZIPInputStream;

/** A decision log whose thread is the test's, on a clock that the test moves. */
final class LogHarness implements AutoCloseable {
    static final long START_MS = 1_795_233_600_000L; // 2026-11-21T04:00:00Z
    private static final long NS_PER_MS = 1_000_000L;

    final Path file;
    final DecisionLog log;
    final LaneLog lane;
    long nowMs = START_MS;
    private int asked;

    LogHarness(final Path folder) {
        this(folder, builder -> builder, "boot-1", DiskLogFile::open);
    }

    LogHarness(final Path folder, final UnaryOperator<SidecarConfigBuilder> settings) {
        this(folder, settings, "boot-1", DiskLogFile::open);
    }

    LogHarness(
            final Path folder,
            final UnaryOperator<SidecarConfigBuilder> settings,
            final String bootId,
            final LogFile.Opener opener) {
        file = folder.resolve("decisions.jsonl");
        log = DecisionLog.open(
                config(builder -> settings.apply(builder.set("decision_log.file", file.toString()))),
                "edge-1",
                bootId,
                new DecisionLog.Surroundings(() -> nowMs, () -> nowMs * NS_PER_MS, opener));
        lane = log.newLane();
    }

    static DecisionLogConfig config(final UnaryOperator<SidecarConfigBuilder> settings) {
        return settings.apply(SidecarConfig.builder().set("trust.unsigned", "allow"))
                .build()
                .decisionLog();
    }

    static DecideRequest.Builder question() {
        final DecideRequest.Builder request = DecideRequest.newBuilder().setCorrelationId("c-1");
        request.getActorBuilder().setType("user").setId("ana");
        request.getPlaceBuilder().setOrganization("acme").setProject("rag");
        request.getTargetBuilder().setProduct("llm").setResourceType("model").setAction("invoke");
        return request;
    }

    static DecideResponse.Builder answer(final Outcome outcome, final String id) {
        return DecideResponse.newBuilder()
                .setOutcome(outcome)
                .setReason(
                        outcome == Outcome.OUTCOME_ALLOW
                                ? Reason.REASON_OK
                                : outcome == Outcome.OUTCOME_WARN
                                        ? Reason.REASON_NEAR_LIMIT
                                        : Reason.REASON_POLICY_DENY)
                .setMessage("said")
                .setCorrelationId("c-1")
                .setDecisionId(id);
    }

    /** Asks as an event loop does. */
    void decided(final DecideRequest request, final DecideResponse answer, final boolean audited) {
        if (lane.wants(answer, audited)) {
            lane.log(Face.DECIDE, request, answer, audited, null);
        }
    }

    void decided(final Outcome outcome) {
        decided(question().build(), answer(outcome, "d-" + ++asked).build(), false);
    }

    void turn(final int times) {
        for (int i = 0; i < times; i++) {
            log.turn();
        }
    }

    void turn() {
        turn(1);
    }

    List<DecisionLogEntry> entries() throws IOException {
        return entries(Files.readString(file));
    }

    static List<DecisionLogEntry> entries(final String text) throws IOException {
        final List<DecisionLogEntry> entries = new ArrayList<>();
        for (final String line : text.lines().toList()) {
            final DecisionLogEntry.Builder entry = DecisionLogEntry.newBuilder();
            JsonFormat.parser().merge(line, entry);
            entries.add(entry.build());
        }
        return entries;
    }

    List<Long> sequences() throws IOException {
        return entries().stream().map(DecisionLogEntry::getSequence).toList();
    }

    /** {@return names of the files in the folder} */
    List<String> files() throws IOException {
        try (var list = Files.list(file.toAbsolutePath().getParent())) {
            return list.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    static String gunzip(final Path path) throws IOException {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(path))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Override
    public void close() {
        log.close();
    }
}
