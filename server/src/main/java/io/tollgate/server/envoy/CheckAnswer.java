/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.BoolValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.tollgate.envoy.auth.v3.CheckResponse;
import io.tollgate.envoy.auth.v3.DeniedHttpResponse;
import io.tollgate.envoy.auth.v3.OkHttpResponse;
import io.tollgate.envoy.auth.v3.Status;
import io.tollgate.envoy.core.v3.HeaderValue;
import io.tollgate.envoy.core.v3.HeaderValueOption;
import io.tollgate.envoy.core.v3.HeaderValueOption.HeaderAppendAction;
import io.tollgate.envoy.type.v3.HttpStatus;
import io.tollgate.server.envoy.mapping.Mapping;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.Outcome;
import io.tollgate.v1.ReasonClass;
import io.tollgate.v1.Usage;
import io.tollgate.v1.Warning;
import java.util.List;

/**
 * From an answer to what Envoy makes of it. Every deny, also those that fail closed, is a denied_response with a status: never a gRPC
 * error and
 * never an error_response, which obey Envoy's {@code failure_mode_allow}. Immutable.
 */
final class CheckAnswer {
    /** google.rpc.Code: anything but OK refuses; this one says nothing that Envoy could take for a fault of ours. */
    private static final int PERMISSION_DENIED = 7;

    private static final String PREFIX = "x-tollgate-";
    private static final String PROBLEM_TYPE = "urn:tollgate:reason:";
    private static final long NS_PER_SECOND = 1_000_000_000L;
    private static final JsonMapper JSON = new JsonMapper();
    private static final BoolValue NO = BoolValue.of(false);

    private final Mapping.Upstream upstream;

    CheckAnswer(final Mapping.Upstream upstream) {
        this.upstream = upstream;
    }

    /** {@return the answer to a request that passes without a question} */
    CheckResponse passed(final String rule) {
        final OkHttpResponse.Builder ok = OkHttpResponse.newBuilder();
        tellUpstream(ok, DecideRequest.getDefaultInstance(), DecideResponse.getDefaultInstance());
        return CheckResponse.newBuilder()
                .setStatus(Status.getDefaultInstance())
                .setOkResponse(ok)
                .setDynamicMetadata(Struct.newBuilder().putFields(CheckMetadata.RULE, text(rule)))
                .build();
    }

    /**
     * {@return what Envoy does with an answer}
     *
     * @param settles  whether the access log ends the rule's reservations
     * @param question what was asked
     * @param nowMs    milliseconds since 1970
     */
    CheckResponse of(
            final String rule,
            final boolean settles,
            final DecideRequest question,
            final DecideResponse answer,
            final boolean isGrpc,
            final long nowMs) {
        final CheckResponse.Builder response =
                CheckResponse.newBuilder().setDynamicMetadata(metadata(rule, settles, question, answer));
        return answer.getOutcome() == Outcome.OUTCOME_ALLOW || answer.getOutcome() == Outcome.OUTCOME_WARN
                ? response.setStatus(Status.getDefaultInstance())
                        .setOkResponse(ok(question, answer, nowMs))
                        .build()
                : response.setStatus(Status.newBuilder().setCode(PERMISSION_DENIED))
                        .setDeniedResponse(denied(answer, isGrpc, nowMs))
                        .build();
    }

    private OkHttpResponse ok(final DecideRequest question, final DecideResponse answer, final long nowMs) {
        final OkHttpResponse.Builder ok = OkHttpResponse.newBuilder();
        tellUpstream(ok, question, answer);
        ok.addResponseHeadersToAdd(header(PREFIX + "decision-id", answer.getDecisionId()));
        if (answer.getWarningsCount() > 0) {
            ok.addResponseHeadersToAdd(header(PREFIX + "warning", warnings(answer.getWarningsList())));
        }
        if (answer.hasBindingCeiling()) {
            RateLimitFields.add(
                    answer.getBindingCeiling(),
                    nowMs,
                    (name, value) -> ok.addResponseHeadersToAdd(header(name, value)));
        }
        return ok.build();
    }

    /** Each header that is ours is set or removed, never both and never neither: nobody can send us one of them through. */
    private void tellUpstream(
            final OkHttpResponse.Builder ok, final DecideRequest question, final DecideResponse answer) {
        upstream.identity().forEach((what, name) -> {
            final String value = AnswerText.identity(what, question, answer);
            if (value.isEmpty() || !isHeaderValue(value)) {
                ok.addHeadersToRemove(name);
            } else {
                ok.addHeaders(header(name, value));
            }
        });
        ok.addAllHeadersToRemove(upstream.removed());
    }

    private static DeniedHttpResponse denied(final DecideResponse answer, final boolean isGrpc, final long nowMs) {
        final int status = HttpAnswer.status(answer.getReasonClass());
        final DeniedHttpResponse.Builder denied = DeniedHttpResponse.newBuilder()
                .setStatus(HttpStatus.newBuilder().setCode(status))
                .addHeaders(header(PREFIX + "decision-id", answer.getDecisionId()))
                .addHeaders(header(PREFIX + "reason", reason(answer)))
                .addHeaders(header("cache-control", "no-store"));
        final long retryAfterS = (answer.getRetryAfterNs() + NS_PER_SECOND - 1) / NS_PER_SECOND;
        if (retryAfterS > 0 && !answer.getRetryNever()) {
            denied.addHeaders(header("retry-after", Long.toString(retryAfterS)));
        }
        if (answer.hasBindingCeiling()) {
            RateLimitFields.add(
                    answer.getBindingCeiling(), nowMs, (name, value) -> denied.addHeaders(header(name, value)));
        }
        // Envoy makes the body of an answer to a gRPC client the message of its status.
        return isGrpc
                ? denied.addHeaders(
                                header("grpc-status", Integer.toString(HttpAnswer.grpcStatus(answer.getReasonClass()))))
                        .setBody(answer.getMessage())
                        .build()
                : denied.addHeaders(header("content-type", "application/problem+json"))
                        .setBody(problem(answer, status, retryAfterS))
                        .build();
    }

    /** RFC 9457. */
    private static String problem(final DecideResponse answer, final int status, final long retryAfterS) {
        final ObjectNode problem = JSON.createObjectNode()
                .put("type", PROBLEM_TYPE + reason(answer).replace('_', '-').toLowerCase(java.util.Locale.ROOT))
                .put("title", HttpAnswer.title(answer.getReasonClass()))
                .put("status", status)
                .put("detail", answer.getMessage())
                .put("reason", reason(answer))
                .put("decision_id", answer.getDecisionId());
        if (answer.getRetryNever()) {
            problem.put("retry", false);
        } else if (retryAfterS > 0) {
            problem.put("retry_after_s", retryAfterS);
        }
        try {
            return JSON.writeValueAsString(problem);
        } catch (final JsonProcessingException e) {
            throw new IllegalStateException("a tree of texts and numbers is JSON", e);
        }
    }

    private static Struct metadata(
            final String rule, final boolean settles, final DecideRequest question, final DecideResponse answer) {
        final Struct.Builder metadata = Struct.newBuilder()
                .putFields("decision_id", text(answer.getDecisionId()))
                .putFields("outcome", text(answer.getOutcome().name().substring("OUTCOME_".length())))
                .putFields("reason", text(reason(answer)))
                .putFields("bundle", text(answer.getEvidence().getBundle()))
                .putFields(
                        "snapshot_version",
                        text(Long.toString(answer.getEvidence().getSnapshotVersion())))
                .putFields("snapshot_digest", text(answer.getEvidence().getSnapshotDigest()));
        if (answer.getEvidence().getDeltaSequence() > 0) {
            // the snapshot alone does not tell what was in force
            metadata.putFields(
                    "delta_sequence", text(Long.toString(answer.getEvidence().getDeltaSequence())));
        }
        if (!rule.isEmpty()) {
            metadata.putFields(CheckMetadata.RULE, text(rule));
        }
        if (answer.getReasonClass() != ReasonClass.REASON_CLASS_UNSPECIFIED) {
            metadata.putFields("reason_class", text(AnswerText.reasonClass(answer)));
        }
        if (answer.getRetryAfterNs() > 0 && !answer.getRetryNever()) {
            metadata.putFields("retry_after_ms", text(Long.toString(AnswerText.retryAfterMs(answer))));
        }
        if (answer.getGrantedCount() > 0) {
            metadata.putFields(
                    "granted",
                    Value.newBuilder()
                            .setStructValue(amounts(answer.getGrantedList()))
                            .build());
        }
        if (answer.hasReservation()) {
            metadata.putFields(
                    CheckMetadata.RESERVATION_ID, text(answer.getReservation().getId()));
            if (settles) {
                // less than asked only where a part of it was enough
                metadata.putFields(
                        CheckMetadata.RESERVED,
                        Value.newBuilder()
                                .setStructValue(amounts(
                                        answer.getGrantedCount() == 0
                                                ? question.getUsageList()
                                                : answer.getGrantedList()))
                                .build());
            }
        }
        return metadata.build();
    }

    /** Amounts by unit, as text: a number of a Struct is a double, and not exact above 2^53. */
    private static Struct amounts(final List<Usage> usages) {
        final Struct.Builder amounts = Struct.newBuilder();
        AnswerText.sums(usages).forEach((unit, amount) -> amounts.putFields(unit, text(amount)));
        return amounts.build();
    }

    private static String reason(final DecideResponse answer) {
        return answer.getReason().name().substring("REASON_".length());
    }

    /** One header for all: of several that overwrite each other only the last would arrive. */
    private static String warnings(final List<Warning> warnings) {
        final StringBuilder text = new StringBuilder();
        for (final Warning each : warnings) {
            text.append(text.isEmpty() ? "" : ", ").append(warning(each));
        }
        return text.toString();
    }

    private static String warning(final Warning warning) {
        return warning.getReason().name().substring("REASON_".length()) + "; "
                + RateLimitFields.quoted(warning.getMessage());
    }

    private static Value text(final String value) {
        return Value.newBuilder().setStringValue(value).build();
    }

    /** Replaces what is there: both ways of saying so, since Envoy's versions differ in which they look at. */
    private static HeaderValueOption header(final String name, final String value) {
        return HeaderValueOption.newBuilder()
                .setHeader(HeaderValue.newBuilder().setKey(name).setValue(value))
                .setAppend(NO)
                .setAppendAction(HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD)
                .build();
    }

    private static boolean isHeaderValue(final String value) {
        for (int i = 0; i < value.length(); i++) {
            if (value.charAt(i) < ' ' || value.charAt(i) == 0x7f) {
                return false;
            }
        }
        return true;
    }
}
