/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import io.tollgate.core.BatchMode;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.v1.DecideResponse;

/**
 * What a lane asks of questions that stand together, between begin and end of its {@link Evaluator}. All questions are given twice, in
 * the same
 * order: begin, add for each, commit, answer for each, end. Belongs to one thread.
 */
public interface BatchEvaluator {
    /** Starts a batch. */
    void begin(BatchMode mode);

    /** Adds the next question. */
    void add(DecisionRequest request);

    /** Judges all of them in one step; an atomic batch is taken if nothing of it is denied. */
    void commit();

    /** Answers the next question: fills everything but the ids and the explanation. */
    void answer(DecisionRequest request, DecideResponse.Builder response);

    /** Ends the batch; also after a failure. */
    void end();
}
