/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.tollgate.core.DecideMode;
import io.tollgate.core.Outcome;
import io.tollgate.core.Stage;
import io.tollgate.core.journal.MemoryJournal;
import io.tollgate.core.quota.Contention;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.request.Field;
import io.tollgate.core.world.def.CeilingDef;
import io.tollgate.core.world.def.FeatureDef;
import io.tollgate.core.world.def.FeatureType;
import io.tollgate.core.world.def.RegistryDef;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hits come back to the ceilings that a request would take from: all of them or nothing, and only what is counted. */
class RefundTest {
    private static final long HOUR_NS = 3_600_000_000_000L;

    @TempDir
    Path directory;

    private final DecisionRequest request = new DecisionRequest();
    private final Decision decision = new Decision();
    private final UserMessages messages = new UserMessages();
    private final MemoryJournal journal = new MemoryJournal(64);
    private EngineFixture fixture;
    private DecisionWorker worker;

    @BeforeEach
    void start() {
        fixture = new EngineFixture(directory, 1, journal.log);
        worker = fixture.engine.newWorker();
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    @Test
    void shouldGiveBackWhatAConsumeTookOfEveryCeiling() {
        AcmeWorld.activate(fixture, 1);
        consume("ada", 60_000);
        assertEquals("ALLOW OK: Given back.", refund("ada", 20_000));
        assertEquals("tpm 40000/100000, tokens-hourly 40000/200000", used());
        assertEquals("ALLOW OK: Allowed.", consume("ada", 60_000));
        assertEquals("tpm 100000/100000, tokens-hourly 100000/200000", used());
    }

    @Test
    void shouldLeaveNothingUsedBelowNothing() {
        AcmeWorld.activate(fixture, 1);
        consume("ada", 10);
        assertEquals("ALLOW OK: Given back.", refund("ada", 100_000_000));
        assertEquals("tpm 0/100000, tokens-hourly 0/200000", used());
        assertEquals("ALLOW OK: Given back.", refund("ada", Long.MAX_VALUE));
        consume("ada", 7);
        assertEquals("tpm 7/100000, tokens-hourly 7/200000", used());
    }

    @Test
    void shouldShowTheCeilingThatBindsAfterItAndWarnOfNone() {
        AcmeWorld.activate(fixture, 1);
        consume("ada", 100_000);
        fixture.clock.epochNs(fixture.clock.monotonicNs() + HOUR_NS / 60);
        fixture.confirmAll();
        consume("ada", 100_000);
        assertEquals("ALLOW OK: Given back.", refund("ada", 1_000));
        assertEquals(0, decision.warnings().size(), "199000 of 200000 is near the limit; that is no news of a refund");
        assertEquals("tpm", bindingId());
        assertEquals(0, decision.granted(request, 0));
        assertFalse(decision.hasReservation());
    }

    @Test
    void shouldGiveBackToTheHourOfNowAlone() {
        AcmeWorld.activate(fixture, 1);
        consume("ada", 60_000);
        fixture.clock.epochNs(fixture.clock.monotonicNs() + HOUR_NS);
        fixture.confirmAll();
        fixture.refreshPeriods();
        consume("ada", 5);
        refund("ada", 60_000);
        assertEquals("tpm 0/100000, tokens-hourly 0/200000", used());
        consume("ada", 5);
        assertEquals("tpm 5/100000, tokens-hourly 5/200000", used());
    }

    @Test
    void shouldDenyWhoMayNotAskForIt() {
        AcmeWorld.activate(fixture, 1);
        consume("ada", 60_000);
        assertEquals("DENY POLICY_DENY: Talk to security.", refund("mallory", 60_000));
        assertEquals("DENY POLICY_NO_GRANT: No policy allows complete here.", refund("vic", 60_000));
        request.set(Field.PRODUCT, "nothing");
        assertEquals("DENY UNKNOWN_ACTION: The action nothing/chat/complete is not registered.", refund());
        check("ada", 1);
        assertEquals("tpm 60000/100000, tokens-hourly 60000/200000", used());
    }

    @Test
    void shouldJudgeItAsACheckWhateverItsMode() {
        AcmeWorld.activate(fixture, 1);
        consume("ada", 60_000);
        fill("ada", 10_000).mode(DecideMode.RESERVE);
        assertEquals("ALLOW OK: Given back.", refund());
        assertFalse(decision.hasReservation());
        fill("ada", 10_000).mode(DecideMode.CHECK);
        assertEquals("ALLOW OK: Given back.", refund());
        assertEquals("tpm 40000/100000, tokens-hourly 40000/200000", used());
    }

    @Test
    void shouldRefuseAnIdempotencyKeyAndAPartialRefund() {
        AcmeWorld.activate(fixture, 1);
        consume("ada", 60_000);
        fill("ada", 10).set(Field.IDEMPOTENCY_KEY, "k");
        assertEquals("DENY INVALID_REQUEST: Hits are given back without an idempotency_key.", refund());
        fill("ada", 10).allowPartial(true);
        assertEquals("DENY INVALID_REQUEST: Allow_partial is not possible when hits are given back.", refund());
        check("ada", 1);
        assertEquals("tpm 60000/100000, tokens-hourly 60000/200000", used());
    }

    @Test
    void shouldGiveNothingBackWhereOneCeilingIsWhatACustomerHasBought() {
        final List<CeilingDef> ceilings = AcmeWorld.ceilings();
        final CeilingDef hourly = ceilings.get(1);
        final CeilingDef bought = new CeilingDef(
                hourly.id(),
                hourly.dimensionId(),
                hourly.enforcement(),
                hourly.eachLevel(),
                hourly.amount(),
                hourly.window(),
                hourly.thresholds(),
                CeilingDef.ORIGIN_ENTITLEMENT,
                hourly.source());
        AcmeWorld.activate(fixture, 1, List.of(ceilings.get(0), bought));
        consume("ada", 60_000);
        assertEquals(
                "DENY INVALID_REQUEST: This action uses what is metered for the customer's subscription, so hits of it"
                        + " cannot be given back; reserve it, and settle what was used.",
                refund("ada", 10));
        assertEquals(Stage.QUOTA, decision.stage());
        assertEquals(CeilingStates.NONE, decision.ceilings().binding());
        check("ada", 1);
        assertEquals("tpm 60000/100000, tokens-hourly 60000/200000", used());
    }

    @Test
    void shouldRefuseWhatAMeteredFeatureGates() {
        AcmeWorld.activate(fixture, 1);
        final EngineSnapshot plain = fixture.active();
        final RegistryDef registry = plain.registry();
        final List<FeatureDef> metered = registry.features().stream()
                .map(feature -> new FeatureDef(feature.lookupKey(), FeatureType.METERED, ""))
                .toList();
        fixture.activate(
                2,
                new EngineSnapshot(
                        new RegistryDef(
                                registry.version(),
                                registry.oldestSupportedVersion(),
                                registry.units(),
                                registry.dimensions(),
                                registry.operations(),
                                registry.actorTypes(),
                                metered,
                                registry.attributes(),
                                registry.moneyScale()),
                        plain.policies(),
                        plain.entitlements(),
                        plain.scopes(),
                        plain.maxAgeMs(),
                        plain.prices(),
                        plain.pools()));
        refund("ada", 10);
        assertEquals(Problem.REFUND_OF_METERED, decision.problem());
        assertEquals(Stage.REQUEST, decision.stage());
    }

    @Test
    void shouldRefuseWhatIsHeldOrPaidFor() {
        HoldingWorld.activate(fixture, 1);
        HoldingWorld.ask(request, DecideMode.CONSUME, 10);
        refund();
        assertEquals(Problem.REFUND_OF_HELD, decision.problem());
        assertEquals(Stage.REQUEST, decision.stage());
    }

    @Test
    void shouldGiveNothingBackWhileOthersAreInTheWay() {
        AcmeWorld.activate(fixture, 1);
        consume("ada", 60_000);
        Contention.begin(fixture.inFlight, 1);
        assertEquals("DENY OVERLOADED: Too busy to decide; try again.", refund("ada", 10));
        assertEquals(Fault.CONTENDED, decision.fault());
        Contention.end(fixture.inFlight, 1);
        check("ada", 1);
        assertEquals("tpm 60000/100000, tokens-hourly 60000/200000", used());
    }

    @Test
    void shouldWriteNothingIntoTheJournal() {
        AcmeWorld.activate(fixture, 1);
        consume("ada", 60_000);
        final long before = journal.log.appendedSequence();
        refund("ada", 10);
        assertEquals(before, journal.log.appendedSequence());
    }

    @Test
    void shouldNotBeReplayed() {
        AcmeWorld.activate(fixture, 1);
        refund("ada", 10);
        final Readings readings = new Readings();
        worker.begin();
        worker.refund(fill("ada", 10), decision);
        worker.readings(decision, readings);
        worker.end();
        assertEquals(Beyond.REFUND, readings.beyond());
    }

    @Test
    void shouldDenyWithoutASnapshot() {
        assertEquals("DENY SNAPSHOT_MISSING: No data has been loaded yet.", refund("ada", 1));
    }

    private DecisionRequest fill(final String user, final long tokens) {
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

    private String refund(final String user, final long tokens) {
        fill(user, tokens);
        return refund();
    }

    private String refund() {
        worker.begin();
        worker.refund(request, decision);
        return said();
    }

    private String consume(final String user, final long tokens) {
        worker.begin();
        worker.decide(fill(user, tokens), decision);
        return said();
    }

    private void check(final String user, final long tokens) {
        worker.begin();
        worker.decide(fill(user, tokens).mode(DecideMode.CHECK), decision);
        said();
    }

    private String used = "";
    private String binding = "";

    private String said() {
        final String message = messages.of(request, decision);
        final DecisionViews views = new DecisionViews();
        final StringBuilder text = new StringBuilder();
        for (int i = 0;
                decision.outcome() != Outcome.DENY && i < decision.ceilings().size();
                i++) {
            final var ceiling = views.ceiling(decision, i);
            final long most = Math.max(ceiling.burst(), ceiling.limit());
            text.append(i == 0 ? "" : ", ").append(ceiling.id() + " " + ceiling.used() + "/" + most);
        }
        used = text.toString();
        final int binds = decision.ceilings().binding();
        binding = binds < 0
                ? ""
                : Objects.requireNonNull(views.ceiling(decision, binds)).id();
        worker.end();
        return decision.outcome() + " " + decision.reason() + ": " + message;
    }

    private String used() {
        return used;
    }

    private String bindingId() {
        return binding;
    }
}
