/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import io.tollgate.control.source.Code;
import io.tollgate.control.source.Quoted;
import io.tollgate.control.source.Value;
import io.tollgate.v1.AttributeType;
import java.util.Map;
import java.util.TreeMap;

/** "match": attribute values that must hold, by the attributes' full names. */
final class Matches {
    private final Compilation compilation;
    private final Registry registry;

    Matches(Compilation compilation, Registry registry) {
        this.compilation = compilation;
        this.registry = registry;
    }

    /** Prices compare texts, so that what matches does not depend on how a number is written. */
    Map<String, String> readTexts(Value.Fields fields) {
        for (Value.Entry entry : fields.entries("match")) {
            AttributeType type = registry.attributes().get(entry.key());
            if (type != null && type != AttributeType.ATTRIBUTE_TYPE_STRING) {
                compilation.error(
                        entry.at(),
                        Code.KIND_MISMATCH,
                        "attribute " + Quoted.of(entry.key()) + " is no string; prices match on strings only",
                        "declare it as a string, or match on another attribute");
            }
        }
        return read(fields);
    }

    Map<String, String> read(Value.Fields fields) {
        Map<String, String> matches = new TreeMap<>();
        for (Value.Entry entry : fields.entries("match")) {
            if (!registry.attributes().containsKey(entry.key())) {
                compilation.unknown(
                        entry.at(),
                        "attribute",
                        entry.key(),
                        registry.attributes().keySet());
            }
            matches.put(entry.key(), ((Value.Scalar) entry.value()).as(String.class));
        }
        return matches;
    }
}
