/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.core.DimensionKind;
import io.tollgate.core.Plane;
import io.tollgate.core.world.def.ChargeDef;
import io.tollgate.core.world.def.DefinitionException;
import io.tollgate.core.world.def.DimensionDef;
import io.tollgate.core.world.def.FeatureDef;
import io.tollgate.core.world.def.FeatureType;
import io.tollgate.core.world.def.OperationDef;
import io.tollgate.core.world.def.RegistryDef;
import io.tollgate.core.world.def.UnitDef;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class RegistryTest {
    private static final List<UnitDef> UNITS = List.of(
            new UnitDef("gpu_millisecond", 0, 1, "GPU millisecond"),
            new UnitDef("gpu_hour", 0, 3_600_000, "GPU hour"),
            new UnitDef("token", 2, 1, "token"));
    private static final List<DimensionDef> DIMENSIONS =
            List.of(new DimensionDef("compute.gpu", "compute", 0, DimensionKind.PERIOD, "GPU time"));

    private static OperationDef operation(final String product, final String type, final String action) {
        return operation(product, type, action, List.of(0, 1), new ChargeDef(0, true, 1, 0), 0);
    }

    private static OperationDef operation(
            final String product,
            final String type,
            final String action,
            final List<Integer> units,
            final ChargeDef charge,
            final int feature) {
        return new OperationDef(
                product,
                type,
                action,
                units,
                List.of(charge),
                feature,
                List.of(Plane.POLICY, Plane.QUOTA, Plane.CREDIT),
                250,
                new OperationDef.Traits(true, false, true, "Launch"));
    }

    private static RegistryDef def(
            final List<UnitDef> units, final List<DimensionDef> dimensions, final List<OperationDef> operations) {
        return new RegistryDef(
                9,
                4,
                units,
                dimensions,
                operations,
                List.of("user"),
                List.of(new FeatureDef("gpu", FeatureType.BOOLEAN, "GPU")),
                List.of(),
                6);
    }

    private static int find(final Registry registry, final String product, final String type, final String action) {
        final byte[] bytes = (product + type + action).getBytes(StandardCharsets.UTF_8);
        return registry.findOperation(
                bytes,
                0,
                product.length(),
                product.length(),
                type.length(),
                product.length() + type.length(),
                action.length());
    }

    @Test
    void shouldFindAnOperationByItsThreeNames() {
        final Registry registry = Registry.compile(def(
                UNITS,
                DIMENSIONS,
                List.of(
                        operation("compute", "job", "launch"),
                        operation("compute", "joblaunch", ""),
                        operation("job", "compute", "launch"))));
        assertEquals(0, find(registry, "compute", "job", "launch"));
        assertEquals(1, find(registry, "compute", "joblaunch", ""));
        assertEquals(2, find(registry, "job", "compute", "launch"));
        assertEquals(Registry.MISSING, find(registry, "computejob", "", "launch"));
        assertEquals(Registry.MISSING, find(registry, "compute", "job", "stop"));
        assertEquals("compute/job/launch", registry.operation(0).toString());
        assertEquals(1, registry.products().find("job"));
    }

    @Test
    void shouldSayWhatAnOperationAcceptsChargesAndNeeds() {
        final Operation launch = Registry.compile(
                        def(UNITS, DIMENSIONS, List.of(operation("compute", "job", "launch"))))
                .operation(0);
        assertTrue(launch.acceptsUnit(0));
        assertTrue(launch.acceptsUnit(1));
        assertFalse(launch.acceptsUnit(2));
        assertFalse(launch.acceptsUnit(-1));
        assertFalse(launch.acceptsUnit(64));
        assertEquals(1, launch.chargeCount());
        assertEquals(0, launch.chargeDimensionId(0));
        assertTrue(launch.chargeFromUsage(0));
        assertEquals(1, launch.chargeOnlyUnitId(0));
        assertEquals(0, launch.featureId());
        assertEquals(250, launch.stalenessGraceMs());
        assertTrue(launch.needs(Plane.QUOTA));
        assertFalse(launch.needs(Plane.CAPACITY));
        assertTrue(launch.needs(Plane.CREDIT));
        assertEquals(1 << Plane.POLICY.code() | 1 << Plane.QUOTA.code() | 1 << Plane.CREDIT.code(), launch.planes());
        assertTrue(launch.creditGated());
        assertFalse(launch.audited());
        assertTrue(launch.usageRequired());
    }

    @Test
    void shouldConvertUnitsToTheUnitOfADimension() {
        final Registry registry = Registry.compile(def(UNITS, DIMENSIONS, List.of()));
        assertEquals(3_600_000, registry.unitFactor(1));
        assertEquals(0, registry.unitBaseId(1));
        assertTrue(registry.converts(1, 0));
        assertFalse(registry.converts(2, 0));
        assertEquals(DimensionKind.PERIOD, registry.dimensionKind(0));
        assertEquals(
                "GPU hour", registry.unit(registry.units().find("gpu_hour")).displayName());
        assertEquals("GPU time", registry.dimension(0).displayName());
        assertEquals(9, registry.version());
        assertEquals(4, registry.oldestSupportedVersion());
    }

    @Test
    void shouldRefuseARegistryThatContradictsItself() {
        final List<OperationDef> none = List.of();
        final ChargeDef charge = new ChargeDef(0, true, ChargeDef.ANY_UNIT, 0);
        refused("unit 'a': base unit id 5", def(List.of(new UnitDef("a", 5, 1, "")), List.of(), none));
        refused("factor 2; must be 1", def(List.of(new UnitDef("a", 0, 2, "")), List.of(), none));
        refused(
                "factor 0; must be at least 1",
                def(List.of(new UnitDef("a", 0, 1, ""), new UnitDef("b", 0, 0, "")), List.of(), none));
        refused(
                "is not a base unit",
                def(
                        List.of(new UnitDef("a", 0, 1, ""), new UnitDef("b", 0, 5, ""), new UnitDef("c", 1, 5, "")),
                        List.of(),
                        none));
        refused(
                "unit 'a' is registered twice",
                def(List.of(new UnitDef("a", 0, 1, ""), new UnitDef("a", 1, 1, "")), List.of(), none));
        refused(
                "use 'gpu_millisecond'",
                def(UNITS, List.of(new DimensionDef("d", "", 1, DimensionKind.GAUGE, "")), none));
        refused(
                "registered twice",
                def(UNITS, DIMENSIONS, List.of(operation("p", "t", "a"), operation("p", "t", "a"))));
        refused("accepted unit id 3", def(UNITS, DIMENSIONS, List.of(operation("p", "t", "a", List.of(3), charge, 0))));
        refused(
                "charged dimension id 1",
                def(UNITS, DIMENSIONS, List.of(operation("p", "t", "a", List.of(), new ChargeDef(1, true, -1, 0), 0))));
        refused(
                "charges -1",
                def(
                        UNITS,
                        DIMENSIONS,
                        List.of(operation("p", "t", "a", List.of(), new ChargeDef(0, false, -1, -1), 0))));
        refused("feature id 1", def(UNITS, DIMENSIONS, List.of(operation("p", "t", "a", List.of(), charge, 1))));
    }

    @Test
    void shouldRefuseAGatedOperationWithoutFreshCredit() {
        final OperationDef gated = operation("gpu", "machine", "launch");
        refused(
                "CREDIT plane",
                def(
                        UNITS,
                        DIMENSIONS,
                        List.of(new OperationDef(
                                gated.product(),
                                gated.resourceType(),
                                gated.action(),
                                gated.acceptedUnitIds(),
                                gated.charges(),
                                gated.featureId(),
                                List.of(Plane.POLICY, Plane.QUOTA),
                                0,
                                gated.traits()))));
    }

    private static void refused(final String part, final RegistryDef def) {
        final DefinitionException refused = assertThrows(DefinitionException.class, () -> Registry.compile(def));
        assertTrue(String.valueOf(refused.getMessage()).contains(part), refused.getMessage());
    }
}
