/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reservation;

import io.tollgate.core.request.DecisionRequest;

/** The units of a request's usages. */
final class RequestUnits implements UnitNames {
    private DecisionRequest request = new DecisionRequest();

    void of(DecisionRequest named) {
        request = named;
    }

    @Override
    public boolean is(int usage, byte[] name, int length) {
        if (request.unitLength(usage) != length) {
            return false;
        }
        int offset = request.unitOffset(usage);
        byte[] bytes = request.bytes();
        for (int i = 0; i < length; i++) {
            if (bytes[offset + i] != name[i]) {
                return false;
            }
        }
        return true;
    }
}
