/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.client.Decision;
import io.tollgate.client.DecisionRequest;
import io.tollgate.client.DecisionRequestBuilder;
import io.tollgate.client.Settlement;
import io.tollgate.client.TollgateClient;
import io.tollgate.control.signing.KeyFiles;
import io.tollgate.core.signing.SigningKey;
import io.tollgate.v1.CeilingState;
import io.tollgate.v1.DimensionKind;
import io.tollgate.v1.Evidence;
import io.tollgate.v1.ExplainedCeiling;
import io.tollgate.v1.Reason;
import io.tollgate.v1.ReasonClass;
import io.tollgate.v1.ReservationOutcome;
import io.tollgate.v1.SettleRequest;
import io.tollgate.v1.Usage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real processes, as in README and docs/operations.md: start, decide, pull the plug, recover, kill, restart. */
class ProcessEndToEndTest {
    private static final Duration DEADLINE = Duration.ofSeconds(5);
    private static final long MAX_AGE_MS = 3_000;

    @TempDir
    Path directory;

    private int controlPort;
    private int decidePort;
    private Path socket;
    private RealProcess controlPlane;
    private RealProcess sidecar;
    private TollgateClient tcp;
    private TollgateClient unix;

    @BeforeEach
    void start() throws IOException {
        Site.copyAcme(directory, MAX_AGE_MS / 1_000);
        controlPort = Site.freePort();
        decidePort = Site.freePort();
        socket = directory.resolve("decide.sock");
        writeConfigurations();
        controlPlane = startControlPlane();
        sidecar = startSidecar();
        tcp = client("127.0.0.1:" + decidePort);
        unix = client("unix:" + socket);
        awaitAllowed();
    }

    @AfterEach
    void stop() {
        for (final AutoCloseable closeable : new AutoCloseable[] {tcp, unix, sidecar, controlPlane}) {
            try {
                closeable.close();
            } catch (final Exception ex) {
                throw new AssertionError(ex);
            }
        }
    }

    @Test
    void shouldDecideOverTcpAndUnixSocketGoStaleWithoutTheControlPlaneAndRecover() {
        assertEquals(Reason.REASON_OK, ask(tcp).reason());
        assertEquals(Reason.REASON_OK, ask(unix).reason());
        assertEquals(Reason.REASON_POLICY_DENY, decide(tcp, internLaunches()).reason());

        controlPlane.kill();
        sidecar.await("stale denies", () -> ask(tcp).reason() == Reason.REASON_SNAPSHOT_STALE);
        final Decision stale = ask(unix);
        assertEquals(ReasonClass.REASON_CLASS_FRESHNESS, stale.reasonClass());
        assertTrue(
                stale.message().matches("The directory data is \\d.* old; it may be at most 3 s old\\."),
                stale.message());
        for (int i = 0; i < 20; i++) {
            assertFalse(ask(tcp).allowed(), "once stale, nothing opens it but the control plane");
        }

        controlPlane = startControlPlane();
        awaitAllowed();
        assertEquals(Reason.REASON_OK, ask(unix).reason());
    }

    @Test
    void shouldDecideByAttributesThatCallersState() {
        assertEquals(
                Reason.REASON_OK,
                decide(tcp, question().resourceAttribute("model", "large")).reason());
        final Decision other = decide(unix, question().resourceAttribute("model", "colossal"));
        assertEquals(Reason.REASON_POLICY_DENY, other.reason());
        assertEquals("Your plan does not include this model.", other.message());

        final Decision unknown = decide(tcp, question().requestAttribute("colour", "red"));
        assertEquals(Reason.REASON_INVALID_REQUEST, unknown.reason());
        assertTrue(unknown.message().contains("request.colour"), unknown.message());
        final Decision wrongType = decide(tcp, question().resourceAttribute("model", 7));
        assertEquals(Reason.REASON_INVALID_REQUEST, wrongType.reason());
        final Decision wrongReading = decide(tcp, question().currentUsage("no.such", 7));
        assertEquals(Reason.REASON_INVALID_REQUEST, wrongReading.reason());
        assertTrue(wrongReading.message().contains("no.such"), wrongReading.message());
    }

    @Test
    void shouldKeepCountersOverKillAndRestartAndStayStaleUntilConfirmed() {
        final long before = consume(100);
        sidecar.kill();
        controlPlane.kill();
        sidecar = startSidecar();
        sidecar.await("an answer", () -> ask(tcp).reason() == Reason.REASON_SNAPSHOT_STALE);
        controlPlane = startControlPlane();
        awaitAllowed();
        final long after = consume(1);
        assertTrue(
                after > before,
                () -> "used " + after + " after the restart, " + before + " before; counters never go back");
    }

    @Test
    void shouldSettleAfterKillAndRestartWhatWasReservedBefore() {
        final long before = consume(1);
        final Decision reserved = decide(tcp, question().reserve());
        assertTrue(reserved.allowed(), () -> reserved.toString());
        final String id = reserved.reservationId().orElseThrow();
        sidecar.kill();
        sidecar = startSidecar();
        awaitAllowed();
        final SettleRequest used = SettleRequest.newBuilder()
                .setReservationId(id)
                .addActual(Usage.newBuilder().setAmount(10).setUnit("input_token"))
                .build();
        final Settlement settled = settle(used);
        assertEquals(ReservationOutcome.RESERVATION_OUTCOME_SETTLED, settled.outcome());
        final long after = consume(1);
        assertEquals(before + 10 + 500, after, "what was used, and one more request");
        assertEquals(
                ReservationOutcome.RESERVATION_OUTCOME_SETTLED, settle(used).outcome(), "told again");
    }

    @Test
    void shouldTakeAnEditedBundleAndKeepTheLastGoodOneOverABrokenEdit() throws IOException {
        final Path policy = directory.resolve("acme/policies/lumen.yaml");
        final String good = Files.readString(policy);
        Files.writeString(
                policy,
                good
                        + "\n  - id: nobody-today\n    effect: deny\n    what: { products: [llm] }\n    message: Closed today.\n");
        sidecar.await("the edit", () -> ask(tcp).reason() == Reason.REASON_POLICY_DENY);
        assertEquals("Closed today.", ask(tcp).message());

        Files.writeString(policy, good.replace("effect: allow", "efect: allow"));
        controlPlane.awaitOutput("efect");
        assertEquals(Reason.REASON_POLICY_DENY, ask(tcp).reason(), "the last good version goes on serving");

        Files.writeString(policy, good);
        awaitAllowed();
    }

    @Test
    void shouldPutAChangeIntoForceWithoutANewVersionAndKeepItOverAKill() throws IOException {
        final Evidence before = ask(tcp).raw().getEvidence();
        final Path policy = directory.resolve("acme/policies/lumen.yaml");
        final String good = Files.readString(policy);
        final long savedNs = System.nanoTime();
        Files.writeString(
                policy,
                good
                        + "\n  - id: nobody-today\n    effect: deny\n    what: { products: [llm] }\n    message: Closed today.\n");
        sidecar.await("the change", () -> ask(tcp).reason() == Reason.REASON_POLICY_DENY);
        System.out.println("saved to enforced, two processes: "
                + Duration.ofNanos(System.nanoTime() - savedNs).toMillis() + " ms");
        final Evidence after = ask(tcp).raw().getEvidence();
        assertEquals(before.getSnapshotVersion(), after.getSnapshotVersion(), "no new snapshot");
        assertEquals(before.getDeltaSequence() + 1, after.getDeltaSequence());

        sidecar.kill();
        controlPlane.kill();
        sidecar = startSidecar();
        sidecar.await("an answer", () -> ask(tcp).reason() == Reason.REASON_SNAPSHOT_STALE);
        assertEquals(after.getDeltaSequence(), ask(tcp).raw().getEvidence().getDeltaSequence(), "read back from disk");
        controlPlane = startControlPlane();
        sidecar.await("fresh again", () -> ask(tcp).reason() == Reason.REASON_POLICY_DENY);
        Files.writeString(policy, good);
        awaitAllowed();
        assertEquals(after.getDeltaSequence() + 1, ask(tcp).raw().getEvidence().getDeltaSequence());
    }

    @Test
    void shouldRefetchASnapshotThatWasDamagedOnDisk() throws IOException {
        assertEquals(0, sidecar.terminate(), "SIGTERM drains and ends well");
        try (Stream<Path> files = Files.walk(directory.resolve("sidecar-state/snapshots"))) {
            for (final Path file : files.filter(Files::isRegularFile).toList()) {
                final byte[] bytes = Files.readAllBytes(file);
                if (bytes.length > 0 && !file.toString().endsWith(".chm")) {
                    bytes[bytes.length / 2] ^= 0x10;
                    Files.write(file, bytes);
                }
            }
        }
        sidecar = startSidecar();
        awaitAllowed();
    }

    /**
     * {@return what the month's tokens show as used afterwards}; the binding ceiling is a rate, which forgets by
     * design.
     */
    private long consume(final int times) {
        for (int i = 0; i < times; i++) {
            final Decision decision = decide(tcp, question().consume());
            assertEquals(Reason.REASON_OK, decision.reason(), decision::message);
        }
        return decide(tcp, question().explain()).raw().getExplanation().getCeilingsList().stream()
                .map(ExplainedCeiling::getState)
                .filter(state -> state.getKind() == DimensionKind.DIMENSION_KIND_PERIOD)
                .mapToLong(CeilingState::getUsed)
                .max()
                .orElseThrow();
    }

    /** Until it is acknowledged, as callers do: it counts once. */
    private Settlement settle(final SettleRequest used) {
        Settlement settled = tcp.settle(used);
        for (int i = 0; i < 200 && !settled.acknowledged(); i++) {
            settled = tcp.settle(used);
        }
        return settled;
    }

    private void awaitAllowed() {
        // Both, since each connects anew in its own time.
        sidecar.await(
                "an allowed decision", () -> ask(tcp).allowed() && ask(unix).allowed());
    }

    private Decision ask(final TollgateClient client) {
        return decide(client, question());
    }

    private static Decision decide(final TollgateClient client, final DecisionRequestBuilder builder) {
        return client.decide(builder.build(), DEADLINE);
    }

    private static DecisionRequestBuilder question() {
        return DecisionRequest.builder()
                .organization("lumen")
                .actor("user", "ana")
                .action("llm", "model", "invoke")
                .usage(500, "input_token");
    }

    private static DecisionRequestBuilder internLaunches() {
        return DecisionRequest.builder()
                .organization("lumen")
                .project("vision")
                .actor("user", "tom")
                .action("compute", "gpu_instance", "launch")
                .usage(1, "gpu_hour");
    }

    private static TollgateClient client(final String address) {
        return TollgateClient.connect(address);
    }

    private RealProcess startControlPlane() {
        return RealProcess.start(
                "control-plane",
                directory,
                "control-plane",
                "--config",
                directory.resolve("control-plane.yaml").toString());
    }

    private RealProcess startSidecar() {
        return RealProcess.start(
                "sidecar",
                directory,
                "sidecar",
                "--config",
                directory.resolve("sidecar.yaml").toString());
    }

    private void writeConfigurations() throws IOException {
        Files.writeString(
                directory.resolve("control-plane.yaml"),
                """
                listen: { grpc: "127.0.0.1:%d", http: "127.0.0.1:%d" }
                state_dir: control-state
                bundles: [ { dir: acme } ]
                signing: { keys: [ { file: signing.key } ] }
                """
                        .formatted(controlPort, Site.freePort()));
        final Path trust = KeyFiles.write(SigningKey.generate(), directory.resolve("signing.key"));
        Files.writeString(
                directory.resolve("sidecar.yaml"),
                """
                state_dir: %s
                control_plane: { address: "127.0.0.1:%d", bundle: acme, heartbeat_ms: 200 }
                trust: { keys: '%s' }
                listen:
                  address: "127.0.0.1:%d"
                  unix_socket: %s
                  admin_address: "127.0.0.1:%d"
                  http_address: "127.0.0.1:%d"
                """
                        .formatted(
                                directory.resolve("sidecar-state"),
                                controlPort,
                                trust,
                                decidePort,
                                socket,
                                Site.freePort(),
                                Site.freePort()));
    }
}
