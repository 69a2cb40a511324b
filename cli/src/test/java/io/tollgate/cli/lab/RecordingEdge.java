/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.lab;

import com.google.protobuf.ByteString;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.reservation.EndResult;
import io.tollgate.server.config.SidecarConfig;
import io.tollgate.server.decide.BatchEvaluator;
import io.tollgate.server.decide.Evaluator;
import io.tollgate.server.decide.FaultLog;
import io.tollgate.v1.DecideBatchRequest;
import io.tollgate.v1.DecideBatchResponse;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.DecisionLogEntry;
import io.tollgate.v1.DecisionReadings;
import io.tollgate.v1.ExtendRequest;
import io.tollgate.v1.ExtendResponse;
import io.tollgate.v1.ReleaseRequest;
import io.tollgate.v1.ReleaseResponse;
import io.tollgate.v1.SettleRequest;
import io.tollgate.v1.SettleResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The edge of a lab that makes an entry of every answer, as the decision log does. */
public final class RecordingEdge implements LabEdge {
    private static final int KEY_PREFIX_BYTES = 8;

    private final LabEdge edge;
    private final Deque<DecisionReadings> readings;
    private final Consumer<DecisionLogEntry> entries;

    private RecordingEdge(LabEdge edge, Deque<DecisionReadings> readings, Consumer<DecisionLogEntry> entries) {
        this.edge = edge;
        this.readings = readings;
        this.entries = entries;
    }

    /** Opens a lab that records. */
    public static Lab lab(
            @Nullable LabSnapshot snapshot, Path stateDir, Instant now, Consumer<DecisionLogEntry> entries) {
        return Lab.open(
                snapshot,
                stateDir,
                now,
                (config, bootId, evaluators, faults) -> open(config, bootId, evaluators, faults, entries));
    }

    private static LabEdge open(
            SidecarConfig config,
            String bootId,
            Supplier<Evaluator> evaluators,
            FaultLog faults,
            Consumer<DecisionLogEntry> entries) {
        final Deque<DecisionReadings> readings = new ArrayDeque<>();
        return new RecordingEdge(
                LabEdge.local(config, bootId, () -> new Recorder(evaluators.get(), readings), faults),
                readings,
                entries);
    }

    private void note(String face, DecideRequest request, DecideResponse response) {
        final DecisionReadings read = Objects.requireNonNull(readings.poll(), "an answer without readings");
        final DecisionLogEntry.Builder entry = DecisionLogEntry.newBuilder()
                .setSidecarId(Lab.SIDECAR_ID)
                .setFace(face)
                .setResponse(response.toBuilder().clearExplanation())
                .setReadings(read);
        if (!face.equals("extend")) {
            entry.setRequest(withoutKey(request));
        }
        entries.accept(entry.build());
    }

    /** As the log masks it. */
    private static DecideRequest withoutKey(DecideRequest request) {
        if (request.getActor().getApiKey().isEmpty()) {
            return request;
        }
        try {
            final byte[] hash = MessageDigest.getInstance("SHA-256")
                    .digest(request.getActor().getApiKey().getBytes(StandardCharsets.UTF_8));
            final DecideRequest.Builder masked = request.toBuilder();
            masked.getActorBuilder().clearApiKey().setApiKeySha256(ByteString.copyFrom(hash, 0, KEY_PREFIX_BYTES));
            return masked.build();
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public DecideResponse decide(DecideRequest request) {
        final DecideResponse response = edge.decide(request);
        note("decide", request, response);
        return response;
    }

    @Override
    public DecideBatchResponse decideBatch(DecideBatchRequest request) {
        final DecideBatchResponse response = edge.decideBatch(request);
        for (int i = 0; i < request.getRequestsCount(); i++) {
            note("batch", request.getRequests(i), response.getResponses(i));
        }
        return response;
    }

    @Override
    public ExtendResponse extend(ExtendRequest request) {
        final ExtendResponse response = edge.extend(request);
        note("extend", DecideRequest.getDefaultInstance(), response.getDecision());
        return response;
    }

    @Override
    public SettleResponse settle(SettleRequest request) {
        return edge.settle(request);
    }

    @Override
    public ReleaseResponse release(ReleaseRequest request) {
        return edge.release(request);
    }

    @Override
    public void close() {
        edge.close();
        assert readings.isEmpty() : List.copyOf(readings);
    }

    /** Asks for the readings after every answer. */
    private record Recorder(Evaluator evaluator, Deque<DecisionReadings> to) implements Evaluator {
        private void record() {
            to.add(Objects.requireNonNull(evaluator.readings()));
        }

        @Override
        public void begin() {
            evaluator.begin();
        }

        @Override
        public void answer(DecisionRequest request, boolean explain, DecideResponse.Builder response) {
            evaluator.answer(request, explain, response);
            record();
        }

        @Override
        public void extend(long high, long low, DecisionRequest request, DecideResponse.Builder response) {
            evaluator.extend(high, low, request, response);
            record();
        }

        @Override
        public BatchEvaluator batch() {
            final BatchEvaluator batch = evaluator.batch();
            return new BatchEvaluator() {
                @Override
                public void begin(io.tollgate.core.BatchMode mode) {
                    batch.begin(mode);
                }

                @Override
                public void add(DecisionRequest request) {
                    batch.add(request);
                }

                @Override
                public void commit() {
                    batch.commit();
                }

                @Override
                public void answer(DecisionRequest request, DecideResponse.Builder response) {
                    batch.answer(request, response);
                    record();
                }

                @Override
                public void end() {
                    batch.end();
                }
            };
        }

        @Override
        public void settle(long high, long low, DecisionRequest actual, EndResult result) {
            evaluator.settle(high, low, actual, result);
        }

        @Override
        public void release(long high, long low, EndResult result) {
            evaluator.release(high, low, result);
        }

        @Override
        public void end() {
            evaluator.end();
        }
    }
}
