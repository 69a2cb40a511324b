/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import io.tollgate.core.Reason;
import io.tollgate.core.world.def.OperationDef;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What was really used, as charges: exactly as a request for it would be charged. */
final class ReferenceUse {
    private ReferenceUse() {}

    /** {@return dimension to amount; null when a unit is not accepted} */
    static @Nullable Map<Integer, Long> charges(
            final ReferenceWorld world, final ReferenceRequest reserved, final List<ReferenceRequest.Usage> actual) {
        final OperationDef operation = world.registry.operations().stream()
                .filter(each -> each.product().equals(reserved.operation().product())
                        && each.resourceType().equals(reserved.operation().resourceType())
                        && each.action().equals(reserved.operation().action()))
                .findAny()
                .orElseThrow();
        final List<String> accepted = operation.acceptedUnitIds().stream()
                .map(unit -> world.registry.units().get(unit).name())
                .toList();
        if (!accepted.containsAll(
                actual.stream().map(ReferenceRequest.Usage::unit).toList())) {
            return null;
        }
        // nothing of a unit may have been used, other than in a request
        final List<ReferenceRequest.Usage> used =
                actual.stream().filter(usage -> usage.amount() > 0).toList();
        final ReferenceContext context = new ReferenceContext(world, reserved.using(used), new ReferenceRules(), 0);
        final Reason reason = ReferenceRequestStage.charges(context, operation);
        if (reason != Reason.OK) {
            throw new AssertionError("the random sequences settle nothing so large: " + actual);
        }
        return context.charges;
    }
}
