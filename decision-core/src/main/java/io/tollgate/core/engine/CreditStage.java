/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import io.tollgate.core.Reason;
import io.tollgate.core.quota.TakePlan;

/** Stage CREDIT: can the balance pay for it? The bundle compiler lets no credit-gated operation through yet, and here none opens anything. */
final class CreditStage {
    private final TakePlan plan;

    CreditStage(final TakePlan plan) {
        this.plan = plan;
    }

    /** Adds the wallet's entry; {@return what no counter can mend, else OK}. */
    Reason collect(final Evaluation evaluation) {
        return evaluation.operation != null && evaluation.operation.creditGated() ? Reason.PRICE_UNKNOWN : Reason.OK;
    }

    /** {@return why credit denies, once the plan was read; OK when it does not} */
    Reason verdict(final Evaluation evaluation) {
        for (int i = evaluation.quotaEnd; i < evaluation.creditEnd; i++) {
            if (!plan.fits(i)) {
                return Reason.CREDIT_EXHAUSTED;
            }
        }
        return evaluation.creditReason;
    }

    /** Nothing denies: warns of a low balance. */
    void admit(final Evaluation evaluation) {}
}
