/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Status;
import io.grpc.StatusException;
import io.tollgate.control.compiler.BundleCompiler;
import io.tollgate.control.compiler.TinyBundle;
import io.tollgate.control.publish.BundleHead;
import io.tollgate.control.publish.BundlePublisher;
import io.tollgate.control.publish.PublishedSnapshot;
import io.tollgate.v1.BundleStatus;
import io.tollgate.v1.Delta;
import io.tollgate.v1.DeltaBatch;
import io.tollgate.v1.Heartbeat;
import io.tollgate.v1.PlaneSourceAge;
import io.tollgate.v1.PullDeltasRequest;
import io.tollgate.v1.PullSnapshotRequest;
import io.tollgate.v1.SignedDelta;
import io.tollgate.v1.SnapshotChunk;
import io.tollgate.v1.SnapshotManifest;
import io.tollgate.v1.SyncState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Snapshot pulls and waiting polls, step by step: the transport and the clock are the test's own. */
class StreamsTest {
    private static final long SECOND_NS = 1_000_000_000L;

    @TempDir
    Path dir;

    private BundlePublisher publisher;
    private PublishedSnapshot snapshot;
    private int ended;
    private int wanted;
    private int limit = 600;
    private int minutes = 2;
    private long nowNs;

    @BeforeEach
    void publish() throws IOException {
        publisher = BundlePublisher.open(dir.resolve("state"), "tiny", dir, InstantSource.system());
        snapshot = publish(new TinyBundle());
    }

    private PublishedSnapshot publish(TinyBundle bundle) throws IOException {
        return publisher
                .publish(BundleCompiler.compile(bundle.write(dir.resolve("bundle")))
                        .bundle()
                        .orElseThrow())
                .orElseThrow()
                .head()
                .snapshot();
    }

    private void change(int newLimit) throws IOException {
        limit = newLimit;
        edit();
    }

    /** Settings are facts of the manifest: no delta says them. */
    private void settings(int newMinutes) throws IOException {
        minutes = newMinutes;
        edit();
    }

    private void edit() throws IOException {
        publish(new TinyBundle()
                .edit("limits/limits.yaml", "limit: 600", "limit: " + limit)
                .edit("tollgate.yaml", "policy: 2m", "policy: " + minutes + "m"));
    }

    @AfterEach
    void close() {
        publisher.close();
    }

    private final ServedBundle bundle = new ServedBundle() {
        @Override
        public String id() {
            return "tiny";
        }

        @Override
        public Optional<BundleHead> head() {
            return publisher.head();
        }

        @Override
        public Optional<PublishedSnapshot> find(long version) {
            return publisher.find(version);
        }

        @Override
        public List<PublishedSnapshot> available() {
            return publisher.available();
        }

        @Override
        public long oldestSequence() {
            return publisher.oldestSequence();
        }

        @Override
        public List<SignedDelta> deltas(long after, long maxBytes) throws IOException {
            return publisher.deltas(after, maxBytes);
        }

        @Override
        public void wantSnapshot(boolean isWaiting) {
            wanted += isWaiting ? 10 : 1;
        }

        @Override
        public List<PlaneSourceAge> sourceAges() {
            return List.of();
        }

        @Override
        public BundleStatus status() {
            return BundleStatus.getDefaultInstance();
        }
    };

    private FakeCall<SnapshotChunk> pull(long firstChunk) {
        FakeCall<SnapshotChunk> call = new FakeCall<>();
        assertTrue(snapshot.retain());
        SnapshotPull pull = new SnapshotPull(call, () -> ended++);
        pull.listen();
        pull.begin(snapshot, firstChunk);
        return call;
    }

    @Test
    void shouldSendNoMoreThanTheTransportTakes() {
        FakeCall<SnapshotChunk> call = pull(0);
        assertEquals(0, call.sent.size(), "not ready yet");
        call.ready(1);
        assertEquals(1, call.sent.size());
        assertTrue(call.sent.get(0).hasManifest());
        call.ready(2);
        assertEquals(3, call.sent.size());
        assertEquals(List.of(), call.ends);
        call.ready(100);
        assertEquals(1 + snapshot.chunkCount(), call.sent.size());
        assertEquals(List.of("completed"), call.ends);
        assertEquals(1, ended);
    }

    @Test
    void shouldLetTheSnapshotGoWhenTheCallIsCancelled() {
        FakeCall<SnapshotChunk> call = pull(0);
        call.ready(2);
        call.cancel();
        call.ready(100);
        publisher.close();

        assertEquals(2, call.sent.size());
        assertEquals(1, ended);
        assertFalse(snapshot.retain(), "nobody holds it any more");
    }

    @Test
    void shouldGoOnPullingAVersionThatWasSuperseded() throws IOException {
        FakeCall<SnapshotChunk> call = pull(0);
        call.ready(1);
        for (int minutes = 3; minutes < 13; minutes++) {
            settings(minutes);
        }
        assertFalse(publisher.find(1).isPresent(), "not among those kept");
        call.ready(100);

        assertEquals(1 + snapshot.chunkCount(), call.sent.size());
        assertEquals(List.of("completed"), call.ends);
    }

    private DeltaWaits waits(int max) {
        return new DeltaWaits(() -> nowNs, max);
    }

    private PullDeltasRequest.Builder question(long sequence) {
        return PullDeltasRequest.newBuilder()
                .setEpoch(snapshot.epoch())
                .setSnapshotVersion(snapshot.version())
                .setManifestSha256(snapshot.manifestSha256())
                .setDeltaSequence(sequence);
    }

    private FakeCall<DeltaBatch> ask(DeltaWaits waits, PullDeltasRequest.Builder question, long waitMs, int room) {
        FakeCall<DeltaBatch> call = new FakeCall<>();
        call.room = room;
        assertTrue(waits.reserve());
        DeltaStream stream = new DeltaStream(call, bundle, waits.budget(), nowNs + waitMs * 1_000_000);
        call.setOnReadyHandler(() -> stream.onReady(nowNs));
        stream.answer(question.build(), publisher.head().orElseThrow());
        waits.add(stream);
        return call;
    }

    private static SyncState state(DeltaBatch batch) {
        return batch.getHeartbeat().getState();
    }

    private static List<Long> sequences(List<DeltaBatch> batches) throws IOException {
        List<Long> sequences = new ArrayList<>();
        for (DeltaBatch batch : batches) {
            for (SignedDelta delta : batch.getDeltasList()) {
                sequences.add(Delta.parseFrom(delta.getDelta()).getSequence());
            }
        }
        return sequences;
    }

    private void news(DeltaWaits waits) {
        waits.news();
        waits.doWork();
    }

    @Test
    void shouldPushAChangeAtOnceAndEndInTime() throws IOException {
        DeltaWaits waits = waits(10);
        FakeCall<DeltaBatch> call = ask(waits, question(0), 2_000, 100);
        assertEquals(SyncState.SYNC_STATE_CURRENT, state(call.sent.get(0)));
        assertTrue(call.sent.get(0).getHeartbeat().getAnswersRequest());
        assertEquals(
                publisher.head().orElseThrow().stateDigest(),
                call.sent.get(0).getHeartbeat().getStateDigest());
        waits.doWork();
        assertEquals(1, call.sent.size());

        change(500);
        news(waits);
        news(waits);
        assertEquals(2, call.sent.size(), "told once");
        Heartbeat told = call.sent.get(1).getHeartbeat();
        assertEquals(SyncState.SYNC_STATE_DELTAS, told.getState());
        assertEquals(1, told.getNewestDeltaSequence());
        assertFalse(told.getAnswersRequest());
        assertEquals(List.of(1L), sequences(call.sent));

        nowNs = 2 * SECOND_NS - 1;
        waits.doWork();
        assertEquals(List.of(), call.ends);
        nowNs = 2 * SECOND_NS + DeltaWaits.PASS_NS;
        waits.doWork();
        assertEquals(List.of("completed"), call.ends);
    }

    @Test
    void shouldAnswerWithTheDeltasThatASidecarHasNot() throws IOException {
        change(500);
        change(400);
        change(300);
        DeltaWaits waits = waits(10);
        FakeCall<DeltaBatch> call = ask(waits, question(1), 2_000, 100);

        assertEquals(SyncState.SYNC_STATE_DELTAS, state(call.sent.get(0)));
        assertTrue(call.sent.get(0).getHeartbeat().getAnswersRequest());
        assertEquals(3, call.sent.get(0).getHeartbeat().getNewestDeltaSequence());
        assertEquals(List.of(2L, 3L), sequences(call.sent));
        publisher.checkpoint();
        news(waits);
        assertEquals(1, call.sent.size(), "a checkpoint is no news to who has its changes");

        PublishedSnapshot checkpoint = publisher.current().orElseThrow();
        FakeCall<DeltaBatch> other = ask(
                waits,
                question(0).setSnapshotVersion(checkpoint.version()).setManifestSha256(checkpoint.manifestSha256()),
                2_000,
                100);
        assertEquals(SyncState.SYNC_STATE_CURRENT, state(other.sent.get(0)), "its snapshot holds them all");
    }

    @Test
    void shouldSendToThePullWhoCannotBePatched() throws IOException {
        change(500);
        settings(3); // Takes sequence 2, and no delta leads there.
        change(501);
        DeltaWaits waits = waits(20);
        List<PullDeltasRequest.Builder> beyond = List.of(
                question(0),
                question(1),
                question(3).setSnapshotVersion(3),
                question(9).setSnapshotVersion(2),
                question(3).setEpoch(7),
                question(3).setManifestSha256(com.google.protobuf.ByteString.copyFromUtf8("other")),
                PullDeltasRequest.newBuilder());
        for (PullDeltasRequest.Builder one : beyond) {
            FakeCall<DeltaBatch> call = ask(waits, one, 2_000, 100);
            assertEquals(SyncState.SYNC_STATE_PULL_SNAPSHOT, state(call.sent.get(0)), one::toString);
            change(limit - 1);
            news(waits);
            assertEquals(List.of(), sequences(call.sent), "who must pull gets no deltas");
        }
    }

    @Test
    void shouldTellWhoWaitsOfASnapshotOfItsOwnRight() throws IOException {
        DeltaWaits waits = waits(10);
        FakeCall<DeltaBatch> call = ask(waits, question(0), 60_000, 100);
        settings(3);
        news(waits);
        change(500);
        news(waits);
        assertEquals(2, call.sent.size(), "once, the deltas after it are asked for when it is there");
        assertEquals(SyncState.SYNC_STATE_PULL_SNAPSHOT, state(call.sent.get(1)));
        assertEquals(2, call.sent.get(1).getHeartbeat().getNewestVersion());
        settings(4);
        news(waits);
        assertEquals(3, call.sent.size(), "what it pulls is of no use any more");
        assertEquals(3, call.sent.get(2).getHeartbeat().getNewestVersion());
    }

    @Test
    void shouldTellOfAChangeThatCameBetweenAnswerAndWaiting() throws IOException {
        DeltaWaits waits = waits(10);
        FakeCall<DeltaBatch> call = ask(waits, question(0), 1_000, 100);
        change(500);
        waits.doWork();

        assertEquals(List.of(1L), sequences(call.sent));
    }

    @Test
    void shouldNotFillTheMemoryForWhoDoesNotRead() throws IOException {
        DeltaWaits waits = waits(10);
        FakeCall<DeltaBatch> slow = ask(waits, question(0), 60_000, 2);
        FakeCall<DeltaBatch> quick = ask(waits, question(0), 60_000, 100);
        for (int i = 0; i < 20; i++) {
            change(limit - 1);
            news(waits);
        }
        assertEquals(2, slow.sent.size(), "the answer and one delta, then the transport is full");
        assertEquals(20, sequences(quick.sent).size());

        slow.ready(1);
        assertEquals(20, sequences(slow.sent).size(), "the rest in one message");
        assertEquals(3, slow.sent.size());

        slow.room = 0;
        change(700);
        news(waits);
        nowNs += DeltaStream.STUCK_NS;
        news(waits);
        assertEquals(List.of("RESOURCE_EXHAUSTED"), slow.ends);
        assertEquals(List.of(), quick.ends);
        assertTrue(waits.budget().unreadBytes() > 0, "not given back while the transport still holds it");
        slow.cancel();
        quick.ready(100);
        assertEquals(0, waits.budget().unreadBytes());
    }

    @Test
    void shouldKeepAllTogetherWithinTheBudget() throws IOException {
        change(500);
        int bytes = publisher.deltas(0, 1).get(0).getSerializedSize();
        UnreadBudget budget = new UnreadBudget(bytes);
        FakeCall<DeltaBatch> one = new FakeCall<>();
        FakeCall<DeltaBatch> two = new FakeCall<>();
        one.room = 1;
        two.room = 2;
        DeltaStream first = new DeltaStream(one, bundle, budget, SECOND_NS);
        DeltaStream second = new DeltaStream(two, bundle, budget, SECOND_NS);
        first.answer(question(0).build(), publisher.head().orElseThrow());
        second.answer(question(0).build(), publisher.head().orElseThrow());
        assertEquals(List.of(1L), sequences(one.sent));
        assertEquals(List.of(), sequences(two.sent), "only the heartbeat, which says that deltas follow");
        assertEquals(SyncState.SYNC_STATE_DELTAS, state(two.sent.get(0)));
        second.pump(0);
        assertEquals(List.of(), sequences(two.sent));

        one.room = 1;
        first.pump(0); // Has been read.
        second.pump(0);
        assertEquals(List.of(1L), sequences(two.sent));
    }

    @Test
    void shouldFreeThePlacesOfWhoHasLeft() {
        DeltaWaits waits = waits(2);
        FakeCall<DeltaBatch> left = ask(waits, question(0), 60_000, 100);
        FakeCall<DeltaBatch> over = ask(waits, question(0), 500, 100);
        waits.doWork();
        assertFalse(waits.reserve());

        left.cancel();
        nowNs = 2 * SECOND_NS;
        waits.doWork();

        assertEquals(List.of("completed"), over.ends);
        assertEquals(List.of(), left.ends, "nothing is sent to a cancelled call");
        assertTrue(waits.reserve());
        assertTrue(waits.reserve());
        assertFalse(waits.reserve());
    }

    @Test
    void shouldEndAllWaitsWhenItCloses() {
        DeltaWaits waits = waits(2);
        FakeCall<DeltaBatch> call = ask(waits, question(0), 60_000, 100);
        waits.onClose();

        assertEquals(List.of("completed"), call.ends);
    }

    private FakeCall<SnapshotChunk> pull(SnapshotWaits waits, long least) throws Exception {
        FakeCall<SnapshotChunk> call = new FakeCall<>();
        call.room = 100;
        SnapshotPull pull = new SnapshotPull(call, () -> ended++);
        pull.listen();
        assertTrue(waits.add(
                pull,
                bundle,
                PullSnapshotRequest.newBuilder().setLeastDeltaSequence(least).build()));
        return call;
    }

    private static long sequence(FakeCall<SnapshotChunk> call) throws IOException {
        return SnapshotManifest.parseFrom(call.sent.get(0).getManifest().getManifest())
                .getDeltaSequence();
    }

    @Test
    void shouldWaitForTheSnapshotThatHoldsAChange() throws Exception {
        change(500);
        SnapshotWaits waits = new SnapshotWaits(() -> nowNs);
        FakeCall<SnapshotChunk> bound = pull(waits, 1);
        FakeCall<SnapshotChunk> any = pull(waits, 0);
        assertEquals(11, wanted, "whoever makes snapshots is told");
        nowNs = SnapshotWaits.PATIENCE_NS;
        waits.doWork();
        assertEquals(0, sequence(any), "an older one, and deltas after it");
        assertEquals(List.of(), bound.sent);

        publisher.checkpoint();
        waits.doWork();
        assertEquals(1, sequence(bound));
        assertEquals(List.of("completed"), bound.ends);
        assertEquals(2, ended);
        StatusException ahead = assertThrows(StatusException.class, () -> pull(waits, 2));
        assertEquals(Status.Code.FAILED_PRECONDITION, ahead.getStatus().getCode());
    }

    @Test
    void shouldRefuseAPullWhoseSnapshotDoesNotCome() throws Exception {
        change(500);
        SnapshotWaits waits = new SnapshotWaits(() -> nowNs);
        FakeCall<SnapshotChunk> call = pull(waits, 1);
        nowNs = SnapshotWaits.LIMIT_NS;
        waits.doWork();
        assertEquals(List.of("UNAVAILABLE"), call.ends);
        FakeCall<SnapshotChunk> stopped = pull(waits, 1);
        waits.onClose();
        assertEquals(List.of("UNAVAILABLE"), stopped.ends);
        assertEquals(2, ended);
    }
}
