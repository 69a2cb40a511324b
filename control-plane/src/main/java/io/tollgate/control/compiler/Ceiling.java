/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import io.tollgate.control.source.Position;
import io.tollgate.v1.CeilingRecord;

/**
 * A limit at a scope.
 *
 * @param at where it is written
 */
record Ceiling(Position at, CeilingRecord record) {
    static final String FROM_LIMITS = "limits";
    static final String FROM_ENTITLEMENT = "entitlement";

    String id() {
        return record.getId();
    }

    boolean isEntitlement() {
        return record.getOrigin().equals(FROM_ENTITLEMENT);
    }
}
