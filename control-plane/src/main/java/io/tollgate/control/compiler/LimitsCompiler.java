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
import io.tollgate.v1.CeilingSharing;
import io.tollgate.v1.DimensionKind;
import io.tollgate.v1.Enforcement;
import io.tollgate.v1.ScopeLevel;
import io.tollgate.v1.WindowRecord;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** limits/: ceilings at scopes. */
final class LimitsCompiler {
    static final int MAX_LIMITS_OF_SCOPE = 32;

    private final Compilation compilation;
    private final Registry registry;
    private final UnitTable units;
    private final ScopeTree tree;
    private final BundleSettings settings;
    private final WindowCompiler windows;
    private final Map<String, Position> ids = new HashMap<>();

    LimitsCompiler(
            Compilation compilation, Registry registry, UnitTable units, ScopeTree tree, BundleSettings settings) {
        this.compilation = compilation;
        this.registry = registry;
        this.units = units;
        this.tree = tree;
        this.settings = settings;
        this.windows = new WindowCompiler(compilation, settings);
    }

    void compile() {
        for (Part part : compilation.files(Folder.LIMITS)) {
            for (Value.Entry scope : part.root().entries("limits")) {
                ScopeNode node = tree.require(compilation, scope.at(), (ScopePath) scope.parsedKey());
                if (node != null) {
                    ((Value.Entries) scope.value()).entries().forEach(limit -> limit(node, limit));
                    count(node, scope.at());
                }
            }
        }
    }

    /** {@return whether a limit is written at a scope, be it right or wrong} */
    boolean isDeclared(ScopeNode node, String id) {
        return ids.containsKey(node.path() + "/" + id);
    }

    /** A decision looks at all limits of seven scopes, and has room for 256. */
    private void count(ScopeNode node, Position at) {
        int limits = node.ceilings().size();
        if (limits > MAX_LIMITS_OF_SCOPE) {
            compilation.error(
                    at,
                    Code.TOO_LARGE,
                    node.path() + " has " + limits + " limits with those of its entitlements, at most "
                            + MAX_LIMITS_OF_SCOPE + " limits have room at one scope",
                    "remove some, or move them to a scope above or below");
        }
    }

    private void limit(ScopeNode node, Value.Entry entry) {
        if (entry.key().startsWith(EntitlementCompiler.CEILING_PREFIX)) {
            compilation.error(
                    entry.at(),
                    Code.BAD_ID,
                    Quoted.of(entry.key()) + " is the id of a limit that comes from an entitlement",
                    "choose an id that does not start with '" + EntitlementCompiler.CEILING_PREFIX + "'");
            return;
        }
        Position earlier = ids.putIfAbsent(node.path() + "/" + entry.key(), entry.at());
        if (earlier != null) {
            compilation.duplicate(entry.at(), "limit", entry.key(), earlier);
            return;
        }
        Value.Fields fields = entry.fields();
        String name = fields.text("dimension");
        Integer dimension = registry.dimensionId(name);
        if (dimension == null) {
            if (fields.has("dimension") && !registry.dimensionNames().contains(name)) {
                compilation.unknown(fields.at("dimension"), "dimension", name, registry.dimensionNames());
            }
            return;
        }
        DimensionKind kind = registry.dimension(dimension).getKind();
        if (kind == DimensionKind.DIMENSION_KIND_CAPACITY) {
            compilation.error(
                    fields.at("dimension"),
                    Code.KIND_MISMATCH,
                    Quoted.of(name) + " is of kind capacity: what physically exists has pools, no limits",
                    "write a pool in capacity/ instead, with reserved_for where it belongs to one customer;"
                            + " to bound how many one customer holds, limit a gauge");
            return;
        }
        build(node, entry, dimension, kind);
    }

    private void build(ScopeNode node, Value.Entry entry, int dimension, DimensionKind kind) {
        Value.Fields fields = entry.fields();
        CeilingRecord.Builder record = CeilingRecord.newBuilder()
                .setId(entry.key())
                .setDimensionId(dimension)
                .setEnforcement(
                        fields.text("enforcement").equals("soft")
                                ? Enforcement.ENFORCEMENT_SOFT
                                : Enforcement.ENFORCEMENT_HARD)
                .setSharing(CeilingSharing.CEILING_SHARING_SHARED)
                .addAllThresholds(
                        fields.has("thresholds")
                                ? BundleSettings.thresholds(fields.fields("thresholds"))
                                : settings.thresholds())
                .setOrigin(Ceiling.FROM_LIMITS)
                .setSource(entry.at().toString());
        each(node, fields, record);
        boolean good = amounts(fields, dimension, kind, record);
        Optional<WindowRecord> window = windows.compile(node, fields, kind);
        window.ifPresent(record::setWindow);
        if (good && window.isPresent() && (record.getUnlimited() || windows.rateFits(fields, record, kind))) {
            node.ceilings().add(new Ceiling(entry.at(), record.build()));
        }
    }

    private void each(ScopeNode node, Value.Fields fields, CeilingRecord.Builder record) {
        if (!fields.has("each")) {
            return;
        }
        ScopeLevel level =
                ScopeLevel.valueOf("SCOPE_LEVEL_" + fields.text("each").toUpperCase(Locale.ROOT));
        if (level.compareTo(node.path().level()) <= 0) {
            compilation.error(
                    fields.at("each"),
                    Code.WRONG_LEVEL,
                    "there is no " + fields.text("each") + " below " + node.path(),
                    "name a level below, or remove 'each' for one counter at this scope");
        } else if (level == ScopeLevel.SCOPE_LEVEL_PRINCIPAL
                && node.path().level().compareTo(ScopeLevel.SCOPE_LEVEL_ORGANIZATION) > 0) {
            compilation.error(
                    fields.at("each"),
                    Code.WRONG_LEVEL,
                    "principals belong to organizations, not to " + node.path() + ": nobody would be limited",
                    "write it at the organization, its plan or global");
        }
        record.setSharing(CeilingSharing.CEILING_SHARING_EACH).setEachLevel(level);
    }

    private boolean amounts(Value.Fields fields, int dimension, DimensionKind kind, CeilingRecord.Builder record) {
        Amount limit = fields.get("limit", Amount.class);
        if (limit == null) {
            return false;
        }
        if (limit.unlimited()) {
            record.setUnlimited(true);
        } else {
            OptionalLong converted = convert(fields, "limit", limit, dimension);
            if (converted.isEmpty()) {
                return false;
            }
            record.setLimit(converted.getAsLong());
        }
        return burst(fields, dimension, kind, record) && delegable(fields, dimension, record);
    }

    private boolean burst(Value.Fields fields, int dimension, DimensionKind kind, CeilingRecord.Builder record) {
        Amount burst = fields.get("burst", Amount.class);
        if (kind != DimensionKind.DIMENSION_KIND_RATE || record.getUnlimited()) {
            if (burst != null) {
                compilation.error(
                        fields.at("burst"),
                        Code.KIND_MISMATCH,
                        "only a limited rate has a burst",
                        "remove it; a period's limit may be used at once");
            }
            return burst == null;
        }
        if (burst == null) {
            record.setBurst(Math.max(1, record.getLimit()));
            return !fields.isWritten("burst");
        }
        OptionalLong converted = convert(fields, "burst", burst, dimension);
        converted.ifPresent(record::setBurst);
        return converted.isPresent();
    }

    private boolean delegable(Value.Fields fields, int dimension, CeilingRecord.Builder record) {
        Amount upTo = fields.get("delegable_up_to", Amount.class);
        if (upTo == null) {
            return true;
        }
        OptionalLong converted = convert(fields, "delegable_up_to", upTo, dimension);
        if (converted.isPresent() && (record.getUnlimited() || converted.getAsLong() < record.getLimit())) {
            compilation.error(
                    fields.at("delegable_up_to"),
                    Code.OUT_OF_RANGE,
                    "delegable_up_to is below the limit itself: nothing could be raised",
                    "write more than the limit, or remove it");
        }
        converted.ifPresent(record::setDelegableUpTo);
        return converted.isPresent();
    }

    private OptionalLong convert(Value.Fields fields, String key, @Nullable Amount amount, int dimension) {
        return amount == null ? OptionalLong.empty() : units.toBase(fields.at(key), amount, registry.unitOf(dimension));
    }
}
