/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy.mapping;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where something stands in metadata: keys, one inside the other. */
public final class StructPath {
    private StructPath() {}

    /** {@return the value at the last of the steps, or null} */
    public static @Nullable Value find(final Struct struct, final List<String> steps) {
        Struct inside = struct;
        for (int i = 0; i < steps.size(); i++) {
            final Value value = inside.getFieldsMap().get(steps.get(i));
            if (value == null || i == steps.size() - 1) {
                return value;
            }
            inside = value.getStructValue();
        }
        return null;
    }
}
