/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reservation;

import io.tollgate.core.request.DecisionRequest;
import org.jspecify.annotations.Nullable;

/** The units of a request's usages. */
final class RequestUnits implements UnitNames {
    private @Nullable DecisionRequest request;

    void of(DecisionRequest named) {
        request = named;
    }

    @Override
    public boolean is(int usage, byte[] name, int length) {
        DecisionRequest named = request;
        if (named == null || named.unitLength(usage) != length) {
            return false;
        }
        int offset = named.unitOffset(usage);
        byte[] bytes = named.bytes();
        for (int i = 0; i < length; i++) {
            if (bytes[offset + i] != name[i]) {
                return false;
            }
        }
        return true;
    }
}
