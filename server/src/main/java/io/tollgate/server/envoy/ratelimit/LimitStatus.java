/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy.ratelimit;

import com.google.protobuf.Duration;
import io.tollgate.envoy.ratelimit.v3.RateLimitResponse.Code;
import io.tollgate.envoy.ratelimit.v3.RateLimitResponse.DescriptorStatus;
import io.tollgate.envoy.ratelimit.v3.RateLimitResponse.RateLimit;
import io.tollgate.envoy.ratelimit.v3.RateLimitResponse.RateLimit.Unit;
import io.tollgate.server.envoy.mapping.LimitQuestion.Kind;
import io.tollgate.v1.CeilingState;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.DimensionKind;

/** What Envoy is told of one descriptor. Amounts are in the unit of the ceiling that binds. */
final class LimitStatus {
    /** As a uint32: 2^32-1. */
    private static final int MOST = -1;

    private static final long UINT32_MAX = 0xffff_ffffL;
    private static final long MS_PER_SECOND = 1_000;
    private static final int NS_PER_MS = 1_000_000;
    private static final long MINUTE_MS = 60 * MS_PER_SECOND;
    private static final long HOUR_MS = 60 * MINUTE_MS;
    private static final long DAY_MS = 24 * HOUR_MS;
    private static final long WEEK_MS = 7 * DAY_MS;

    private LimitStatus() {}

    static DescriptorStatus of(final Judged judged, final int index, final long nowMs) {
        final DescriptorStatus.Builder status = DescriptorStatus.newBuilder()
                .setCode(judged.code(index) == LimitCounts.Code.OVER_LIMIT ? Code.OVER_LIMIT : Code.OK);
        if (judged.question(index).kind() == Kind.UNLIMITED) {
            return status.setLimitRemaining(MOST).build();
        }
        final DecideResponse answer = judged.answer(index);
        // a shadow must not show as the limit of the request
        if (answer != null
                && answer.hasBindingCeiling()
                && !judged.question(index).shadow()) {
            describe(answer.getBindingCeiling(), nowMs, status);
        }
        return status.build();
    }

    private static void describe(final CeilingState ceiling, final long nowMs, final DescriptorStatus.Builder status) {
        if (ceiling.getUnlimited()) {
            status.setLimitRemaining(MOST);
            return;
        }
        status.setCurrentLimit(RateLimit.newBuilder()
                        .setRequestsPerUnit(saturated(ceiling.getLimit()))
                        .setUnit(unit(ceiling))
                        .setName(ceiling.getId()))
                .setLimitRemaining(saturated(ceiling.getRemaining()));
        final long leftMs = ceiling.getResetsAtMs() - nowMs;
        if (ceiling.getResetsAtMs() > 0 && leftMs > 0) {
            status.setDurationUntilReset(Duration.newBuilder()
                    .setSeconds(leftMs / MS_PER_SECOND)
                    .setNanos((int) (leftMs % MS_PER_SECOND) * NS_PER_MS));
        }
    }

    private static int saturated(final long amount) {
        return (int) Math.max(0, Math.min(amount, UINT32_MAX));
    }

    private static Unit unit(final CeilingState ceiling) {
        if (ceiling.getKind() == DimensionKind.DIMENSION_KIND_RATE) {
            final long periodMs = ceiling.getPeriodMs();
            return periodMs == MS_PER_SECOND
                    ? Unit.SECOND
                    : periodMs == MINUTE_MS
                            ? Unit.MINUTE
                            : periodMs == HOUR_MS
                                    ? Unit.HOUR
                                    : periodMs == DAY_MS ? Unit.DAY : periodMs == WEEK_MS ? Unit.WEEK : Unit.UNKNOWN;
        }
        return switch (ceiling.getPeriod()) {
            case "hourly" -> Unit.HOUR;
            case "daily" -> Unit.DAY;
            case "weekly" -> Unit.WEEK;
            case "monthly" -> Unit.MONTH;
            case "annual" -> Unit.YEAR;
            default -> Unit.UNKNOWN;
        };
    }
}
