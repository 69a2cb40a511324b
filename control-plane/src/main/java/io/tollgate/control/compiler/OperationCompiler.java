/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import io.tollgate.control.source.ChargeText;
import io.tollgate.control.source.Code;
import io.tollgate.control.source.Folder;
import io.tollgate.control.source.Position;
import io.tollgate.control.source.Quoted;
import io.tollgate.control.source.Value;
import io.tollgate.v1.ChargeRecord;
import io.tollgate.v1.DimensionKind;
import io.tollgate.v1.OperationRecord;
import io.tollgate.v1.Plane;
import io.tollgate.v1.RegistryRecordOrBuilder;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/** Operations: (product, resource type, action), what they accept and what they charge. */
final class OperationCompiler {
    /** The engine numbers operations in 15 bits. */
    static final int MAX_OPERATIONS = 1 << 15;

    private final Compilation compilation;
    private final UnitTable units;
    private final Map<String, Integer> dimensions;
    private final Set<String> declaredDimensions;
    private final RegistryRecordOrBuilder registry;
    private final Map<String, Registry.Feature> features;
    private final Set<String> declaredFeatures;
    private final List<OperationRecord> operations = new ArrayList<>();

    OperationCompiler(
            Compilation compilation,
            UnitTable units,
            Map<String, Integer> dimensions,
            RegistryRecordOrBuilder registry,
            Map<String, Registry.Feature> features) {
        this.compilation = compilation;
        this.units = units;
        this.dimensions = dimensions;
        this.declaredDimensions = compilation.names(Folder.REGISTRY, "dimensions");
        this.registry = registry;
        this.features = features;
        this.declaredFeatures = compilation.names(Folder.BILLING, "features");
    }

    /** Sorted by product, resource type and action. */
    List<OperationRecord> compile() {
        compilation.declared(Folder.REGISTRY, "products", "product").forEach((product, entry) -> sorted(
                        entry.fields().entries("resource_types"))
                .forEach((type, resource) -> sorted(resource.fields().entries("actions"))
                        .forEach((action, fields) -> operation(product, type, action, fields.fields()))));
        if (operations.size() > MAX_OPERATIONS) {
            compilation.error(
                    Position.ofFile(Folder.REGISTRY.folderName()),
                    Code.TOO_LARGE,
                    operations.size() + " actions, at most " + MAX_OPERATIONS,
                    "register fewer; what differs only in degree belongs into attributes");
        }
        return operations;
    }

    private static Map<String, Value.Entry> sorted(List<Value.Entry> entries) {
        Map<String, Value.Entry> sorted = new TreeMap<>(Utf8.ORDER);
        entries.forEach(entry -> sorted.put(entry.key(), entry));
        return sorted;
    }

    private void operation(String product, String type, String action, Value.Fields fields) {
        OperationRecord.Builder record = OperationRecord.newBuilder()
                .setProduct(product)
                .setResourceType(type)
                .setAction(action)
                .setDisplayName(fields.text("name"))
                .setUsageRequired(fields.flag("usage_required", false))
                .setStalenessGraceMs(fields.number("staleness_grace", 0))
                .setAudited(fields.flag("audited", false));
        List<String> accepted = acceptedUnits(fields, record);
        boolean allKnown = accepted.size() == fields.scalars("units").size();
        for (Value.Entry charge : fields.entries("charges")) {
            charge(charge, new Accepted(accepted, allKnown), record);
        }
        record.setCreditGated(fields.flag("credit_gated", false));
        if (fields.has("feature")) {
            Registry.Feature feature = features.get(fields.text("feature"));
            if (feature == null) {
                if (!declaredFeatures.contains(fields.text("feature"))) {
                    compilation.unknown(fields.at("feature"), "feature", fields.text("feature"), declaredFeatures);
                }
            } else {
                record.setFeatureRef(feature.id() + 1);
            }
        }
        if (record.getUsageRequired() && accepted.isEmpty() && !fields.isWritten("units")) {
            compilation.error(
                    fields.at("usage_required"),
                    Code.KIND_MISMATCH,
                    "usage is required, but the action accepts no unit",
                    "add 'units: [...]', or remove usage_required");
        }
        operations.add(record.addAllPlanes(planes(fields, record)).build());
    }

    private List<String> acceptedUnits(Value.Fields fields, OperationRecord.Builder record) {
        List<String> accepted = new ArrayList<>();
        for (Value.Scalar item : fields.scalars("units")) {
            String unit = item.as(String.class);
            if (units.get(unit) == null) {
                if (!units.isDeclared(unit)) {
                    compilation.unknown(item.at(), "unit", unit, units.names());
                }
            } else if (accepted.contains(unit)) {
                compilation.error(
                        item.at(),
                        Code.DUPLICATE_ID,
                        "unit " + Quoted.of(unit) + " is in this list twice",
                        "remove one");
            } else {
                accepted.add(unit);
                record.addAcceptedUnitIds(units.id(unit));
            }
        }
        return accepted;
    }

    /**
     * Units that the action accepts.
     *
     * @param complete false = one of them was wrong, so what is missing here may only be that one
     */
    private record Accepted(List<String> units, boolean complete) {}

    private void charge(Value.Entry entry, Accepted accepted, OperationRecord.Builder record) {
        Integer dimension = dimensions.get(entry.key());
        if (dimension == null) {
            if (!declaredDimensions.contains(entry.key())) {
                compilation.unknown(entry.at(), "dimension", entry.key(), declaredDimensions);
            }
            return;
        }
        Value.Scalar value = (Value.Scalar) entry.value();
        ChargeText charge = value.as(ChargeText.class);
        String base =
                registry.getUnits(registry.getDimensions(dimension).getUnitId()).getName();
        ChargeRecord.Builder built = ChargeRecord.newBuilder().setDimensionId(dimension);
        boolean good = charge.fromUsage()
                ? fromUsage(value.at(), charge, base, accepted, built)
                : constant(value.at(), charge, base, built);
        if (good) {
            record.addCharges(built);
        }
    }

    private boolean constant(Position at, ChargeText charge, String base, ChargeRecord.Builder built) {
        OptionalLong amount = units.toBase(at, charge.constant(), base);
        amount.ifPresent(built::setConstant);
        return amount.isPresent();
    }

    private boolean fromUsage(
            Position at, ChargeText charge, String base, Accepted accepted, ChargeRecord.Builder built) {
        built.setFromUsage(true);
        String only = charge.onlyUnit();
        if (!accepted.complete()) {
            return false;
        }
        if (only.isEmpty()) {
            if (accepted.units().stream().noneMatch(unit -> converts(unit, base))) {
                compilation.error(
                        at,
                        Code.UNIT_MISMATCH,
                        "no unit that the action accepts converts to " + Quoted.of(base)
                                + ": this would never charge anything",
                        "add one of " + String.join(", ", units.convertible(base)) + " to 'units'");
                return false;
            }
            return true;
        }
        if (!accepted.units().contains(only)) {
            compilation.error(
                    at,
                    Code.UNIT_MISMATCH,
                    "the action does not accept the unit " + Quoted.of(only),
                    Compilation.nearestOf(only, accepted.units()));
            return false;
        }
        if (!converts(only, base)) {
            compilation.error(
                    at,
                    Code.UNIT_MISMATCH,
                    Quoted.of(only) + " does not convert to " + Quoted.of(base) + ", the unit of the dimension",
                    "use " + String.join(" or ", units.convertible(base)));
            return false;
        }
        built.setOnlyUnitRef(units.id(only) + 1);
        return true;
    }

    private boolean converts(String unit, String base) {
        UnitTable.Resolved resolved = units.get(unit);
        return resolved != null && resolved.base().equals(base);
    }

    private boolean takesCapacity(ChargeRecord charge) {
        return registry.getDimensions(charge.getDimensionId()).getKind() == DimensionKind.DIMENSION_KIND_CAPACITY;
    }

    /** What the decision reads decides which evidence must be fresh; the author may add, never remove. */
    private List<Plane> planes(Value.Fields fields, OperationRecord.Builder record) {
        Set<Plane> planes = EnumSet.of(Plane.PLANE_DIRECTORY, Plane.PLANE_POLICY);
        if (record.getFeatureRef() != 0) {
            planes.add(Plane.PLANE_ENTITLEMENT);
        }
        if (record.getChargesCount() > 0) {
            planes.add(Plane.PLANE_QUOTA);
        }
        if (record.getChargesList().stream().anyMatch(this::takesCapacity)) {
            planes.add(Plane.PLANE_CAPACITY);
        }
        if (record.getCreditGated()) {
            planes.add(Plane.PLANE_CREDIT);
        }
        for (String word : fields.texts("planes")) {
            planes.add(BundleSettings.Planes.of(word));
        }
        return new ArrayList<>(planes);
    }
}
