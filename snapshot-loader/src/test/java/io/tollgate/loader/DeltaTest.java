/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader;

import static io.tollgate.loader.fixture.DeltaSource.put;
import static io.tollgate.loader.fixture.DeltaSource.remove;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.tollgate.core.signing.SigningKey;
import io.tollgate.core.world.World;
import io.tollgate.loader.delta.DeltaLimits;
import io.tollgate.loader.delta.DeltaLog;
import io.tollgate.loader.fixture.DeltaSource;
import io.tollgate.loader.fixture.FakeClock;
import io.tollgate.loader.fixture.SampleSnapshot;
import io.tollgate.loader.fixture.SnapshotBuilder;
import io.tollgate.loader.transfer.SnapshotVersion;
import io.tollgate.loader.transfer.TrustedKeys;
import io.tollgate.v1.Delta;
import io.tollgate.v1.DeltaBatch;
import io.tollgate.v1.ScopeRecord;
import io.tollgate.v1.Section;
import io.tollgate.v1.SignedDelta;
import io.tollgate.v1.SyncState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Deltas on top of an installed snapshot, from their arrival to their activation, and what becomes of those that do not hold. */
class DeltaTest {
    private static final String ADA = "org:acme/user:ada";
    private static final String EVE = "org:acme/user:eve";

    @TempDir
    Path directory;

    private final SnapshotBuilder first = SampleSnapshot.of(7);
    private final DeltaSource source = new DeltaSource(first, 7);

    private LoaderHarness start() throws IOException {
        return new LoaderHarness(directory.resolve("state"));
    }

    private LoaderHarness installed() throws IOException {
        LoaderHarness harness = start();
        harness.install(first.build());
        harness.serveMs(source, 1_000);
        return harness;
    }

    static DeltaSource.Change user(String id) {
        return put(
                Section.SECTION_DIRECTORY,
                "org:acme/user:" + id,
                SampleSnapshot.principal("org:acme", id).build());
    }

    static boolean knows(LoaderHarness harness, String path) {
        World world = harness.loader.worlds().current();
        assertNotNull(world);
        return world.findPath(path) != World.NOT_FOUND;
    }

    private static long sequence(LoaderHarness harness) {
        return harness.status().deltas().sequence();
    }

    private static String lastRefusal(LoaderHarness harness) {
        LoaderStatus.Failure failure = harness.status().deltas().lastRefusal();
        return failure == null ? "none" : failure.cause();
    }

    private void push(LoaderHarness harness, SignedDelta... deltas) {
        harness.plane.heartbeat().send(source.news(deltas));
        harness.settle();
    }

    @Test
    void shouldPutADeltaIntoForceAsSoonAsItIsPushed() throws Exception {
        try (LoaderHarness harness = installed()) {
            assertFalse(knows(harness, EVE));
            push(harness, source.publish(user("eve")));
            assertTrue(knows(harness, EVE));
            World world = harness.loader.worlds().current();
            assertNotNull(world);
            assertEquals(1, world.facts().deltaSequence());
            assertEquals(7, world.facts().version());
            assertEquals(1, sequence(harness));
            assertEquals(1, harness.status().deltas().applied());
            assertEquals(0, harness.status().installs().refused());
            assertEquals(1, harness.plane.pulls.size(), "no further snapshot");
        }
    }

    @Test
    void shouldAskForWhatFollowsTheLastDeltaInForce() throws Exception {
        try (LoaderHarness harness = installed()) {
            push(harness, source.publish(user("eve")), source.publish(user("bob")));
            harness.serveMs(source, 2_200);
            assertEquals(2, harness.plane.heartbeat().request.getDeltaSequence());
            assertEquals(7, harness.plane.heartbeat().request.getSnapshotVersion());
        }
    }

    @Test
    void shouldRemoveAndChangeAndAddInOneSwap() throws Exception {
        try (LoaderHarness harness = installed()) {
            push(
                    harness,
                    source.publish(
                            user("eve"),
                            remove(Section.SECTION_DIRECTORY, ADA),
                            put(
                                    Section.SECTION_WALLET,
                                    "wallet-acme",
                                    SampleSnapshot.wallet("org:acme", 1).build())));
            assertTrue(knows(harness, EVE));
            assertFalse(knows(harness, ADA));
            assertEquals(1, sequence(harness));
        }
    }

    @Test
    void shouldCatchUpWithManyDeltasByOneSwap() throws Exception {
        try (LoaderHarness harness = installed()) {
            for (int i = 0; i < 50; i++) {
                source.publish(user("u" + i));
            }
            source.publish(remove(Section.SECTION_DIRECTORY, "org:acme/user:u7"));
            harness.serveMs(source, 2_000);
            assertEquals(51, sequence(harness));
            assertTrue(knows(harness, "org:acme/user:u49"));
            assertFalse(knows(harness, "org:acme/user:u7"));
            assertFalse(harness.stale());
        }
    }

    @Test
    void shouldSkipWhatItHasAlready() throws Exception {
        try (LoaderHarness harness = installed()) {
            SignedDelta one = source.publish(user("eve"));
            push(harness, one);
            push(harness, one, source.publish(user("bob")), one);
            assertEquals(2, sequence(harness));
            assertEquals(0, harness.status().deltas().refused().size());
        }
    }

    @Test
    void shouldAskAgainForADeltaThatIsMissing() throws Exception {
        try (LoaderHarness harness = installed()) {
            source.publish(user("eve"));
            push(harness, source.publish(user("bob")));
            assertEquals(0, sequence(harness));
            assertEquals(1, harness.status().deltas().refused().get("gap"));
            harness.serveMs(source, 500);
            assertEquals(2, sequence(harness));
            assertTrue(knows(harness, EVE));
            assertEquals(0, harness.status().deltas().resyncs().size(), "nothing was lost");
            assertEquals(1, harness.plane.pulls.size());
        }
    }

    @Test
    void shouldTakeReorderedDeltasForAGap() throws Exception {
        try (LoaderHarness harness = installed()) {
            SignedDelta one = source.publish(user("eve"));
            SignedDelta two = source.publish(user("bob"));
            push(harness, two, one);
            assertEquals(0, sequence(harness));
            harness.serveMs(source, 500);
            assertEquals(2, sequence(harness));
        }
    }

    @Test
    void shouldConfirmAsOfTheQuestionOnlyOnceAllOfItIsInForce() throws Exception {
        try (LoaderHarness harness = installed()) {
            harness.plane.heartbeat().end(null);
            source.publish(user("eve"));
            source.publish(user("bob"));
            harness.advanceMs(1_000);
            long asked = harness.clock.monotonicNs();
            DeltaBatch answer = source.answer(0);
            harness.plane
                    .heartbeat()
                    .send(answer.toBuilder()
                            .clearDeltas()
                            .addDeltas(answer.getDeltas(0))
                            .build());
            harness.settle();
            assertEquals(1, sequence(harness));
            long before = ageMs(harness);
            assertTrue(before >= 1_000, "half of it confirms nothing: " + before);
            harness.advanceMs(300);
            harness.plane.heartbeat().send(source.news(answer.getDeltas(1)));
            harness.settle();
            assertEquals((harness.clock.monotonicNs() - asked) / 1_000_000, ageMs(harness));
            assertEquals(300, ageMs(harness));
        }
    }

    @Test
    void shouldNotBelieveThatItIsCurrentWhenADeltaIsMissing() throws Exception {
        try (LoaderHarness harness = installed()) {
            harness.plane.heartbeat().end(null);
            source.publish(user("eve"));
            harness.advanceMs(1_000);
            long before = ageMs(harness);
            harness.plane
                    .heartbeat()
                    .send(DeltaBatch.newBuilder()
                            .setHeartbeat(source.heartbeat(SyncState.SYNC_STATE_CURRENT)
                                    .setAnswersRequest(true))
                            .build());
            harness.settle();
            assertEquals(before, ageMs(harness));
        }
    }

    @Test
    void shouldNotPullACheckpointOfTheStateItHas() throws Exception {
        try (LoaderHarness harness = installed()) {
            push(harness, source.publish(user("eve")));
            source.checkpoint();
            harness.serveMs(source, 3_000);
            assertEquals(1, harness.plane.pulls.size());
            assertFalse(harness.stale());
            assertEquals(new SnapshotVersion(1, 7), harness.active());
        }
    }

    static long ageMs(LoaderHarness harness) {
        long ageNs = harness.loader
                .freshness()
                .ageNs(io.tollgate.core.Plane.POLICY.code(), harness.clock.monotonicNs(), harness.clock.wallMs());
        return ageNs / 1_000_000;
    }

    // ---- what does not hold

    private void refuses(String cause, String says, UnaryOperator<SignedDelta> damage) throws Exception {
        try (LoaderHarness harness = installed()) {
            SignedDelta good = source.publish(user("eve"));
            push(harness, damage.apply(good));
            assertFalse(knows(harness, EVE));
            assertEquals(0, sequence(harness));
            assertEquals(1, harness.status().deltas().refused().get(cause), lastRefusal(harness));
            assertTrue(lastRefusal(harness).contains(says), lastRefusal(harness));
            assertEquals(cause, harness.status().deltas().resyncing());
            assertFalse(Files.exists(harness.status().stateDir().resolve("snapshots/1-7/" + DeltaLog.FILE_NAME)));
            // the same delta, as it was meant to be
            harness.serveMs(source, 1_000);
            assertTrue(knows(harness, EVE));
            assertEquals("", harness.status().deltas().resyncing());
            assertFalse(harness.stale());
        }
    }

    private static SignedDelta changed(SignedDelta good, UnaryOperator<Delta.Builder> change) {
        try {
            return DeltaSource.sign(
                    change.apply(Delta.parseFrom(good.getDelta()).toBuilder()).build());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldRefuseAFlippedBit() throws Exception {
        refuses("digest", "SHA-256", good -> {
            byte[] bytes = good.getDelta().toByteArray();
            bytes[bytes.length / 2] ^= 1;
            return good.toBuilder().setDelta(ByteString.copyFrom(bytes)).build();
        });
    }

    @Test
    void shouldRefuseWhatDoesNotParse() throws Exception {
        refuses("malformed", "does not parse", good -> {
            ByteString torn = good.getDelta().substring(0, good.getDelta().size() - 3);
            return good.toBuilder()
                    .setDelta(torn)
                    .setSha256(ByteString.copyFrom(
                            io.tollgate.loader.transfer.Digests.sha256().digest(torn.toByteArray())))
                    .build();
        });
    }

    @Test
    void shouldRefuseAnotherBundle() throws Exception {
        refuses("bundle", "subscribes to 'default'", good -> changed(good, d -> d.setBundle("tenant-b")));
    }

    @Test
    void shouldRefuseAnotherEpoch() throws Exception {
        refuses("epoch", "of epoch 2", good -> changed(good, d -> d.setEpoch(2)));
    }

    @Test
    void shouldRefuseAnotherSchema() throws Exception {
        refuses("schema", "schema version 2", good -> changed(good, d -> d.setSchemaVersion(2)));
    }

    @Test
    void shouldRefuseAnotherPreviousState() throws Exception {
        refuses(
                "previous_state",
                "on top of state 00",
                good -> changed(good, d -> d.setPreviousStateDigest(ByteString.copyFrom(new byte[32]))));
    }

    @Test
    void shouldRefuseAStateThatItsChangesDoNotLeadTo() throws Exception {
        refuses(
                "result_state",
                "claims to lead",
                good -> changed(good, d -> d.setStateDigest(ByteString.copyFrom(new byte[32]))));
    }

    @Test
    void shouldRefuseTwoChangesOfOneRecord() throws Exception {
        refuses("malformed", "again", good -> changed(good, d -> d.addChanges(d.getChanges(0))));
    }

    @Test
    void shouldRefuseARemovalWithAValue() throws Exception {
        refuses(
                "malformed",
                "has a value",
                good -> changed(
                        good, d -> d.setChanges(0, d.getChanges(0).toBuilder().setRemove(true))));
    }

    @Test
    void shouldRefuseAKeyBeyondTheLimit() throws Exception {
        refuses(
                "limit",
                "a key of",
                good -> changed(
                        good,
                        d -> d.setChanges(
                                0, d.getChanges(0).toBuilder().setKey(ByteString.copyFrom(new byte[5_000])))));
    }

    @Test
    void shouldRefuseADeltaBeyondTheLimit() throws Exception {
        refuses(
                "limit",
                "at most 1048576",
                good -> changed(
                        good,
                        d -> d.setChanges(
                                0, d.getChanges(0).toBuilder().setValue(ByteString.copyFrom(new byte[1 << 20])))));
    }

    @Test
    void shouldRefuseTheRemovalOfWhatIsNotThere() throws Exception {
        refuses(
                "content",
                "which is not there",
                good -> changed(
                        good,
                        d -> d.addChanges(io.tollgate.v1.DeltaChange.newBuilder()
                                .setSection(Section.SECTION_DIRECTORY)
                                .setKey(ByteString.copyFromUtf8("org:acme/user:nobody"))
                                .setRemove(true))));
    }

    @Test
    void shouldKeepThePrefixThatHolds() throws Exception {
        try (LoaderHarness harness = installed()) {
            SignedDelta one = source.publish(user("eve"));
            SignedDelta two = source.publish(user("bob"));
            SignedDelta bad =
                    two.toBuilder().setSha256(ByteString.copyFrom(new byte[32])).build();
            push(harness, one, bad);
            assertEquals(1, sequence(harness));
            assertTrue(knows(harness, EVE));
            assertFalse(knows(harness, "org:acme/user:bob"));
        }
    }

    /** A reference that does not resolve is refused whole, and a snapshot heals it. */
    @Test
    void shouldRefuseAReferenceThatDoesNotResolveAndHealByACheckpoint() throws Exception {
        try (LoaderHarness harness = installed()) {
            push(
                    harness,
                    source.publish(put(
                            Section.SECTION_DIRECTORY,
                            "org:nowhere/user:eve",
                            SampleSnapshot.principal("org:nowhere", "eve").build())));
            assertEquals("content", harness.status().deltas().resyncing());
            assertEquals(0, sequence(harness));
            source.publish(remove(Section.SECTION_DIRECTORY, "org:nowhere/user:eve"));
            SnapshotBuilder.Built healed = source.checkpoint();
            harness.serveMs(source, 1_000);
            // as one patch, both together make sense
            assertEquals(2, sequence(harness));
            assertEquals(8, healed.parsed().getVersion());
        }
    }

    @Test
    void shouldRefuseAChangeOfTheRegistryAndPullTheSnapshotThatHasIt() throws Exception {
        try (LoaderHarness harness = installed()) {
            push(
                    harness,
                    source.publish(put(
                            Section.SECTION_REGISTRY,
                            "registry",
                            SampleSnapshot.registry().toBuilder().setVersion(2).build())));
            assertEquals("not_patchable", harness.status().deltas().resyncing());
            assertEquals(1, harness.status().deltas().resyncs().get("not_patchable"));
            harness.serveMs(source, 5_000);
            assertEquals(2, harness.plane.pulls.size());
            assertEquals(1, harness.plane.pull().request.getLeastDeltaSequence(), "one that contains the change");
            assertTrue(harness.plane.heartbeats.size() < 20, "no storm");
            SnapshotBuilder.Built two = source.checkpoint();
            harness.plane.sendAll(two);
            harness.serveMs(source, 1_000);
            assertEquals(new SnapshotVersion(1, 8), harness.active());
            assertEquals("", harness.status().deltas().resyncing());
            assertEquals(1, sequence(harness));
            assertFalse(harness.stale());
            source.publish(user("eve"));
            harness.serveMs(source, 2_000);
            assertTrue(knows(harness, EVE));
        }
    }

    @Test
    void shouldAskForADeltaThatIsRefusedEverLessOften() throws Exception {
        try (LoaderHarness harness = installed()) {
            source.lying(d -> d.setSchemaVersion(9));
            source.publish(user("eve"));
            int before = harness.plane.heartbeats.size();
            harness.serveMs(source, 60_000);
            int asked = harness.plane.heartbeats.size() - before;
            assertTrue(asked < 15, asked + " questions in a minute");
            assertEquals(1, harness.status().deltas().resyncs().get("schema"));
            assertTrue(harness.stale());
            int pulls = harness.plane.pulls.size();
            assertTrue(pulls < 8, pulls + " pulls in a minute from a control plane that does not answer them");
        }
    }

    @Test
    void shouldFindThatStatesHaveComeApartAndHealByASnapshot() throws Exception {
        try (LoaderHarness harness = installed()) {
            push(harness, source.publish(user("eve")));
            harness.plane.heartbeat().end(null);
            harness.advanceMs(1_000);
            long before = ageMs(harness);
            // a control plane whose state is another one at the same sequence
            DeltaSource other = new DeltaSource(SampleSnapshot.withRate(7, 61), 7);
            other.publish(user("eve"));
            harness.plane
                    .heartbeat()
                    .send(DeltaBatch.newBuilder()
                            .setHeartbeat(other.heartbeat(SyncState.SYNC_STATE_CURRENT)
                                    .setAnswersRequest(true))
                            .build());
            harness.settle();
            assertEquals(before, ageMs(harness), "it confirms nothing");
            assertEquals("diverged", harness.status().deltas().resyncing());
            assertTrue(knows(harness, EVE), "what was active goes on serving");
            other.publish(user("bob"));
            SnapshotBuilder.Built healing = other.checkpoint();
            while (harness.plane.pulls.size() == 1) {
                harness.serveMs(other, 100);
            }
            harness.plane.sendAll(healing);
            harness.serveMs(other, 1_500);
            assertEquals(new SnapshotVersion(1, 8), harness.active());
            assertEquals("", harness.status().deltas().resyncing());
            assertFalse(harness.stale());
        }
    }

    @Test
    void shouldNeverGoBackToASnapshotThatLacksDeltasInForce() throws Exception {
        try (LoaderHarness harness = installed()) {
            push(harness, source.publish(user("eve")));
            SnapshotBuilder.Built checkpoint = source.checkpoint();
            push(harness, source.publish(user("bob")), source.publish(remove(Section.SECTION_DIRECTORY, ADA)));
            harness.plane.heartbeat().end(null);
            harness.advanceMs(1_000);
            harness.plane.offer(checkpoint);
            harness.settle();
            assertEquals(1, harness.plane.pulls.size(), "the control plane is behind");
            // one that knows more, whose snapshot is older than what is in force
            harness.plane.heartbeat().end(null);
            harness.advanceMs(1_000);
            harness.plane
                    .heartbeat()
                    .send(DeltaBatch.newBuilder()
                            .setHeartbeat(source.heartbeat(SyncState.SYNC_STATE_PULL_SNAPSHOT)
                                    .setAnswersRequest(true))
                            .build());
            harness.settle();
            harness.plane.sendAll(checkpoint);
            harness.settle();
            assertEquals(new SnapshotVersion(1, 8), harness.active());
            assertEquals(3, sequence(harness), "the deltas in force went with it");
            assertTrue(knows(harness, "org:acme/user:bob"));
            assertFalse(knows(harness, ADA));
        }
        try (LoaderHarness harness = start()) {
            assertEquals(3, sequence(harness));
            assertFalse(knows(harness, ADA));
        }
    }

    @Test
    void shouldReplaceAnOverlayThatHasGrownTooBigByACheckpoint() throws Exception {
        DeltaLimits small = new DeltaLimits(1 << 20, 100, 4_096, 1 << 20, 5, 1 << 20, 100);
        try (LoaderHarness harness = new LoaderHarness(
                directory.resolve("state"), LoaderHarness.context().deltaLimits(small), new FakeClock())) {
            harness.install(first.build());
            harness.serveMs(source, 1_000);
            for (int i = 0; i < 6; i++) {
                push(harness, source.publish(user("u" + i)));
            }
            assertEquals(6, sequence(harness), "deltas go on");
            assertEquals("overlay_full", harness.status().deltas().resyncing());
            SnapshotBuilder.Built checkpoint = source.checkpoint();
            push(harness, source.publish(user("u6")));
            while (harness.plane.pulls.size() == 1) {
                harness.serveMs(source, 100);
                assertFalse(harness.stale());
            }
            harness.plane.sendAll(checkpoint);
            harness.serveMs(source, 500);
            assertEquals(new SnapshotVersion(1, 8), harness.active());
            assertEquals(7, sequence(harness));
            assertEquals(1, harness.status().deltas().overlayRows());
            assertTrue(knows(harness, "org:acme/user:u6"));
            assertEquals("", harness.status().deltas().resyncing());
        }
    }

    @Test
    void shouldTakeOnlyDeltasThatATrustedKeyHasSigned() throws Exception {
        SigningKey key = SigningKey.generate();
        SigningKey stranger = SigningKey.generate();
        Path trust = Files.writeString(
                directory.resolve("trust.pem"), key.publicKey().pem());
        SnapshotBuilder signed = SampleSnapshot.of(7).signedBy(key);
        DeltaSource trusted = new DeltaSource(signed, 7, key);
        DeltaSource strange = new DeltaSource(signed, 7, stranger);
        try (LoaderHarness harness = new LoaderHarness(
                directory.resolve("state"),
                LoaderHarness.context().verifier(TrustedKeys.open(trust, false)),
                new FakeClock())) {
            harness.install(signed.build());
            harness.serveMs(trusted, 1_000);
            harness.plane.heartbeat().send(strange.news(strange.publish(user("eve"))));
            harness.settle();
            assertFalse(knows(harness, EVE));
            assertTrue(lastRefusal(harness).contains(stranger.id()), lastRefusal(harness));
            SignedDelta good = trusted.publish(user("eve"));
            harness.serveMs(trusted, 1_000);
            assertTrue(knows(harness, EVE), lastRefusal(harness));
            // a snapshot's signature is none for a delta
            assertEquals(1, good.getSignaturesCount());
        }
    }

    @Test
    void shouldShowTheRecordsAsTheyAreAfterDeltas() throws Exception {
        try (LoaderHarness harness = installed()) {
            push(harness, source.publish(user("eve"), remove(Section.SECTION_DIRECTORY, ADA)));
            ScopeRecord eve = harness.loader.records().findScope(EVE);
            assertNotNull(eve);
            assertNull(harness.loader.records().findScope(ADA));
            assertNotNull(harness.loader.records().findScope("org:acme"));
        }
    }
}
