/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import io.tollgate.v1.AttributeType;
import io.tollgate.v1.DimensionRecord;
import io.tollgate.v1.FeatureRecord;
import io.tollgate.v1.OperationRecord;
import io.tollgate.v1.RegistryRecord;
import io.tollgate.v1.UnitRecord;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The compiled registry and its names. Ids are positions in the record's lists, which are sorted by name. */
final class Registry {
    private final RegistryRecord record;
    private final Map<String, Integer> units = new TreeMap<>(Utf8.ORDER);
    private final Map<String, Integer> dimensions = new TreeMap<>(Utf8.ORDER);
    private final Map<String, Integer> features = new TreeMap<>(Utf8.ORDER);
    private final Map<String, AttributeType> attributes = new LinkedHashMap<>();
    private final Set<String> actorTypes;
    private final Set<String> roles;
    private final Map<String, Feature> featureTerms;
    private final Declared declared;

    /**
     * @param roles declared roles; empty = none are declared
     * @param featureTerms metered features' dimensions and units, by lookup key
     */
    Registry(RegistryRecord record, Set<String> roles, Map<String, Feature> featureTerms, Declared declared) {
        this.record = record;
        this.declared = declared;
        this.roles = roles;
        this.featureTerms = featureTerms;
        this.actorTypes = new TreeSet<>(record.getActorTypesList());
        for (UnitRecord unit : record.getUnitsList()) {
            units.put(unit.getName(), units.size());
        }
        for (DimensionRecord dimension : record.getDimensionsList()) {
            dimensions.put(dimension.getName(), dimensions.size());
        }
        for (FeatureRecord feature : record.getFeaturesList()) {
            features.put(feature.getLookupKey(), features.size());
        }
        record.getAttributesList().forEach(a -> attributes.put(a.getName(), a.getType()));
    }

    /**
     * What a metered feature counts.
     *
     * @param dimension id; -1 = not metered
     * @param unitFactor base units per unit of its limits
     */
    record Feature(int id, int dimension, long unitFactor) {}

    /** Names that are written, be they right or wrong otherwise: using a wrong one is no second mistake. */
    record Declared(Set<String> dimensions, Set<String> features) {}

    RegistryRecord record() {
        return record;
    }

    Set<String> dimensionNames() {
        return declared.dimensions();
    }

    Set<String> unitNames() {
        return units.keySet();
    }

    Set<String> featureNames() {
        return declared.features();
    }

    Set<String> actorTypes() {
        return actorTypes;
    }

    Set<String> declaredRoles() {
        return roles;
    }

    Map<String, AttributeType> attributes() {
        return attributes;
    }

    /** {@return the dimension's id, or null} */
    @Nullable
    Integer dimensionId(String name) {
        return dimensions.get(name);
    }

    DimensionRecord dimension(int id) {
        return record.getDimensions(id);
    }

    @Nullable
    Integer unitId(String name) {
        return units.get(name);
    }

    UnitRecord unit(int id) {
        return record.getUnits(id);
    }

    /** {@return name of the unit that a dimension is counted in} */
    String unitOf(int dimensionId) {
        return unit(dimension(dimensionId).getUnitId()).getName();
    }

    @Nullable
    Feature feature(String lookupKey) {
        return featureTerms.get(lookupKey);
    }

    FeatureRecord featureRecord(int id) {
        return record.getFeatures(id);
    }

    List<OperationRecord> operations() {
        return record.getOperationsList();
    }
}
