/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy.mapping;

import io.tollgate.server.envoy.mapping.Refusal.Kind;
import io.tollgate.v1.GaugeReading;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is used of a dimension now, as the asking side reads it; conditions compare it. Immutable. */
record Reading(String dimension, ValueSource source) {
    /** {@return the reading, or null when the source has none} */
    @Nullable
    GaugeReading read(final CheckFacts facts, final Map<String, String> path) throws Refusal {
        final String text = source.read(facts, path);
        if (text == null || text.isEmpty()) {
            return null;
        }
        if (Form.WHOLE.accept(text) == null) {
            throw new Refusal(Kind.VALUE, "It must be a whole number: " + source.words() + ".");
        }
        return GaugeReading.newBuilder()
                .setDimension(dimension)
                .setValue(Long.parseLong(text))
                .build();
    }
}
