/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.vectors;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import org.jspecify.annotations.Nullable;

/** JSON Merge Patch, RFC 7396 section 2. */
final class MergePatch {
    private MergePatch() {}

    /** {@return the target with the patch applied; neither is changed} */
    static JsonElement apply(@Nullable JsonElement target, JsonElement patch) {
        if (!patch.isJsonObject()) {
            return patch.deepCopy();
        }
        final JsonObject result = target != null && target.isJsonObject()
                ? target.getAsJsonObject().deepCopy()
                : new JsonObject();
        for (var member : patch.getAsJsonObject().entrySet()) {
            if (member.getValue() instanceof JsonNull) {
                result.remove(member.getKey());
            } else {
                result.add(member.getKey(), apply(result.get(member.getKey()), member.getValue()));
            }
        }
        return result;
    }
}
