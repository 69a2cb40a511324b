/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.core.credit.WalletRow;
import io.tollgate.core.quota.InFlight;
import io.tollgate.core.quota.TakePlan;
import io.tollgate.core.quota.Taker;
import io.tollgate.core.world.ScopeRow;
import io.tollgate.core.world.World;
import io.tollgate.loader.fixture.SampleSnapshot;
import io.tollgate.loader.fixture.SnapshotBuilder;
import io.tollgate.v1.Period;
import io.tollgate.v1.Section;
import io.tollgate.v1.TrancheKey;
import io.tollgate.v1.TrancheRecord;
import io.tollgate.v1.WalletRecord;
import io.tollgate.v1.WalletStatus;
import io.tollgate.v1.WalletThreshold;
import io.tollgate.v1.WalletType;
import io.tollgate.v1.WindowRecord;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Wallets of a snapshot become blocks beside the rows of their scopes, and what was spent of them outlives snapshots and restarts. */
class WalletInstallTest {
    @TempDir
    Path stateDir;

    @Test
    void shouldLayDownWhatTheRecordSays() throws Exception {
        SnapshotBuilder snapshot = without(7);
        WalletRecord wallet = SampleSnapshot.wallet("org:acme/department:lab", 70)
                .setStatus(WalletStatus.WALLET_STATUS_FROZEN)
                .setType(WalletType.WALLET_TYPE_POST_PAID)
                .addTranches(TrancheRecord.newBuilder()
                        .setId("big")
                        .setAmount(900)
                        .setRemaining(30)
                        .setStartsAtMs(5)
                        .setExpiresAtMs(9)
                        .setPriority(4))
                .addTrancheOrder(TrancheKey.TRANCHE_KEY_AMOUNT_DESC)
                .addThresholds(WalletThreshold.newBuilder().setBelow(12).setSeverity(2))
                .setPending(3)
                .setPeriodEndMs(1_000)
                .setBillingWindow(WindowRecord.newBuilder().setPeriod(Period.PERIOD_MONTHLY))
                .build();
        snapshot.add(Section.SECTION_WALLET, "wallet-acme", wallet);
        try (LoaderHarness harness = new LoaderHarness(stateDir)) {
            harness.install(snapshot.build());
            World world = world(harness);
            WalletRow row = wallet(world, "org:acme/department:lab");
            assertEquals("wallet-acme", row.id());
            assertTrue(row.frozen());
            assertTrue(row.postPaid());
            assertEquals(3, row.pending());
            assertEquals("big", row.trancheId(0), "by the order that the wallet names");
            assertEquals(30, row.remaining(0));
            assertEquals(5, row.startsAtMs(0));
            assertEquals(9, row.expiresAtMs(0));
            assertEquals("t", row.trancheId(1));
            assertEquals(12, row.thresholdBelow(0));
            assertEquals(2, row.thresholdSeverityCode(0));
            assertEquals(999, row.settlementMs(world.periods(), 0));
            assertTrue(row.settlementMs(world.periods(), harness.clock.wallMs()) > harness.clock.wallMs());
            assertEquals(
                    "list",
                    world.prices().book(world.bookOfCurrency(row.currencyId())).id());
            assertEquals(0, walletCount(world, "org:acme"));
            assertFalse(Files.exists(folder(harness).resolve("wallets.tmp")));
        }
    }

    @Test
    void shouldKeepWhatWasSpentAcrossSnapshotsRestartsAndRebuilds() throws Exception {
        Path folder;
        try (LoaderHarness harness = new LoaderHarness(stateDir)) {
            harness.install(SampleSnapshot.of(7).build());
            assertEquals(4_000, spend(harness, 1_000));
            SnapshotBuilder topUp = without(8);
            topUp.add(
                    Section.SECTION_WALLET,
                    "wallet-acme",
                    SampleSnapshot.wallet("org:acme", 6_000).build());
            harness.install(topUp.build());
            assertEquals(4_000, spend(harness, 1_000), "6,000 now, of which 2,000 are spent");
            folder = folder(harness);
        }
        try (LoaderHarness harness = new LoaderHarness(stateDir)) {
            assertEquals(3_000, spend(harness, 1_000));
        }
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".tgw")).toList()) {
                Files.delete(file);
            }
        }
        try (LoaderHarness harness = new LoaderHarness(stateDir)) {
            assertEquals(2_000, spend(harness, 1_000), "made anew from the Chronicle Maps");
            assertFalse(Files.exists(folder.resolve("wallets.tmp")));
        }
    }

    @Test
    void shouldCountAnotherWalletOrAnotherScopeApart() throws Exception {
        try (LoaderHarness harness = new LoaderHarness(stateDir)) {
            harness.install(SampleSnapshot.of(7).build());
            long before = wallet(world(harness), "org:acme").cellRef();
            SnapshotBuilder moved = without(8);
            moved.add(
                    Section.SECTION_WALLET,
                    "wallet-acme",
                    SampleSnapshot.wallet("org:acme/department:lab", 1).build());
            moved.add(
                    Section.SECTION_WALLET,
                    "wallet-b",
                    SampleSnapshot.wallet("org:acme", 1).setId("wallet-b").build());
            harness.install(moved.build());
            assertNotEquals(
                    before, wallet(world(harness), "org:acme/department:lab").cellRef());
            assertNotEquals(before, wallet(world(harness), "org:acme").cellRef());
        }
    }

    @Test
    void shouldFindTheScopesOfManyWallets() throws Exception {
        SnapshotBuilder snapshot = without(7);
        for (int i = 0; i < 500; i++) {
            snapshot.add(
                    Section.SECTION_WALLET,
                    "w" + i,
                    SampleSnapshot.wallet(i % 2 == 0 ? "org:acme" : "org:acme/department:lab", i)
                            .setId("w" + i)
                            .build());
        }
        try (LoaderHarness harness = new LoaderHarness(stateDir)) {
            harness.install(snapshot.build());
            assertEquals(250, walletCount(world(harness), "org:acme"));
            assertEquals(250, walletCount(world(harness), "org:acme/department:lab"));
            assertEquals("w0", wallet(world(harness), "org:acme").id());
        }
    }

    private static SnapshotBuilder without(long version) {
        return SampleSnapshot.of(version).remove(Section.SECTION_WALLET, "wallet-acme");
    }

    private static World world(LoaderHarness harness) {
        World world = harness.loader.worlds().current();
        assertNotNull(world);
        return world;
    }

    private Path folder(LoaderHarness harness) {
        return stateDir.resolve("snapshots").resolve(harness.active().toString());
    }

    private static int walletCount(World world, String path) {
        return new ScopeRow().wrap(world, world.findPath(path)).walletCount();
    }

    private static WalletRow wallet(World world, String path) {
        return world.wallet(new ScopeRow().wrap(world, world.findPath(path)).walletsRef(), new WalletRow());
    }

    /** Spends from the organization's wallet; returns what can be spent then. */
    private static long spend(LoaderHarness harness, long amount) {
        WalletRow row = wallet(world(harness), "org:acme");
        Taker taker = new Taker(harness.loader.cells().cells(), new InFlight(1), 0);
        TakePlan plan = new TakePlan();
        plan.begin(harness.clock.monotonicNs() + harness.clock.epochOffsetNs());
        int entry = plan.addBalance(row.cellRef(), row.balanceAt(harness.clock.wallMs()), amount, TakePlan.HARD);
        assertEquals(Taker.TAKEN, taker.take(plan));
        return plan.remaining(entry);
    }
}
