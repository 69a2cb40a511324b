/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy.ratelimit;

import com.google.protobuf.ByteString;
import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.tollgate.envoy.core.v3.HeaderValue;
import io.tollgate.envoy.ratelimit.v3.RateLimitResponse;
import io.tollgate.envoy.ratelimit.v3.RateLimitResponse.Code;
import io.tollgate.envoy.ratelimit.v3.RateLimitResponse.DescriptorStatus;
import io.tollgate.server.envoy.ClientWords;
import io.tollgate.server.envoy.RateLimitFields;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.Warning;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** From what became of the descriptors to what Envoy is told. Every failure is OVER_LIMIT: Envoy's filter lets a gRPC error pass. */
final class LimitAnswer {
    private static final String DESCRIPTORS = "descriptors";
    private static final String DECISION_ID = "decision_id";
    private static final String CODE = "code";
    private static final String PREFIX = "x-tollgate-";
    /** One for all: a request may have very many descriptors. */
    private static final DescriptorStatus OVER_LIMIT =
            DescriptorStatus.newBuilder().setCode(Code.OVER_LIMIT).build();

    private LimitAnswer() {}

    /** {@return a request that is over the limit as a whole} */
    static RateLimitResponse shut(final int size, final DecideResponse refusal) {
        final RateLimitResponse.Builder response =
                RateLimitResponse.newBuilder().setOverallCode(Code.OVER_LIMIT);
        for (int i = 0; i < size; i++) {
            response.addStatuses(OVER_LIMIT);
        }
        over(refusal, waitNs(refusal), response);
        return response.setDynamicMetadata(metadata(refusal)).build();
    }

    /**
     * {@return the answer}
     *
     * @param nowMs milliseconds since 1970
     */
    static RateLimitResponse of(final Judged judged, final long nowMs) {
        final RateLimitResponse.Builder response =
                RateLimitResponse.newBuilder().setOverallCode(judged.isOver() ? Code.OVER_LIMIT : Code.OK);
        final ListValue.Builder descriptors = ListValue.newBuilder();
        for (int i = 0; i < judged.size(); i++) {
            response.addStatuses(LimitStatus.of(judged, i, nowMs));
            descriptors.addValues(Value.newBuilder().setStructValue(descriptor(judged, i)));
        }
        final DecideResponse shown = shown(judged);
        if (shown == null) {
            return response.setDynamicMetadata(Struct.newBuilder().putFields(DESCRIPTORS, list(descriptors)))
                    .build();
        }
        if (judged.isOver()) {
            over(shown, waitNs(judged), response);
        } else {
            header(PREFIX + "decision-id", shown.getDecisionId(), response);
            header(PREFIX + "warning", warnings(judged), response);
        }
        if (shown.hasBindingCeiling()) {
            RateLimitFields.add(shown.getBindingCeiling(), nowMs, (name, value) -> header(name, value, response));
        }
        return response.setDynamicMetadata(metadata(shown).toBuilder().putFields(DESCRIPTORS, list(descriptors)))
                .build();
    }

    /**
     * {@return what headers and body are about: the first that is over the limit, or the one with the least room; null = nothing was asked}
     */
    private static @Nullable DecideResponse shown(final Judged judged) {
        DecideResponse shown = null;
        for (int i = 0; i < judged.size(); i++) {
            final DecideResponse answer = judged.answer(i);
            if (answer == null || judged.question(i).shadow()) {
                continue;
            }
            if (judged.isOver() && judged.code(i) == LimitCounts.Code.OVER_LIMIT) {
                return answer;
            }
            if (shown == null || room(answer) < room(shown)) {
                shown = answer;
            }
        }
        return shown;
    }

    private static long room(final DecideResponse answer) {
        return !answer.hasBindingCeiling() || answer.getBindingCeiling().getUnlimited()
                ? Long.MAX_VALUE
                : answer.getBindingCeiling().getRemaining();
    }

    /** All that are over the limit have to be waited for; 0 = waiting does not help, or nobody knows. */
    private static long waitNs(final Judged judged) {
        long waitNs = 0;
        for (int i = 0; i < judged.size(); i++) {
            final DecideResponse answer = judged.answer(i);
            if (answer != null && judged.code(i) == LimitCounts.Code.OVER_LIMIT) {
                if (answer.getRetryNever()) {
                    return 0;
                }
                waitNs = Math.max(waitNs, answer.getRetryAfterNs());
            }
        }
        return waitNs;
    }

    private static long waitNs(final DecideResponse answer) {
        return answer.getRetryNever() ? 0 : answer.getRetryAfterNs();
    }

    private static void over(final DecideResponse shown, final long waitNs, final RateLimitResponse.Builder response) {
        final long waitS = ClientWords.seconds(waitNs);
        header(PREFIX + "decision-id", shown.getDecisionId(), response);
        header(PREFIX + "reason", reason(shown), response);
        header("content-type", "application/problem+json", response);
        header("cache-control", "no-store", response);
        if (waitS > 0) {
            header("retry-after", Long.toString(waitS), response);
        }
        response.setRawBody(ByteString.copyFromUtf8(ClientWords.problem(shown, ClientWords.NO_STATUS, waitS)));
    }

    /** One header for all: {@code REASON; "words", REASON; "words"}. */
    private static String warnings(final Judged judged) {
        final StringBuilder text = new StringBuilder();
        for (int i = 0; i < judged.size(); i++) {
            final DecideResponse answer = judged.answer(i);
            if (answer == null || judged.question(i).shadow()) {
                continue;
            }
            for (final Warning warning : answer.getWarningsList()) {
                text.append(text.isEmpty() ? "" : ", ").append(ClientWords.warning(warning));
            }
        }
        return text.toString();
    }

    private static Struct metadata(final DecideResponse answer) {
        return Struct.newBuilder()
                .putFields(DECISION_ID, text(answer.getDecisionId()))
                .putFields("outcome", text(answer.getOutcome().name().substring("OUTCOME_".length())))
                .putFields("reason", text(reason(answer)))
                .putFields("bundle", text(answer.getEvidence().getBundle()))
                .putFields(
                        "snapshot_version",
                        text(Long.toString(answer.getEvidence().getSnapshotVersion())))
                .putFields("snapshot_digest", text(answer.getEvidence().getSnapshotDigest()))
                .build();
    }

    /** {@return ids of the decisions behind an answer, without those of shadow rules} */
    static List<String> decisions(final RateLimitResponse answer) {
        final List<String> ids = new ArrayList<>();
        for (final Value each : answer.getDynamicMetadata()
                .getFieldsOrDefault(DESCRIPTORS, Value.getDefaultInstance())
                .getListValue()
                .getValuesList()) {
            final Map<String, Value> told = each.getStructValue().getFieldsMap();
            final Value id = told.get(DECISION_ID);
            final Value code = told.get(CODE);
            if (id != null && code != null && !code.getStringValue().startsWith("shadow")) {
                ids.add(id.getStringValue());
            }
        }
        return ids;
    }

    private static Struct descriptor(final Judged judged, final int index) {
        final Struct.Builder told = Struct.newBuilder()
                .putFields("rule", text(judged.question(index).slot().rule()))
                .putFields(CODE, text(judged.code(index).label()));
        final DecideResponse answer = judged.answer(index);
        if (answer != null) {
            told.putFields(DECISION_ID, text(answer.getDecisionId())).putFields("reason", text(reason(answer)));
        }
        return told.build();
    }

    private static void header(final String name, final String value, final RateLimitResponse.Builder response) {
        if (!value.isEmpty()) {
            response.addResponseHeadersToAdd(
                    HeaderValue.newBuilder().setKey(name).setValue(value));
        }
    }

    private static String reason(final DecideResponse answer) {
        return ClientWords.reason(answer.getReason());
    }

    private static Value text(final String value) {
        return Value.newBuilder().setStringValue(value).build();
    }

    private static Value list(final ListValue.Builder values) {
        return Value.newBuilder().setListValue(values).build();
    }
}
