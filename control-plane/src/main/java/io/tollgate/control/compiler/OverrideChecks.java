/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import io.tollgate.control.source.Amount;
import io.tollgate.control.source.BundleSource.Part;
import io.tollgate.control.source.Code;
import io.tollgate.control.source.Folder;
import io.tollgate.control.source.Position;
import io.tollgate.control.source.Quoted;
import io.tollgate.control.source.ScopePath;
import io.tollgate.control.source.Value;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Overrides of limits: checked for form and references. They are not applied yet, and each one says so. */
final class OverrideChecks {
    private final Compilation compilation;
    private final Registry registry;
    private final UnitTable units;
    private final ScopeTree tree;

    OverrideChecks(Compilation compilation, Registry registry, UnitTable units, ScopeTree tree) {
        this.compilation = compilation;
        this.registry = registry;
        this.units = units;
        this.tree = tree;
    }

    void check() {
        Map<String, Position> ids = new HashMap<>();
        for (Part part : compilation.files(Folder.LIMITS)) {
            for (Value.Fields override : part.root().fieldsOf("overrides")) {
                Position earlier = ids.putIfAbsent(override.text("id"), override.at("id"));
                if (earlier != null && override.has("id")) {
                    compilation.duplicate(override.at("id"), "override", override.text("id"), earlier);
                }
                check(override);
            }
        }
    }

    private void check(Value.Fields override) {
        compilation.warning(
                override.at(),
                Code.NOT_APPLIED_YET,
                "override " + Quoted.of(override.text("id")) + " is checked, but not applied yet",
                "until the stage that brings overrides, change the limit itself");
        Long expiresMs = override.get("expires", Long.class);
        if (expiresMs != null && expiresMs <= compilation.nowMs()) {
            compilation.warning(
                    override.at("expires"),
                    Code.EXPIRED,
                    "override " + Quoted.of(override.text("id")) + " expired at " + Instant.ofEpochMilli(expiresMs),
                    "remove it");
        }
        ScopePath path = override.get("scope", ScopePath.class);
        ScopeNode node = path == null ? null : tree.require(compilation, override.at("scope"), path);
        if (node == null || !override.has("limit_id")) {
            return;
        }
        String id = override.text("limit_id");
        Optional<Ceiling> ceiling =
                node.ceilings().stream().filter(c -> c.id().equals(id)).findFirst();
        if (ceiling.isEmpty()) {
            List<String> known = node.ceilings().stream().map(Ceiling::id).toList();
            compilation.unknown(override.at("limit_id"), "limit", id, known);
            return;
        }
        Amount limit = override.get("new_limit", Amount.class);
        if (limit != null && !limit.unlimited()) {
            units.toBase(
                    override.at("new_limit"),
                    limit,
                    registry.unitOf(ceiling.get().record().getDimensionId()));
        }
    }
}
