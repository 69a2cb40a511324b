/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.control.compiler.BundleCompiler;
import io.tollgate.control.compiler.TinyBundle;
import io.tollgate.control.publish.BundlePublisher;
import io.tollgate.control.publish.PublishedSnapshot;
import io.tollgate.v1.BundleStatus;
import io.tollgate.v1.DeltaBatch;
import io.tollgate.v1.PlaneSourceAge;
import io.tollgate.v1.SnapshotChunk;
import io.tollgate.v1.SyncState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
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
                .orElseThrow();
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
        public Optional<PublishedSnapshot> current() {
            return publisher.current();
        }

        @Override
        public Optional<PublishedSnapshot> find(long version) {
            return publisher.find(version);
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
        new SnapshotPull(snapshot, firstChunk, call, () -> ended++).start();
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
        for (int limit = 500; limit < 510; limit++) {
            publish(new TinyBundle().edit("limits/limits.yaml", "limit: 600", "limit: " + limit));
        }
        call.ready(100);

        assertEquals(1 + snapshot.chunkCount(), call.sent.size());
        assertEquals(List.of("completed"), call.ends);
    }

    private DeltaWaits waits(int max) {
        return new DeltaWaits(() -> nowNs, max);
    }

    private FakeCall<DeltaBatch> wait(DeltaWaits waits, long waitMs) {
        FakeCall<DeltaBatch> call = new FakeCall<>();
        assertTrue(waits.reserve());
        waits.add(call, bundle, publisher.current().orElseThrow(), waitMs);
        return call;
    }

    @Test
    void shouldTellOfEachNewVersionOnceAndEndInTime() throws IOException {
        DeltaWaits waits = waits(10);
        FakeCall<DeltaBatch> call = wait(waits, 2_000);
        waits.doWork();
        assertEquals(0, call.sent.size());

        publish(new TinyBundle().edit("limits/limits.yaml", "limit: 600", "limit: 500"));
        waits.doWork();
        waits.doWork();
        assertEquals(1, call.sent.size());
        assertEquals(
                SyncState.SYNC_STATE_PULL_SNAPSHOT,
                call.sent.get(0).getHeartbeat().getState());
        assertEquals(2, call.sent.get(0).getHeartbeat().getNewestVersion());

        nowNs = 2 * SECOND_NS - 1;
        waits.doWork();
        assertEquals(List.of(), call.ends);
        nowNs = 2 * SECOND_NS;
        waits.doWork();
        assertEquals(List.of("completed"), call.ends);
    }

    @Test
    void shouldTellOfAVersionThatCameBetweenAnswerAndWaiting() throws IOException {
        DeltaWaits waits = waits(10);
        PublishedSnapshot answered = publisher.current().orElseThrow();
        publish(new TinyBundle().edit("limits/limits.yaml", "limit: 600", "limit: 500"));
        FakeCall<DeltaBatch> call = new FakeCall<>();
        waits.add(call, bundle, answered, 1_000);
        waits.doWork();

        assertEquals(1, call.sent.size());
    }

    @Test
    void shouldFreeThePlacesOfWhoHasLeft() {
        DeltaWaits waits = waits(2);
        FakeCall<DeltaBatch> left = wait(waits, 60_000);
        FakeCall<DeltaBatch> ended = wait(waits, 500);
        waits.doWork();
        assertFalse(waits.reserve());

        left.cancel();
        nowNs = 2 * SECOND_NS;
        waits.doWork();

        assertEquals(List.of("completed"), ended.ends);
        assertEquals(List.of(), left.ends, "nothing is sent to a cancelled call");
        assertTrue(waits.reserve());
        assertTrue(waits.reserve());
        assertFalse(waits.reserve());
    }

    @Test
    void shouldEndAllWaitsWhenItCloses() {
        DeltaWaits waits = waits(2);
        FakeCall<DeltaBatch> call = wait(waits, 60_000);
        waits.onClose();

        assertEquals(List.of("completed"), call.ends);
    }
}
