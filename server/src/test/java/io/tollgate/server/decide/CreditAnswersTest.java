/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.server.support.TestSnapshots;
import io.tollgate.v1.Actor;
import io.tollgate.v1.CostEstimate;
import io.tollgate.v1.CostShare;
import io.tollgate.v1.DecideMode;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.ExplainLevel;
import io.tollgate.v1.Outcome;
import io.tollgate.v1.Place;
import io.tollgate.v1.Plane;
import io.tollgate.v1.Reason;
import io.tollgate.v1.ReasonClass;
import io.tollgate.v1.ScopeLevel;
import io.tollgate.v1.ScopeRef;
import io.tollgate.v1.Severity;
import io.tollgate.v1.Stage;
import io.tollgate.v1.Target;
import io.tollgate.v1.Usage;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an answer of a credit-gated action looks like on the wire. */
class CreditAnswersTest {
    @TempDir
    Path directory;

    private TestSnapshots snapshots;
    private EdgeHarness edge;

    @BeforeEach
    void open() throws IOException {
        final TestSnapshots opened = new TestSnapshots(directory, 1);
        snapshots = opened;
        edge = new EdgeHarness(builder -> builder, () -> new EngineEvaluator(opened.engine.newWorker(), "edge-1"));
        snapshots.activate(1);
    }

    @AfterEach
    void close() throws IOException {
        edge.close();
        snapshots.close();
    }

    private DecideResponse ask(final DecideMode mode, final long tokens) {
        return ask(mode, tokens, ExplainLevel.EXPLAIN_LEVEL_NONE);
    }

    private DecideResponse ask(final DecideMode mode, final long tokens, final ExplainLevel explain) {
        return edge.stub()
                .decide(DecideRequest.newBuilder()
                        .setMode(mode)
                        .setExplain(explain)
                        .setActor(Actor.newBuilder().setType("user").setId("ann"))
                        .setPlace(Place.newBuilder().setOrganization("acme").setProject("rag"))
                        .setTarget(Target.newBuilder()
                                .setProduct("llm")
                                .setResourceType("model")
                                .setAction("buy"))
                        .addUsage(Usage.newBuilder().setAmount(tokens).setUnit("token"))
                        .build());
    }

    @Test
    void shouldPreviewWhatItCostsAndWhoWouldPay() {
        final DecideResponse answer = ask(DecideMode.DECIDE_MODE_CHECK, 384);
        assertEquals(Outcome.OUTCOME_ALLOW, answer.getOutcome(), answer.toString());
        assertEquals("Allowed, estimated to cost 3.84 USD.", answer.getMessage());
        assertEquals(
                CostEstimate.newBuilder()
                        .setAmount(3_840_000)
                        .setScale(6)
                        .setCurrency("usd")
                        .setPriceVersion(4)
                        .setPriceBook("list")
                        .setWalletId("main")
                        .setWalletScope(ScopeRef.newBuilder()
                                .setLevel(ScopeLevel.SCOPE_LEVEL_ORGANIZATION)
                                .setPath("org:acme"))
                        .setSpendable(5_000_000)
                        .addShares(CostShare.newBuilder().setTrancheId("first").setAmount(3_000_000))
                        .addShares(CostShare.newBuilder().setTrancheId("later").setAmount(840_000))
                        .build(),
                answer.getCost());
        assertTrue(
                answer.getEvidence().getPlaneAgesList().stream().anyMatch(age -> age.getPlane() == Plane.PLANE_CREDIT));
    }

    @Test
    void shouldWarnOfALowBalanceAndNameTheWallet() {
        final DecideResponse answer = ask(DecideMode.DECIDE_MODE_CONSUME, 401);
        assertEquals(Outcome.OUTCOME_ALLOW, answer.getOutcome());
        assertEquals(1, answer.getWarningsCount());
        assertEquals(Reason.REASON_CREDIT_LOW, answer.getWarnings(0).getReason());
        assertEquals(Severity.SEVERITY_CRITICAL, answer.getWarnings(0).getSeverity());
        assertEquals("main", answer.getWarnings(0).getSubject());
        assertEquals("org:acme", answer.getWarnings(0).getScope().getPath());
        assertEquals(
                "the balance of wallet 'main' is low: 0.99 USD is left.",
                answer.getWarnings(0).getMessage());
        assertEquals(990_000, answer.getCost().getSpendable());
    }

    @Test
    void shouldDenyWhatCannotBePaidAndStillSayWhatItCosts() {
        ask(DecideMode.DECIDE_MODE_CONSUME, 290);
        final DecideResponse answer = ask(DecideMode.DECIDE_MODE_CONSUME, 384);
        assertEquals(Outcome.OUTCOME_DENY, answer.getOutcome());
        assertEquals(Reason.REASON_CREDIT_EXHAUSTED, answer.getReason());
        assertEquals(ReasonClass.REASON_CLASS_CREDIT, answer.getReasonClass());
        assertEquals("Estimated to cost 3.84 USD, 2.10 USD is left.", answer.getMessage());
        assertEquals(3_840_000, answer.getCost().getAmount());
        assertEquals(2_100_000, answer.getCost().getSpendable());
        assertFalse(answer.hasBindingCeiling());
        assertEquals(0, answer.getRetryAfterNs());
        assertFalse(answer.getRetryNever());
    }

    @Test
    void shouldHaveNoCostWhenAnEarlierStageDenies() {
        final DecideResponse answer = ask(DecideMode.DECIDE_MODE_CHECK, 1_001);
        assertEquals(Reason.REASON_QUOTA_EXHAUSTED, answer.getReason());
        assertFalse(answer.hasCost());
    }

    @Test
    void shouldExplainWhichPriceMatchedAndWhatIsLeft() {
        final DecideResponse answer = ask(DecideMode.DECIDE_MODE_CHECK, 384, ExplainLevel.EXPLAIN_LEVEL_FULL);
        final String detail = answer.getExplanation().getStagesList().stream()
                .filter(stage -> stage.getStage() == Stage.STAGE_CREDIT)
                .findFirst()
                .orElseThrow()
                .getDetail();
        assertTrue(
                detail.startsWith(
                        "estimated to cost 3.84 USD by price book 'list' version 4: 384 llm.tokens at 0.01 USD"
                                + " per 1 (for all); wallet 'main' of org:acme (PRE_PAID) pays: 5.00 USD count now"),
                detail);
        assertTrue(detail.endsWith("5.00 USD can be spent, from 'first' 3.00 USD, 'later' 0.84 USD"), detail);
    }
}
