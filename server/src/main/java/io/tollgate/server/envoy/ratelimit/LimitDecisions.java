/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy.ratelimit;

import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import java.util.List;

/** What the rate limit service asks. Whatever goes wrong is a denied answer. Belongs to one thread. */
public interface LimitDecisions {
    /** {@return the answer to one question} */
    DecideResponse decide(DecideRequest question);

    /**
     * {@return as many answers, in order, to questions that add up}
     *
     * @param take whether all is taken when nothing is denied; else nothing is
     */
    List<DecideResponse> together(List<DecideRequest> questions, boolean take);

    /** {@return whether what the question would take was given back} */
    DecideResponse refund(DecideRequest question);

    /** {@return a refusal with its ids, counted and logged; nothing is asked} */
    DecideResponse refused(DecideResponse refusal);
}
