/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import static io.tollgate.server.decide.Limits.descriptor;
import static io.tollgate.server.decide.Limits.header;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.tollgate.envoy.ratelimit.v3.RateLimitResponse;
import io.tollgate.envoy.ratelimit.v3.RateLimitResponse.Code;
import io.tollgate.envoy.ratelimit.v3.RateLimitResponse.DescriptorStatus;
import io.tollgate.envoy.ratelimit.v3.RateLimitResponse.RateLimit.Unit;
import io.tollgate.v1.CeilingState;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.DimensionKind;
import io.tollgate.v1.Outcome;
import io.tollgate.v1.Reason;
import io.tollgate.v1.ReasonClass;
import io.tollgate.v1.Severity;
import io.tollgate.v1.Warning;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How an answer looks to Envoy's rate limit filter. */
class RateLimitStatusTest {
    @TempDir
    Path directory;

    private RateLimitResponse tell(final DecideResponse answer) {
        try (EdgeHarness edge = new EdgeHarness(
                builder -> builder.set("envoy.mapping", Limits.mapping(directory)), () -> new FixedEvaluator(answer))) {
            return new Limits(edge).ask(descriptor("plain", "ann"));
        }
    }

    private DescriptorStatus status(final CeilingState.Builder ceiling) {
        return tell(DecideResponse.newBuilder()
                        .setOutcome(Outcome.OUTCOME_ALLOW)
                        .setReason(Reason.REASON_OK)
                        .setBindingCeiling(ceiling.setId("c"))
                        .build())
                .getStatuses(0);
    }

    @ParameterizedTest
    @CsvSource({
        "RATE, 1000, '', SECOND",
        "RATE, 60000, '', MINUTE",
        "RATE, 3600000, '', HOUR",
        "RATE, 86400000, '', DAY",
        "RATE, 604800000, '', WEEK",
        "RATE, 10000, '', UNKNOWN",
        "PERIOD, 0, hourly, HOUR",
        "PERIOD, 0, daily, DAY",
        "PERIOD, 0, weekly, WEEK",
        "PERIOD, 0, monthly, MONTH",
        "PERIOD, 0, annual, YEAR",
        "PERIOD, 0, quarterly, UNKNOWN",
        "PERIOD, 0, half_yearly, UNKNOWN",
        "PERIOD, 0, never, UNKNOWN",
        "GAUGE, 0, '', UNKNOWN",
    })
    void shouldTellTheUnitWhereThereIsOne(
            final String kind, final long periodMs, final String period, final Unit unit) {
        final DescriptorStatus status = status(CeilingState.newBuilder()
                .setKind(DimensionKind.valueOf("DIMENSION_KIND_" + kind))
                .setPeriodMs(periodMs)
                .setPeriod(period)
                .setLimit(7)
                .setRemaining(3));
        assertEquals("c", status.getCurrentLimit().getName());
        assertEquals(unit, status.getCurrentLimit().getUnit());
        assertEquals(7, status.getCurrentLimit().getRequestsPerUnit());
        assertEquals(3, status.getLimitRemaining());
        assertFalse(status.hasDurationUntilReset());
    }

    @Test
    void shouldStayWithinUint32() {
        final DescriptorStatus most =
                status(CeilingState.newBuilder().setLimit(1L << 40).setRemaining((1L << 40) - 1));
        assertEquals(-1, most.getCurrentLimit().getRequestsPerUnit(), "2^32-1");
        assertEquals(-1, most.getLimitRemaining());
        final DescriptorStatus least =
                status(CeilingState.newBuilder().setLimit(5).setRemaining(-20));
        assertEquals(0, least.getLimitRemaining(), "a soft ceiling may be exceeded");
        final DescriptorStatus unlimited = status(CeilingState.newBuilder().setUnlimited(true));
        assertFalse(unlimited.hasCurrentLimit());
        assertEquals(-1, unlimited.getLimitRemaining());
    }

    @Test
    void shouldTellWhenItResets() {
        final long before = System.currentTimeMillis();
        final DescriptorStatus status =
                status(CeilingState.newBuilder().setLimit(5).setResetsAtMs(before + 100_500_000));
        final long tookMs = System.currentTimeMillis() - before;
        final long leftMs = status.getDurationUntilReset().getSeconds() * 1_000
                + status.getDurationUntilReset().getNanos() / 1_000_000;
        assertTrue(
                leftMs <= 100_500_000 && leftMs >= 100_500_000 - tookMs, leftMs + " ms left, " + tookMs + " ms taken");
        assertFalse(status(CeilingState.newBuilder().setLimit(5).setResetsAtMs(before - 1_000))
                .hasDurationUntilReset());
    }

    @Test
    void shouldWarnBesideLettingPass() {
        final RateLimitResponse response = tell(DecideResponse.newBuilder()
                .setOutcome(Outcome.OUTCOME_WARN)
                .setReason(Reason.REASON_NEAR_LIMIT)
                .setReasonClass(ReasonClass.REASON_CLASS_QUOTA)
                .addWarnings(Warning.newBuilder()
                        .setReason(Reason.REASON_NEAR_LIMIT)
                        .setSeverity(Severity.SEVERITY_WARNING)
                        .setMessage("Nearly \"all\" is used."))
                .addWarnings(Warning.newBuilder()
                        .setReason(Reason.REASON_POLICY_WARN)
                        .setSeverity(Severity.SEVERITY_INFO)
                        .setMessage("Soon not any more."))
                .build());
        assertEquals(Code.OK, response.getOverallCode());
        assertEquals(
                "NEAR_LIMIT; \"Nearly \\\"all\\\" is used.\", POLICY_WARN; \"Soon not any more.\"",
                header(response, "x-tollgate-warning"));
    }

    @ParameterizedTest
    @CsvSource({
        "POLICY_DENY, POLICY, Not allowed",
        "ENTITLEMENT_MISSING, ENTITLEMENT, Not part of the subscription",
        "QUOTA_EXHAUSTED, QUOTA, Limit reached",
        "CREDIT_EXHAUSTED, CREDIT, Credit exhausted",
        "CAPACITY_UNAVAILABLE, CAPACITY, No capacity",
        "SNAPSHOT_STALE, FRESHNESS, The decision data is too old",
        "UNKNOWN_ACTOR, REQUEST, The request cannot be judged",
        "OVERLOADED, SYSTEM, Temporarily not available",
    })
    void shouldBeOverTheLimitForEveryReason(final String reason, final String className, final String title)
            throws Exception {
        final RateLimitResponse response = tell(DecideResponse.newBuilder()
                .setOutcome(Outcome.OUTCOME_DENY)
                .setReason(Reason.valueOf("REASON_" + reason))
                .setReasonClass(ReasonClass.valueOf("REASON_CLASS_" + className))
                .setMessage("Words for the user.")
                .setRetryAfterNs(1_500_000_000L)
                .build());
        assertEquals(Code.OVER_LIMIT, response.getOverallCode());
        assertEquals(Code.OVER_LIMIT, response.getStatuses(0).getCode());
        assertEquals(reason, header(response, "x-tollgate-reason"));
        assertEquals("2", header(response, "retry-after"));
        assertEquals("application/problem+json", header(response, "content-type"));
        final JsonNode problem = new JsonMapper().readTree(response.getRawBody().toByteArray());
        assertEquals(title, problem.get("title").asText());
        assertEquals("Words for the user.", problem.get("detail").asText());
        assertEquals(2, problem.get("retry_after_s").asInt());
        assertFalse(problem.has("status"), "it is Envoy who chooses the status");
    }
}
