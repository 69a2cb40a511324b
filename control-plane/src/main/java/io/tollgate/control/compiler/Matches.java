/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import io.tollgate.control.source.Value;
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
