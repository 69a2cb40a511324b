/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import io.grpc.netty.shaded.io.netty.util.concurrent.EventExecutor;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.reservation.EndResult;
import io.tollgate.server.decisionlog.LaneLog;
import io.tollgate.server.envoy.WireAnswer;
import io.tollgate.server.envoy.settle.RetryQueue;
import io.tollgate.server.envoy.wire.WireCheck;
import io.tollgate.server.metrics.LaneCounters;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one event loop owns: its evaluator, its reused request, its counters. Everything but the counters is touched by
 * the loop's thread only.
 */
final class Lane {
    /** Questions through this lane take nothing, whatever they ask: the warm-up's lane. */
    final boolean checkOnly;

    final Evaluator evaluator;
    final LaneCounters counters = new LaneCounters();
    final DecisionRequest request = new DecisionRequest();
    final EndResult ended = new EndResult();
    final RequestReader reader = new RequestReader();
    final WireCheck check = new WireCheck();
    final WireAnswer checkAnswer = new WireAnswer();
    final DecisionIds ids;
    final LoopLag lag;
    final AnswerGate gate;
    final LaneLog log;
    /** Ends of reservations to be tried again. */
    final RetryQueue unsettled = new RetryQueue();
    /** What runs this lane; null = nothing yet. Set and read on it. */
    @Nullable
    EventExecutor loop;
    /** Streams open on this loop, for the drain. */
    final List<LaneStream> streams = new ArrayList<>();

    Lane(
            final Evaluator evaluator,
            final DecisionIds ids,
            final LoopLag lag,
            final LaneLog log,
            final boolean checkOnly) {
        this(evaluator, ids, lag, log, checkOnly, new AnswerGate(null));
    }

    Lane(
            final Evaluator evaluator,
            final DecisionIds ids,
            final LoopLag lag,
            final LaneLog log,
            final boolean checkOnly,
            final AnswerGate gate) {
        this.gate = gate;
        this.evaluator = evaluator;
        this.ids = ids;
        this.lag = lag;
        this.log = log;
        this.checkOnly = checkOnly;
    }

    /** {@return the lane of the running event loop} */
    static Lane current() {
        if (Thread.currentThread() instanceof IoThread io) {
            return io.lane;
        }
        throw new IllegalStateException("decisions run on event loops only, not on " + Thread.currentThread());
    }
}
