/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.tollgate.server.apikey.ApiKeyHash;
import io.tollgate.server.support.LogWatch;
import io.tollgate.server.support.TestSnapshots;
import io.tollgate.server.support.TestWorld;
import io.tollgate.v1.CeilingState;
import io.tollgate.v1.DecideMode;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.DimensionKind;
import io.tollgate.v1.Effect;
import io.tollgate.v1.Enforcement;
import io.tollgate.v1.Evidence;
import io.tollgate.v1.ExplainLevel;
import io.tollgate.v1.Explanation;
import io.tollgate.v1.Outcome;
import io.tollgate.v1.PlaneAge;
import io.tollgate.v1.Reason;
import io.tollgate.v1.ReasonClass;
import io.tollgate.v1.Stage;
import io.tollgate.v1.Usage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real engine on a tiny world, asked over real gRPC. */
class EngineAnswersTest {
    @TempDir
    Path directory;

    private final LogWatch log = new LogWatch();
    private @Nullable TestSnapshots snapshots;
    private @Nullable EdgeHarness edge;

    @BeforeEach
    void open() throws IOException {
        final TestSnapshots opened = new TestSnapshots(directory, 1);
        snapshots = opened;
        edge = new EdgeHarness(builder -> builder, () -> new EngineEvaluator(opened.engine.newWorker(), "edge-1"));
    }

    @AfterEach
    void shouldHaveLoggedNothing() throws IOException {
        edge().close();
        snapshots().close();
        log.close();
        assertEquals(List.of(), log.warnings());
    }

    @Test
    void shouldDenyWithoutASnapshot() {
        final DecideResponse response = ask(question("ann"));

        assertDenied(response, Reason.REASON_SNAPSHOT_MISSING, ReasonClass.REASON_CLASS_FRESHNESS);
        assertEquals("edge-1", response.getEvidence().getSidecarId());
        assertEquals("c-1", response.getCorrelationId());
        assertFalse(response.getDecisionId().isEmpty());
    }

    @Test
    void shouldSayWhatAnAnswerRestsOn() throws IOException {
        snapshots().activate(3);
        snapshots().clock.advanceMs(1_500);

        final DecideResponse response = ask(question("ann").setMode(DecideMode.DECIDE_MODE_CONSUME));

        assertEquals(Outcome.OUTCOME_ALLOW, response.getOutcome(), response.toString());
        assertEquals(Reason.REASON_OK, response.getReason());
        assertEquals(ReasonClass.REASON_CLASS_UNSPECIFIED, response.getReasonClass());
        assertEquals(List.of(tokens(100)), response.getGrantedList());
        assertEquals("everybody-v3", response.getMatchedRules(0).getRuleId());
        assertEquals("global", response.getMatchedRules(0).getScope().getPath());
        assertEquals(Effect.EFFECT_ALLOW, response.getMatchedRules(0).getEffect());
        assertEquals("chat", response.getObligations(0).getFeature());
        assertEquals("max_context", response.getObligations(0).getKey());
        assertEquals(3, response.getObligations(0).getValue().getIntValue());
        final Evidence evidence = response.getEvidence();
        assertEquals("default", evidence.getBundle());
        assertEquals(3, evidence.getSnapshotVersion());
        assertEquals(TestWorld.digest(3), evidence.getSnapshotDigest());
        assertEquals(3, evidence.getRegistryVersion());
        assertEquals(7, evidence.getLedgerSequence());
        assertEquals("edge-1", evidence.getSidecarId());
        assertEquals(4, evidence.getPlaneAgesCount(), evidence.toString());
        for (final PlaneAge age : evidence.getPlaneAgesList()) {
            assertEquals(1_500, age.getAgeMs());
            assertEquals(60_000, age.getMaxAgeMs());
        }
    }

    @Test
    void shouldNameTheBindingCeilingAndCountExactly() throws IOException {
        snapshots().activate(1);
        for (int i = 0; i < 7; i++) {
            assertEquals(
                    Outcome.OUTCOME_ALLOW,
                    ask(question("ann").setMode(DecideMode.DECIDE_MODE_CONSUME)).getOutcome());
        }
        final DecideResponse near = ask(question("ann").setMode(DecideMode.DECIDE_MODE_CONSUME));
        assertEquals(Reason.REASON_NEAR_LIMIT, near.getWarnings(0).getReason());
        assertEquals("rag-tokens", near.getWarnings(0).getSubject());
        assertEquals("org:acme/project:rag", near.getWarnings(0).getScope().getPath());
        assertEquals(800, near.getBindingCeiling().getUsed());

        final DecideResponse over = ask(question("ann", tokens(201)).setMode(DecideMode.DECIDE_MODE_CONSUME));

        assertDenied(over, Reason.REASON_QUOTA_EXHAUSTED, ReasonClass.REASON_CLASS_QUOTA);
        final CeilingState ceiling = over.getBindingCeiling();
        assertEquals("rag-tokens", ceiling.getId());
        assertEquals("llm.tokens", ceiling.getDimension());
        assertEquals("token", ceiling.getUnit());
        assertEquals(DimensionKind.DIMENSION_KIND_PERIOD, ceiling.getKind());
        assertEquals(Enforcement.ENFORCEMENT_HARD, ceiling.getEnforcement());
        assertEquals("org:acme/project:rag", ceiling.getScope().getPath());
        assertEquals(TestWorld.MONTHLY_TOKENS, ceiling.getLimit());
        assertEquals(800, ceiling.getUsed());
        assertEquals(200, ceiling.getRemaining());
        assertEquals(201, ceiling.getRequested());
        assertTrue(ceiling.getResetsAtMs() > snapshots().clock.wallMs());
        assertTrue(over.getRetryAfterNs() > 0);
        assertEquals(0, over.getGrantedCount());

        assertEquals(
                Outcome.OUTCOME_ALLOW,
                ask(question("ann", tokens(200)).setMode(DecideMode.DECIDE_MODE_CONSUME))
                        .getOutcome(),
                "what was denied took nothing");
        assertTrue(ask(question("ann", tokens(1_001))).getRetryNever(), "more than the limit never fits");
    }

    @Test
    void shouldTakeNothingWhenChecking() throws IOException {
        snapshots().activate(1);
        for (int i = 0; i < 20; i++) {
            assertEquals(Outcome.OUTCOME_ALLOW, ask(question("ann")).getOutcome());
        }
        assertEquals(0, ask(question("ann")).getBindingCeiling().getUsed());
    }

    @Test
    void shouldFindTheActorByItsApiKey() throws IOException {
        snapshots().activate(1);
        assertEquals(Outcome.OUTCOME_ALLOW, ask(withKey(TestWorld.API_KEY)).getOutcome());
        assertDenied(ask(withKey("tg_other")), Reason.REASON_UNKNOWN_ACTOR, ReasonClass.REASON_CLASS_REQUEST);
        final DecideRequest.Builder byHash = question("ann");
        byHash.getActorBuilder()
                .clearType()
                .clearId()
                .setApiKeySha256(ByteString.copyFrom(new ApiKeyHash().of(TestWorld.API_KEY)));
        assertEquals(Outcome.OUTCOME_ALLOW, ask(byHash).getOutcome());
        final DecideRequest.Builder both = question("ann");
        both.getActorBuilder().setApiKey(TestWorld.API_KEY);
        assertDenied(ask(both), Reason.REASON_INVALID_REQUEST, ReasonClass.REASON_CLASS_REQUEST);
    }

    @Test
    void shouldDenyContentThatTheSnapshotDoesNotKnow() throws IOException {
        snapshots().activate(1);
        final DecideRequest.Builder action = question("ann");
        action.getTargetBuilder().setAction("fly");
        assertRequestDenied(action, Reason.REASON_UNKNOWN_ACTION);
        assertRequestDenied(question("ann", usage(1, "parsec")), Reason.REASON_UNKNOWN_UNIT);
        assertRequestDenied(question("ann", usage(1, "gpu_second")), Reason.REASON_UNKNOWN_UNIT);
        assertRequestDenied(question("nobody"), Reason.REASON_UNKNOWN_ACTOR);
        assertRequestDenied(question("bob"), Reason.REASON_ACTOR_DISABLED);
        final DecideRequest.Builder project = question("ann");
        project.getPlaceBuilder().setProject("moon");
        assertRequestDenied(project, Reason.REASON_UNKNOWN_SCOPE);
        final DecideRequest.Builder organization = question("ann");
        organization.getPlaceBuilder().setOrganization("evil");
        assertRequestDenied(organization, Reason.REASON_UNKNOWN_SCOPE);
        final DecideRequest.Builder type = question("ann");
        type.getActorBuilder().setType("martian");
        assertRequestDenied(type, Reason.REASON_UNKNOWN_ACTOR);
        assertRequestDenied(question("ann").setRegistryVersion(2), Reason.REASON_REGISTRY_TOO_NEW);
        assertRequestDenied(question("ann").setRegistryVersion(-1), Reason.REASON_REGISTRY_TOO_NEW);
    }

    @Test
    void shouldDenyAmountsThatMakeNoSense() throws IOException {
        snapshots().activate(1);
        for (final long amount : new long[] {0, -1, Long.MIN_VALUE}) {
            assertRequestDenied(question("ann", tokens(amount)), Reason.REASON_INVALID_REQUEST);
        }
        assertRequestDenied(question("ann", usage(Long.MAX_VALUE, "kilotoken")), Reason.REASON_INVALID_REQUEST);
        assertRequestDenied(
                question("ann", tokens(Long.MAX_VALUE)).addUsage(tokens(Long.MAX_VALUE)),
                Reason.REASON_INVALID_REQUEST);
    }

    @Test
    void shouldGrantWhatIsLeftWhenTheCallerTakesLess() throws IOException {
        snapshots().activate(1);
        final DecideRequest.Builder all =
                question("ann", tokens(TestWorld.MONTHLY_TOKENS - 30)).setMode(DecideMode.DECIDE_MODE_CONSUME);
        assertEquals(Outcome.OUTCOME_ALLOW, ask(all).getOutcome());
        final DecideRequest.Builder partial = question("ann", tokens(100)).setMode(DecideMode.DECIDE_MODE_CONSUME);
        partial.getReservationBuilder().setAllowPartial(true);
        final DecideResponse granted = ask(partial);
        assertEquals(List.of(tokens(30)), granted.getGrantedList());
        assertTrue(granted.getMessage().contains("30 of 100 token"), granted.getMessage());
        assertDenied(ask(partial), Reason.REASON_QUOTA_EXHAUSTED, ReasonClass.REASON_CLASS_QUOTA);
        assertRequestDenied(partial.addUsage(tokens(1)), Reason.REASON_INVALID_REQUEST);
    }

    @Test
    void shouldDenyOnOldEvidenceAndNameIt() throws IOException {
        snapshots().activate(1);
        snapshots().clock.advanceMs(60_001);
        final DecideResponse stale = ask(question("ann"));
        assertDenied(stale, Reason.REASON_SNAPSHOT_STALE, ReasonClass.REASON_CLASS_FRESHNESS);
        assertTrue(stale.getMessage().contains("directory"), stale.getMessage());

        snapshots().confirm();
        snapshots().clock.advanceMs(11);
        assertDenied(
                ask(question("ann").setMaxStalenessMs(10)),
                Reason.REASON_SNAPSHOT_STALE,
                ReasonClass.REASON_CLASS_FRESHNESS);
        assertEquals(
                Outcome.OUTCOME_ALLOW,
                ask(question("ann").setMaxStalenessMs(11)).getOutcome());
    }

    @Test
    void shouldExplainAndStillTakeWhatWasAskedFor() throws IOException {
        snapshots().activate(1);
        final DecideRequest.Builder request =
                question("ann").setMode(DecideMode.DECIDE_MODE_CONSUME).setExplain(ExplainLevel.EXPLAIN_LEVEL_FULL);

        final DecideResponse response = ask(request);

        assertEquals(Outcome.OUTCOME_ALLOW, response.getOutcome());
        final Explanation explanation = response.getExplanation();
        assertEquals("global", explanation.getChain(0).getScope().getPath());
        assertEquals(Stage.STAGE_REQUEST, explanation.getStages(0).getStage());
        assertTrue(explanation.getRulesList().stream()
                .anyMatch(rule -> rule.getSource().equals("policies/acme.yaml:12:5")));
        assertTrue(explanation.getCeilingsList().stream()
                .anyMatch(ceiling -> ceiling.getState().getId().equals("rag-tokens")));
        assertEquals(100, ask(question("ann")).getBindingCeiling().getUsed(), "consumed once, not twice, not never");
    }

    @Test
    void shouldNotExplainWhereThatIsSwitchedOff() throws IOException {
        final TestSnapshots opened = new TestSnapshots(directory.resolve("other"), 1);
        try (opened;
                EdgeHarness quiet = new EdgeHarness(
                        builder -> builder.set("limits.allow_explain", "false"),
                        () -> new EngineEvaluator(opened.engine.newWorker(), "edge-1"))) {
            opened.activate(1);
            final DecideResponse response = quiet.stub()
                    .decide(question("ann")
                            .setExplain(ExplainLevel.EXPLAIN_LEVEL_FULL)
                            .build());
            assertEquals(Outcome.OUTCOME_ALLOW, response.getOutcome());
            assertFalse(response.hasExplanation());
        }
    }

    @Test
    void shouldDenyByRuleWithItsMessage() throws IOException {
        snapshots().activate(1);
        final DecideResponse response = ask(question("eve"));
        assertDenied(response, Reason.REASON_POLICY_DENY, ReasonClass.REASON_CLASS_POLICY);
        assertEquals("Eve has left.", response.getMessage());
        assertTrue(response.getMatchedRulesList().stream()
                .anyMatch(rule -> rule.getRuleId().equals("not-eve-v1")));
    }

    private void assertRequestDenied(final DecideRequest.Builder request, final Reason reason) {
        assertDenied(ask(request), reason, ReasonClass.REASON_CLASS_REQUEST);
    }

    private static void assertDenied(
            final DecideResponse response, final Reason reason, final ReasonClass reasonClass) {
        assertEquals(Outcome.OUTCOME_DENY, response.getOutcome(), response.toString());
        assertEquals(reason, response.getReason(), response.toString());
        assertEquals(reasonClass, response.getReasonClass());
        assertFalse(response.getMessage().isEmpty());
    }

    private DecideResponse ask(final DecideRequest.Builder request) {
        return edge().stub().decide(request.build());
    }

    static DecideRequest.Builder question(final String actor, final Usage... usage) {
        return EdgeHarness.question(actor).addAllUsage(usage.length == 0 ? List.of(tokens(100)) : List.of(usage));
    }

    private static DecideRequest.Builder withKey(final String key) {
        final DecideRequest.Builder request = question("");
        request.getActorBuilder().clearType().clearId().setApiKey(key);
        return request;
    }

    private static Usage tokens(final long amount) {
        return usage(amount, "token");
    }

    private static Usage usage(final long amount, final String unit) {
        return Usage.newBuilder().setAmount(amount).setUnit(unit).build();
    }

    private EdgeHarness edge() {
        return Objects.requireNonNull(edge);
    }

    private TestSnapshots snapshots() {
        return Objects.requireNonNull(snapshots);
    }
}
