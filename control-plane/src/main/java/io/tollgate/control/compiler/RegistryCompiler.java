/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import io.tollgate.control.condition.FixedNames;
import io.tollgate.control.source.BundleSource.Part;
import io.tollgate.control.source.Code;
import io.tollgate.control.source.Folder;
import io.tollgate.control.source.Position;
import io.tollgate.control.source.Quoted;
import io.tollgate.control.source.ScopePath;
import io.tollgate.control.source.Suggestions;
import io.tollgate.control.source.Value;
import io.tollgate.core.attribute.AttributeLimits;
import io.tollgate.v1.AttributeRecord;
import io.tollgate.v1.AttributeType;
import io.tollgate.v1.DimensionKind;
import io.tollgate.v1.DimensionRecord;
import io.tollgate.v1.FeatureRecord;
import io.tollgate.v1.FeatureType;
import io.tollgate.v1.RegistryRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** registry/ and the features of billing/: units, dimensions, features, operations. */
final class RegistryCompiler {
    private static final int DEFAULT_MONEY_SCALE = 6;
    private static final List<String> ATTRIBUTE_OWNERS = List.of("actor", "place", "resource", "request");

    private final Compilation compilation;
    private final UnitTable units;
    private final RegistryRecord.Builder record = RegistryRecord.newBuilder();
    private final Map<String, Integer> dimensions = new TreeMap<>(Utf8.ORDER);
    private final Map<String, Registry.Feature> features = new TreeMap<>(Utf8.ORDER);

    RegistryCompiler(Compilation compilation) {
        this.compilation = compilation;
        this.units = new UnitTable(compilation);
    }

    UnitTable units() {
        return units;
    }

    Registry compile() {
        facts();
        record.addAllUnits(units.records());
        dimensions();
        features();
        Set<String> actorTypes = names("actor_types", "actor type");
        record.addAllActorTypes(actorTypes);
        attributes();
        record.addAllOperations(new OperationCompiler(compilation, units, dimensions, record, features).compile());
        return new Registry(
                record.build(),
                names("roles", "role"),
                features,
                new Registry.Declared(
                        compilation.names(Folder.REGISTRY, "dimensions"),
                        compilation.names(Folder.BILLING, "features")));
    }

    private void facts() {
        Long version = once("version");
        boolean written = compilation.files(Folder.REGISTRY).stream()
                .anyMatch(part -> part.root().isWritten("version"));
        if (version == null && !written) {
            compilation.error(
                    Position.ofFile(Folder.REGISTRY.folderName()),
                    Code.MISSING_KEY,
                    "no file of this folder says which 'version' the registry has",
                    "add 'version: 1' to one of them, and count it up with every change that callers must know of");
        }
        version = version == null ? 1L : version;
        Long oldest = once("oldest_supported_version");
        Long scale = once("money_scale");
        record.setVersion(version)
                .setOldestSupportedVersion(oldest == null ? 0 : oldest)
                .setMoneyScale(scale == null ? DEFAULT_MONEY_SCALE : scale.intValue());
        if (oldest != null && oldest > version) {
            for (Part part : compilation.files(Folder.REGISTRY)) {
                if (part.root().has("oldest_supported_version")) {
                    compilation.error(
                            part.root().at("oldest_supported_version"),
                            Code.OUT_OF_RANGE,
                            "oldest_supported_version " + oldest + " is above version " + version
                                    + ": every caller would be refused",
                            "write at most " + version);
                }
            }
        }
    }

    /** A key that only one file of the folder may hold. */
    private @Nullable Long once(String key) {
        Long found = null;
        Position first = null;
        for (Part part : compilation.files(Folder.REGISTRY)) {
            Long value = part.root().get(key, Long.class);
            if (value != null && first == null) {
                found = value;
                first = part.root().at(key);
            } else if (value != null && first != null) {
                compilation.duplicate(part.root().at(key), "key", key, first);
            }
        }
        return found;
    }

    private void dimensions() {
        compilation.declared(Folder.REGISTRY, "dimensions", "dimension").forEach((name, entry) -> {
            Value.Fields fields = entry.fields();
            String unit = fields.text("unit");
            UnitTable.Resolved resolved = units.get(unit);
            if (resolved == null) {
                if (!unit.isEmpty() && !units.isDeclared(unit)) {
                    compilation.unknown(fields.at("unit"), "unit", unit, units.names());
                }
                return;
            }
            if (!resolved.base().equals(unit)) {
                compilation.error(
                        fields.at("unit"),
                        Code.UNIT_MISMATCH,
                        "a dimension is counted in a base unit, and " + Quoted.of(unit) + " is derived",
                        "write " + resolved.base());
                return;
            }
            if (!fields.has("kind")) {
                return;
            }
            dimensions.put(name, record.getDimensionsCount());
            record.addDimensions(DimensionRecord.newBuilder()
                    .setName(name)
                    .setFamily(fields.text("family"))
                    .setUnitId(units.id(unit))
                    .setKind(DimensionKind.valueOf(
                            "DIMENSION_KIND_" + fields.text("kind").toUpperCase(Locale.ROOT)))
                    .setDisplayName(fields.text("name")));
        });
    }

    private void features() {
        compilation.declared(Folder.BILLING, "features", "feature").forEach((key, entry) -> {
            Value.Fields fields = entry.fields();
            if (!fields.has("type")) {
                return;
            }
            String type = fields.text("type");
            Integer dimension = null;
            long factor = 1;
            if (type.equals("metered")) {
                dimension = meteredDimension(fields);
                if (dimension == null) {
                    return;
                }
                factor = reportingFactor(fields, dimension);
            } else {
                refuseMeter(fields, type);
            }
            features.put(key, new Registry.Feature(features.size(), dimension == null ? -1 : dimension, factor));
            record.addFeatures(FeatureRecord.newBuilder()
                    .setLookupKey(key)
                    .setType(FeatureType.valueOf("FEATURE_TYPE_" + type.toUpperCase(Locale.ROOT)))
                    .setDisplayName(fields.text("name")));
        });
    }

    private @Nullable Integer meteredDimension(Value.Fields fields) {
        if (!fields.has("dimension")) {
            if (!fields.isWritten("dimension")) {
                compilation.error(
                        fields.at(),
                        Code.MISSING_KEY,
                        "a metered feature needs the key 'dimension'",
                        "add the dimension that its meter counts: one of " + Suggestions.list(dimensions.keySet()));
            }
            return null;
        }
        String name = fields.text("dimension");
        Integer dimension = dimensions.get(name);
        if (dimension == null) {
            Set<String> declared = compilation.names(Folder.REGISTRY, "dimensions");
            if (!declared.contains(name)) {
                compilation.unknown(fields.at("dimension"), "dimension", name, declared);
            }
        } else if (record.getDimensions(dimension).getKind() != DimensionKind.DIMENSION_KIND_PERIOD) {
            compilation.error(
                    fields.at("dimension"),
                    Code.KIND_MISMATCH,
                    "an entitlement has a reset period, so it cannot bound " + Quoted.of(name) + ", which is a "
                            + kindWord(record.getDimensions(dimension).getKind()),
                    "meter a dimension of kind period, and put rates and gauges under limits/");
            return null;
        }
        return dimension;
    }

    private long reportingFactor(Value.Fields fields, int dimension) {
        String base =
                record.getUnits(record.getDimensions(dimension).getUnitId()).getName();
        String unit = fields.text("unit");
        if (unit.isEmpty()) {
            return 1;
        }
        UnitTable.Resolved resolved = units.get(unit);
        if (resolved == null) {
            if (!units.isDeclared(unit)) {
                compilation.unknown(fields.at("unit"), "unit", unit, units.names());
            }
            return 1;
        }
        if (!resolved.base().equals(base)) {
            compilation.error(
                    fields.at("unit"),
                    Code.UNIT_MISMATCH,
                    Quoted.of(unit) + " does not convert to " + Quoted.of(base) + ", the unit of the dimension",
                    "use " + String.join(" or ", units.convertible(base)));
        }
        return resolved.factor();
    }

    private void refuseMeter(Value.Fields fields, String type) {
        for (String key : new String[] {"dimension", "unit"}) {
            if (fields.has(key)) {
                compilation.error(
                        fields.at(key),
                        Code.ENTITLEMENT_TERMS,
                        "a " + type + " feature counts nothing, so it has no " + Quoted.of(key),
                        "remove it, or make the feature metered");
            }
        }
    }

    static String kindWord(DimensionKind kind) {
        return kind.name().substring("DIMENSION_KIND_".length()).toLowerCase(Locale.ROOT);
    }

    private Set<String> names(String key, String what) {
        Set<String> names = new TreeSet<>(Utf8.ORDER);
        Map<String, Position> seen = new TreeMap<>();
        for (Part part : compilation.files(Folder.REGISTRY)) {
            for (Value.Scalar item : part.root().scalars(key)) {
                String name = item.as(String.class);
                Position earlier = seen.putIfAbsent(name, item.at());
                if (earlier != null) {
                    compilation.duplicate(item.at(), what, name, earlier);
                } else if (key.equals("actor_types") && ScopePath.RESERVED_TYPES.contains(name)) {
                    compilation.error(
                            item.at(),
                            Code.BAD_ID,
                            Quoted.of(name) + " cannot be an actor type: it names other scopes",
                            "choose another word, like user, service or agent");
                } else {
                    names.add(name);
                }
            }
        }
        return names;
    }

    private void attributes() {
        List<AttributeRecord> records = new ArrayList<>();
        Map<String, Value.Entry> declared = compilation.declared(Folder.REGISTRY, "attributes", "attribute");
        if (declared.size() > AttributeLimits.MAX_DECLARED) {
            compilation.error(
                    declared.values().iterator().next().at(),
                    Code.TOO_LARGE,
                    declared.size() + " attributes are declared, at most " + AttributeLimits.MAX_DECLARED,
                    "remove those that nothing reads, or make some of them values of one attribute");
        }
        declared.forEach((name, entry) -> {
            if (!hasOwner(name)) {
                compilation.error(
                        entry.at(),
                        Code.BAD_ID,
                        "attribute " + Quoted.of(name) + " does not say whose it is",
                        "start it with actor., place., resource. or request.");
            } else if (FixedNames.isTaken(name)) {
                compilation.error(
                        entry.at(),
                        Code.BAD_ID,
                        "attribute " + Quoted.of(name) + " has the name of something that every request has",
                        "give it another name; conditions read " + name + " anyway");
            }
            String type = ((Value.Scalar) entry.value()).as(String.class);
            records.add(AttributeRecord.newBuilder()
                    .setName(name)
                    .setType(AttributeType.valueOf("ATTRIBUTE_TYPE_" + type.toUpperCase(Locale.ROOT)))
                    .build());
        });
        record.addAllAttributes(records);
    }

    private static boolean hasOwner(String attribute) {
        int dot = attribute.indexOf('.');
        return dot > 0 && dot < attribute.length() - 1 && ATTRIBUTE_OWNERS.contains(attribute.substring(0, dot));
    }

    /** {@return whether an attribute's name is one that conditions can tell from others} */
    static boolean isGoodAttribute(String name) {
        return hasOwner(name) && !FixedNames.isTaken(name);
    }
}
