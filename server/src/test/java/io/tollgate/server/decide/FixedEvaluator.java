/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.reservation.EndResult;
import io.tollgate.v1.DecideResponse;

/** Gives one answer to every question. */
final class FixedEvaluator implements Evaluator {
    private final DecideResponse answer;

    FixedEvaluator(final DecideResponse answer) {
        this.answer = answer;
    }

    @Override
    public void begin() {}

    @Override
    public void answer(final DecisionRequest request, final boolean explain, final DecideResponse.Builder response) {
        response.mergeFrom(answer);
    }

    @Override
    public void extend(
            final long high, final long low, final DecisionRequest request, final DecideResponse.Builder response) {
        response.mergeFrom(answer);
    }

    @Override
    public BatchEvaluator batch() {
        throw new UnsupportedOperationException("nobody asks for batches here");
    }

    @Override
    public void settle(final long high, final long low, final DecisionRequest actual, final EndResult result) {}

    @Override
    public void release(final long high, final long low, final EndResult result) {}

    @Override
    public void end() {}
}
