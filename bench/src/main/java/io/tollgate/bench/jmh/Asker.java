/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.jmh;

import io.tollgate.bench.world.BenchWorld;
import io.tollgate.bench.world.RequestTape;
import io.tollgate.core.Reason;
import io.tollgate.core.engine.Decision;
import io.tollgate.core.engine.DecisionWorker;
import io.tollgate.core.request.DecisionRequest;

/** A thread's worker, its requests, and the proof that all were allowed. Belongs to one thread. */
final class Asker {
    final RequestTape tape;
    final DecisionWorker worker;
    final DecisionRequest request = new DecisionRequest();
    final Decision decision = new Decision();
    private long denied;
    private long overloaded;
    private Reason firstDenial = Reason.OK;

    Asker(final BenchWorld bench, final RequestTape tape) {
        this.tape = tape;
        worker = bench.newWorker();
    }

    /** Decides what is in the request. */
    Decision decide() {
        worker.begin();
        worker.decide(request, decision);
        worker.end();
        if (decision.reason() != Reason.OK) {
            denied(decision.reason());
        }
        return decision;
    }

    private void denied(final Reason reason) {
        if (reason == Reason.OVERLOADED) {
            overloaded++;
        } else if (denied++ == 0) {
            firstDenial = reason;
        }
    }

    /** Fails a benchmark of several threads in which anything was denied, but for want of a quiet moment. */
    void requireNoneDenied() {
        if (denied > 0) {
            throw new IllegalStateException(denied + " decisions were denied wrongly, the first: " + firstDenial
                    + "; the figures mean nothing");
        }
        if (overloaded > 0) {
            System.err.println(overloaded + " decisions were answered OVERLOADED");
        }
    }

    /** Fails a benchmark that measured anything but allowed decisions. */
    void requireAllAllowed() {
        if (denied > 0) {
            throw new IllegalStateException(denied + " decisions were not plainly allowed, the first: " + firstDenial
                    + "; the figures mean nothing");
        }
    }
}
