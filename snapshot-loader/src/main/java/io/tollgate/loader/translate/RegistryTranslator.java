/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.translate;

import io.tollgate.core.DimensionKind;
import io.tollgate.core.Plane;
import io.tollgate.core.world.def.AttributeDef;
import io.tollgate.core.world.def.AttributeType;
import io.tollgate.core.world.def.ChargeDef;
import io.tollgate.core.world.def.DimensionDef;
import io.tollgate.core.world.def.FeatureDef;
import io.tollgate.core.world.def.FeatureType;
import io.tollgate.core.world.def.OperationDef;
import io.tollgate.core.world.def.RegistryDef;
import io.tollgate.core.world.def.UnitDef;
import io.tollgate.loader.transfer.RefusedException;
import io.tollgate.v1.AttributeRecord;
import io.tollgate.v1.ChargeRecord;
import io.tollgate.v1.DimensionRecord;
import io.tollgate.v1.FeatureRecord;
import io.tollgate.v1.OperationRecord;
import io.tollgate.v1.RegistryRecord;
import io.tollgate.v1.UnitRecord;
import java.util.ArrayList;
import java.util.List;

/** The registry. */
public final class RegistryTranslator {
    private RegistryTranslator() {}

    /**
     * Translates.
     *
     * @throws RefusedException naming the entry that this version does not know
     */
    public static RegistryDef translate(RegistryRecord record) throws RefusedException {
        List<UnitDef> units = new ArrayList<>();
        for (UnitRecord unit : record.getUnitsList()) {
            String where = "registry: unit '" + unit.getName() + "'";
            units.add(new UnitDef(
                    unit.getName(),
                    Codes.index(unit.getBaseUnitId(), "base unit", where),
                    unit.getFactor(),
                    unit.getDisplayName()));
        }
        List<OperationDef> operations = new ArrayList<>();
        for (OperationRecord operation : record.getOperationsList()) {
            operations.add(operation(operation));
        }
        return new RegistryDef(
                Codes.count(record.getVersion(), "version", "registry"),
                Codes.count(record.getOldestSupportedVersion(), "oldest supported version", "registry"),
                units,
                dimensions(record),
                operations,
                record.getActorTypesList(),
                features(record),
                attributes(record),
                Codes.index(record.getMoneyScale(), "money scale", "registry"));
    }

    private static List<DimensionDef> dimensions(RegistryRecord record) throws RefusedException {
        List<DimensionDef> dimensions = new ArrayList<>();
        for (DimensionRecord dimension : record.getDimensionsList()) {
            String where = "registry: dimension '" + dimension.getName() + "'";
            int kind = dimension.getKindValue();
            dimensions.add(new DimensionDef(
                    dimension.getName(),
                    dimension.getFamily(),
                    Codes.index(dimension.getUnitId(), "unit", where),
                    Codes.known(DimensionKind.ofCode(kind), kind, "kind", where),
                    dimension.getDisplayName()));
        }
        return dimensions;
    }

    private static List<FeatureDef> features(RegistryRecord record) throws RefusedException {
        List<FeatureDef> features = new ArrayList<>();
        for (FeatureRecord feature : record.getFeaturesList()) {
            String where = "registry: feature '" + feature.getLookupKey() + "'";
            int type = feature.getTypeValue();
            features.add(new FeatureDef(
                    feature.getLookupKey(),
                    Codes.known(FeatureType.ofCode(type), type, "type", where),
                    feature.getDisplayName()));
        }
        return features;
    }

    private static List<AttributeDef> attributes(RegistryRecord record) throws RefusedException {
        List<AttributeDef> attributes = new ArrayList<>();
        for (AttributeRecord attribute : record.getAttributesList()) {
            String where = "registry: attribute '" + attribute.getName() + "'";
            int type = attribute.getTypeValue();
            attributes.add(new AttributeDef(
                    attribute.getName(), Codes.known(AttributeType.ofCode(type), type, "type", where)));
        }
        return attributes;
    }

    private static OperationDef operation(OperationRecord record) throws RefusedException {
        String where = "registry: operation '" + record.getProduct() + "/" + record.getResourceType() + "/"
                + record.getAction() + "'";
        List<ChargeDef> charges = new ArrayList<>();
        for (ChargeRecord charge : record.getChargesList()) {
            charges.add(new ChargeDef(
                    Codes.index(charge.getDimensionId(), "dimension", where),
                    charge.getFromUsage(),
                    Codes.index(charge.getOnlyUnitRef(), "unit", where) - 1,
                    charge.getConstant()));
        }
        List<Plane> planes = new ArrayList<>();
        for (int code : record.getPlanesValueList()) {
            planes.add(Codes.known(Plane.ofCode(code), code, "plane", where));
        }
        for (int unitId : record.getAcceptedUnitIdsList()) {
            Codes.index(unitId, "accepted unit", where);
        }
        return new OperationDef(
                record.getProduct(),
                record.getResourceType(),
                record.getAction(),
                record.getAcceptedUnitIdsList(),
                charges,
                Codes.index(record.getFeatureRef(), "feature", where) - 1,
                planes,
                Codes.count(record.getStalenessGraceMs(), "staleness grace", where),
                new OperationDef.Traits(
                        record.getCreditGated(),
                        record.getAudited(),
                        record.getUsageRequired(),
                        record.getDisplayName()));
    }
}
