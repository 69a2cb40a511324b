/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import io.tollgate.core.Plane;
import io.tollgate.core.world.def.ScopeDef;
import java.util.List;
import java.util.Map;

/** One call of a sequence; reservations are named by the step that made them. */
sealed interface ReferenceCall {
    /** When it comes, how old the planes are then, what it is; name is unique in the sequence. */
    record Step(String name, long nowNs, Map<Plane, Long> agesMs, ReferenceCall call) {}

    record Decide(ReferenceRequest request) implements ReferenceCall {}

    /** What a request would take is given back. */
    record Refund(ReferenceRequest request) implements ReferenceCall {}

    record Batch(ReferenceBatch.Mode mode, List<ReferenceRequest> requests) implements ReferenceCall {}

    record Extend(String reservation, List<ReferenceRequest.Usage> added, ReferenceRequest.Options options)
            implements ReferenceCall {}

    record Settle(String reservation, List<ReferenceRequest.Usage> actual) implements ReferenceCall {}

    record Release(String reservation) implements ReferenceCall {}

    /** A new snapshot with other limits, money and machines. */
    record Activate(List<ScopeDef> scopes, ReferenceAssets assets) implements ReferenceCall {}

    /** The process dies and comes back. */
    record Restart() implements ReferenceCall {}
}
