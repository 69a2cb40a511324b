/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.grpc.StatusRuntimeException;
import io.tollgate.control.compiler.BundleCompiler;
import io.tollgate.control.compiler.CompiledBundle;
import io.tollgate.core.Plane;
import io.tollgate.v1.DecideBatchRequest;
import io.tollgate.v1.DecideMode;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.Outcome;
import io.tollgate.v1.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabTest {
    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");

    @TempDir
    Path directory;

    private Lab lab;

    @BeforeEach
    void open() throws IOException {
        lab = Lab.open(LabSnapshot.of(bundle("tollgate.yaml", ""), directory), directory.resolve("state"), NOON);
    }

    @AfterEach
    void close() {
        lab.close();
        assertFalse(Files.exists(directory.resolve("state")));
    }

    /** The acme example, with one file changed. */
    private CompiledBundle bundle(String file, String added) throws IOException {
        final Path acme = Path.of(System.getProperty("tollgate.root")).resolve("examples/acme");
        final Path copy = Files.createTempDirectory(directory, "acme");
        try (var paths = Files.walk(acme)) {
            for (Path path : (Iterable<Path>) paths::iterator) {
                final Path target = copy.resolve(acme.relativize(path));
                if (Files.isDirectory(path)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(path, target);
                }
            }
        }
        Files.writeString(copy.resolve(file), Files.readString(copy.resolve(file)) + added);
        return BundleCompiler.compile(copy).bundle().orElseThrow();
    }

    private static DecideRequest.Builder question() {
        final DecideRequest.Builder request =
                DecideRequest.newBuilder().setCorrelationId("c").setMode(DecideMode.DECIDE_MODE_CONSUME);
        request.getActorBuilder().setType("user").setId("dora");
        request.getPlaceBuilder().setOrganization("tidepool").setProject("notebook");
        request.getTargetBuilder().setProduct("llm").setResourceType("model").setAction("invoke");
        request.addUsageBuilder().setAmount(10).setUnit("input_token");
        return request;
    }

    private void spendBurst() {
        for (int i = 0; i < 5; i++) {
            assertEquals(Outcome.OUTCOME_ALLOW, ask().getOutcome());
        }
    }

    private DecideResponse ask() {
        return lab.decide(question().build());
    }

    @Test
    void shouldDenyUntilTheExactNanosecondOfTheRetry() {
        spendBurst();
        final DecideResponse denied = ask();
        assertEquals(Reason.REASON_RATE_LIMITED, denied.getReason());

        lab.advance(denied.getRetryAfterNs() - 1);
        assertEquals(1, ask().getRetryAfterNs());
        lab.advance(1);
        assertEquals(Outcome.OUTCOME_ALLOW, ask().getOutcome());
    }

    @Test
    void shouldKeepEveryPlaneAsOldAsItWasSaidToBe() {
        lab.age(Plane.QUOTA, 300_001);
        lab.advance(1);
        final DecideResponse stale = ask();
        assertEquals(Reason.REASON_SNAPSHOT_STALE, stale.getReason());
        assertEquals(
                300_001,
                stale.getEvidence().getPlaneAgesList().stream()
                        .filter(age -> age.getPlaneValue() == Plane.QUOTA.code())
                        .findFirst()
                        .orElseThrow()
                        .getAgeMs());

        lab.age(Plane.QUOTA, 300_000);
        assertEquals(Outcome.OUTCOME_ALLOW, ask().getOutcome());
    }

    @Test
    void shouldKeepCountersThroughARestartAndNeedEvidenceAnew() {
        spendBurst();
        lab.restart();
        assertEquals(Reason.REASON_SNAPSHOT_STALE, ask().getReason());
        for (Plane plane : Plane.values()) {
            lab.age(plane, 0);
        }
        assertEquals(Reason.REASON_RATE_LIMITED, ask().getReason());
    }

    @Test
    void shouldBeginAtZeroAfterAReset() {
        spendBurst();
        lab.resetCounters();
        spendBurst();
        assertEquals(Reason.REASON_RATE_LIMITED, ask().getReason());
    }

    @Test
    void shouldKeepCountersUnderAnotherBundle() throws IOException {
        spendBurst();
        final CompiledBundle raised = bundle(
                "policies/tidepool.yaml",
                """
                  - id: nobody-invokes
                    effect: deny
                    what: { products: [llm] }
                """);
        lab.install(LabSnapshot.of(raised, 2, directory));
        assertEquals(Reason.REASON_POLICY_DENY, ask().getReason());
        lab.install(LabSnapshot.of(bundle("tollgate.yaml", ""), 3, directory));
        final DecideResponse again = ask();
        assertEquals(Reason.REASON_RATE_LIMITED, again.getReason());
        assertEquals(3, again.getEvidence().getSnapshotVersion());
    }

    @Test
    void shouldStepFarAheadAndBack() {
        spendBurst();
        lab.setTime(NOON.plusSeconds(400L * 24 * 3600));
        assertEquals(Outcome.OUTCOME_ALLOW, ask().getOutcome());
        lab.setTime(NOON);
        assertEquals(NOON, lab.time());
        // Time never goes back in a counter.
        assertEquals(Outcome.OUTCOME_DENY, ask().getOutcome());
    }

    @Test
    void shouldAnswerBatchesAndRefuseThemAsTheServerDoes() {
        final DecideBatchRequest.Builder batch = DecideBatchRequest.newBuilder();
        for (int i = 0; i < 6; i++) {
            batch.addRequests(question());
        }
        assertEquals(
                Reason.REASON_RATE_LIMITED,
                lab.decideBatch(batch.build()).getResponses(5).getReason());

        for (int i = 0; i < 2_000; i++) {
            batch.addRequests(question());
        }
        assertThrows(StatusRuntimeException.class, () -> lab.decideBatch(batch.build()));
    }
}
