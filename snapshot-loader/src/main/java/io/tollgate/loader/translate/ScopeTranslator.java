/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.translate;

import io.tollgate.core.Enforcement;
import io.tollgate.core.ScopeLevel;
import io.tollgate.core.Severity;
import io.tollgate.core.world.def.AttributeValue;
import io.tollgate.core.world.def.CeilingDef;
import io.tollgate.core.world.def.EntityState;
import io.tollgate.core.world.def.OverrideDef;
import io.tollgate.core.world.def.Period;
import io.tollgate.core.world.def.ScopeDef;
import io.tollgate.core.world.def.SubscriptionDef;
import io.tollgate.core.world.def.SubscriptionStatus;
import io.tollgate.core.world.def.ThresholdDef;
import io.tollgate.core.world.def.WindowDef;
import io.tollgate.loader.transfer.RefusedException;
import io.tollgate.loader.transfer.RefusedException.Check;
import io.tollgate.v1.CeilingRecord;
import io.tollgate.v1.CeilingSharing;
import io.tollgate.v1.OverrideRecord;
import io.tollgate.v1.ScopeRecord;
import io.tollgate.v1.SubscriptionRecord;
import io.tollgate.v1.ThresholdRecord;
import io.tollgate.v1.WindowRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Scopes of the directory with what hangs on them. */
public final class ScopeTranslator {
    private ScopeTranslator() {}

    /**
     * Translates.
     *
     * @throws RefusedException naming the scope and the field that this version does not know
     */
    public static ScopeDef translate(ScopeRecord record) throws RefusedException {
        String where = "directory: '" + record.getScope().getPath() + "'";
        int level = record.getScope().getLevelValue();
        int state = record.getStateValue();
        return new ScopeDef(
                Codes.known(ScopeLevel.ofCode(level), level, "level", where),
                record.getScope().getPath(),
                record.getId(),
                record.getDisplayName(),
                Codes.known(EntityState.ofCode(state), state, "state", where),
                Codes.count(record.getExpiresAtMs(), "expires_at_ms", where),
                record.getParentPath(),
                actor(record),
                holdings(record, where));
    }

    private static ScopeDef.Actor actor(ScopeRecord record) {
        if (record.getActorType().isEmpty()
                && record.getRolesCount() == 0
                && record.getTokenScopesCount() == 0
                && record.getApiKeySha256().isEmpty()
                && record.getBoundProjectPath().isEmpty()
                && record.getOwnerPath().isEmpty()) {
            return ScopeDef.Actor.NONE;
        }
        return new ScopeDef.Actor(
                record.getActorType(),
                record.getRolesList(),
                record.getTokenScopesList(),
                record.getApiKeySha256().toByteArray(),
                record.getBoundProjectPath(),
                record.getOwnerPath());
    }

    private static ScopeDef.Holdings holdings(ScopeRecord record, String where) throws RefusedException {
        if (!record.hasSubscription() && record.getCeilingsCount() == 0 && record.getAttributesCount() == 0) {
            return ScopeDef.Holdings.NONE;
        }
        List<CeilingDef> ceilings = new ArrayList<>();
        for (CeilingRecord ceiling : record.getCeilingsList()) {
            ceilings.add(ceiling(ceiling, where + ": ceiling '" + ceiling.getId() + "'"));
        }
        return new ScopeDef.Holdings(
                record.hasSubscription() ? subscription(record.getSubscription(), where) : null,
                ceilings,
                attributes(record, where));
    }

    /** By full name: what the wire calls "tier" of a place is the attribute "place.tier". */
    private static Map<String, AttributeValue> attributes(ScopeRecord record, String where) throws RefusedException {
        ScopeLevel level = ScopeLevel.ofCode(record.getScope().getLevelValue());
        String owner = level == ScopeLevel.PRINCIPAL || level == ScopeLevel.API_KEY ? "actor." : "place.";
        Map<String, AttributeValue> named = new HashMap<>();
        AttributeValues.of(record.getAttributesMap(), where).forEach((name, value) -> named.put(owner + name, value));
        return named;
    }

    private static SubscriptionDef subscription(SubscriptionRecord record, String where) throws RefusedException {
        int status = record.getStatusValue();
        return new SubscriptionDef(
                record.getId(),
                record.getCustomerExternalId(),
                Codes.known(SubscriptionStatus.ofCode(status), status, "subscription status", where),
                record.getPlanPath(),
                record.getEntitlementSetId(),
                Codes.count(record.getEndsAtMs(), "subscription ends_at_ms", where));
    }

    private static CeilingDef ceiling(CeilingRecord record, String where) throws RefusedException {
        int enforcement = record.getEnforcementValue();
        List<ThresholdDef> thresholds = new ArrayList<>();
        for (ThresholdRecord threshold : record.getThresholdsList()) {
            int severity = threshold.getSeverity();
            thresholds.add(new ThresholdDef(
                    Codes.index(threshold.getAtPermille(), "threshold", where),
                    Codes.known(Severity.ofCode(severity), severity, "severity", where)));
        }
        return new CeilingDef(
                record.getId(),
                Codes.index(record.getDimensionId(), "dimension", where),
                Codes.known(Enforcement.ofCode(enforcement), enforcement, "enforcement", where),
                eachLevel(record, where),
                new CeilingDef.Amount(record.getUnlimited(), record.getLimit(), record.getBurst()),
                record.hasWindow() ? window(record.getWindow(), where) : WindowDef.NONE,
                thresholds,
                record.getOrigin(),
                record.getSource(),
                record.hasOverride() ? override(record.getOverride(), where) : null);
    }

    private static OverrideDef override(OverrideRecord record, String where) throws RefusedException {
        return new OverrideDef(
                record.getId(),
                new CeilingDef.Amount(record.getUnlimited(), record.getLimit(), record.getBurst()),
                Codes.count(record.getExpiresAtMs(), "override expires_at_ms", where),
                record.getSource());
    }

    private static @Nullable ScopeLevel eachLevel(CeilingRecord record, String where) throws RefusedException {
        if (record.getSharing() == CeilingSharing.CEILING_SHARING_SHARED) {
            return null;
        }
        if (record.getSharing() != CeilingSharing.CEILING_SHARING_EACH) {
            throw new RefusedException(
                    Check.CONTENT, where + ": sharing number " + record.getSharingValue() + " is not known here");
        }
        int level = record.getEachLevelValue();
        return Codes.known(ScopeLevel.ofCode(level), level, "each_level", where);
    }

    static WindowDef window(WindowRecord record, String where) throws RefusedException {
        int period = record.getPeriodValue();
        return new WindowDef(
                Codes.known(Period.ofCode(period), period, "period", where),
                Codes.count(record.getLengthMs(), "window length", where),
                record.getAnchorMs(),
                record.getTimeZone());
    }
}
