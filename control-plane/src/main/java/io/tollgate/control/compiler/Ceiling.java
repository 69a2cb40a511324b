/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import io.tollgate.control.source.Position;
import io.tollgate.v1.CeilingRecord;
import org.jspecify.annotations.Nullable;

/**
 * A limit at a scope.
 *
 * @param at where it is written
 * @param overriddenAt where its override is written, or null
 */
record Ceiling(Position at, CeilingRecord record, @Nullable Position overriddenAt) {
    static final String FROM_LIMITS = "limits";
    static final String FROM_ENTITLEMENT = "entitlement";

    Ceiling(Position at, CeilingRecord record) {
        this(at, record, null);
    }

    String id() {
        return record.getId();
    }

    boolean isEntitlement() {
        return record.getOrigin().equals(FROM_ENTITLEMENT);
    }
}
