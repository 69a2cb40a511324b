/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.vectors;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.HashMap;
import java.util.Map;

/** Names for ids that every run gives anew: "${r1}" stands for the reservation that a step named r1. */
final class Placeholders {
    private static final String UNNAMED = "${?}";

    private final Map<String, String> idOf = new HashMap<>();
    private final Map<String, String> nameOf = new HashMap<>();

    void name(String name, String id) {
        if (id.isEmpty()) {
            throw new IllegalArgumentException("the step names a reservation " + name + ", its answer has none");
        }
        idOf.put("${" + name + "}", id);
        nameOf.put(id, "${" + name + "}");
    }

    /** {@return the placeholder of an id} */
    String of(String id) {
        return id.isEmpty() ? "" : nameOf.getOrDefault(id, UNNAMED);
    }

    /** {@return the element with ids in the place of placeholders} */
    JsonElement resolve(JsonElement element) {
        if (element instanceof JsonObject object) {
            final JsonObject resolved = new JsonObject();
            object.entrySet().forEach(member -> resolved.add(member.getKey(), resolve(member.getValue())));
            return resolved;
        }
        if (element instanceof JsonArray array) {
            final JsonArray resolved = new JsonArray();
            array.forEach(each -> resolved.add(resolve(each)));
            return resolved;
        }
        if (element instanceof JsonPrimitive value && value.isString() && idOf.containsKey(value.getAsString())) {
            return new JsonPrimitive(idOf.get(value.getAsString()));
        }
        return element;
    }
}
