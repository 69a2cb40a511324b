/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy;

import io.tollgate.server.envoy.mapping.Mapping;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.Outcome;
import io.tollgate.v1.ReasonClass;
import io.tollgate.v1.Warning;
import java.util.List;

/**
 * From an answer to what Envoy makes of it. Every deny, also those that fail closed, is a denied_response with a status: never a gRPC
 * error and never an error_response, which obey Envoy's {@code failure_mode_allow}. Immutable.
 */
final class CheckAnswer {
    /** google.rpc.Code: anything but OK refuses; this one says nothing that Envoy could take for a fault of ours. */
    private static final int PERMISSION_DENIED = 7;

    private static final String PREFIX = "x-tollgate-";

    private final Mapping.Upstream upstream;

    CheckAnswer(final Mapping.Upstream upstream) {
        this.upstream = upstream;
    }

    /** Tells of a request that passes without a question. */
    void passed(final String rule, final AnswerSink to) {
        to.allow();
        tellUpstream(DecideRequest.getDefaultInstance(), DecideResponse.getDefaultInstance(), to);
        to.metadata();
        to.metadata(CheckMetadata.RULE, rule);
    }

    /**
     * Tells what Envoy does with an answer.
     *
     * @param settles whether the access log ends the rule's reservations
     * @param nowMs   milliseconds since 1970
     */
    void tell(
            final ExtAuthz.Asked asked,
            final boolean settles,
            final DecideResponse answer,
            final long nowMs,
            final AnswerSink to) {
        final DecideRequest question = asked.question() == null ? DecideRequest.getDefaultInstance() : asked.question();
        if (answer.getOutcome() == Outcome.OUTCOME_ALLOW || answer.getOutcome() == Outcome.OUTCOME_WARN) {
            allow(question, answer, nowMs, to);
        } else {
            deny(answer, asked.isGrpc(), nowMs, to);
        }
        metadata(asked.rule(), settles, question, answer, to);
    }

    private void allow(
            final DecideRequest question, final DecideResponse answer, final long nowMs, final AnswerSink to) {
        to.allow();
        tellUpstream(question, answer, to);
        to.client(PREFIX + "decision-id", answer.getDecisionId());
        if (answer.getWarningsCount() > 0) {
            to.client(PREFIX + "warning", warnings(answer.getWarningsList()));
        }
        if (answer.hasBindingCeiling()) {
            RateLimitFields.add(answer.getBindingCeiling(), nowMs, to::client);
        }
    }

    /** Each header that is ours is set or removed, never both and never neither: nobody can send us one of them through. */
    private void tellUpstream(final DecideRequest question, final DecideResponse answer, final AnswerSink to) {
        upstream.identity().forEach((what, name) -> {
            final String value = AnswerText.identity(what, question, answer);
            if (value.isEmpty() || !isHeaderValue(value)) {
                to.remove(name);
            } else {
                to.upstream(name, value);
            }
        });
        upstream.removed().forEach(to::remove);
    }

    private static void deny(final DecideResponse answer, final boolean isGrpc, final long nowMs, final AnswerSink to) {
        final int status = HttpAnswer.status(answer.getReasonClass());
        to.deny(PERMISSION_DENIED, status);
        to.client(PREFIX + "decision-id", answer.getDecisionId());
        to.client(PREFIX + "reason", ClientWords.reason(answer.getReason()));
        to.client("cache-control", "no-store");
        final long retryAfterS = ClientWords.seconds(answer.getRetryAfterNs());
        if (retryAfterS > 0 && !answer.getRetryNever()) {
            to.client("retry-after", Long.toString(retryAfterS));
        }
        if (answer.hasBindingCeiling()) {
            RateLimitFields.add(answer.getBindingCeiling(), nowMs, to::client);
        }
        // Envoy makes the body of an answer to a gRPC client the message of its status.
        if (isGrpc) {
            to.client("grpc-status", Integer.toString(HttpAnswer.grpcStatus(answer.getReasonClass())));
            to.body(answer.getMessage());
        } else {
            to.client("content-type", "application/problem+json");
            to.body(ClientWords.problem(answer, status, retryAfterS));
        }
    }

    private static void metadata(
            final String rule,
            final boolean settles,
            final DecideRequest question,
            final DecideResponse answer,
            final AnswerSink to) {
        to.metadata();
        to.metadata("decision_id", answer.getDecisionId());
        to.metadata("outcome", answer.getOutcome().name().substring("OUTCOME_".length()));
        to.metadata("reason", ClientWords.reason(answer.getReason()));
        to.metadata("bundle", answer.getEvidence().getBundle());
        to.metadata("snapshot_version", Long.toString(answer.getEvidence().getSnapshotVersion()));
        to.metadata("snapshot_digest", answer.getEvidence().getSnapshotDigest());
        if (answer.getEvidence().getDeltaSequence() > 0) {
            // the snapshot alone does not tell what was in force
            to.metadata("delta_sequence", Long.toString(answer.getEvidence().getDeltaSequence()));
        }
        if (!rule.isEmpty()) {
            to.metadata(CheckMetadata.RULE, rule);
        }
        if (answer.getReasonClass() != ReasonClass.REASON_CLASS_UNSPECIFIED) {
            to.metadata("reason_class", AnswerText.reasonClass(answer));
        }
        if (answer.getRetryAfterNs() > 0 && !answer.getRetryNever()) {
            to.metadata("retry_after_ms", Long.toString(AnswerText.retryAfterMs(answer)));
        }
        // Amounts as text: a number of a Struct is a double, and not exact above 2^53.
        if (answer.getGrantedCount() > 0) {
            to.metadata("granted", AnswerText.sums(answer.getGrantedList()));
        }
        if (answer.hasReservation()) {
            to.metadata(CheckMetadata.RESERVATION_ID, answer.getReservation().getId());
            if (settles) {
                // less than asked only where a part of it was enough
                to.metadata(
                        CheckMetadata.RESERVED,
                        AnswerText.sums(
                                answer.getGrantedCount() == 0 ? question.getUsageList() : answer.getGrantedList()));
            }
        }
    }

    /** One header for all: of several that overwrite each other only the last would arrive. */
    private static String warnings(final List<Warning> warnings) {
        if (warnings.size() == 1) {
            return ClientWords.warning(warnings.get(0));
        }
        final StringBuilder text = new StringBuilder();
        for (final Warning each : warnings) {
            text.append(text.isEmpty() ? "" : ", ").append(ClientWords.warning(each));
        }
        return text.toString();
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
