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
import io.tollgate.v1.CeilingRecord;
import io.tollgate.v1.DimensionKind;
import io.tollgate.v1.OverrideRecord;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * limits/: overrides, each a change of one limit until it expires. They go into the ceiling's record whether they have expired or not: what
 * is compiled does not depend on when, and the sidecar looks at its own clock.
 */
final class OverrideCompiler {
    private final Compilation compilation;
    private final Registry registry;
    private final UnitTable units;
    private final ScopeTree tree;
    private final LimitsCompiler limits;
    private final Map<String, Position> ids = new HashMap<>();

    OverrideCompiler(
            Compilation compilation, Registry registry, UnitTable units, ScopeTree tree, LimitsCompiler limits) {
        this.compilation = compilation;
        this.registry = registry;
        this.units = units;
        this.tree = tree;
        this.limits = limits;
    }

    void compile() {
        for (Part part : compilation.files(Folder.LIMITS)) {
            for (Value.Fields override : part.root().fieldsOf("overrides")) {
                Position earlier = ids.putIfAbsent(override.text("id"), override.at("id"));
                if (earlier != null && override.has("id")) {
                    compilation.duplicate(override.at("id"), "override", override.text("id"), earlier);
                }
                compile(override);
            }
        }
    }

    private void compile(Value.Fields override) {
        Long expiresMs = override.get("expires", Long.class);
        if (expiresMs != null && expiresMs <= compilation.nowMs()) {
            compilation.warning(
                    override.at("expires"),
                    Code.EXPIRED,
                    name(override) + " expired at " + Instant.ofEpochMilli(expiresMs) + " and changes nothing",
                    "remove it");
        }
        ScopePath path = override.get("scope", ScopePath.class);
        ScopeNode node = path == null ? null : tree.require(compilation, override.at("scope"), path);
        if (node == null || !override.has("limit_id")) {
            return;
        }
        Optional<Ceiling> found = ceiling(node, override);
        Amount amount = override.get("new_limit", Amount.class);
        if (found.isEmpty() || amount == null || expiresMs == null) {
            return;
        }
        Ceiling ceiling = found.get();
        Position earlier = ceiling.overriddenAt();
        if (earlier != null) {
            compilation.error(
                    override.at("limit_id"),
                    Code.OVERRIDE_TERMS,
                    what(node, ceiling) + " already has override "
                            + Quoted.of(ceiling.record().getOverride().getId()) + " (" + earlier
                            + "): a limit has one override at a time",
                    "keep one of the two");
            return;
        }
        record(node, override, ceiling, amount, expiresMs);
    }

    private Optional<Ceiling> ceiling(ScopeNode node, Value.Fields override) {
        String id = override.text("limit_id");
        Optional<Ceiling> ceiling =
                node.ceilings().stream().filter(c -> c.id().equals(id)).findFirst();
        if (ceiling.isEmpty() && !limits.isDeclared(node, id)) {
            List<String> known = node.ceilings().stream().map(Ceiling::id).toList();
            compilation.unknown(override.at("limit_id"), "limit", id, known);
        }
        return ceiling;
    }

    private void record(ScopeNode node, Value.Fields fields, Ceiling ceiling, Amount amount, long expiresMs) {
        CeilingRecord own = ceiling.record();
        OverrideRecord.Builder record = OverrideRecord.newBuilder()
                .setId(fields.text("id"))
                .setUnlimited(amount.unlimited())
                .setExpiresAtMs(Math.max(0, expiresMs))
                .setSource(fields.at().toString())
                .setReason(fields.text("reason"))
                .setRequestedBy(fields.text("requested_by"))
                .setApprovedBy(fields.text("approved_by"));
        if (!amount.unlimited()) {
            OptionalLong converted =
                    units.toBase(fields.at("new_limit"), amount, registry.unitOf(own.getDimensionId()));
            if (converted.isEmpty()) {
                return;
            }
            record.setLimit(converted.getAsLong());
        }
        if (raises(own, record) && !mayRaise(node, fields, ceiling, record)) {
            return;
        }
        DimensionKind kind = registry.dimension(own.getDimensionId()).getKind();
        if (kind == DimensionKind.DIMENSION_KIND_RATE && !amount.unlimited()) {
            record.setBurst(RateRange.burst(own, record.getLimit()));
            Optional<String> defect = RateRange.defect(own, record);
            if (defect.isPresent()) {
                compilation.error(
                        fields.at("new_limit"),
                        Code.RATE_RANGE,
                        defect.get(),
                        "write a multiple or a simple fraction of the limit itself");
                return;
            }
        }
        node.ceilings()
                .set(
                        node.ceilings().indexOf(ceiling),
                        new Ceiling(
                                ceiling.at(),
                                own.toBuilder().setOverride(record).build(),
                                fields.at()));
    }

    private static boolean raises(CeilingRecord own, OverrideRecord.Builder override) {
        return !own.getUnlimited() && (override.getUnlimited() || override.getLimit() > own.getLimit());
    }

    /** Within what the scope above handed down, and by two people. */
    private boolean mayRaise(ScopeNode node, Value.Fields fields, Ceiling ceiling, OverrideRecord.Builder override) {
        CeilingRecord own = ceiling.record();
        String raise = name(fields) + " raises " + what(node, ceiling) + " from " + own.getLimit() + " to "
                + (override.getUnlimited()
                        ? "unlimited"
                        : override.getLimit() + " " + registry.unitOf(own.getDimensionId()));
        long most = own.getDelegableUpTo();
        if (most == 0) {
            refuse(
                    fields,
                    "new_limit",
                    raise + ", which nobody has delegated",
                    ceiling.isEntitlement()
                            ? "what was bought can only be lowered; change the plan or the subscription"
                            : "add delegable_up_to to the limit (" + ceiling.at() + "), or write at most "
                                    + own.getLimit());
            return false;
        }
        if (override.getUnlimited() || override.getLimit() > most) {
            refuse(
                    fields,
                    "new_limit",
                    raise + ", above its delegable_up_to of " + most + " (" + ceiling.at() + ")",
                    "write at most " + most);
            return false;
        }
        if (!fields.has("approved_by")) {
            if (!fields.isWritten("approved_by")) {
                refuse(
                        fields,
                        "id",
                        raise + " without approval",
                        "add approved_by, with somebody other than " + Quoted.of(fields.text("requested_by")));
            }
            return false;
        }
        if (fields.text("approved_by").equals(fields.text("requested_by"))) {
            refuse(
                    fields,
                    "approved_by",
                    raise + ", asked for and approved by " + Quoted.of(fields.text("approved_by")),
                    "have somebody else approve it");
            return false;
        }
        return true;
    }

    private void refuse(Value.Fields fields, String key, String message, String remedy) {
        compilation.error(fields.at(key), Code.OVERRIDE_TERMS, message, remedy);
    }

    private static String name(Value.Fields override) {
        return "override " + Quoted.of(override.text("id"));
    }

    private static String what(ScopeNode node, Ceiling ceiling) {
        return "limit " + Quoted.of(ceiling.id()) + " of " + node.path();
    }
}
