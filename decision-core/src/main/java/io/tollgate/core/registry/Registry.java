/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.registry;

import io.tollgate.core.DimensionKind;
import io.tollgate.core.symbol.SymbolTable;
import io.tollgate.core.world.def.AttributeDef;
import io.tollgate.core.world.def.AttributeType;
import io.tollgate.core.world.def.DimensionDef;
import io.tollgate.core.world.def.FeatureDef;
import io.tollgate.core.world.def.RegistryDef;
import io.tollgate.core.world.def.UnitDef;

/**
 * The registry, compiled. Ids are those of {@link RegistryDef}: positions in its lists.
 *
 * <p>Immutable, safe for any thread; nothing here allocates after construction.
 */
public final class Registry {
    /** No such name. */
    public static final int MISSING = SymbolTable.MISSING;

    private final RegistryDef def;
    private final SymbolTable units;
    private final SymbolTable dimensions;
    private final SymbolTable actorTypes;
    private final SymbolTable features;
    private final SymbolTable attributes;
    private final AttributeType[] attributeTypes;
    private final SymbolTable products;
    private final SymbolTable resourceTypes;
    private final SymbolTable actions;
    private final OperationIndex operationIndex;
    private final Operation[] operations;
    private final long[] unitFactors;
    private final int[] unitBases;
    private final int[] dimensionUnits;
    private final DimensionKind[] dimensionKinds;

    private Registry(final RegistryDef def) {
        this.def = def;
        units = SymbolTable.of(def.units().stream().map(UnitDef::name).toList());
        dimensions =
                SymbolTable.of(def.dimensions().stream().map(DimensionDef::name).toList());
        actorTypes = SymbolTable.of(def.actorTypes());
        features = SymbolTable.of(
                def.features().stream().map(FeatureDef::lookupKey).toList());
        attributes =
                SymbolTable.of(def.attributes().stream().map(AttributeDef::name).toList());
        attributeTypes = def.attributes().stream().map(AttributeDef::type).toArray(AttributeType[]::new);
        operationIndex = new OperationIndex(def.operations());
        operations = new Operation[def.operations().size()];
        final SymbolTable.Builder productNames = new SymbolTable.Builder();
        final SymbolTable.Builder typeNames = new SymbolTable.Builder();
        final SymbolTable.Builder actionNames = new SymbolTable.Builder();
        for (int i = 0; i < operations.length; i++) {
            operations[i] =
                    new Operation(i, def.operations().get(i), def.units().size());
            productNames.intern(operations[i].product());
            typeNames.intern(operations[i].resourceType());
            actionNames.intern(operations[i].action());
        }
        products = productNames.build();
        resourceTypes = typeNames.build();
        actions = actionNames.build();
        unitFactors = def.units().stream().mapToLong(UnitDef::factor).toArray();
        unitBases = def.units().stream().mapToInt(UnitDef::baseUnitId).toArray();
        dimensionUnits =
                def.dimensions().stream().mapToInt(DimensionDef::unitId).toArray();
        dimensionKinds = def.dimensions().stream().map(DimensionDef::kind).toArray(DimensionKind[]::new);
    }

    /**
     * Checks and compiles.
     *
     * @param def the registry of a snapshot
     * @throws io.tollgate.core.world.def.DefinitionException when it contradicts itself
     */
    public static Registry compile(final RegistryDef def) {
        RegistryCheck.check(def);
        return new Registry(def);
    }

    /** {@return what it was compiled from} */
    public RegistryDef definition() {
        return def;
    }

    /** {@return its version} */
    public long version() {
        return def.version();
    }

    /** {@return oldest caller version that still works; 0 = any} */
    public long oldestSupportedVersion() {
        return def.oldestSupportedVersion();
    }

    /** {@return digits after the point in money and credits} */
    public int moneyScale() {
        return def.moneyScale();
    }

    /** {@return units by name} */
    public SymbolTable units() {
        return units;
    }

    /** {@return dimensions by name} */
    public SymbolTable dimensions() {
        return dimensions;
    }

    /** {@return actor types by name} */
    public SymbolTable actorTypes() {
        return actorTypes;
    }

    /** {@return features by lookup key} */
    public SymbolTable features() {
        return features;
    }

    /** {@return declared attributes by full name, "resource.region"} */
    public SymbolTable attributes() {
        return attributes;
    }

    /** {@return the type that an attribute is declared with} */
    public AttributeType attributeType(final int attributeId) {
        return attributeTypes[attributeId];
    }

    /** {@return products that some operation has; to say which part of an unknown operation is unknown} */
    public SymbolTable products() {
        return products;
    }

    /** {@return resource types that some operation has} */
    public SymbolTable resourceTypes() {
        return resourceTypes;
    }

    /** {@return actions that some operation has} */
    public SymbolTable actions() {
        return actions;
    }

    /**
     * {@return the id of an operation, or {@link #MISSING}}
     *
     * @param source        what the three names are slices of
     * @param productOffset where the product starts
     * @param productLength its bytes
     * @param typeOffset    where the resource type starts
     * @param typeLength    its bytes
     * @param actionOffset  where the action starts
     * @param actionLength  its bytes
     */
    public int findOperation(
            final byte[] source,
            final int productOffset,
            final int productLength,
            final int typeOffset,
            final int typeLength,
            final int actionOffset,
            final int actionLength) {
        return operationIndex.find(
                source, productOffset, productLength, typeOffset, typeLength, actionOffset, actionLength);
    }

    /** {@return how many operations} */
    public int operationCount() {
        return operations.length;
    }

    /** {@return an operation} */
    public Operation operation(final int operationId) {
        return operations[operationId];
    }

    /** {@return the base unit of a unit} */
    public int unitBaseId(final int unitId) {
        return unitBases[unitId];
    }

    /** {@return how many of its base unit one of this unit is, at least 1} */
    public long unitFactor(final int unitId) {
        return unitFactors[unitId];
    }

    /** {@return the base unit that a dimension is counted in} */
    public int dimensionUnitId(final int dimensionId) {
        return dimensionUnits[dimensionId];
    }

    /** {@return how a dimension counts} */
    public DimensionKind dimensionKind(final int dimensionId) {
        return dimensionKinds[dimensionId];
    }

    /** {@return whether amounts in this unit can be counted in this dimension} */
    public boolean converts(final int unitId, final int dimensionId) {
        return unitBases[unitId] == dimensionUnits[dimensionId];
    }

    /** {@return definition of a dimension, for names} */
    public DimensionDef dimension(final int dimensionId) {
        return def.dimensions().get(dimensionId);
    }

    /** {@return definition of a unit, for names} */
    public UnitDef unit(final int unitId) {
        return def.units().get(unitId);
    }

    /** {@return definition of a feature} */
    public FeatureDef feature(final int featureId) {
        return def.features().get(featureId);
    }
}
