/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import io.tollgate.core.DimensionKind;
import io.tollgate.core.registry.Operation;
import io.tollgate.core.registry.Registry;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.request.Field;
import io.tollgate.core.world.def.FeatureType;
import io.tollgate.core.world.def.OperationDef;

/**
 * What may be given back as hits: what is counted in rates and periods alone. What is held is released by who holds it, and what costs
 * money or is metered for a customer is settled under a reservation, so that it is known what became of it.
 */
final class RefundTerms {
    private RefundTerms() {}

    /** {@return what is wrong with asking for it so, or NONE} */
    static Problem problem(final DecisionRequest request) {
        if (!request.isAbsent(Field.IDEMPOTENCY_KEY)) {
            return Problem.REFUND_WITH_KEY;
        }
        return request.allowPartial() ? Problem.REFUND_IN_PART : Problem.NONE;
    }

    /** {@return why hits of an operation cannot be given back, or NONE} */
    static Problem problem(final Registry registry, final Operation operation) {
        for (int charge = 0; charge < operation.chargeCount(); charge++) {
            final DimensionKind kind = registry.dimensionKind(operation.chargeDimensionId(charge));
            if (kind == DimensionKind.GAUGE || kind == DimensionKind.CAPACITY) {
                return Problem.REFUND_OF_HELD;
            }
        }
        if (operation.creditGated()) {
            return Problem.REFUND_OF_CREDIT;
        }
        final int feature = operation.featureId();
        final boolean metered =
                feature != OperationDef.NO_FEATURE && registry.feature(feature).type() == FeatureType.METERED;
        return metered ? Problem.REFUND_OF_METERED : Problem.NONE;
    }
}
