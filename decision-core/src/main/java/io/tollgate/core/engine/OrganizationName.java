/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import io.tollgate.core.reservation.IdempotencyDesk;
import io.tollgate.core.world.ScopeRow;

/**
 * Tells the desk of idempotency keys whose key it is: the organization that stage REQUEST found, not the one that the request names, which
 * an API key may leave out. Belongs to the worker's thread.
 */
final class OrganizationName {
    private final ScopeRow row = new ScopeRow();
    private final byte[] utf8 = new byte[1 << Short.SIZE];

    /** After stage REQUEST. */
    void tell(final Evaluation evaluation, final IdempotencyDesk desk) {
        final long organization =
                row.wrap(evaluation.world, evaluation.placeRow()).organizationRow();
        row.wrap(evaluation.world, organization).getKey(utf8, 0);
        desk.organization(utf8, 0, row.keyLength());
    }
}
