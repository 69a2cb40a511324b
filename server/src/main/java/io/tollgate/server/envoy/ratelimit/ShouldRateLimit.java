/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy.ratelimit;

import io.tollgate.envoy.ratelimit.v3.RateLimitRequest;
import io.tollgate.envoy.ratelimit.v3.RateLimitResponse;
import io.tollgate.server.envoy.mapping.LimitQuestion;
import io.tollgate.server.envoy.mapping.RateLimits;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.Reason;
import io.tollgate.v1.ReasonClass;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * RateLimitService/ShouldRateLimit: as many statuses as descriptors, in their order, whatever happens. Immutable but for its counts, for
 * all event loops; keeps nothing between two requests.
 */
public final class ShouldRateLimit {
    private final RateLimits limits;
    private final int maxDescriptors;
    private final LongSupplier epochMs;
    private final LimitCounts counts;

    /**
     * Serves a mapping.
     *
     * @param maxDescriptors of one request
     * @param epochMs        milliseconds since 1970, for the time until a limit resets
     */
    public ShouldRateLimit(final RateLimits limits, final int maxDescriptors, final LongSupplier epochMs) {
        this.limits = limits;
        this.maxDescriptors = maxDescriptors;
        this.epochMs = epochMs;
        this.counts = new LimitCounts(limits.slots());
    }

    /** {@return what became of descriptors so far} */
    public LimitCounts counts() {
        return counts;
    }

    /** {@return the answer} */
    public RateLimitResponse answer(final RateLimitRequest request, final LimitDecisions decisions) {
        final int size = request.getDescriptorsCount();
        if (request.getDomain().isEmpty()) {
            return refused(size, Refusals.invalid("The request names no domain."), decisions);
        }
        if (size == 0) {
            return refused(size, Refusals.invalid("The request has no descriptors."), decisions);
        }
        if (size > maxDescriptors) {
            return refused(
                    size,
                    Refusals.invalid("The request has " + size + " descriptors, the limit is " + maxDescriptors + "."),
                    decisions);
        }
        final List<LimitQuestion> questions = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            questions.add(limits.question(request.getDomain(), request.getHitsAddend(), request.getDescriptors(i)));
        }
        final Judged judged = new Judged(decisions, questions).run();
        for (int i = 0; i < size; i++) {
            counts.add(judged.question(i).slot(), judged.code(i));
        }
        return LimitAnswer.of(judged, epochMs.getAsLong());
    }

    /** {@return the answer to what is no RateLimitRequest} */
    public RateLimitResponse unreadable(final LimitDecisions decisions) {
        return refused(0, Refusals.invalid("The request cannot be read."), decisions);
    }

    private RateLimitResponse refused(final int size, final DecideResponse refusal, final LimitDecisions decisions) {
        counts.add(limits.slots().get(0), LimitCounts.Code.OVER_LIMIT);
        return LimitAnswer.shut(size, decisions.refused(refusal));
    }

    /** {@return the decisions behind an answer, without those of shadow rules} */
    public static List<String> decisions(final RateLimitResponse answer) {
        return LimitAnswer.decisions(answer);
    }

    /**
     * {@return what is told in place of an answer that passes}
     *
     * @param denial why
     */
    public static RateLimitResponse instead(final RateLimitResponse answer, final DecideResponse denial) {
        return LimitAnswer.shut(answer.getStatusesCount(), denial);
    }

    /** {@return the answer when making one has failed} */
    public static RateLimitResponse lastResort(final int size) {
        return LimitAnswer.shut(
                size,
                Refusals.of(
                        Reason.REASON_INTERNAL,
                        ReasonClass.REASON_CLASS_SYSTEM,
                        "The request could not be decided because of an internal error."));
    }
}
