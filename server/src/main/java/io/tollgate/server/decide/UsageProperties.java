/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import io.grpc.Status;
import io.grpc.StatusException;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.request.UsageNote;
import io.tollgate.v1.AttributeValue;
import io.tollgate.v1.SettleRequest;
import io.tollgate.v1.UsageRecord;
import java.util.Map;
import java.util.TreeMap;

/** The properties of a Settle: they go into the usage record as they are, so only their size and form are checked. */
final class UsageProperties {
    static final int MAX_COUNT = 32;
    static final int MAX_NAME_CHARS = 128;

    private UsageProperties() {}

    /**
     * Puts them beside the request.
     *
     * @throws StatusException INVALID_ARGUMENT saying what is wrong; nothing was settled
     */
    static void read(final SettleRequest from, final DecisionRequest to) throws StatusException {
        final Map<String, AttributeValue> properties = from.getPropertiesMap();
        if (properties.isEmpty()) {
            return;
        }
        if (properties.size() > MAX_COUNT) {
            throw invalid(properties.size() + " properties, the limit is " + MAX_COUNT);
        }
        for (final Map.Entry<String, AttributeValue> property : properties.entrySet()) {
            final String name = property.getKey();
            if (name.isEmpty() || name.length() > MAX_NAME_CHARS) {
                throw invalid("a property's name has 1 to " + MAX_NAME_CHARS + " characters, this one has "
                        + name.length() + ": '" + name.substring(0, Math.min(name.length(), MAX_NAME_CHARS)) + "'");
            }
            if (property.getValue().getValueCase() == AttributeValue.ValueCase.VALUE_NOT_SET) {
                throw invalid("property '" + name + "' has no value");
            }
        }
        // sorted, so that the same properties are the same bytes
        final byte[] wire = UsageRecord.newBuilder()
                .putAllProperties(new TreeMap<>(properties))
                .build()
                .toByteArray();
        if (wire.length > UsageNote.MAX_PROPERTY_BYTES) {
            throw invalid("properties have " + wire.length + " bytes, the limit is " + UsageNote.MAX_PROPERTY_BYTES);
        }
        to.note().properties(wire, wire.length);
    }

    private static StatusException invalid(final String what) {
        return Status.INVALID_ARGUMENT
                .withDescription("Settle: " + what + "; nothing was settled")
                .asException();
    }
}
