/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import io.tollgate.control.source.Code;
import io.tollgate.control.source.Position;
import io.tollgate.control.source.Quoted;
import io.tollgate.control.source.Value;
import io.tollgate.v1.AttributeValue;
import io.tollgate.v1.FeatureType;
import io.tollgate.v1.Period;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Single entitlements: do their keys fit the type of their feature, and what do two of them come to? */
final class EntitlementTerms {
    private static final List<String> METERED = List.of("usage_limit", "usage_reset_period", "is_soft_limit");
    private static final List<String> ALL =
            List.of("usage_limit", "usage_reset_period", "is_soft_limit", "is_enabled", "static_value", "config_value");

    private final Compilation compilation;
    private final Registry registry;

    EntitlementTerms(Compilation compilation, Registry registry) {
        this.compilation = compilation;
        this.registry = registry;
    }

    /**
     * An entitlement with its defaults.
     *
     * @param limit in the feature's unit; without meaning when unlimited
     * @param reset PERIOD_UNSPECIFIED = the billing period
     */
    record Effective(
            Position at,
            Registry.Feature feature,
            FeatureType type,
            Metered metered,
            boolean enabled,
            String staticValue,
            Map<String, AttributeValue> config,
            String origin) {
        boolean unlimited() {
            return metered.unlimited;
        }

        long limit() {
            return metered.limit;
        }

        boolean soft() {
            return metered.soft;
        }

        Period reset() {
            return metered.reset;
        }
    }

    /** The metered part. */
    record Metered(boolean unlimited, long limit, boolean soft, Period reset) {}

    /** {@return whether feature and keys fit; if not, the diagnostics say why} */
    boolean check(Value.Entry entry) {
        Registry.Feature feature = registry.feature(entry.key());
        if (feature == null) {
            if (!registry.featureNames().contains(entry.key())) {
                compilation.unknown(entry.at(), "feature", entry.key(), registry.featureNames());
            }
            return false;
        }
        String type = word(registry.featureRecord(feature.id()).getType());
        boolean good = true;
        for (String key : ALL) {
            if (entry.fields().has(key) && !keysOf(type).contains(key)) {
                good = false;
                compilation.error(
                        entry.fields().at(key),
                        Code.ENTITLEMENT_TERMS,
                        Quoted.of(key) + " has no meaning for " + Quoted.of(entry.key()) + ", which is a " + type
                                + " feature",
                        "a " + type + " feature takes " + String.join(", ", keysOf(type)));
            }
        }
        String needed = requiredKey(type);
        if (needed != null && !entry.fields().isWritten(needed)) {
            good = false;
            compilation.error(
                    entry.at(),
                    Code.ENTITLEMENT_TERMS,
                    "an entitlement to the " + type + " feature " + Quoted.of(entry.key()) + " needs "
                            + Quoted.of(needed),
                    type.equals("metered") ? "write the limit, or usage_limit: null for unlimited" : "write it");
        }
        return good;
    }

    void requireInPlan(Value.Entry override, Value.Entry plan) {
        boolean inPlan = plan.fields().entries("entitlements").stream()
                .anyMatch(e -> e.key().equals(override.key()));
        if (!inPlan) {
            compilation.error(
                    override.at(),
                    Code.ENTITLEMENT_TERMS,
                    "plan " + Quoted.of(plan.key()) + " has no entitlement to " + Quoted.of(override.key())
                            + " that could be overridden",
                    "write it under 'entitlements' of the subscription instead");
        }
    }

    private static List<String> keysOf(String type) {
        return switch (type) {
            case "metered" -> METERED;
            case "boolean" -> List.of("is_enabled");
            case "static" -> List.of("static_value");
            default -> List.of("config_value");
        };
    }

    private static @Nullable String requiredKey(String type) {
        return switch (type) {
            case "metered" -> "usage_limit";
            case "static" -> "static_value";
            case "config" -> "config_value";
            default -> null;
        };
    }

    private static String word(FeatureType type) {
        return type.name().substring("FEATURE_TYPE_".length()).toLowerCase(Locale.ROOT);
    }

    /** {@return the entitlement, when its feature is known} */
    Optional<Effective> read(Value.Entry entry, String origin) {
        Registry.Feature feature = registry.feature(entry.key());
        if (feature == null) {
            return Optional.empty();
        }
        Value.Fields fields = entry.fields();
        Long limit = fields.get("usage_limit", Long.class);
        String reset = fields.text("usage_reset_period");
        Metered metered = new Metered(
                limit == null && fields.has("usage_limit"),
                limit == null ? 0 : limit,
                fields.flag("is_soft_limit", false),
                reset.isEmpty() ? Period.PERIOD_UNSPECIFIED : BillingCompiler.period(reset));
        Map<String, AttributeValue> config = new TreeMap<>();
        for (Value.Entry value : fields.entries("config_value")) {
            config.put(value.key(), Attributes.untyped(((Value.Scalar) value.value()).as(Object.class)));
        }
        Position at = fields.has("usage_limit") ? fields.at("usage_limit") : entry.at();
        return Optional.of(new Effective(
                at,
                feature,
                registry.featureRecord(feature.id()).getType(),
                metered,
                fields.flag("is_enabled", true),
                fields.text("static_value"),
                config,
                origin));
    }

    /**
     * Two entitlements to one feature, as the billing system adds them up: limits add, no limit wins, soft wins, enabled wins. A static or
     * config value cannot be added, so the subscription's own counts.
     */
    Effective sum(Value.Entry entry, Effective plan, Effective added) {
        if (plan.reset() != added.reset()) {
            compilation.error(
                    entry.at(),
                    Code.ENTITLEMENT_TERMS,
                    "the plan's limit of " + Quoted.of(entry.key()) + " and this one have different reset periods",
                    "give both the same usage_reset_period, or use override_entitlements");
        }
        long limit = 0;
        try {
            limit = Math.addExact(plan.limit(), added.limit());
        } catch (ArithmeticException e) {
            compilation.error(
                    added.at(),
                    Code.OVERFLOW,
                    plan.limit() + " + " + added.limit() + " is beyond 64 bits",
                    "write usage_limit: null for unlimited");
        }
        Metered metered =
                new Metered(plan.unlimited() || added.unlimited(), limit, plan.soft() || added.soft(), added.reset());
        return new Effective(
                added.at(),
                added.feature(),
                added.type(),
                metered,
                plan.enabled() || added.enabled(),
                added.staticValue(),
                added.config(),
                plan.origin() + " and " + added.origin());
    }
}
