/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.grpc.Status;
import io.tollgate.v1.DecisionLogEntry;
import io.tollgate.v1.DecisionLogStatus;
import io.tollgate.v1.ExtendRequest;
import io.tollgate.v1.Outcome;
import io.tollgate.v1.Reason;
import io.tollgate.v1.StatusResponse;
import io.tollgate.v1.TailDecisionsRequest;
import io.tollgate.v1.TailDecisionsResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Entries in lines, from a sidecar and from files; what is missing is told. */
class TailCommandTest {
    private static final long AT_MS = 1_795_233_600_123L; // 2026-11-21 04:00:00.123 UTC

    @TempDir
    Path directory;

    private static DecisionLogEntry.Builder entry(long sequence, Outcome outcome, Reason reason) {
        final DecisionLogEntry.Builder entry = DecisionLogEntry.newBuilder()
                .setSequence(sequence)
                .setSidecarId("edge-1")
                .setBootId("b1")
                .setFace("decide")
                .setTimestampMs(AT_MS);
        entry.getRequestBuilder().getActorBuilder().setType("user").setId("ana");
        entry.getRequestBuilder().getPlaceBuilder().setOrganization("lumen").setProject("rag");
        entry.getRequestBuilder()
                .getTargetBuilder()
                .setProduct("llm")
                .setResourceType("model")
                .setAction("invoke");
        entry.getResponseBuilder().setOutcome(outcome).setReason(reason).setDecisionId("b1-0-" + sequence);
        return entry;
    }

    private static DecisionLogEntry deny(long sequence) {
        final DecisionLogEntry.Builder entry = entry(sequence, Outcome.OUTCOME_DENY, Reason.REASON_QUOTA_EXHAUSTED);
        entry.getResponseBuilder()
                .getBindingCeilingBuilder()
                .setId("monthly")
                .setRemaining(1_500)
                .getScopeBuilder()
                .setPath("org:lumen");
        return entry.build();
    }

    private static String json(DecisionLogEntry entry) {
        try {
            return JsonFormat.printer().omittingInsignificantWhitespace().print(entry);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
    }

    private Path write(String name, String... lines) throws IOException {
        final Path file = directory.resolve(name);
        try (OutputStream plain = Files.newOutputStream(file);
                OutputStream out = name.endsWith(".gz") ? new GZIPOutputStream(plain) : plain) {
            out.write((String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
        }
        return file;
    }

    @Test
    void shouldShowOneLinePerEntryOfAFile() throws IOException {
        final DecisionLogEntry extend = entry(3, Outcome.OUTCOME_ALLOW, Reason.REASON_OK)
                .clearRequest()
                .setFace("extend")
                .setExtend(ExtendRequest.newBuilder().setReservationId("r-1"))
                .build();
        final DecisionLogEntry batched = entry(2, Outcome.OUTCOME_WARN, Reason.REASON_NEAR_LIMIT)
                .setFace("batch")
                .setBatchIndex(1)
                .setBatchSize(3)
                .setAudited(true)
                .build();
        final Path file = write("d.jsonl", json(deny(1)), json(batched), json(extend));
        final Run run = Run.of("tail", "--file", file.toString()).exits(ExitCode.OK);
        assertEquals(
                """
                2026-11-21 04:00:00.123  DENY   QUOTA_EXHAUSTED       user:ana  llm/model/invoke  lumen/rag  \
                monthly at org:lumen (1,500 left)  b1-0-1
                2026-11-21 04:00:00.123  WARN   NEAR_LIMIT            user:ana  llm/model/invoke  lumen/rag  batch 2/3  audited  b1-0-2
                2026-11-21 04:00:00.123  ALLOW  OK                    extend r-1  b1-0-3
                -- 3 read, 3 shown, 0 missing
                """,
                run.out());
    }

    @Test
    void shouldTellGapsAcrossFilesAndWhatIsDamaged() throws IOException {
        final Path old = write("d.1.jsonl.gz", json(deny(1)), json(deny(2)));
        final Path current = write(
                "d.jsonl",
                json(deny(6)),
                "{\"sequence\":\"7\",\"bo",
                json(deny(8).toBuilder().setBootId("b2").build()),
                json(deny(9).toBuilder().setBootId("b2").build()));
        Run.of("tail", "--file", old.toString(), "--file", current.toString(), "--action", "other")
                .exits(ExitCode.NO)
                .prints(
                        "-- 3 entries lost: 3 to 5 of sidecar edge-1, boot b1",
                        "d.jsonl line 2 is no entry",
                        "-- 5 read, 0 shown, 3 missing, 1 damaged lines");
    }

    @Test
    void shouldFilterFilesAsASidecarDoes() throws IOException {
        final DecisionLogEntry allow =
                entry(2, Outcome.OUTCOME_ALLOW, Reason.REASON_OK).build();
        final String file = write("d.jsonl", json(deny(1)), json(allow)).toString();
        assertTrue(
                Run.of("tail", "--file", file, "--outcome", "deny,warn").out().contains("2 read, 1 shown"));
        assertTrue(Run.of("tail", "--file", file, "--reason", "ok").out().contains("2 read, 1 shown"));
        assertTrue(Run.of("tail", "--file", file, "--actor", "user:bob").out().contains("2 read, 0 shown"));
        assertTrue(Run.of("tail", "--file", file, "--org", "lumen").out().contains("2 read, 2 shown"));
        assertTrue(Run.of("tail", "--file", file, "--since", "1s").out().contains("2 read, 0 shown"));
        assertTrue(Run.of("tail", "--file", file, "--limit", "1").out().contains("2 read, 1 shown"));
    }

    @Test
    void shouldPrintJsonLinesThatCanBeReadAgain() throws IOException {
        final String file = write("d.jsonl", json(deny(1)), json(deny(4))).toString();
        final Run run = Run.of("tail", "--file", file, "--output", "json").exits(ExitCode.NO);
        assertEquals(List.of(json(deny(1)), json(deny(4))), run.out().lines().toList());
        run.complains("2 entries lost: 2 to 3");
    }

    @Test
    void shouldFollowASidecarWithItsFilters() throws IOException {
        try (FakeSidecar sidecar = new FakeSidecar()) {
            sidecar.tail = List.of(
                    TailDecisionsResponse.newBuilder().setEntry(deny(5)).build(),
                    TailDecisionsResponse.newBuilder()
                            .setLostCount(7)
                            .setEntry(deny(20))
                            .build());
            final Run run = Run.of(
                            "tail",
                            "--address",
                            sidecar.address(),
                            "--limit",
                            "2",
                            "--outcome",
                            "deny",
                            "--reason",
                            "QUOTA_EXHAUSTED",
                            "--org",
                            "lumen",
                            "--actor",
                            "ana",
                            "--action",
                            "invoke")
                    .exits(ExitCode.OK)
                    .prints("b1-0-5", "-- 7 not shown: this reader was too slow", "b1-0-20");
            assertFalse(run.out().contains("lost:"), "with a filter missing numbers mean nothing");
            final TailDecisionsRequest asked = Objects.requireNonNull(sidecar.followed);
            assertEquals(
                    TailDecisionsRequest.newBuilder()
                            .addOutcomes(Outcome.OUTCOME_DENY)
                            .addReasons(Reason.REASON_QUOTA_EXHAUSTED)
                            .setOrganization("lumen")
                            .setActor("ana")
                            .setAction("invoke")
                            .build(),
                    asked);
        }
    }

    @Test
    void shouldTellWhatTheSidecarLostWhereEverythingIsFollowed() throws IOException {
        try (FakeSidecar sidecar = new FakeSidecar()) {
            sidecar.tail = List.of(
                    TailDecisionsResponse.newBuilder().setEntry(deny(5)).build(),
                    TailDecisionsResponse.newBuilder().setEntry(deny(7)).build());
            sidecar.failure = Status.UNAVAILABLE.withDescription("the sidecar is shutting down");
            Run.of("tail", "--address", sidecar.address())
                    .exits(ExitCode.UNREACHABLE)
                    .prints("-- 1 entry lost: 6 of sidecar edge-1, boot b1");
        }
    }

    @Test
    void shouldSayWhatIsWrongWithAFlag() {
        Run.of("tail", "--outcome", "maybe")
                .exits(ExitCode.USAGE)
                .complains("--outcome 'maybe'", "allow, warn or deny");
        Run.of("tail", "--reason", "NO").exits(ExitCode.USAGE).complains("--reason 'NO'", "POLICY_DENY");
        Run.of("tail", "--file", "/nowhere/d.jsonl")
                .exits(ExitCode.USAGE)
                .complains("/nowhere/d.jsonl", "does not exist");
    }

    @Test
    void shouldShowTheLogInTheStatus() throws IOException {
        try (FakeSidecar sidecar = new FakeSidecar()) {
            sidecar.status = StatusResponse.newBuilder()
                    .setDecisionLog(DecisionLogStatus.newBuilder()
                            .setEnabled(true)
                            .setFile("/var/log/d.jsonl")
                            .setLengthBytes(2_048)
                            .setSequence(1_012)
                            .setWrittenCount(1_000)
                            .setDroppedCount(12)
                            .setLastError("No space left on device")
                            .setLastErrorAtMs(AT_MS)
                            .setAllowPercent("5")
                            .setAudited("required")
                            .addMasked("actor.id"))
                    .build();
            Run.of("status", "--address", sidecar.address())
                    .prints(
                            "Decision log",
                            "/var/log/d.jsonl, 2.0 KiB, CANNOT BE WRITTEN",
                            "1,000 written, last number 1,012",
                            "lost        12",
                            "No space left on device (2026-11-21 04:00:00 UTC)",
                            "allows      5 %",
                            "required: denied while they cannot be logged",
                            "masked      actor.id");
        }
    }
}
