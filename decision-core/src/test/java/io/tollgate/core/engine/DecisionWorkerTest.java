/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.core.DecideMode;
import io.tollgate.core.Outcome;
import io.tollgate.core.Plane;
import io.tollgate.core.Reason;
import io.tollgate.core.Stage;
import io.tollgate.core.explain.CeilingView;
import io.tollgate.core.explain.Explanation;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.request.Field;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DecisionWorkerTest {
    private static final long SECOND_NS = 1_000_000_000L;

    @TempDir
    Path directory;

    private final DecisionRequest request = new DecisionRequest();
    private final Decision decision = new Decision();
    private final Explanation explanation = new Explanation();
    private final UserMessages messages = new UserMessages();
    private EngineFixture fixture;
    private DecisionWorker worker;

    @BeforeEach
    void start() {
        fixture = new EngineFixture(directory, 2);
        worker = fixture.engine.newWorker();
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    @Test
    void shouldDenyWhenThereIsNoSnapshot() {
        assertEquals("SNAPSHOT_MISSING: No data has been loaded yet.", decide(chat("ada", 10)));
        assertNull(decision.world());
    }

    @Test
    void shouldAllowAndNameTheCeilingWithTheLeastRoom() {
        AcmeWorld.activate(fixture, 1);
        assertEquals("OK: Allowed.", decide(chat("ada", 10)));
        assertEquals(Outcome.ALLOW, decision.outcome());
    }

    @Test
    void shouldChargeEveryCeilingOnConsumeAndNoneOnCheck() {
        AcmeWorld.activate(fixture, 1);
        decide(chat("ada", 60_000));
        decide(chat("ada", 60_000).mode(DecideMode.CHECK));
        assertEquals(Reason.RATE_LIMITED, decision.reason());
        decide(chat("ada", 40_000).mode(DecideMode.CHECK));
        assertEquals(Reason.OK, decision.reason(), "the denied and the checked requests took nothing");
    }

    @Test
    void shouldPassExactlyWhenRetryAfterSaysAndNotOneNanosecondBefore() {
        AcmeWorld.activate(fixture, 1);
        decide(chat("ada", AcmeWorld.TOKENS_PER_MINUTE));
        decide(chat("ada", 777));
        final long waitNs = decision.retryAfterNs();
        final long nowNs = fixture.clock.monotonicNs();
        fixture.clock.epochNs(nowNs + waitNs - 1);
        decide(chat("ada", 777).mode(DecideMode.CHECK));
        assertEquals(Reason.RATE_LIMITED, decision.reason());
        fixture.clock.epochNs(nowNs + waitNs);
        decide(chat("ada", 777));
        assertEquals(Reason.OK, decision.reason());
    }

    @Test
    void shouldSayThatWaitingDoesNotHelpWhenTheAmountExceedsTheBurst() {
        AcmeWorld.activate(fixture, 1);
        assertEquals(
                "RATE_LIMITED: Too fast: org:acme has 100000 of 100000 per 1 min llm.tpm left, 100001 asked."
                        + " Waiting does not help.",
                decide(chat("ada", 100_001)));
        assertEquals(Decision.RETRY_NEVER, decision.retryAfterNs());
    }

    @Test
    void shouldWarnNearTheLimitAndStayAllowed() {
        AcmeWorld.activate(fixture, 1);
        decide(chat("ada", 100_000));
        fixture.clock.epochNs(fixture.clock.monotonicNs() + 60 * SECOND_NS);
        fixture.confirmAll();
        decide(chat("ada", 95_000));
        assertEquals(Outcome.ALLOW, decision.outcome());
        assertEquals(1, decision.warnings().size());
        assertEquals(Reason.NEAR_LIMIT, decision.warnings().reason(0));
        worker.begin();
        final CeilingView ceiling =
                new DecisionViews().ceiling(decision, decision.warnings().subject(0));
        worker.end();
        assertEquals(195_000, ceiling.used());
        assertEquals(5_000, ceiling.remaining());
        assertEquals("tokens-hourly", ceiling.id());
    }

    @Test
    void shouldNamePlaneAgeAndBoundWhenStale() {
        AcmeWorld.activate(fixture, 1);
        fixture.clock.epochNs(fixture.clock.monotonicNs() + 75 * SECOND_NS);
        assertEquals(
                "SNAPSHOT_STALE: The directory data is 1 min 15 s old; it may be at most 1 min old.",
                decide(chat("ada", 1)));
        assertEquals(Plane.DIRECTORY, decision.stalePlane());
        fixture.confirmAll();
        assertEquals("OK: Allowed.", decide(chat("ada", 1)));
    }

    @Test
    void shouldTightenFreshnessByTheRequest() {
        AcmeWorld.activate(fixture, 1);
        fixture.ages(Map.of(Plane.DIRECTORY, 100L, Plane.POLICY, 900L, Plane.ENTITLEMENT, 100L, Plane.QUOTA, 100L));
        decide(chat("ada", 1).maxStalenessNs(SECOND_NS / 2));
        assertEquals(Plane.POLICY, decision.stalePlane());
    }

    @Test
    void shouldNotTakeARestartGraceForEvidenceOfACertainAge() {
        AcmeWorld.activate(fixture, 1);
        fixture.freshness.graceOnly(true);
        assertEquals("OK: Allowed.", decide(chat("ada", 1)));
        decide(chat("ada", 1).maxStalenessNs(SECOND_NS * 30));
        assertEquals(Reason.SNAPSHOT_STALE, decision.reason(), "nobody knows how old it is");
        fixture.freshness.graceOnly(false);
        assertEquals("OK: Allowed.", decide(chat("ada", 1).maxStalenessNs(SECOND_NS * 30)));
    }

    @Test
    void shouldDenyEveryKindOfNonsenseAsRequest() {
        AcmeWorld.activate(fixture, 1);
        final String nul = "a\u0000b";
        assertEquals(
                "INVALID_REQUEST: Malformed request: actor.id: not valid text: NUL or broken UTF-8.",
                decide(chat(nul, 1)));
        assertEquals(
                "INVALID_REQUEST: Malformed request: actor.id: longer than 256 bytes of UTF-8.",
                decide(chat("x".repeat(257), 1)));
        assertEquals(
                "INVALID_REQUEST: Malformed request: actor.id: not valid text: NUL or broken UTF-8.",
                decide(chat("\uD800", 1)));
        final byte[] broken = {(byte) 0xC0, (byte) 0x80};
        assertEquals(
                "INVALID_REQUEST: Malformed request: place.project: not valid text: NUL or broken UTF-8.",
                decide(chat("ada", 1).set(Field.PROJECT, broken, 0, 2)));
        assertEquals("INVALID_REQUEST: An amount must be at least 1, got -4.", decide(chat("ada", -4)));
        assertEquals("INVALID_REQUEST: An amount must be at least 1, got 0.", decide(chat("ada", 0)));
        assertEquals(
                "INVALID_REQUEST: The amount is too large.",
                decide(chat("ada", 1).addUsage(Long.MAX_VALUE / 1_000 + 1, "kilotoken")));
        assertEquals(
                "INVALID_REQUEST: The amount is too large.",
                decide(chat("ada", Long.MAX_VALUE).addUsage(1, "token")));
        assertEquals(
                "UNKNOWN_UNIT: The unit is not registered: 'furlong'.",
                decide(chat("ada", 1).addUsage(1, "furlong")));
        assertEquals(
                "UNKNOWN_ACTION: The action llm/chat/dance is not registered.",
                decide(chat("ada", 1).set(Field.ACTION, "dance")));
        assertEquals(
                "UNKNOWN_SCOPE: The organization does not exist or is disabled: 'initech'.",
                decide(chat("ada", 1).set(Field.ORGANIZATION, "initech")));
        assertEquals("UNKNOWN_ACTOR: The actor is not known in this organization: 'user:eve'.", decide(chat("eve", 1)));
        assertEquals(
                "REGISTRY_TOO_NEW: The caller was built for registry version 9, which is newer than the one served here.",
                decide(chat("ada", 1).registryVersion(9)));
        assertEquals(Reason.REGISTRY_TOO_NEW, reasonOf(chat("ada", 1).registryVersion(-1)), "versions are unsigned");
        assertEquals(Reason.REGISTRY_TOO_OLD, reasonOf(chat("ada", 1).registryVersion(1)));
        assertEquals(Reason.INVALID_REQUEST, reasonOf(chat("ada", 1).apiKeyHash(new byte[32])), "actor and key");
    }

    @Test
    void shouldNotSplitPairsOfSurrogatesNorRefuseThem() {
        AcmeWorld.activate(fixture, 1);
        assertEquals(
                "UNKNOWN_ACTOR: The actor is not known in this organization: 'user:\uD83D\uDE00é'.",
                decide(chat("\uD83D\uDE00é", 1)));
        final byte[] utf8 = "\uD83D\uDE00é".getBytes(StandardCharsets.UTF_8);
        assertEquals(Reason.UNKNOWN_ACTOR, reasonOf(chat("ada", 1).set(Field.ACTOR_ID, utf8, 0, utf8.length)));
    }

    @Test
    void shouldExplainEveryStageAlsoAfterTheDecidingOne() {
        AcmeWorld.activate(fixture, 1);
        final DecisionRequest asked = chat("mallory", 150_000);
        worker.begin();
        worker.explain(asked, decision, explanation);
        assertEquals("Talk to security.", messages.of(asked, decision));
        worker.end();
        assertEquals(Reason.POLICY_DENY, decision.reason());
        assertEquals(Stage.POLICY, decision.stage());
        assertEquals(
                List.of(
                        "REQUEST OK known; charges 150000 llm.tpm, 150000 llm.tokens",
                        "FRESHNESS OK directory 0 ms <= 1 min, policy 0 ms <= 1 min, entitlement 0 ms <= 1 min, quota 0 ms <= 1 min",
                        "POLICY POLICY_DENY! denied by rule 'no-mallory' of org:acme (policies/acme.yaml:1:1)",
                        "ENTITLEMENT OK feature 'llm-chat' comes with plan pro",
                        "QUOTA RATE_LIMITED 'tpm' of org:acme does not fit: 100000 left, 150000 asked",
                        "CREDIT OK the operation is not gated by credit",
                        "CAPACITY OK the operation needs no capacity",
                        "COMMIT skipped explaining takes nothing"),
                explanation.stages().stream().map(DecisionWorkerTest::line).toList());
        assertEquals(
                List.of(
                        "global",
                        "plan:pro",
                        "org:acme",
                        "org:acme/dept:eng",
                        "org:acme/project:rag",
                        "org:acme/user:mallory"),
                explanation.chain().stream().map(scope -> scope.scope().path()).toList());
        assertEquals(4, explanation.rules().size());
        assertEquals(2, explanation.ceilings().size());
        assertTrue(explanation.ceilings().stream().noneMatch(Explanation.CeilingLine::binding), "quota did not decide");
    }

    @Test
    void shouldTakeNothingWhenExplaining() {
        AcmeWorld.activate(fixture, 1);
        worker.begin();
        for (int i = 0; i < 5; i++) {
            worker.explain(chat("ada", 90_000), decision, explanation);
            assertEquals(Reason.OK, decision.reason());
        }
        worker.end();
    }

    @Test
    void shouldSeeOneWorldDuringATurn() {
        AcmeWorld.activate(fixture, 1);
        worker.begin();
        worker.decide(chat("ada", 1), decision);
        AcmeWorld.activate(fixture, 2);
        worker.decide(chat("ada", 1), decision);
        assertEquals(1, assertNotNullWorld().facts().version());
        worker.end();
        worker.begin();
        worker.decide(chat("ada", 1), decision);
        assertEquals(2, assertNotNullWorld().facts().version());
        worker.end();
    }

    @Test
    void shouldRefuseMoreWorkersThanThereAreSlots() {
        fixture.engine.newWorker();
        assertThrows(IllegalStateException.class, fixture.engine::newWorker);
    }

    private io.tollgate.core.world.World assertNotNullWorld() {
        assertNotNull(decision.world());
        return java.util.Objects.requireNonNull(decision.world());
    }

    private static String line(final Explanation.StageLine stage) {
        final String said = stage.skipped() ? "skipped" : stage.reason() + (stage.decisive() ? "!" : "");
        return stage.stage() + " " + said + " " + stage.detail();
    }

    private Reason reasonOf(final DecisionRequest asked) {
        decide(asked);
        return decision.reason();
    }

    private String decide(final DecisionRequest asked) {
        worker.begin();
        try {
            worker.decide(asked, decision);
            return decision.reason() + ": " + messages.of(asked, decision);
        } finally {
            worker.end();
        }
    }

    private DecisionRequest chat(final String user, final long tokens) {
        return request.reset()
                .mode(DecideMode.CONSUME)
                .set(Field.ORGANIZATION, "acme")
                .set(Field.PROJECT, "rag")
                .set(Field.ACTOR_TYPE, "user")
                .set(Field.ACTOR_ID, user)
                .set(Field.PRODUCT, "llm")
                .set(Field.RESOURCE_TYPE, "chat")
                .set(Field.ACTION, "complete")
                .addUsage(tokens, "token");
    }
}
