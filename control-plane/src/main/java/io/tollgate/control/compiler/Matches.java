/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import io.tollgate.control.source.Code;
import io.tollgate.control.source.Quoted;
import io.tollgate.control.source.Value;
import io.tollgate.core.capacity.AskedName;
import io.tollgate.v1.AttributeType;
import io.tollgate.v1.OperationRecord;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

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

    private Map<String, String> read(Value.Fields fields) {
        return read(fields, Set.of());
    }

    /** Pools match also what every request names: product, resource type and action. */
    Map<String, String> readWithNames(Value.Fields fields) {
        Map<String, Set<String>> asked = new HashMap<>();
        for (OperationRecord operation : registry.operations()) {
            known(asked, AskedName.PRODUCT).add(operation.getProduct());
            known(asked, AskedName.RESOURCE_TYPE).add(operation.getResourceType());
            known(asked, AskedName.ACTION).add(operation.getAction());
        }
        Map<String, String> matches = read(fields, asked.keySet());
        for (Value.Entry entry : fields.entries("match")) {
            Set<String> names = asked.getOrDefault(entry.key(), Set.of());
            String wanted = matches.getOrDefault(entry.key(), "");
            if (!names.isEmpty() && !names.contains(wanted)) {
                String what = entry.key().substring(entry.key().indexOf('.') + 1);
                compilation.unknown(entry.at(), what.equals("type") ? "resource type" : what, wanted, names);
            }
        }
        return matches;
    }

    private static Set<String> known(Map<String, Set<String>> asked, AskedName name) {
        return asked.computeIfAbsent(name.label(), label -> new TreeSet<>());
    }

    private Map<String, String> read(Value.Fields fields, Set<String> names) {
        Map<String, String> matches = new TreeMap<>();
        for (Value.Entry entry : fields.entries("match")) {
            if (!registry.attributes().containsKey(entry.key()) && !names.contains(entry.key())) {
                Set<String> all = new TreeSet<>(registry.attributes().keySet());
                all.addAll(names);
                compilation.unknown(entry.at(), "attribute", entry.key(), all);
            }
            matches.put(entry.key(), ((Value.Scalar) entry.value()).as(String.class));
        }
        return matches;
    }
}
