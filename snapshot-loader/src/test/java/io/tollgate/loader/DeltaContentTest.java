/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader;

import static io.tollgate.loader.fixture.DeltaSource.put;
import static io.tollgate.loader.fixture.DeltaSource.remove;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.core.credit.WalletRow;
import io.tollgate.core.policy.PolicyTables;
import io.tollgate.core.quota.InFlight;
import io.tollgate.core.quota.TakePlan;
import io.tollgate.core.quota.Taker;
import io.tollgate.core.world.CeilingRow;
import io.tollgate.core.world.ScopeRow;
import io.tollgate.core.world.World;
import io.tollgate.loader.fixture.DeltaSource;
import io.tollgate.loader.fixture.FakeClock;
import io.tollgate.loader.fixture.SampleSnapshot;
import io.tollgate.loader.fixture.SnapshotBuilder;
import io.tollgate.loader.transfer.RefusedException;
import io.tollgate.v1.CeilingRecord;
import io.tollgate.v1.Effect;
import io.tollgate.v1.EntitlementRecord;
import io.tollgate.v1.EntitlementSetRecord;
import io.tollgate.v1.PolicyRecord;
import io.tollgate.v1.PriceBookRecord;
import io.tollgate.v1.RuleRecord;
import io.tollgate.v1.ScopeLevel;
import io.tollgate.v1.ScopeRecord;
import io.tollgate.v1.ScopeRef;
import io.tollgate.v1.Section;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What changes of each section come to, and what becomes of counters meanwhile. */
class DeltaContentTest {
    private static final String LAB = "org:acme/department:lab";

    @TempDir
    Path stateDir;

    private final SnapshotBuilder first = SampleSnapshot.withRate(7, 60);
    private final DeltaSource source = new DeltaSource(first, 7);
    private LoaderHarness harness;

    @BeforeEach
    void install() throws Exception {
        harness = new LoaderHarness(stateDir);
        harness.install(first.build());
        harness.serveMs(source, 1_000);
    }

    @AfterEach
    void close() {
        harness.close();
    }

    private void publish(DeltaSource.Change... changes) {
        harness.plane.heartbeat().send(source.news(source.publish(changes)));
        harness.settle();
        assertEquals(
                source.sequence(),
                harness.status().deltas().sequence(),
                String.valueOf(harness.status().deltas().lastRefusal()));
    }

    private World world() {
        World world = harness.loader.worlds().current();
        assertNotNull(world);
        return world;
    }

    private ScopeRow row(String path) {
        return new ScopeRow().wrap(world(), world().findPath(path));
    }

    private CeilingRow ceiling(int dimension) {
        CeilingRow ceiling = new CeilingRow().first(world(), row("org:acme"));
        while (ceiling.dimensionId() != dimension) {
            ceiling.next();
        }
        return ceiling.at(harness.clock.wallMs());
    }

    private static ScopeRecord acme(SnapshotBuilder from, CeilingRecord... ceilings) throws Exception {
        ScopeRecord before = ScopeRecord.parseFrom(from.record(Section.SECTION_DIRECTORY, "org:acme"));
        return before.toBuilder()
                .clearCeilings()
                .addAllCeilings(java.util.List.of(ceilings))
                .build();
    }

    /** Takes requests; returns what is left of the bucket, or -1 when they do not fit. */
    private long takeRequests(long requests) {
        CeilingRow rate = ceiling(SampleSnapshot.REQUESTS);
        TakePlan plan = new TakePlan();
        plan.begin(harness.clock.monotonicNs() + harness.clock.epochOffsetNs());
        int entry = plan.addRate(rate.cellRef(), rate.rate(0), rate.rate(1), rate.burst(), requests, TakePlan.HARD);
        return new Taker(harness.loader.cells().cells(), new InFlight(1), 0).take(plan) == Taker.TAKEN
                ? plan.remaining(entry)
                : -1;
    }

    @Test
    void shouldNotHandOutAFullBucketWhenARateChanges() throws Exception {
        assertEquals(0, takeRequests(60));
        long before = ceiling(SampleSnapshot.REQUESTS).cellRef();
        publish(put(
                Section.SECTION_DIRECTORY,
                "org:acme",
                acme(first, SampleSnapshot.rate(600), SampleSnapshot.monthly(1_000_000))));
        assertNotEquals(before, ceiling(SampleSnapshot.REQUESTS).cellRef());
        assertEquals(-1, takeRequests(1), "the bucket was empty and stays empty");
        harness.advanceMs(100);
        assertEquals(0, takeRequests(1), "and fills at the new rate");
    }

    @Test
    void shouldNotForgiveWhatWasTakenBetweenDeltasThatCameWhileASnapshotWasInstalled() throws Exception {
        publish(DeltaTest.user("eve"));
        SnapshotBuilder.Built checkpoint = source.checkpoint();
        harness.plane.heartbeat().end(null);
        harness.advanceMs(1_000);
        harness.plane
                .heartbeat()
                .send(io.tollgate.v1.DeltaBatch.newBuilder()
                        .setHeartbeat(source.heartbeat(io.tollgate.v1.SyncState.SYNC_STATE_PULL_SNAPSHOT)
                                .setAnswersRequest(true))
                        .build());
        harness.settle();
        harness.plane.sendManifest(checkpoint);
        checkpoint.chunks().forEach(harness.plane::sendChunk);
        harness.plane.pull().end(null);
        harness.plane
                .heartbeat()
                .send(source.news(source.publish(put(
                        Section.SECTION_DIRECTORY,
                        "org:acme",
                        acme(first, SampleSnapshot.rate(600), SampleSnapshot.monthly(1_000_000))))));
        boolean taken = false;
        while (harness.active().version() == 7) {
            harness.loader.agent().doWork();
            if (!taken && harness.status().deltas().sequence() == 2) {
                taken = true;
                assertEquals(0, takeRequests(600), "the new rate is in force while the snapshot is being installed");
            }
        }
        harness.settle();
        assertTrue(taken);
        assertEquals(8, harness.active().version());
        assertEquals(2, harness.status().deltas().sequence());
        assertEquals(-1, takeRequests(1), "nothing is forgiven by the swap");
    }

    @Test
    void shouldKeepWhatWasUsedOfAPeriodWhoseLimitChanges() throws Exception {
        long before = ceiling(SampleSnapshot.TOKENS).cellRef();
        publish(put(
                Section.SECTION_DIRECTORY,
                "org:acme",
                acme(first, SampleSnapshot.rate(60), SampleSnapshot.monthly(5))));
        assertEquals(before, ceiling(SampleSnapshot.TOKENS).cellRef());
        assertEquals(5, ceiling(SampleSnapshot.TOKENS).limit());
    }

    @Test
    void shouldChangeAddMoveAndRemoveWalletsAndKeepTheirCounters() throws Exception {
        WalletRow wallet = world().wallet(row("org:acme").walletsRef(), new WalletRow());
        long cell = wallet.cellRef();
        publish(put(
                Section.SECTION_WALLET,
                "wallet-acme",
                SampleSnapshot.wallet("org:acme", 77).build()));
        wallet = world().wallet(row("org:acme").walletsRef(), new WalletRow());
        assertEquals(cell, wallet.cellRef());
        assertEquals(77, wallet.remaining(0));
        publish(put(
                Section.SECTION_WALLET,
                "wallet-2",
                SampleSnapshot.wallet("org:acme", 5).setId("wallet-2").build()));
        assertEquals(2, row("org:acme").walletCount());
        publish(put(
                Section.SECTION_WALLET,
                "wallet-2",
                SampleSnapshot.wallet(LAB, 5).setId("wallet-2").build()));
        assertEquals(1, row("org:acme").walletCount());
        assertEquals(1, row(LAB).walletCount());
        publish(remove(Section.SECTION_WALLET, "wallet-2"), remove(Section.SECTION_WALLET, "wallet-acme"));
        assertEquals(0, row("org:acme").walletCount());
        assertEquals(0, row(LAB).walletCount());
        harness.close();
        harness = new LoaderHarness(stateDir);
        assertEquals(4, harness.status().deltas().sequence());
        assertEquals(0, row(LAB).walletCount());
    }

    @Test
    void shouldKeepTheWalletsOfAScopeWhoseOwnRecordChanges() throws Exception {
        publish(put(Section.SECTION_DIRECTORY, "org:acme", acme(first, SampleSnapshot.monthly(5))));
        assertEquals(1, row("org:acme").walletCount());
        assertEquals(1, row("org:acme").ceilingCount());
        publish(put(Section.SECTION_DIRECTORY, "org:acme", acme(first)));
        assertEquals(1, row("org:acme").walletCount());
    }

    @Test
    void shouldRefuseAWalletOfAScopeThatIsNotThere() {
        harness.plane
                .heartbeat()
                .send(source.news(source.publish(put(
                        Section.SECTION_WALLET,
                        "wallet-acme",
                        SampleSnapshot.wallet("org:none", 1).build()))));
        harness.settle();
        assertEquals(1, harness.status().deltas().refused().get("content"));
        assertEquals(0, harness.status().deltas().sequence());
    }

    @Test
    void shouldRefuseToRemoveAScopeWhoseWalletStays() {
        harness.plane
                .heartbeat()
                .send(source.news(source.publish(put(
                        Section.SECTION_WALLET,
                        "wallet-acme",
                        SampleSnapshot.wallet(LAB + "/project:rag", 1).build()))));
        harness.settle();
        assertEquals(1, harness.status().deltas().sequence());
        harness.plane
                .heartbeat()
                .send(source.news(source.publish(remove(Section.SECTION_DIRECTORY, LAB + "/project:rag"))));
        harness.settle();
        assertEquals(1, harness.status().deltas().sequence());
        assertEquals(1, harness.status().deltas().refused().get("content"));
    }

    @Test
    void shouldChangePoliciesAndGiveAScopeItsFirst() throws Exception {
        int before = world().policies().ruleCount();
        publish(put(
                Section.SECTION_POLICY,
                LAB,
                PolicyRecord.newBuilder()
                        .setScope(ScopeRef.newBuilder()
                                .setLevel(ScopeLevel.SCOPE_LEVEL_DEPARTMENT)
                                .setPath(LAB))
                        .addRules(rule("lab-stop", Effect.EFFECT_DENY))
                        .addRules(rule("lab-go", Effect.EFFECT_ALLOW))
                        .build()));
        assertEquals(before + 2, world().policies().ruleCount());
        assertTrue(row(LAB).policyId() >= 0);
        assertEquals(LAB, world().policies().scopePath(row(LAB).policyId()));
        publish(remove(Section.SECTION_POLICY, LAB));
        assertEquals(PolicyTables.NO_POLICY, world().policies().findPolicy(LAB));
    }

    private static RuleRecord rule(String id, Effect effect) {
        return RuleRecord.newBuilder()
                .setId(id)
                .setEffect(effect)
                .addOperationIds(0)
                .setSource("policies/lab.yaml:1:1")
                .build();
    }

    @Test
    void shouldAddAnEntitlementSetTogetherWithTheSubscriptionThatHasIt() throws Exception {
        ScopeRecord acme = ScopeRecord.parseFrom(first.record(Section.SECTION_DIRECTORY, "org:acme"));
        publish(
                put(
                        Section.SECTION_ENTITLEMENT,
                        "set-more",
                        EntitlementSetRecord.newBuilder()
                                .setId("set-more")
                                .addEntitlements(EntitlementRecord.newBuilder()
                                        .setFeatureId(0)
                                        .setEnabled(false))
                                .build()),
                put(
                        Section.SECTION_DIRECTORY,
                        "org:acme",
                        acme.toBuilder()
                                .setSubscription(
                                        acme.getSubscription().toBuilder().setEntitlementSetId("set-more"))
                                .build()));
        assertEquals("set-more", world().entitlements().setName(row("org:acme").entitlementSetId()));
    }

    @Test
    void shouldChangePricesAndCapacity() throws Exception {
        publish(
                put(
                        Section.SECTION_PRICE,
                        "list",
                        PriceBookRecord.parseFrom(first.record(Section.SECTION_PRICE, "list")).toBuilder()
                                .setVersion(2)
                                .build()),
                put(
                        Section.SECTION_CAPACITY,
                        "pool",
                        SampleSnapshot.pool(1_795_176_000_001L, 3).build()));
        assertEquals(
                2,
                world().prices()
                        .book(world().bookOfCurrency(
                                        world().wallet(row("org:acme").walletsRef(), new WalletRow())
                                                .currencyId()))
                        .version());
    }

    @Test
    void shouldRefuseToRemoveAScopeThatAPoolIsReservedFor() {
        publish(put(
                Section.SECTION_CAPACITY,
                "pool",
                SampleSnapshot.pool(1_795_176_000_001L, 3)
                        .setReservedForPath(LAB + "/project:rag")
                        .build()));
        harness.plane
                .heartbeat()
                .send(source.news(source.publish(remove(Section.SECTION_DIRECTORY, LAB + "/project:rag"))));
        harness.settle();
        assertEquals(1, harness.status().deltas().refused().get("content"));
        assertTrue(DeltaTest.knows(harness, LAB + "/project:rag"));
    }

    @Test
    void shouldAskTheJudgeAndKeepWhatWasActiveWhenItSaysNo() throws Exception {
        harness.close();
        boolean[] refuse = {true};
        ActivationJudge judge = (live, candidate) -> new ActivationJudge.Trial() {
            private int steps;

            @Override
            public boolean step() throws RefusedException {
                assertTrue(candidate.delta());
                assertFalse(live.closed());
                if (++steps < 3) {
                    return false;
                }
                if (refuse[0]) {
                    throw new RefusedException(RefusedException.Check.DRY_RUN, "3 decisions flip");
                }
                return true;
            }
        };
        harness = new LoaderHarness(stateDir, LoaderHarness.context().judge(judge), new FakeClock());
        harness.serveMs(source, 100);
        harness.plane.heartbeat().send(source.news(source.publish(DeltaTest.user("eve"))));
        harness.settle();
        assertEquals(0, harness.status().deltas().sequence());
        assertEquals(1, harness.status().deltas().refused().get("dry_run"));
        refuse[0] = false;
        harness.loader.retryRefused();
        harness.settle();
        harness.plane.serveHeartbeat(source);
        harness.settle();
        assertEquals(1, harness.status().deltas().sequence());
        assertTrue(DeltaTest.knows(harness, "org:acme/user:eve"));
    }
}
