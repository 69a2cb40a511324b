/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.registry;

import io.tollgate.core.Plane;
import io.tollgate.core.world.def.ChargeDef;
import io.tollgate.core.world.def.OperationDef;
import org.jspecify.annotations.Nullable;

/** One (product, resource type, action), compiled. Immutable; no accessor allocates. */
public final class Operation {
    private final int id;
    private final OperationDef def;
    private final long[] acceptedUnits;
    private final int[] acceptedUnitIds;
    private final ChargeDef[] charges;
    private final int planes;

    Operation(final int id, final OperationDef def, final int unitCount) {
        this.id = id;
        this.def = def;
        acceptedUnits = new long[unitCount + Long.SIZE - 1 >>> 6];
        for (final int unit : def.acceptedUnitIds()) {
            acceptedUnits[unit >>> 6] |= 1L << unit;
        }
        acceptedUnitIds =
                def.acceptedUnitIds().stream().mapToInt(Integer::intValue).toArray();
        charges = def.charges().toArray(new ChargeDef[0]);
        int needed = 0;
        for (final Plane plane : def.planes()) {
            needed |= 1 << plane.code();
        }
        planes = needed;
    }

    /** {@return its number in the registry} */
    public int id() {
        return id;
    }

    /** {@return the product} */
    public String product() {
        return def.product();
    }

    /** {@return the resource type} */
    public String resourceType() {
        return def.resourceType();
    }

    /** {@return the action} */
    public String action() {
        return def.action();
    }

    /** {@return its name for people} */
    public String displayName() {
        return def.traits().displayName();
    }

    /** {@return whether a usage may have this unit; false for a unit that is not registered} */
    public boolean acceptsUnit(final int unitId) {
        final int word = unitId >> 6;
        return word >= 0 && word < acceptedUnits.length && (acceptedUnits[word] & 1L << unitId) != 0;
    }

    /** {@return how many units a usage may have} */
    public int acceptedUnitCount() {
        return acceptedUnitIds.length;
    }

    /** {@return a unit that a usage may have} */
    public int acceptedUnitId(final int index) {
        return acceptedUnitIds[index];
    }

    /** {@return how many dimensions it charges} */
    public int chargeCount() {
        return charges.length;
    }

    /**
     * {@return the dimension of a charge}
     *
     * @param index 0 to chargeCount - 1
     */
    public int chargeDimensionId(final int index) {
        return charges[index].dimensionId();
    }

    /** {@return whether a charge takes what the usages say; else {@link #chargeConstant}} */
    public boolean chargeFromUsage(final int index) {
        return charges[index].fromUsage();
    }

    /** {@return the only unit whose usages a charge takes, or {@link ChargeDef#ANY_UNIT}} */
    public int chargeOnlyUnitId(final int index) {
        return charges[index].onlyUnitId();
    }

    /** {@return what a charge takes for each request, in the dimension's unit} */
    public long chargeConstant(final int index) {
        return charges[index].constant();
    }

    /** {@return the feature that gates it, or {@link OperationDef#NO_FEATURE}} */
    public int featureId() {
        return def.featureId();
    }

    /** {@return the planes that must be fresh: bit {@code 1 << Plane.code()} of each} */
    public int planes() {
        return planes;
    }

    /** {@return whether a plane must be fresh} */
    public boolean needs(final Plane plane) {
        return (planes & 1 << plane.code()) != 0;
    }

    /** {@return how long after max_age it only warns, milliseconds; 0 = it fails closed at once} */
    public long stalenessGraceMs() {
        return def.stalenessGraceMs();
    }

    /** {@return whether the balance must pay for it} */
    public boolean creditGated() {
        return def.traits().creditGated();
    }

    /** {@return whether its decisions are always logged} */
    public boolean audited() {
        return def.traits().audited();
    }

    /** {@return whether at least one usage must be given} */
    public boolean usageRequired() {
        return def.traits().usageRequired();
    }

    /** {@return "product/resource type/action"} */
    @Override
    public String toString() {
        return name(def);
    }

    @Override
    public boolean equals(final @Nullable Object other) {
        return other instanceof Operation that && that.id == id && that.def.equals(def);
    }

    @Override
    public int hashCode() {
        return id;
    }

    static String name(final OperationDef def) {
        return def.product() + "/" + def.resourceType() + "/" + def.action();
    }
}
