/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.reservation.EndResult;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.DecisionReadings;
import io.tollgate.v1.Outcome;
import io.tollgate.v1.Reason;
import io.tollgate.v1.ReasonClass;
import org.jspecify.annotations.Nullable;

/**
 * What a lane asks. One implementation answers in production, {@code EngineEvaluator}; tests put in one that fails or
 * waits. Belongs to one thread.
 */
public interface Evaluator {
    /** Pins one snapshot version: all answers until {@link #end()} are of that version. */
    void begin();

    /**
     * Answers one question: fills everything but the ids.
     *
     * @param explain whether to add everything that was considered
     */
    void answer(DecisionRequest request, boolean explain, DecideResponse.Builder response);

    /**
     * Answers whether more may be used under a reservation: fills everything but the ids.
     *
     * @param high first half of the reservation's id
     * @param low second half of it
     */
    void extend(long high, long low, DecisionRequest request, DecideResponse.Builder response);

    /**
     * Gives back what a request would take: all of it, or nothing. Fills everything but the ids. This one has nothing to give back to.
     *
     * @param request its mode does not matter
     */
    default void refund(final DecisionRequest request, final DecideResponse.Builder response) {
        response.setOutcome(Outcome.OUTCOME_DENY)
                .setReason(Reason.REASON_INVALID_REQUEST)
                .setReasonClass(ReasonClass.REASON_CLASS_REQUEST)
                .setMessage("This cannot be given back here.");
    }

    /** {@return what answers questions that stand together} */
    BatchEvaluator batch();

    /** Brings a reservation to the usages of a request. */
    void settle(long high, long low, DecisionRequest actual, EndResult result);

    /**
     * Says that somebody who may be lost reports how a reservation ends, or has reported: those that end by expiry meanwhile are counted.
     * Outside of {@link #begin} and {@link #end} too.
     */
    default void expectEnd(final long high, final long low, final boolean awaited) {}

    /** Gives a reservation back. */
    void release(long high, long low, EndResult result);

    /**
     * Says, before an answer, what the decision log needs; holds until it is said otherwise.
     *
     * @param readings  whether {@link #readings} will be asked
     * @param auditable whether a decision of an audited operation could be logged; if not, it is denied
     */
    default void logging(final boolean readings, final boolean auditable) {}

    /** {@return whether the last answer was about an operation that is audited} */
    default boolean audited() {
        return false;
    }

    /** {@return what the last decision read besides the snapshot, or null = not known} */
    default @Nullable DecisionReadings readings() {
        return null;
    }

    /**
     * {@return the question just answered, with place and actor as they were found where it named an API key; never with the key}
     *
     * @param question as it was asked
     */
    default DecideRequest asFound(final DecideRequest question) {
        return question;
    }

    /**
     * {@return the sequence of the usage journal that has to be durable before what was answered since the last call may be told; 0 = none}
     */
    default long takeOwed() {
        return 0;
    }

    /** Lets go of the snapshot; also after a failure, also without {@link #begin()}. */
    void end();
}
