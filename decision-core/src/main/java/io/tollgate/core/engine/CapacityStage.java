/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import io.tollgate.core.Reason;
import io.tollgate.core.quota.TakePlan;

/** Stage CAPACITY: does it physically exist? The bundle compiler lets no charge on capacity through yet. */
final class CapacityStage {
    private final TakePlan plan;

    CapacityStage(final TakePlan plan) {
        this.plan = plan;
    }

    /** Adds the candidate pools; {@return what no counter can mend, else OK}. */
    Reason collect(final Evaluation evaluation) {
        return Reason.OK;
    }

    /** {@return why capacity denies, once the plan was read; OK when it does not} */
    Reason verdict(final Evaluation evaluation) {
        for (int i = evaluation.creditEnd; i < evaluation.planEnd; i++) {
            if (!plan.fits(i)) {
                return Reason.CAPACITY_UNAVAILABLE;
            }
        }
        return evaluation.capacityReason;
    }

    /** Nothing denies. */
    void admit(final Evaluation evaluation) {}
}
