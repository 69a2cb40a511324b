/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import io.tollgate.control.source.Amount;
import io.tollgate.control.source.Code;
import io.tollgate.control.source.Folder;
import io.tollgate.control.source.Position;
import io.tollgate.control.source.Quoted;
import io.tollgate.control.source.Value;
import io.tollgate.v1.UnitRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Units: which is derived from which, by what factor. */
final class UnitTable {
    private final Compilation compilation;
    private final Map<String, Value.Entry> declared;
    private final Map<String, Resolved> resolved = new TreeMap<>(Utf8.ORDER);
    private final Map<String, Integer> ids = new HashMap<>();

    /** A unit in terms of its base unit. */
    record Resolved(String base, long factor) {}

    UnitTable(Compilation compilation) {
        this.compilation = compilation;
        this.declared = compilation.declared(Folder.REGISTRY, "units", "unit");
        for (String name : declared.keySet()) {
            resolve(name, new LinkedHashSet<>());
        }
    }

    Set<String> names() {
        return declared.keySet();
    }

    /** {@return the unit, or null when it is unknown or wrong (which is then reported where it is declared)} */
    @Nullable
    Resolved get(String name) {
        return resolved.get(name);
    }

    boolean isDeclared(String name) {
        return declared.containsKey(name);
    }

    private @Nullable Resolved resolve(String name, Set<String> path) {
        Resolved known = resolved.get(name);
        Value.Entry entry = declared.get(name);
        if (known != null || entry == null) {
            return known;
        }
        Amount amount = entry.fields().get("equals", Amount.class);
        if (amount == null) {
            if (entry.fields().isWritten("equals")) {
                return null;
            }
            return put(name, new Resolved(name, 1));
        }
        Position at = entry.fields().at("equals");
        if (!path.add(name)) {
            if (path.iterator().next().equals(name)
                    && path.stream().min(Utf8.ORDER).orElseThrow().equals(name)) {
                compilation.error(
                        at,
                        Code.CYCLE,
                        "unit " + Quoted.of(name) + " is derived from itself: " + String.join(" -> ", path) + " -> "
                                + name,
                        "one of them must be a base unit, without 'equals'");
            }
            return null;
        }
        if (amount.unit().isEmpty() || amount.number() == 0) {
            compilation.error(
                    at,
                    Code.BAD_VALUE,
                    Quoted.of(name) + " equals a positive amount of another unit",
                    "write a number from 1 and a unit, like 60 minute");
            return null;
        }
        if (!declared.containsKey(amount.unit())) {
            compilation.unknown(at, "unit", amount.unit(), names());
            return null;
        }
        Resolved below = resolve(amount.unit(), path);
        if (below == null) {
            return null;
        }
        try {
            return put(name, new Resolved(below.base(), Math.multiplyExact(below.factor(), amount.number())));
        } catch (ArithmeticException e) {
            compilation.error(
                    at,
                    Code.OVERFLOW,
                    "one " + Quoted.of(name) + " is " + amount.number() + " x " + below.factor() + " "
                            + Quoted.of(below.base()) + ", beyond 64 bits",
                    "choose a larger base unit");
            return null;
        }
    }

    private Resolved put(String name, Resolved unit) {
        resolved.put(name, unit);
        return unit;
    }

    /**
     * Converts to base units.
     *
     * @param base the unit to convert to
     * @return empty when it cannot (which is then among the diagnostics)
     */
    OptionalLong toBase(Position at, Amount amount, String base) {
        return toBase(at, amount, base, amount.unit().isEmpty() ? base : amount.unit());
    }

    private OptionalLong toBase(Position at, Amount amount, String base, String unitName) {
        Resolved unit = resolved.get(unitName);
        if (unit == null) {
            if (!isDeclared(unitName)) {
                compilation.unknown(at, "unit", unitName, names());
            }
            return OptionalLong.empty();
        }
        if (!unit.base().equals(base)) {
            compilation.error(
                    at,
                    Code.UNIT_MISMATCH,
                    Quoted.of(unitName) + " does not convert to " + Quoted.of(base),
                    "use " + String.join(" or ", convertible(base)));
            return OptionalLong.empty();
        }
        return multiply(at, amount.number(), unit.factor(), base);
    }

    /** {@return the product, or empty when it overflows (which is then among the diagnostics)} */
    OptionalLong multiply(Position at, long number, long factor, String base) {
        try {
            return OptionalLong.of(Math.multiplyExact(number, factor));
        } catch (ArithmeticException e) {
            compilation.error(
                    at,
                    Code.OVERFLOW,
                    number + " x " + factor + " " + Quoted.of(base) + " is beyond 64 bits",
                    "write at most " + Long.MAX_VALUE / factor);
            return OptionalLong.empty();
        }
    }

    /** {@return names of the units that convert to a base unit} */
    List<String> convertible(String base) {
        List<String> names = new ArrayList<>();
        resolved.forEach((name, unit) -> {
            if (unit.base().equals(base)) {
                names.add(name);
            }
        });
        return names;
    }

    /** {@return the unit's position among the records} */
    int id(String name) {
        return Objects.requireNonNull(ids().get(name), name);
    }

    private Map<String, Integer> ids() {
        if (ids.isEmpty()) {
            resolved.keySet().forEach(name -> ids.put(name, ids.size()));
        }
        return ids;
    }

    /** {@return the records, sorted by name} */
    List<UnitRecord> records() {
        List<UnitRecord> records = new ArrayList<>();
        resolved.forEach((name, unit) -> {
            Value.Entry entry = declared.get(name);
            records.add(UnitRecord.newBuilder()
                    .setName(name)
                    .setBaseUnitId(id(unit.base()))
                    .setFactor(unit.factor())
                    .setDisplayName(entry == null ? "" : entry.fields().text("name"))
                    .build());
        });
        return records;
    }
}
