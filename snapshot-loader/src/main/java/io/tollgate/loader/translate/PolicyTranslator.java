/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.translate;

import io.tollgate.core.Effect;
import io.tollgate.core.world.def.ConditionDef;
import io.tollgate.core.world.def.EntitlementDef;
import io.tollgate.core.world.def.EntitlementSetDef;
import io.tollgate.core.world.def.PolicyDef;
import io.tollgate.core.world.def.RuleDef;
import io.tollgate.core.world.def.WhatDef;
import io.tollgate.core.world.def.WhoDef;
import io.tollgate.loader.transfer.RefusedException;
import io.tollgate.v1.EntitlementRecord;
import io.tollgate.v1.EntitlementSetRecord;
import io.tollgate.v1.PolicyRecord;
import io.tollgate.v1.RuleRecord;
import java.util.ArrayList;
import java.util.List;

/** Policies and entitlement sets. */
public final class PolicyTranslator {
    private PolicyTranslator() {}

    /**
     * Translates the policies of one scope.
     *
     * @throws RefusedException naming the rule that this version does not know
     */
    public static PolicyDef translate(PolicyRecord record) throws RefusedException {
        List<RuleDef> rules = new ArrayList<>();
        for (RuleRecord rule : record.getRulesList()) {
            rules.add(rule(rule, "policy of '" + record.getScope().getPath() + "': rule '" + rule.getId() + "'"));
        }
        return new PolicyDef(record.getScope().getPath(), rules);
    }

    private static RuleDef rule(RuleRecord record, String where) throws RefusedException {
        int[] operations = new int[record.getOperationIdsCount()];
        for (int i = 0; i < operations.length; i++) {
            operations[i] = Codes.index(record.getOperationIds(i), "operation", where);
        }
        int effect = record.getEffectValue();
        ConditionDef condition = record.getConditionSource().isEmpty()
                        && record.getConditionProgram().isEmpty()
                ? ConditionDef.ALWAYS
                : new ConditionDef(
                        record.getConditionSource(),
                        record.getConditionProgram().toByteArray());
        return new RuleDef(
                record.getId(),
                Codes.known(Effect.ofCode(effect), effect, "effect", where),
                new WhoDef(
                        record.getActorTypesList(),
                        record.getActorIdsList(),
                        record.getRolesAnyList(),
                        record.getRolesAllList(),
                        record.getTokenScopesList()),
                new WhatDef(operations),
                condition,
                record.getMessage(),
                record.getSource());
    }

    /**
     * Translates an entitlement set.
     *
     * @throws RefusedException naming the entitlement that makes no sense
     */
    public static EntitlementSetDef translate(EntitlementSetRecord record) throws RefusedException {
        List<EntitlementDef> entitlements = new ArrayList<>();
        for (EntitlementRecord entitlement : record.getEntitlementsList()) {
            String where = "entitlement set '" + record.getId() + "': feature "
                    + Integer.toUnsignedString(entitlement.getFeatureId());
            entitlements.add(new EntitlementDef(
                    Codes.index(entitlement.getFeatureId(), "feature", where),
                    entitlement.getEnabled(),
                    entitlement.getStaticValue(),
                    AttributeValues.of(entitlement.getConfigMap(), where),
                    entitlement.getOrigin()));
        }
        return new EntitlementSetDef(record.getId(), entitlements);
    }
}
