/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import io.tollgate.control.source.Amount;
import io.tollgate.control.source.Code;
import io.tollgate.control.source.Folder;
import io.tollgate.control.source.Quoted;
import io.tollgate.control.source.ScopePath;
import io.tollgate.control.source.Value;
import io.tollgate.v1.CapacityPoolRecord;
import io.tollgate.v1.DimensionKind;
import java.util.ArrayList;
import java.util.List;

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
        compilation.declared(Folder.CAPACITY, "pools", "pool").forEach((id, entry) -> {
            Value.Fields fields = entry.fields();
            CapacityPoolRecord.Builder pool = CapacityPoolRecord.newBuilder()
                    .setId(id)
                    .putAllMatch(matches.read(fields))
                    .setObservedAtMs(fields.number("observed_at", 0));
            Integer dimension = registry.dimensionId(fields.text("dimension"));
            if (dimension == null
                    && fields.has("dimension")
                    && !registry.dimensionNames().contains(fields.text("dimension"))) {
                compilation.unknown(
                        fields.at("dimension"), "dimension", fields.text("dimension"), registry.dimensionNames());
            }
            if (dimension != null) {
                dimension(fields, dimension, pool);
            }
            ScopePath owner = fields.get("reserved_for", ScopePath.class);
            if (owner != null) {
                tree.require(compilation, fields.at("reserved_for"), owner);
                pool.setReservedForPath(owner.path());
            }
            pools.add(pool.build());
        });
        return pools;
    }

    private void dimension(Value.Fields fields, int dimension, CapacityPoolRecord.Builder pool) {
        DimensionKind kind = registry.dimension(dimension).getKind();
        if (kind != DimensionKind.DIMENSION_KIND_CAPACITY) {
            compilation.error(
                    fields.at("dimension"),
                    Code.KIND_MISMATCH,
                    Quoted.of(fields.text("dimension")) + " is a " + RegistryCompiler.kindWord(kind)
                            + ", a pool holds a dimension of kind capacity",
                    "name a dimension of kind capacity");
            return;
        }
        pool.setDimensionId(dimension);
        Amount available = fields.get("available", Amount.class);
        if (available != null) {
            units.toBase(fields.at("available"), available, registry.unitOf(dimension))
                    .ifPresent(pool::setAvailable);
        }
    }
}
