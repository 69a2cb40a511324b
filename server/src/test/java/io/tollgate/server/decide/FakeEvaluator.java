/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import io.tollgate.core.BatchMode;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.request.Defect;
import io.tollgate.core.request.Field;
import io.tollgate.core.reservation.EndResult;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.Outcome;
import io.tollgate.v1.Reason;
import io.tollgate.v1.ReasonClass;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Allows whatever has the right form, and shows what it saw: for tests of the edge alone. */
final class FakeEvaluator implements Evaluator {
    final AtomicInteger begun = new AtomicInteger();
    final AtomicInteger answered = new AtomicInteger();
    final AtomicInteger ended = new AtomicInteger();
    volatile Consumer<DecisionRequest> before = request -> {};

    @Override
    public void begin() {
        begun.incrementAndGet();
    }

    @Override
    public void answer(final DecisionRequest request, final boolean explain, final DecideResponse.Builder response) {
        answered.incrementAndGet();
        before.accept(request);
        if (request.defect() != Defect.NONE) {
            response.setOutcome(Outcome.OUTCOME_DENY)
                    .setReason(Reason.REASON_INVALID_REQUEST)
                    .setReasonClass(ReasonClass.REASON_CLASS_REQUEST)
                    .setMessage(request.defectMessage());
            return;
        }
        response.setOutcome(Outcome.OUTCOME_ALLOW)
                .setReason(Reason.REASON_OK)
                .setMessage(request.mode() + " " + request.text(Field.ACTOR_ID));
    }

    @Override
    public void extend(
            final long high, final long low, final DecisionRequest request, final DecideResponse.Builder response) {
        answer(request, false, response);
    }

    /** What was asked of the batch. */
    final List<String> calls = new CopyOnWriteArrayList<>();

    @Override
    public BatchEvaluator batch() {
        return new BatchEvaluator() {
            @Override
            public void begin(final BatchMode mode) {
                calls.add(mode.name());
            }

            @Override
            public void add(final DecisionRequest request) {
                calls.add("add " + request.text(Field.ACTOR_ID));
            }

            @Override
            public void commit() {
                calls.add("commit");
            }

            @Override
            public void answer(final DecisionRequest request, final DecideResponse.Builder response) {
                calls.add("answer " + request.text(Field.ACTOR_ID));
                FakeEvaluator.this.answer(request, false, response);
            }

            @Override
            public void end() {
                calls.add("end");
            }
        };
    }

    @Override
    public void settle(final long high, final long low, final DecisionRequest actual, final EndResult result) {
        before.accept(actual);
    }

    @Override
    public void release(final long high, final long low, final EndResult result) {
        before.accept(new DecisionRequest());
    }

    @Override
    public void end() {
        ended.incrementAndGet();
    }
}
