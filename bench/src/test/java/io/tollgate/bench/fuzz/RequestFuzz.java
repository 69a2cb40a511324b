/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.fuzz;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.StatusRuntimeException;
import io.tollgate.cli.lab.Lab;
import io.tollgate.v1.Actor;
import io.tollgate.v1.BatchMode;
import io.tollgate.v1.DecideBatchRequest;
import io.tollgate.v1.DecideMode;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.ExplainLevel;
import io.tollgate.v1.ExtendRequest;
import io.tollgate.v1.Outcome;
import io.tollgate.v1.Place;
import io.tollgate.v1.Reason;
import io.tollgate.v1.ReleaseRequest;
import io.tollgate.v1.SettleRequest;
import io.tollgate.v1.Target;
import io.tollgate.v1.Usage;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/** Questions of callers, whatever they send: every one gets an answer with an outcome and a reason, and never an internal error. */
final class RequestFuzz implements FuzzTarget {
    private static final int DECIDE = 0;
    private static final int BATCH = 1;
    private static final int SETTLE = 2;
    private static final int EXTEND = 3;
    private static final int RELEASE = 4;
    private static final int KINDS = 5;
    private static Lab lab;

    public static void fuzzerTestOneInput(final byte[] data) throws Exception {
        new RequestFuzz().run(data);
    }

    @Override
    public List<byte[]> seeds() {
        final DecideRequest question = DecideRequest.newBuilder()
                .setCorrelationId("c")
                .setIdempotencyKey("k")
                .setMode(DecideMode.DECIDE_MODE_RESERVE)
                .setExplain(ExplainLevel.EXPLAIN_LEVEL_FULL)
                .setActor(Actor.newBuilder().setType("user").setId("ana"))
                .setPlace(Place.newBuilder().setOrganization("lumen").setProject("rag"))
                .setTarget(Target.newBuilder()
                        .setProduct("llm")
                        .setResourceType("model")
                        .setAction("invoke"))
                .addUsage(Usage.newBuilder().setAmount(500).setUnit("input_token"))
                .build();
        final DecideBatchRequest batch = DecideBatchRequest.newBuilder()
                .setMode(BatchMode.BATCH_MODE_ATOMIC)
                .addRequests(question)
                .addRequests(question.toBuilder().setMode(DecideMode.DECIDE_MODE_CONSUME))
                .build();
        final String id = lab().decide(question).getReservation().getId();
        return List.of(
                seed(DECIDE, question.toByteArray()),
                seed(BATCH, batch.toByteArray()),
                seed(
                        SETTLE,
                        SettleRequest.newBuilder()
                                .setReservationId(id)
                                .addActual(Usage.newBuilder().setAmount(3).setUnit("input_token"))
                                .build()
                                .toByteArray()),
                seed(
                        EXTEND,
                        ExtendRequest.newBuilder()
                                .setReservationId(id)
                                .addUsage(Usage.newBuilder().setAmount(3).setUnit("input_token"))
                                .build()
                                .toByteArray()),
                seed(
                        RELEASE,
                        ReleaseRequest.newBuilder().setReservationId(id).build().toByteArray()));
    }

    private static byte[] seed(final int kind, final byte[] message) {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(kind);
        out.writeBytes(message);
        return out.toByteArray();
    }

    private static Lab lab() {
        if (lab == null) {
            lab = Lab.open(
                    SmallSnapshot.lab(SmallSnapshot.scratch()),
                    SmallSnapshot.scratch().resolve("state"),
                    Instant.parse("2026-11-20T12:00:00Z"));
        }
        return lab;
    }

    @Override
    public void run(final byte[] data) throws Exception {
        if (data.length == 0) {
            return;
        }
        final byte[] message = Arrays.copyOfRange(data, 1, data.length);
        try {
            switch (Math.floorMod(data[0], KINDS)) {
                case DECIDE -> judge(lab().decide(DecideRequest.parseFrom(message)));
                case BATCH ->
                    lab().decideBatch(DecideBatchRequest.parseFrom(message))
                            .getResponsesList()
                            .forEach(RequestFuzz::judge);
                case SETTLE -> lab().settle(SettleRequest.parseFrom(message));
                case EXTEND ->
                    judge(lab().extend(ExtendRequest.parseFrom(message)).getDecision());
                default -> lab().release(ReleaseRequest.parseFrom(message));
            }
        } catch (final InvalidProtocolBufferException expected) {
            // refused before it is a question
        } catch (final StatusRuntimeException refused) {
            expectRefusal(refused.getStatus());
        }
    }

    private static void expectRefusal(final io.grpc.Status status) {
        switch (status.getCode()) {
            case INVALID_ARGUMENT, NOT_FOUND, FAILED_PRECONDITION, UNAVAILABLE, RESOURCE_EXHAUSTED -> {
                // said so, with the cause
            }
            default -> throw new IllegalStateException("a call is refused with " + status);
        }
    }

    private static void judge(final DecideResponse answer) {
        if (answer.getOutcome() == Outcome.OUTCOME_UNSPECIFIED
                || answer.getReason() == Reason.REASON_UNSPECIFIED
                || answer.getReason() == Reason.REASON_INTERNAL) {
            throw new IllegalStateException("an answer that says nothing: " + answer);
        }
    }
}
