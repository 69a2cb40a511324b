/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import io.tollgate.core.request.DecisionRequest;
import io.tollgate.v1.DecideResponse;

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

    /** Lets go of the snapshot; also after a failure, also without {@link #begin()}. */
    void end();
}
