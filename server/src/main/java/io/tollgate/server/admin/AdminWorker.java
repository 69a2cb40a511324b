/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.admin;

import io.tollgate.core.engine.DecisionEngine;
import io.tollgate.core.engine.DecisionWorker;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.world.World;
import io.tollgate.server.decide.EngineEvaluator;
import io.tollgate.server.decide.RequestReader;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The one decision worker of all admin threads; they wait for one another. */
final class AdminWorker {
    private final ReentrantLock lock = new ReentrantLock();
    private final DecisionWorker worker;
    private final EngineEvaluator evaluator;
    private final RequestReader reader = new RequestReader();
    private final DecisionRequest request = new DecisionRequest();
    private final AtomicLong explained = new AtomicLong();
    private final String idPrefix;

    AdminWorker(final DecisionEngine engine, final String sidecarId, final String bootId) {
        worker = engine.newWorker();
        evaluator = new EngineEvaluator(worker, sidecarId);
        idPrefix = bootId + "-admin-";
    }

    /** {@return what the task makes of the pinned world, null = there is none} */
    <T> T withWorld(final Function<@Nullable World, T> task) {
        lock.lock();
        try {
            return task.apply(worker.begin());
        } finally {
            worker.end();
            lock.unlock();
        }
    }

    /** {@return the answer as CHECK, with an explanation; takes nothing} */
    DecideResponse explain(final DecideRequest question) {
        lock.lock();
        try {
            final DecideResponse.Builder response = DecideResponse.newBuilder();
            evaluator.begin();
            reader.read(question, request);
            evaluator.explain(request, response);
            return response.setCorrelationId(question.getCorrelationId())
                    .setDecisionId(idPrefix + Long.toHexString(explained.incrementAndGet()))
                    .build();
        } finally {
            evaluator.end();
            lock.unlock();
        }
    }
}
