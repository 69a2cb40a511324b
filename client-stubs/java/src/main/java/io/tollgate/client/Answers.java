/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.client;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Status;
import io.tollgate.client.TransportFailure.Kind;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.Outcome;
import io.tollgate.v1.Reason;
import io.tollgate.v1.ReasonClass;
import java.util.ArrayList;
import java.util.List;

/** The one place where answers become decisions, and failures become denies. */
final class Answers {
    private static final String NO_DECISION =
            "No decision could be made, so the request is refused. Try again shortly.";

    private Answers() {}

    /** A decision from what the sidecar said, or a DENY if that cannot be trusted as the answer to this request. */
    static Decision check(DecideRequest request, DecideResponse response) {
        final Outcome outcome = response.getOutcome();
        if (outcome == Outcome.OUTCOME_DENY) {
            return new Decision(response, null);
        }
        if (outcome != Outcome.OUTCOME_ALLOW && outcome != Outcome.OUTCOME_WARN) {
            return deny(
                    request,
                    malformed("outcome " + response.getOutcomeValue()
                            + " is not known to this client; is the sidecar newer?"));
        }
        if (!response.getCorrelationId().equals(request.getCorrelationId())) {
            return deny(
                    request,
                    malformed("the answer carries correlation id '" + response.getCorrelationId()
                            + "', the request carried '" + request.getCorrelationId() + "'"));
        }
        return new Decision(response, null);
    }

    static List<Decision> checkAll(List<DecideRequest> requests, List<DecideResponse> responses) {
        if (responses.size() != requests.size()) {
            return denyAll(
                    requests, malformed(responses.size() + " answers to a batch of " + requests.size() + " requests"));
        }
        final List<Decision> decisions = new ArrayList<>(requests.size());
        for (int i = 0; i < requests.size(); i++) {
            decisions.add(check(requests.get(i), responses.get(i)));
        }
        return List.copyOf(decisions);
    }

    static Decision deny(DecideRequest request, TransportFailure cause) {
        return deny(request.getCorrelationId(), cause);
    }

    static Decision deny(String correlationId, TransportFailure cause) {
        final DecideResponse response = DecideResponse.newBuilder()
                .setOutcome(Outcome.OUTCOME_DENY)
                .setReason(Reason.REASON_UNREACHABLE)
                .setReasonClass(ReasonClass.REASON_CLASS_SYSTEM)
                .setMessage(NO_DECISION)
                .setCorrelationId(correlationId)
                .build();
        return new Decision(response, cause);
    }

    static List<Decision> denyAll(List<DecideRequest> requests, TransportFailure cause) {
        final List<Decision> decisions = new ArrayList<>(requests.size());
        for (DecideRequest request : requests) {
            decisions.add(deny(request, cause));
        }
        return List.copyOf(decisions);
    }

    /** Loads and runs once what the first decision would otherwise wait for. */
    static void warmUp() {
        final DecideRequest request = DecisionRequest.builder()
                .actor("user", "warm-up")
                .organization("warm-up")
                .action("warm-up", "warm-up", "warm-up")
                .usage(1, "warm-up")
                .build()
                .toMessage();
        final Decision decision = deny(request, new TransportFailure(Kind.CANCELLED, "warm-up"));
        try {
            DecideRequest.parseFrom(request.toByteArray());
            check(request, DecideResponse.parseFrom(decision.raw().toByteArray()));
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError("what was serialized just now parses", e);
        }
    }

    static TransportFailure malformed(String what) {
        return new TransportFailure(Kind.MALFORMED, "the answer cannot be trusted: " + what);
    }

    /** What a gRPC status, or whatever else was thrown, means to a caller. */
    static TransportFailure failure(String address, Throwable error) {
        if (error instanceof TransportFailure known) {
            return known;
        }
        final Status status = Status.fromThrowable(error);
        final String detail =
                status.getDescription() == null ? String.valueOf(status.getCause()) : status.getDescription();
        final String text = address + ": " + status.getCode() + ": " + detail;
        return switch (status.getCode()) {
            case DEADLINE_EXCEEDED -> new TransportFailure(Kind.TIMEOUT, text, error);
            case UNAVAILABLE -> new TransportFailure(Kind.UNREACHABLE, text + rootOf(status), error);
            case CANCELLED, INTERNAL, UNKNOWN, DATA_LOSS -> new TransportFailure(Kind.UNREACHABLE, text, error);
            default -> new TransportFailure(Kind.REFUSED, text, error);
        };
    }

    /** "Connection refused" is what helps; gRPC keeps it in the cause. */
    private static String rootOf(Status status) {
        Throwable root = status.getCause();
        if (root == null) {
            return "";
        }
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return ": " + root.getMessage();
    }
}
