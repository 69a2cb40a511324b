/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.Reason;
import io.tollgate.v1.Warning;
import java.util.Locale;

/** What a client reads of an answer, the same behind ext_authz and the rate limit service. */
public final class ClientWords {
    /** Of a problem: it names no status, since Envoy chooses it. */
    public static final int NO_STATUS = 0;

    private static final String PROBLEM_TYPE = "urn:tollgate:reason:";
    private static final long NS_PER_SECOND = 1_000_000_000L;
    private static final JsonMapper JSON = new JsonMapper();

    private ClientWords() {}

    /** {@return POLICY_DENY, QUOTA_EXHAUSTED} */
    public static String reason(final Reason reason) {
        return reason.name().substring("REASON_".length());
    }

    /** {@return {@code REASON; "words"}} */
    public static String warning(final Warning warning) {
        return reason(warning.getReason()) + "; " + RateLimitFields.quoted(warning.getMessage());
    }

    /** {@return whole seconds, rounded up} */
    public static long seconds(final long ns) {
        return ns / NS_PER_SECOND + (ns % NS_PER_SECOND == 0 ? 0 : 1);
    }

    /**
     * {@return a problem as JSON, RFC 9457}
     *
     * @param status      HTTP, or {@link #NO_STATUS}
     * @param retryAfterS 0 = waiting does not help, or nobody knows
     */
    public static String problem(final DecideResponse answer, final int status, final long retryAfterS) {
        final String reason = reason(answer.getReason());
        final ObjectNode problem = JSON.createObjectNode()
                .put("type", PROBLEM_TYPE + reason.replace('_', '-').toLowerCase(Locale.ROOT))
                .put("title", HttpAnswer.title(answer.getReasonClass()));
        if (status != NO_STATUS) {
            problem.put("status", status);
        }
        problem.put("detail", answer.getMessage()).put("reason", reason);
        if (!answer.getDecisionId().isEmpty()) {
            problem.put("decision_id", answer.getDecisionId());
        }
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
}
