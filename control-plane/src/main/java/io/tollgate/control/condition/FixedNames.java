/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.condition;

import io.tollgate.core.condition.VariableSource;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Names that conditions of every bundle can read, like actor.id. Loads nothing of dev.cel. */
public final class FixedNames {
    /** What names start with. */
    static final Set<String> ROOTS = Collections.unmodifiableSet(
            new TreeSet<>(Set.of("actor", "resource", "place", "request", "time", "usage", "config")));

    private static final Map<String, VariableSource> SOURCES = sources();

    private FixedNames() {}

    private static Map<String, VariableSource> sources() {
        Map<String, VariableSource> sources = new TreeMap<>();
        for (VariableSource source : VariableSource.values()) {
            if (!source.isNumbered()) {
                sources.put(source.label(), source);
            }
        }
        return sources;
    }

    /** {@return whether no attribute can have this name, because something that every request has is called so} */
    public static boolean isTaken(String name) {
        return all().contains(name);
    }

    static Set<String> all() {
        Set<String> names = new TreeSet<>(SOURCES.keySet());
        names.add(VariableSource.AMOUNT.label());
        names.add(VariableSource.CHARGE.label());
        return names;
    }

    static @Nullable VariableSource source(String name) {
        return SOURCES.get(name);
    }
}
