/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import io.tollgate.core.Reason;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What was really used, as charges: exactly as a request for it would be charged. */
final class ReferenceUse {
    private ReferenceUse() {}

    /** {@return dimension to amount; null when a unit is not accepted or an amount is none} */
    static @Nullable Map<Integer, Long> charges(
            final ReferenceWorld world, final ReferenceRequest reserved, final List<ReferenceRequest.Usage> actual) {
        final ReferenceContext context = new ReferenceContext(world, reserved.using(actual), new ReferenceRules(), 0);
        context.operation = world.registry.operations().stream()
                .filter(each -> each.product().equals(reserved.operation().product())
                        && each.resourceType().equals(reserved.operation().resourceType())
                        && each.action().equals(reserved.operation().action()))
                .findAny()
                .orElseThrow();
        return ReferenceRequestStage.charges(context, context.operation) == Reason.OK ? context.charges : null;
    }
}
