/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import io.tollgate.control.source.Amount;
import io.tollgate.control.source.Code;
import io.tollgate.control.source.Folder;
import io.tollgate.control.source.Position;
import io.tollgate.control.source.Quoted;
import io.tollgate.control.source.ScopePath;
import io.tollgate.control.source.Value;
import io.tollgate.core.capacity.CanonicalText;
import io.tollgate.core.capacity.Observation;
import io.tollgate.v1.AttributeType;
import io.tollgate.v1.CapacityPoolRecord;
import io.tollgate.v1.DimensionKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** capacity/: pools of what physically exists. */
final class CapacityCompiler {
    private final Compilation compilation;
    private final Registry registry;
    private final UnitTable units;
    private final ScopeTree tree;
    private final Matches matches;

    CapacityCompiler(Compilation compilation, Registry registry, UnitTable units, ScopeTree tree) {
        this.compilation = compilation;
        this.registry = registry;
        this.units = units;
        this.tree = tree;
        this.matches = new Matches(compilation, registry);
    }

    List<CapacityPoolRecord> compile() {
        List<CapacityPoolRecord> pools = new ArrayList<>();
        Map<String, Position> positions = new HashMap<>();
        compilation.declared(Folder.CAPACITY, "pools", "pool").forEach((id, entry) -> {
            Value.Fields fields = entry.fields();
            CapacityPoolRecord.Builder pool = CapacityPoolRecord.newBuilder()
                    .setId(id)
                    .putAllMatch(matches.readWithNames(fields))
                    .setObservedAtMs(fields.number("observed_at", 0));
            Integer dimension = registry.dimensionId(fields.text("dimension"));
            if (dimension == null
                    && fields.has("dimension")
                    && !registry.dimensionNames().contains(fields.text("dimension"))) {
                compilation.unknown(
                        fields.at("dimension"), "dimension", fields.text("dimension"), registry.dimensionNames());
            }
            canonical(fields);
            observed(fields, pool.getObservedAtMs());
            boolean known = dimension != null && dimension(fields, dimension, pool);
            ScopePath owner = fields.get("reserved_for", ScopePath.class);
            if (owner != null) {
                tree.require(compilation, fields.at("reserved_for"), owner);
                pool.setReservedForPath(owner.path());
            }
            pools.add(pool.build());
            if (known) {
                positions.put(id, entry.at());
            }
        });
        List<CapacityPoolRecord> good = new ArrayList<>(pools);
        good.removeIf(pool -> !positions.containsKey(pool.getId()));
        new PoolChecks(compilation, registry).check(good, positions);
        return pools;
    }

    private void canonical(Value.Fields fields) {
        for (Value.Entry entry : fields.entries("match")) {
            AttributeType type = registry.attributes().get(entry.key());
            Value.Scalar wanted = (Value.Scalar) entry.value();
            io.tollgate.core.world.def.AttributeType known =
                    type == null ? null : io.tollgate.core.world.def.AttributeType.ofCode(type.getNumber());
            if (known != null && !CanonicalText.isPossible(known, wanted.as(String.class))) {
                compilation.error(
                        wanted.at(),
                        Code.BAD_VALUE,
                        Quoted.of(wanted.as(String.class)) + " is no canonical "
                                + known.name().toLowerCase(Locale.ROOT) + ", which attribute " + Quoted.of(entry.key())
                                + " is: no request would ever match",
                        "write it like abc, 80, 0.5, true or 2026-11-20T08:00:00Z; a list cannot be matched");
            }
        }
    }

    private void observed(Value.Fields fields, long epochMs) {
        if (!Observation.isAccepted(epochMs)) {
            compilation.error(
                    fields.at("observed_at"),
                    Code.OUT_OF_RANGE,
                    "an observation at " + Instant.ofEpochMilli(epochMs) + " is not accepted",
                    "write an instant between " + Instant.ofEpochMilli(Observation.FIRST_MS) + " and "
                            + Instant.ofEpochMilli(Observation.LAST_MS));
        }
    }

    private boolean dimension(Value.Fields fields, int dimension, CapacityPoolRecord.Builder pool) {
        DimensionKind kind = registry.dimension(dimension).getKind();
        if (kind != DimensionKind.DIMENSION_KIND_CAPACITY) {
            compilation.error(
                    fields.at("dimension"),
                    Code.KIND_MISMATCH,
                    Quoted.of(fields.text("dimension")) + " is a " + RegistryCompiler.kindWord(kind)
                            + ", a pool holds a dimension of kind capacity",
                    "name a dimension of kind capacity");
            return false;
        }
        pool.setDimensionId(dimension);
        Amount available = fields.get("available", Amount.class);
        if (available != null) {
            units.toBase(fields.at("available"), available, registry.unitOf(dimension))
                    .ifPresent(pool::setAvailable);
        }
        return true;
    }
}
