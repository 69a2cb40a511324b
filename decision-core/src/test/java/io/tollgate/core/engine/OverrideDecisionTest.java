/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tollgate.core.DecideMode;
import io.tollgate.core.Outcome;
import io.tollgate.core.Reason;
import io.tollgate.core.explain.CeilingView;
import io.tollgate.core.explain.Explanation;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.request.Field;
import io.tollgate.core.world.def.CeilingDef;
import io.tollgate.core.world.def.OverrideDef;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Overrides of ceilings: what counts, until when, and what stays. */
class OverrideDecisionTest {
    private static final long NS_PER_MS = 1_000_000L;
    private static final long NOW_MS = AcmeWorld.NOW_NS / NS_PER_MS;
    private static final long ENDS_MS = NOW_MS + 60_000;

    @TempDir
    Path directory;

    private final DecisionRequest request = new DecisionRequest();
    private final Decision decision = new Decision();
    private final Explanation explanation = new Explanation();
    private final DecisionViews views = new DecisionViews();
    private final UserMessages messages = new UserMessages();
    private EngineFixture fixture;
    private DecisionWorker worker;
    private @Nullable CeilingView shown;
    private String message = "";

    @BeforeEach
    void start() {
        fixture = new EngineFixture(directory, 1);
        worker = fixture.engine.newWorker();
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    @Test
    void shouldCountByTheOverrideUntilTheMillisecondItExpires() {
        hourly(new CeilingDef.Amount(false, 50_000, 0));
        assertEquals(Reason.QUOTA_EXHAUSTED, consume(50_001));
        assertEquals(50_000, binding().limit());
        assertEquals("override", binding().origin());
        assertEquals("launch", binding().overrideId());
        assertEquals(ENDS_MS, binding().overrideExpiresAtMs());
        assertEquals("Used up: org:acme has 50000 of 50000 llm.tokens left, 50001 asked. Try again in 1 min.", message);
        assertEquals(60_000 * NS_PER_MS, decision.retryAfterNs(), "the end of the override");

        at(ENDS_MS * NS_PER_MS - 1);
        assertEquals(Reason.QUOTA_EXHAUSTED, consume(50_001));
        at(ENDS_MS * NS_PER_MS);
        assertEquals(Reason.OK, consume(50_001));
        assertEquals(AcmeWorld.TOKENS_PER_HOUR, binding().limit());
        assertEquals("limits", binding().origin());
        assertEquals("", binding().overrideId());
        assertEquals(0, binding().overrideExpiresAtMs());
    }

    @Test
    void shouldKeepWhatWasUsedWhenTheLimitChanges() {
        hourly(new CeilingDef.Amount(false, 300_000, 0));
        assertEquals(Reason.OK, consume(150_000));
        at(ENDS_MS * NS_PER_MS);
        assertEquals(Reason.OK, check(50_000));
        assertEquals(150_000, binding().used());
        assertEquals(50_000, binding().remaining());
        assertEquals(Reason.QUOTA_EXHAUSTED, check(50_001));
    }

    @Test
    void shouldDenyAtOnceWhenMoreIsUsedThanALoweredLimit() {
        AcmeWorld.activate(fixture, 1);
        consume(90_000);
        hourly(new CeilingDef.Amount(false, 80_000, 0));
        assertEquals(Reason.QUOTA_EXHAUSTED, check(1));
        assertEquals(90_000, binding().used());
        assertEquals(-10_000, binding().remaining());
        assertEquals(60_000 * NS_PER_MS, decision.retryAfterNs(), "when the override ends, not the hour");
        check(110_001);
        assertEquals(3_600_000 * NS_PER_MS, decision.retryAfterNs(), "what the limit itself has no room for either");
        check(AcmeWorld.TOKENS_PER_HOUR + 1);
        assertEquals(Decision.RETRY_NEVER, decision.retryAfterNs());
    }

    @Test
    void shouldWarnAtTheThresholdsOfTheOverride() {
        hourly(new CeilingDef.Amount(false, 50_000, 0));
        assertEquals(Reason.OK, check(39_999));
        assertEquals(0, decision.warnings().size());
        assertEquals(Reason.OK, check(40_000));
        assertEquals(Reason.NEAR_LIMIT, decision.warnings().reason(0), "80 % of 50,000");
    }

    @Test
    void shouldLiftABoundAltogetherAndCountOn() {
        hourly(new CeilingDef.Amount(true, 0, 0));
        assertEquals(Reason.OK, consume(220_000));
        at(ENDS_MS * NS_PER_MS);
        assertEquals(Reason.QUOTA_EXHAUSTED, check(1));
        assertEquals(220_000, binding().used());
        assertEquals(-20_000, binding().remaining());
    }

    @Test
    void shouldRefillARateAtItsOverridesPaceAndBeFullAtTheSameInstantByEither() {
        rate(new CeilingDef.Amount(false, 150_000, 150_000));
        assertEquals(Reason.OK, consume(150_000));
        assertEquals(150_000, binding().burst());
        assertEquals(60_000, binding().periodMs());
        assertEquals(ENDS_MS, binding().resetsAtMs());

        at(AcmeWorld.NOW_NS + 20_000 * NS_PER_MS);
        assertEquals(Reason.OK, check(50_000));
        assertEquals(Reason.RATE_LIMITED, check(50_001));
        assertEquals(400_000, decision.retryAfterNs(), "one more of 150,000 a minute");
        assertEquals(ENDS_MS, binding().resetsAtMs());
    }

    @Test
    void shouldHandOutNothingWhenTheOverrideOfARateEnds() {
        rate(new CeilingDef.Amount(false, 150_000, 150_000));
        at(ENDS_MS * NS_PER_MS - 1);
        assertEquals(Reason.OK, consume(150_000));
        at(ENDS_MS * NS_PER_MS);
        assertEquals(Reason.RATE_LIMITED, check(1));
        assertEquals("limits", binding().origin());
        assertEquals(100_000, binding().burst());
        assertEquals(600_000 - 1, decision.retryAfterNs(), "one of 100,000 a minute, a nanosecond later");
        at(ENDS_MS * NS_PER_MS + 30_000 * NS_PER_MS);
        assertEquals(Reason.OK, check(50_000));
        assertEquals(Reason.RATE_LIMITED, check(50_001));
    }

    @Test
    void shouldSayExactlyHowLongARateDeniesBeyondTheEndOfItsOverride() {
        rate(new CeilingDef.Amount(false, 600_000, 600_000));
        final long takenNs = ENDS_MS * NS_PER_MS - 1_000 * NS_PER_MS;
        at(takenNs);
        assertEquals(Reason.OK, consume(600_000));
        assertEquals(Reason.RATE_LIMITED, check(20_000));
        // full again a minute after the take, by either rate: 20,000 of 100,000 fit twelve seconds after it
        assertEquals(12_000 * NS_PER_MS, decision.retryAfterNs());
        at(takenNs + 12_000 * NS_PER_MS - 1);
        assertEquals(Reason.RATE_LIMITED, check(20_000));
        at(takenNs + 12_000 * NS_PER_MS);
        assertEquals(Reason.OK, check(20_000));
        assertEquals(Reason.RATE_LIMITED, check(100_001));
        assertEquals(Decision.RETRY_NEVER, decision.retryAfterNs());
    }

    @Test
    void shouldLetNothingThroughARateOfNothingAndForgetNothingMeanwhile() {
        rate(new CeilingDef.Amount(false, 0, 1));
        assertEquals(Reason.RATE_LIMITED, consume(1));
        assertEquals(60_000 * NS_PER_MS, decision.retryAfterNs());
        assertEquals(0, binding().limit());
        assertEquals(0, binding().remaining());
        at(ENDS_MS * NS_PER_MS);
        assertEquals(Reason.OK, consume(100_000));
        assertEquals(Reason.RATE_LIMITED, check(1));
    }

    @Test
    void shouldExplainWhoseLimitCountsAndWhichComesBack() {
        final List<CeilingDef> own = AcmeWorld.ceilings();
        final CeilingDef hourly = own.get(1).overriddenBy(override(new CeilingDef.Amount(false, 50_000, 0)));
        AcmeWorld.activate(fixture, 2, List.of(own.get(0), hourly));
        ask(10, DecideMode.CHECK);
        worker.begin();
        worker.explain(request, decision, explanation);
        final Explanation.CeilingLine line = explanation.ceilings().get(1);
        assertEquals(
                "override 'launch' until 2026-11-20T00:01:00Z, then 200000 by limits (limits/acme.yaml:9:5)",
                line.detail());
        assertEquals("limits/acme.yaml:20:5", line.source());
        assertEquals(50_000, line.state().limit());
        assertEquals("limits", explanation.ceilings().get(0).detail());
        worker.end();
    }

    private void hourly(final CeilingDef.Amount amount) {
        AcmeWorld.activate(fixture, 2, List.of(AcmeWorld.ceilings().get(1).overriddenBy(override(amount))));
    }

    private void rate(final CeilingDef.Amount amount) {
        AcmeWorld.activate(fixture, 2, List.of(AcmeWorld.ceilings().get(0).overriddenBy(override(amount))));
    }

    private static OverrideDef override(final CeilingDef.Amount amount) {
        return new OverrideDef("launch", amount, ENDS_MS, "limits/acme.yaml:20:5");
    }

    private CeilingView binding() {
        return Objects.requireNonNull(shown);
    }

    private void at(final long epochNs) {
        fixture.clock.epochNs(epochNs);
        fixture.confirmAll();
    }

    private Reason check(final long tokens) {
        return ask(tokens, DecideMode.CHECK);
    }

    private Reason consume(final long tokens) {
        return ask(tokens, DecideMode.CONSUME);
    }

    private Reason ask(final long tokens, final DecideMode mode) {
        request.reset()
                .mode(mode)
                .set(Field.ORGANIZATION, "acme")
                .set(Field.PROJECT, "rag")
                .set(Field.ACTOR_TYPE, "user")
                .set(Field.ACTOR_ID, "ada")
                .set(Field.PRODUCT, "llm")
                .set(Field.RESOURCE_TYPE, "chat")
                .set(Field.ACTION, "complete")
                .addUsage(tokens, "token");
        worker.begin();
        worker.decide(request, decision);
        final int index = decision.ceilings().binding();
        if (index >= 0) {
            shown = views.ceiling(decision, index);
        }
        message = messages.of(request, decision);
        worker.end();
        return decision.outcome() == Outcome.DENY ? decision.reason() : Reason.OK;
    }
}
