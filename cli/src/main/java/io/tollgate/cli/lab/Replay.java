/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.lab;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.tollgate.core.Plane;
import io.tollgate.core.engine.DecisionEngine;
import io.tollgate.core.engine.Readings;
import io.tollgate.core.quota.InFlight;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.loader.OfflineLoader;
import io.tollgate.loader.storage.Storage;
import io.tollgate.loader.transfer.RefusedException;
import io.tollgate.server.decide.EngineEvaluator;
import io.tollgate.server.decide.ReadingsMessage;
import io.tollgate.server.decide.RequestReader;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.DecisionLogEntry;
import io.tollgate.v1.PlaneReading;
import io.tollgate.v1.ScopeRecord;
import io.tollgate.v1.Section;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decides once more what the decision log has an entry of: the real installation of the snapshot, the real engine, and everything else as
 * the entry says it was read. Takes nothing, counts nothing; the files are deleted by {@link #close}. One thread.
 */
public final class Replay implements AutoCloseable {
    private static final long SEED = 42;
    private static final long NS_PER_MS = 1_000_000L;

    private final @Nullable LabSnapshot snapshot;
    private final Path stateDir;
    private final Map<Plane, Long> bounds;
    private final LabClock clock;
    private final OfflineLoader loader;
    private final DecisionEngine engine;
    private final RequestReader reader = new RequestReader();
    private final DecisionRequest request = new DecisionRequest();
    private final Readings readings = new Readings();
    private @Nullable EngineEvaluator evaluator;
    private String evaluatorName = "";

    private Replay(@Nullable LabSnapshot snapshot, Path stateDir, Map<Plane, Long> bounds, LabClock clock)
            throws IOException, RefusedException {
        this.snapshot = snapshot;
        this.stateDir = stateDir;
        this.bounds = bounds;
        this.clock = clock;
        loader = OfflineLoader.open(stateDir, clock, 1, SEED, bounds);
        try {
            if (snapshot != null) {
                snapshot.installInto(loader);
            }
        } catch (IOException | RefusedException | RuntimeException e) {
            loader.close();
            throw e;
        }
        engine = new DecisionEngine(
                loader.worlds(),
                loader.cells().cells(),
                new InFlight(1),
                loader.freshness(),
                clock,
                loader.reservations());
    }

    /**
     * Opens what an entry, and others like it ({@link #suits}), were answered with.
     *
     * @param snapshot null = there was none
     * @param stateDir made if missing, for this replay alone
     * @throws LabException when a sidecar would refuse the snapshot, or the folder cannot be used
     */
    public static Replay open(@Nullable LabSnapshot snapshot, Path stateDir, DecisionLogEntry entry) {
        try {
            return new Replay(
                    snapshot,
                    stateDir,
                    boundsOf(entry),
                    new LabClock(entry.getReadings().getDecidedAtNs()));
        } catch (IOException | RefusedException e) {
            throw new LabException("cannot open the snapshot in " + stateDir + ": " + e.getMessage(), e);
        }
    }

    private static Map<Plane, Long> boundsOf(DecisionLogEntry entry) {
        final Map<Plane, Long> bounds = new EnumMap<>(Plane.class);
        for (PlaneReading plane : entry.getReadings().getPlanesList()) {
            final Plane known = Plane.ofCode(plane.getPlaneValue());
            if (known != null) {
                bounds.put(known, plane.getMaxAgeNs() / NS_PER_MS);
            }
        }
        return bounds;
    }

    /** {@return whether an entry was answered under the same bounds of age as the one that this was opened for} */
    public boolean suits(DecisionLogEntry entry) {
        return boundsOf(entry).equals(bounds);
    }

    /** {@return what the entry's question was, with all that is known of who asked} */
    public DecideRequest question(DecisionLogEntry entry) {
        return withWholeKey(questionOf(entry));
    }

    private static DecideRequest questionOf(DecisionLogEntry entry) {
        if (entry.hasRequest()) {
            return entry.getRequest();
        }
        return entry.getReadings().getExtended();
    }

    /** {@return the answer, with an explanation; its decision id and the id of its reservation mean nothing} */
    public DecideResponse answer(DecisionLogEntry entry) {
        ReadingsMessage.read(entry.getReadings(), readings);
        clock.set(readings.decidedAtNs());
        for (Plane plane : Plane.values()) {
            if (readings.ageNs(plane.code()) == Readings.NEVER_NS) {
                loader.expire(plane);
            } else {
                loader.age(plane, readings.ageNs(plane.code()));
            }
        }
        housekeep();
        final DecideRequest asked = question(entry);
        final EngineEvaluator asking = evaluator(entry.getSidecarId());
        final DecideResponse.Builder answer = DecideResponse.newBuilder();
        asking.begin();
        try {
            reader.read(asked, request);
            asking.explainReplay(request, readings, answer);
            reader.read(asked, request);
            asking.replay(request, readings, answer);
        } finally {
            asking.end();
        }
        return answer.setCorrelationId(asked.getCorrelationId())
                .setDecisionId("replay")
                .build();
    }

    private void housekeep() {
        try {
            loader.housekeep();
        } catch (IOException e) {
            throw new LabException("cannot use " + stateDir + ": " + e.getMessage(), e);
        }
    }

    /** There is one worker: an evaluator of another name takes its place with it. */
    private EngineEvaluator evaluator(String sidecarId) {
        EngineEvaluator made = evaluator;
        if (made == null) {
            made = new EngineEvaluator(engine.newWorker(), sidecarId);
            evaluator = made;
            evaluatorName = sidecarId;
        } else if (!evaluatorName.equals(sidecarId)) {
            throw new IllegalArgumentException(
                    "this replay answers as sidecar " + evaluatorName + ", not " + sidecarId);
        }
        return made;
    }

    /** The log keeps a part of an API key's hash only; the snapshot knows the rest. */
    private DecideRequest withWholeKey(DecideRequest asked) {
        final ByteString part = asked.getActor().getApiKeySha256();
        if (part.isEmpty() || part.size() >= DecisionRequest.API_KEY_HASH_BYTES) {
            return asked;
        }
        final DecideRequest.Builder whole = asked.toBuilder();
        final ByteString found = keyThatStartsWith(part);
        whole.getActorBuilder()
                .setApiKeySha256(
                        found.isEmpty()
                                // nobody's: any other key that nobody has is answered the same
                                ? ByteString.copyFrom(
                                        Arrays.copyOf(part.toByteArray(), DecisionRequest.API_KEY_HASH_BYTES))
                                : found);
        return whole.build();
    }

    private ByteString keyThatStartsWith(ByteString part) {
        final ByteString[] found = {ByteString.EMPTY};
        if (snapshot != null) {
            snapshot.forEach((section, key, value) -> {
                if (section == Section.SECTION_DIRECTORY && found[0].isEmpty()) {
                    final ByteString hash = keyHash(value);
                    found[0] = hash.startsWith(part) ? hash : found[0];
                }
            });
        }
        return found[0];
    }

    private static ByteString keyHash(byte[] value) {
        try {
            return ScopeRecord.parseFrom(value).getApiKeySha256();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("a record that was installed does not parse", e);
        }
    }

    /** Closes and deletes the folder. */
    @Override
    public void close() {
        try {
            loader.close();
            Storage.LOCAL.delete(stateDir);
        } catch (IOException e) {
            throw new LabException("cannot close " + stateDir + ": " + e.getMessage(), e);
        }
    }
}
