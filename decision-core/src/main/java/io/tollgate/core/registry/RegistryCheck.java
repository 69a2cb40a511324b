/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.registry;

import io.tollgate.core.Plane;
import io.tollgate.core.attribute.AttributeLimits;
import io.tollgate.core.world.def.AttributeDef;
import io.tollgate.core.world.def.ChargeDef;
import io.tollgate.core.world.def.DefinitionException;
import io.tollgate.core.world.def.DimensionDef;
import io.tollgate.core.world.def.FeatureDef;
import io.tollgate.core.world.def.OperationDef;
import io.tollgate.core.world.def.RegistryDef;
import io.tollgate.core.world.def.UnitDef;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Refuses a registry that contradicts itself: every id in it resolves, no name comes twice. */
final class RegistryCheck {
    /** Compiled tables keep a dimension in 16 bits. */
    static final int MAX_DIMENSIONS = 1 << 16;
    /** Policy tables keep an operation's class in 16 bits. */
    static final int MAX_OPERATIONS = 1 << 15;

    private final RegistryDef def;

    private RegistryCheck(final RegistryDef def) {
        this.def = def;
    }

    static void check(final RegistryDef def) {
        final RegistryCheck check = new RegistryCheck(def);
        check.units();
        check.dimensions();
        check.operations();
        unique("actor type", def.actorTypes());
        check.attributes();
        unique("feature", def.features().stream().map(FeatureDef::lookupKey).toList());
    }

    private void units() {
        final List<UnitDef> units = def.units();
        unique("unit", units.stream().map(UnitDef::name).toList());
        for (int i = 0; i < units.size(); i++) {
            final UnitDef unit = units.get(i);
            resolves("unit '" + unit.name() + "': base unit", unit.baseUnitId(), units.size());
            final UnitDef base = units.get(unit.baseUnitId());
            if (base.baseUnitId() != unit.baseUnitId()) {
                throw new DefinitionException("unit '" + unit.name() + "': its base '" + base.name()
                        + "' is not a base unit; name the unit that '" + base.name() + "' is based on");
            }
            final boolean isBase = unit.baseUnitId() == i;
            if (unit.factor() < 1 || isBase && unit.factor() != 1) {
                throw new DefinitionException("unit '" + unit.name() + "': factor " + unit.factor() + "; must be "
                        + (isBase ? "1 for a base unit" : "at least 1"));
            }
        }
    }

    private void dimensions() {
        atMost("dimensions", def.dimensions().size(), MAX_DIMENSIONS);
        unique("dimension", def.dimensions().stream().map(DimensionDef::name).toList());
        for (final DimensionDef dimension : def.dimensions()) {
            final String where = "dimension '" + dimension.name() + "': unit";
            resolves(where, dimension.unitId(), def.units().size());
            final UnitDef unit = def.units().get(dimension.unitId());
            if (unit.baseUnitId() != dimension.unitId()) {
                throw new DefinitionException(where + " '" + unit.name() + "' is not a base unit; use '"
                        + def.units().get(unit.baseUnitId()).name() + "'");
            }
        }
    }

    private void operations() {
        atMost("operations", def.operations().size(), MAX_OPERATIONS);
        for (final OperationDef operation : def.operations()) {
            final String where = "operation " + Operation.name(operation) + ": ";
            for (final int unit : operation.acceptedUnitIds()) {
                resolves(where + "accepted unit", unit, def.units().size());
            }
            for (final ChargeDef charge : operation.charges()) {
                charge(where, charge);
            }
            if (operation.featureId() != OperationDef.NO_FEATURE) {
                resolves(
                        where + "feature", operation.featureId(), def.features().size());
            }
            if (operation.traits().creditGated() && !operation.planes().contains(Plane.CREDIT)) {
                throw new DefinitionException(where + "is gated by credit and does not need the CREDIT plane;"
                        + " balances of any age would pay, add the plane");
            }
            if (operation.stalenessGraceMs() < 0) {
                throw new DefinitionException(where + "staleness grace " + operation.stalenessGraceMs()
                        + " ms is negative; 0 fails closed at once");
            }
        }
    }

    private void attributes() {
        atMost("attributes", def.attributes().size(), AttributeLimits.MAX_DECLARED);
        unique("attribute", def.attributes().stream().map(AttributeDef::name).toList());
        for (final AttributeDef attribute : def.attributes()) {
            final int length = attribute.name().getBytes(StandardCharsets.UTF_8).length;
            if (length > AttributeLimits.MAX_NAME_BYTES) {
                throw new DefinitionException("attribute '" + attribute.name() + "' has a name of " + length
                        + " bytes; at most " + AttributeLimits.MAX_NAME_BYTES + " are supported");
            }
        }
    }

    private void charge(final String where, final ChargeDef charge) {
        resolves(
                where + "charged dimension",
                charge.dimensionId(),
                def.dimensions().size());
        if (charge.onlyUnitId() != ChargeDef.ANY_UNIT) {
            resolves(where + "charged unit", charge.onlyUnitId(), def.units().size());
        }
        if (!charge.fromUsage() && charge.constant() < 0) {
            throw new DefinitionException(where + "charges " + charge.constant() + "; must be 0 or more");
        }
    }

    private static void resolves(final String what, final int id, final int count) {
        if (id < 0 || id >= count) {
            throw new DefinitionException(what + " id " + id + " does not resolve: the registry has " + count);
        }
    }

    private static void atMost(final String what, final int count, final int most) {
        if (count > most) {
            throw new DefinitionException(count + " " + what + " in the registry; at most " + most + " are supported");
        }
    }

    private static void unique(final String what, final List<String> names) {
        final Set<String> seen = new HashSet<>();
        for (final String name : names) {
            if (!seen.add(name)) {
                throw new DefinitionException(what + " '" + name + "' is registered twice; remove one");
            }
        }
    }
}
