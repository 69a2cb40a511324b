/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.util.JsonFormat;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.tollgate.control.ControlPlane;
import io.tollgate.control.ControlPlaneConfig;
import io.tollgate.control.ControlPlaneListener;
import io.tollgate.control.compiler.BundleCompiler;
import io.tollgate.control.publish.BundleSnapshots;
import io.tollgate.server.Sidecar;
import io.tollgate.server.config.SidecarConfig;
import io.tollgate.v1.Actor;
import io.tollgate.v1.DecideMode;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.DecisionLogEntry;
import io.tollgate.v1.DecisionServiceGrpc;
import io.tollgate.v1.DiagnosticsServiceGrpc;
import io.tollgate.v1.DryRunReport.Verdict;
import io.tollgate.v1.DryRunStatus;
import io.tollgate.v1.ExtendRequest;
import io.tollgate.v1.Place;
import io.tollgate.v1.Reason;
import io.tollgate.v1.StatusRequest;
import io.tollgate.v1.Target;
import io.tollgate.v1.Usage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real sidecar that looks before it activates, and whose log is replayed. */
@Timeout(180)
class DryRunAndReplayTest {
    private static final Path SAMPLE = Path.of(System.getProperty("tollgate.root"), "examples", "acme");
    private static final String CARL = "user:carl: { name: Carl, roles: [editor] }";
    private static final long EPOCH = 1_795_219_200_000L;

    @TempDir
    Path directory;

    private @Nullable Sidecar sidecar;
    private @Nullable ManagedChannel decisions;
    private @Nullable ManagedChannel admin;

    @AfterEach
    void close() {
        if (decisions != null) {
            decisions.shutdownNow();
        }
        if (admin != null) {
            admin.shutdownNow();
        }
        if (sidecar != null) {
            sidecar.close();
        }
    }

    private void start(Map<String, String> settings) throws Exception {
        copy(SAMPLE, directory.resolve("bundle"));
        publish(1);
        open(settings);
    }

    private void open(Map<String, String> settings) throws Exception {
        final var config = SidecarConfig.builder()
                .set("sidecar_id", "looking")
                .set("state_dir", directory.resolve("state").toString())
                .set("control_plane.bundle", "acme")
                .set("snapshot.source", "file://" + directory.resolve("acme.tgs"))
                .set("snapshot.freshness", "answer")
                .set("snapshot.poll_interval_ms", "50")
                .set("trust.unsigned", "allow")
                .set("listen.address", "127.0.0.1:0")
                .set("listen.admin_address", "127.0.0.1:0")
                .set("listen.http_address", "127.0.0.1:0")
                .set("warm_up.decisions", "0")
                .set("shutdown.lame_duck_ms", "0")
                .set("decision_log.file", directory.resolve("decisions.jsonl").toString());
        settings.forEach(config::set);
        final Sidecar started = Sidecar.start(config.build());
        sidecar = started;
        assertTrue(started.awaitReady(60_000), started::stateCause);
        decisions = channel(started.addresses().decisions());
        admin = channel(started.addresses().admin());
    }

    private static ManagedChannel channel(@Nullable InetSocketAddress address) {
        return Grpc.newChannelBuilder(
                        "127.0.0.1:" + Objects.requireNonNull(address).getPort(), InsecureChannelCredentials.create())
                .build();
    }

    /** Publishes the bundle as it is now. */
    private Path publish(long version) throws IOException {
        final Path file = directory.resolve("acme-" + version + ".tgs");
        BundleSnapshots.write(
                BundleCompiler.compile(directory.resolve("bundle")).bundle().orElseThrow(),
                file,
                version,
                EPOCH,
                EPOCH + version);
        final Path beside = directory.resolve("next.tgs");
        Files.copy(file, beside, StandardCopyOption.REPLACE_EXISTING);
        Files.move(beside, directory.resolve("acme.tgs"), StandardCopyOption.ATOMIC_MOVE);
        return file;
    }

    private void edit(String from, String to) throws IOException {
        final Path file = directory.resolve("bundle/directory/small-customers.yaml");
        final String text = Files.readString(file);
        assertTrue(text.contains(from));
        Files.writeString(file, text.replace(from, to));
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                final Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
    }

    private static DecideRequest.Builder ask(String user, DecideMode mode) {
        return DecideRequest.newBuilder()
                .setMode(mode)
                .setActor(Actor.newBuilder().setType("user").setId(user))
                .setPlace(Place.newBuilder().setOrganization("fernway").setProject("archive"))
                .setTarget(Target.newBuilder()
                        .setProduct("llm")
                        .setResourceType("model")
                        .setAction("invoke"))
                .addUsage(Usage.newBuilder().setAmount(10).setUnit("input_token"));
    }

    private DecideResponse decide(DecideRequest.Builder request) {
        return DecisionServiceGrpc.newBlockingStub(Objects.requireNonNull(decisions))
                .decide(request.build());
    }

    private DryRunStatus dryRun() {
        return DiagnosticsServiceGrpc.newBlockingStub(Objects.requireNonNull(admin))
                .status(StatusRequest.getDefaultInstance())
                .getDryRun();
    }

    private void await(String what, BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; i < 1_200 && !condition.getAsBoolean(); i++) {
            Thread.sleep(50);
        }
        assertTrue(condition.getAsBoolean(), () -> what + ": " + dryRun());
    }

    private long version() {
        return DiagnosticsServiceGrpc.newBlockingStub(Objects.requireNonNull(admin))
                .status(StatusRequest.getDefaultInstance())
                .getSnapshot()
                .getVersion();
    }

    private void askThirtyOfCarlAndSeventyOfBea() {
        for (int i = 0; i < 100; i++) {
            final DecideResponse answer = decide(ask(
                    i % 10 < 3 ? "carl" : "bea",
                    i % 2 == 0 ? DecideMode.DECIDE_MODE_CONSUME : DecideMode.DECIDE_MODE_CHECK));
            assertEquals(Reason.REASON_OK, answer.getReason(), answer::toString);
        }
    }

    private Run run(String... arguments) {
        return Run.in(Run.session(directory, Map.of(), ""), arguments);
    }

    private String adminAddress() {
        final InetSocketAddress address = Objects.requireNonNull(
                Objects.requireNonNull(sidecar).addresses().admin());
        return "127.0.0.1:" + address.getPort();
    }

    @Test
    void shouldRefuseASnapshotThatRevokesTheRoleOfManyUntilAnOperatorAllowsIt() throws Exception {
        start(Map.of("dry_run.decisions", "200", "dry_run.max_flip_percent", "10"));
        askThirtyOfCarlAndSeventyOfBea();
        edit(CARL, "user:carl: { name: Carl }");
        publish(2);
        await("refused", () -> !dryRun().getRefusedCandidate().isEmpty());
        final DryRunStatus refused = dryRun();
        assertEquals(EPOCH + "-2", refused.getRefusedCandidate());
        assertEquals(Verdict.VERDICT_REFUSED, refused.getLast().getVerdict());
        assertEquals(100, refused.getLast().getJudgedCount());
        assertEquals(30, refused.getLast().getFlipCount());
        assertEquals("dry_run.max_flip_percent 10", refused.getLast().getExceeded());
        assertEquals(1, refused.getLast().getExamplesCount());
        assertEquals("user:carl", refused.getLast().getExamples(0).getActor());
        assertEquals("ALLOW OK", refused.getLast().getPairs(0).getBefore());
        assertEquals("DENY POLICY_NO_GRANT", refused.getLast().getPairs(0).getAfter());
        assertEquals(1, version());
        assertEquals(
                Reason.REASON_OK,
                decide(ask("carl", DecideMode.DECIDE_MODE_CHECK)).getReason());
        run("status", "--address", adminAddress())
                .exits(ExitCode.OK)
                .prints(
                        "REFUSED".toLowerCase(java.util.Locale.ROOT),
                        "tollgate snapshot allow " + EPOCH + "-2",
                        "user:carl");

        run("snapshot", "allow", EPOCH + "-3", "--address", adminAddress())
                .exits(ExitCode.NO)
                .complains(EPOCH + "-2, not " + EPOCH + "-3");
        run("snapshot", "allow", EPOCH + "-2", "--address", adminAddress(), "--by", "ana")
                .exits(ExitCode.OK)
                .prints("ALLOWED");
        await("activated", () -> version() == 2);
        assertEquals(Verdict.VERDICT_ALLOWED, dryRun().getLast().getVerdict());
        assertEquals("", dryRun().getRefusedCandidate());
        assertEquals(
                Reason.REASON_POLICY_NO_GRANT,
                decide(ask("carl", DecideMode.DECIDE_MODE_CHECK)).getReason());

        // what was allowed holds for that one alone
        edit("user:carl: { name: Carl }", CARL);
        publish(3);
        await("refused again", () -> dryRun().getRefusedCandidate().equals(EPOCH + "-3"));
        assertEquals(2, version());
    }

    @Test
    void shouldLetThroughWhatFlipsLittle() throws Exception {
        start(Map.of("dry_run.decisions", "200", "dry_run.max_flip_percent", "30"));
        askThirtyOfCarlAndSeventyOfBea();
        edit(CARL, "user:carl: { name: Carl }");
        publish(2);
        await("activated", () -> version() == 2);
        assertEquals(Verdict.VERDICT_PASSED, dryRun().getLast().getVerdict());
        assertEquals(30, dryRun().getLast().getFlipCount());
        assertEquals(0, dryRun().getRefusedCount());
    }

    @Test
    void shouldOnlyReportWhereNothingIsToBeRefused() throws Exception {
        start(Map.of("dry_run.decisions", "200", "dry_run.max_flips", "5", "dry_run.on_exceed", "report"));
        askThirtyOfCarlAndSeventyOfBea();
        edit(CARL, "user:carl: { name: Carl }");
        publish(2);
        await("activated", () -> version() == 2);
        assertEquals(Verdict.VERDICT_REPORTED, dryRun().getLast().getVerdict());
        assertEquals("dry_run.max_flips 5", dryRun().getLast().getExceeded());
    }

    @Test
    void shouldJudgeADeltaAndAllowItInWhateverFormItComesAgain() throws Exception {
        copy(SAMPLE, directory.resolve("bundle"));
        try (ControlPlane plane = ControlPlane.start(
                ControlPlaneConfig.of(directory.resolve("bundle"), directory.resolve("plane"))
                        .listeningOn(new InetSocketAddress("127.0.0.1", 0), null),
                new ControlPlaneListener() {})) {
            open(Map.of(
                    "dry_run.decisions",
                    "200",
                    "dry_run.max_flips",
                    "29",
                    "dry_run.max_flip_percent",
                    "100",
                    "snapshot.source",
                    "control-plane",
                    "control_plane.address",
                    "127.0.0.1:" + plane.grpcAddress().getPort(),
                    "control_plane.heartbeat_ms",
                    "200"));
            askThirtyOfCarlAndSeventyOfBea();
            edit(CARL, "user:carl: { name: Carl }");
            await("refused", () -> !dryRun().getRefusedCandidate().isEmpty());
            assertEquals(30, dryRun().getLast().getFlipCount());
            assertEquals(
                    Reason.REASON_OK,
                    decide(ask("carl", DecideMode.DECIDE_MODE_CHECK)).getReason());
            run("snapshot", "allow", dryRun().getRefusedCandidate(), "--address", adminAddress())
                    .exits(ExitCode.OK);
            await(
                    "activated",
                    () -> decide(ask("carl", DecideMode.DECIDE_MODE_CHECK)).getReason()
                            == Reason.REASON_POLICY_NO_GRANT);
            assertEquals("", dryRun().getRefusedCandidate());
            close();
        }
    }

    private List<DecisionLogEntry> log(int entries) throws InterruptedException {
        final Path file = directory.resolve("decisions.jsonl");
        for (int i = 0; i < 600; i++) {
            if (Files.exists(file)) {
                try (Stream<String> lines = Files.lines(file)) {
                    final List<DecisionLogEntry> read =
                            lines.map(DryRunAndReplayTest::entry).toList();
                    if (read.size() >= entries) {
                        return read;
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
            Thread.sleep(50);
        }
        throw new AssertionError("the log has fewer than " + entries + " entries");
    }

    private static DecisionLogEntry entry(String line) {
        try {
            final DecisionLogEntry.Builder entry = DecisionLogEntry.newBuilder();
            JsonFormat.parser().merge(line, entry);
            return entry.build();
        } catch (IOException e) {
            throw new UncheckedIOException(line, e);
        }
    }

    @Test
    void shouldReplayWhatTheLogHas() throws Exception {
        start(Map.of());
        decide(ask("carl", DecideMode.DECIDE_MODE_CONSUME));
        decide(ask("nobody", DecideMode.DECIDE_MODE_CONSUME));
        final DecideResponse reserved = decide(ask("bea", DecideMode.DECIDE_MODE_RESERVE));
        DecisionServiceGrpc.newBlockingStub(Objects.requireNonNull(decisions))
                .extend(ExtendRequest.newBuilder()
                        .setReservationId(reserved.getReservation().getId())
                        .addUsage(Usage.newBuilder().setAmount(5).setUnit("input_token"))
                        .build());
        final String keyed = "k1";
        decide(ask("bea", DecideMode.DECIDE_MODE_CONSUME).setIdempotencyKey(keyed));
        decide(ask("bea", DecideMode.DECIDE_MODE_CONSUME).setIdempotencyKey(keyed));
        final List<DecisionLogEntry> log = log(6);
        edit(CARL, "user:carl: { name: Carl }");
        publish(2);

        for (DecisionLogEntry each : log.subList(0, 5)) {
            replay(each, "acme-1.tgs").exits(ExitCode.OK).prints("SAME", "Stages");
        }
        replay(log.get(5), "acme-1.tgs").exits(ExitCode.NO).prints("NOT REPLAYABLE", "same idempotency key");
        replay(log.get(0), "acme-2.tgs").exits(ExitCode.STALE).complains("is snapshot " + EPOCH + "-2");
        replay(log.get(0), "missing.tgs").exits(ExitCode.STALE).complains("does not exist");
        run("explain", "--replay", "decisions.jsonl", "--snapshot", "acme-1.tgs")
                .exits(ExitCode.USAGE)
                .complains("several entries");
        run("explain", "--replay", "decisions.jsonl", "--decision", "x", "--snapshot", "acme-1.tgs")
                .exits(ExitCode.USAGE)
                .complains("no entry of decision x");
        run("explain", "--replay", "decisions.jsonl", "--org", "fernway")
                .exits(ExitCode.USAGE)
                .complains("leave out --org");
        run("explain", "--snapshot", "acme-1.tgs").exits(ExitCode.USAGE).complains("goes with --replay");
    }

    private Run replay(DecisionLogEntry entry, String snapshot) {
        return run(
                "explain",
                "--replay",
                "decisions.jsonl",
                "--decision",
                entry.getResponse().getDecisionId(),
                "--snapshot",
                snapshot);
    }

    @Test
    void shouldListWhatDiffersAndNeverSaySameOfWhatIsMasked() throws Exception {
        start(Map.of("decision_log.mask", "actor.id"));
        decide(ask("carl", DecideMode.DECIDE_MODE_CONSUME));
        final DecisionLogEntry masked = log(1).get(0);
        assertFalse(masked.toString().contains("carl"));
        replay(masked, "acme-1.tgs").exits(ExitCode.NO).prints("UNCERTAIN", "actor.id");

        final DecisionLogEntry.Builder forged = masked.toBuilder().clearMasked();
        forged.getRequestBuilder().getActorBuilder().setId("carl");
        Files.writeString(directory.resolve("one.json"), JsonFormat.printer().print(forged));
        run("explain", "--replay", "one.json", "--snapshot", "acme-1.tgs")
                .exits(ExitCode.OK)
                .prints("SAME");

        forged.getReadingsBuilder()
                .getCountersBuilder(0)
                .setValue(forged.getReadings().getCounters(0).getValue() + 1);
        forged.getResponseBuilder().setMessage("Something else.");
        Files.writeString(directory.resolve("one.json"), JsonFormat.printer().print(forged));
        run("explain", "--replay", "one.json", "--snapshot", "acme-1.tgs", "--output", "json")
                .exits(ExitCode.NO)
                .prints("\"same\": false", "\"verdict\": \"DIFFERS\"", "\"field\": \"message\"", "Something else.");
    }
}
