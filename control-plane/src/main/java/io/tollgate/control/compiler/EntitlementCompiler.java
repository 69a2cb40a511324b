/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import com.google.protobuf.ByteString;
import io.tollgate.control.source.Position;
import io.tollgate.control.source.Value;
import io.tollgate.v1.CeilingRecord;
import io.tollgate.v1.CeilingSharing;
import io.tollgate.v1.Enforcement;
import io.tollgate.v1.EntitlementRecord;
import io.tollgate.v1.EntitlementSetRecord;
import io.tollgate.v1.FeatureType;
import io.tollgate.v1.Period;
import io.tollgate.v1.WindowRecord;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * Entitlements: what a plan includes, what a subscription replaces or adds, and the ceilings that metered ones become.
 *
 * <p>Sets of equal content are one set: its id is the start of its content's SHA-256.
 */
final class EntitlementCompiler {
    /** Starts the ids of ceilings that come from entitlements; no limit of limits/ may start so. */
    static final String CEILING_PREFIX = "entitlement:";

    private static final int SET_ID_BYTES = 8;

    private final Compilation compilation;
    private final Registry registry;
    private final UnitTable units;
    private final BundleSettings settings;
    private final EntitlementTerms terms;
    private final Map<String, EntitlementSetRecord> sets = new TreeMap<>();

    EntitlementCompiler(Compilation compilation, Registry registry, UnitTable units, BundleSettings settings) {
        this.compilation = compilation;
        this.registry = registry;
        this.units = units;
        this.settings = settings;
        this.terms = new EntitlementTerms(compilation, registry);
    }

    /** Where a subscription's periods lie. */
    record Terms(Period billingPeriod, long anchorMs, String timeZone) {}

    /** What a subscription comes to. */
    record Granted(String setId, List<Ceiling> ceilings) {}

    /** Checks a plan's entitlements, whether or not anybody has subscribed. */
    void checkPlan(Value.Fields plan) {
        for (Value.Entry entry : plan.entries("entitlements")) {
            terms.check(entry);
        }
    }

    Granted grant(String subscriptionId, Value.Fields subscription, Value.Entry plan, Terms when) {
        Map<String, EntitlementTerms.Effective> effective = new TreeMap<>(Utf8.ORDER);
        for (Value.Entry entry : plan.fields().entries("entitlements")) {
            terms.read(entry, "plan " + plan.key()).ifPresent(value -> effective.put(entry.key(), value));
        }
        String origin = "subscription " + subscriptionId;
        for (Value.Entry entry : subscription.entries("override_entitlements")) {
            if (terms.check(entry)) {
                terms.requireInPlan(entry, plan);
                terms.read(entry, origin).ifPresent(value -> effective.put(entry.key(), value));
            }
        }
        for (Value.Entry entry : subscription.entries("entitlements")) {
            if (terms.check(entry)) {
                terms.read(entry, origin)
                        .ifPresent(value -> effective.merge(entry.key(), value, (a, b) -> terms.sum(entry, a, b)));
            }
        }
        EntitlementSetRecord.Builder set = EntitlementSetRecord.newBuilder();
        List<Ceiling> ceilings = new ArrayList<>();
        effective.forEach((key, value) -> {
            set.addEntitlements(record(value));
            if (value.type() == FeatureType.FEATURE_TYPE_METERED && value.enabled()) {
                ceiling(key, value, when, ceilings);
            }
        });
        return new Granted(share(set), ceilings);
    }

    private static EntitlementRecord record(EntitlementTerms.Effective value) {
        return EntitlementRecord.newBuilder()
                .setFeatureId(value.feature().id())
                .setEnabled(value.enabled())
                .setStaticValue(value.staticValue())
                .putAllConfig(value.config())
                .setOrigin(value.origin())
                .build();
    }

    private void ceiling(String key, EntitlementTerms.Effective value, Terms when, List<Ceiling> ceilings) {
        Position at = value.at();
        int dimension = value.feature().dimension();
        CeilingRecord.Builder record = CeilingRecord.newBuilder()
                .setId(CEILING_PREFIX + key)
                .setDimensionId(dimension)
                .setEnforcement(value.soft() ? Enforcement.ENFORCEMENT_SOFT : Enforcement.ENFORCEMENT_HARD)
                .setSharing(CeilingSharing.CEILING_SHARING_SHARED)
                .setWindow(window(value, when))
                .addAllThresholds(settings.thresholds())
                .setOrigin(Ceiling.FROM_ENTITLEMENT)
                .setSource(at.toString());
        if (value.unlimited()) {
            record.setUnlimited(true);
        } else {
            OptionalLong limit =
                    units.multiply(at, value.limit(), value.feature().unitFactor(), registry.unitOf(dimension));
            if (limit.isEmpty()) {
                return;
            }
            record.setLimit(limit.getAsLong());
        }
        ceilings.add(new Ceiling(at, record.build()));
    }

    /**
     * The facts of the billing system: a reset period equal to the billing period follows the subscription's anchor, months and longer too;
     * a day is the day of its time zone, and never is never.
     */
    private static WindowRecord window(EntitlementTerms.Effective value, Terms when) {
        Period period = value.reset() == Period.PERIOD_UNSPECIFIED ? when.billingPeriod() : value.reset();
        boolean anchored =
                period == when.billingPeriod() || (period != Period.PERIOD_DAILY && period != Period.PERIOD_NEVER);
        return WindowRecord.newBuilder()
                .setPeriod(period)
                .setAnchorMs(anchored ? when.anchorMs() : 0)
                .setTimeZone(when.timeZone())
                .build();
    }

    private String share(EntitlementSetRecord.Builder set) {
        ByteString content = set.build().toByteString();
        byte[] digest = sha256(content.toByteArray());
        String id = "set-" + HexFormat.of().formatHex(digest, 0, SET_ID_BYTES);
        sets.putIfAbsent(id, set.setId(id).build());
        return id;
    }

    private static byte[] sha256(byte[] content) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(content);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    List<EntitlementSetRecord> sets() {
        return new ArrayList<>(sets.values());
    }
}
