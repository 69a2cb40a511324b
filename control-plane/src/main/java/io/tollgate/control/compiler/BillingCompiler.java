/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import io.tollgate.control.source.Code;
import io.tollgate.control.source.Folder;
import io.tollgate.control.source.Position;
import io.tollgate.control.source.Quoted;
import io.tollgate.control.source.ScopePath;
import io.tollgate.control.source.Value;
import io.tollgate.v1.EntitlementSetRecord;
import io.tollgate.v1.EntityState;
import io.tollgate.v1.Period;
import io.tollgate.v1.ScopeLevel;
import io.tollgate.v1.SubscriptionRecord;
import io.tollgate.v1.SubscriptionStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Plans, customers and subscriptions of billing/. */
final class BillingCompiler {
    private final Compilation compilation;
    private final ScopeTree tree;
    private final EntitlementCompiler entitlements;
    private final Map<String, Value.Entry> plans;
    private final Map<String, Value.Entry> customers;
    private final List<Subscribed> subscribed = new ArrayList<>();

    /** A subscription that counts, and where it is written. */
    record Subscribed(Subscription subscription, ScopePath scope, Value.Fields fields, Value.Entry plan) {}

    BillingCompiler(
            Compilation compilation, Registry registry, UnitTable units, ScopeTree tree, BundleSettings settings) {
        this.compilation = compilation;
        this.tree = tree;
        this.entitlements = new EntitlementCompiler(compilation, registry, units, settings);
        this.plans = compilation.declared(Folder.BILLING, "plans", "plan");
        this.customers = compilation.declared(Folder.BILLING, "customers", "customer");
    }

    /** Plans become scopes; they must be there before anything refers to them. */
    void plans() {
        plans.forEach((id, entry) -> {
            ScopeNode node = tree.addPlan(id, entry.at());
            node.record().setDisplayName(entry.fields().text("name")).setState(EntityState.ENTITY_STATE_ACTIVE);
            entitlements.checkPlan(entry.fields());
        });
    }

    /** Hangs subscriptions and what they entitle to on the customers' scopes. */
    void subscriptions() {
        customers.forEach((id, entry) -> customerScope(id, entry));
        compilation
                .declared(Folder.BILLING, "subscriptions", "subscription")
                .forEach((id, entry) -> subscription(id, entry.fields()));
    }

    /** {@return the sets, each once, by id} */
    List<EntitlementSetRecord> entitlementSets() {
        return entitlements.sets();
    }

    List<Subscribed> subscribed() {
        return subscribed;
    }

    Map<String, Value.Entry> customers() {
        return customers;
    }

    Map<String, Value.Entry> planEntries() {
        return plans;
    }

    /** {@return the scope that a customer stands for, or null (which is then among the diagnostics)} */
    @Nullable
    ScopeNode customerScope(String externalId, Value.Entry customer) {
        ScopePath path = customer.fields().get("scope", ScopePath.class);
        if (path == null) {
            if (customer.fields().isWritten("scope")) {
                return null;
            }
            path = ScopePath.organization(externalId);
        }
        Position at = customer.fields().has("scope") ? customer.fields().at("scope") : customer.at();
        ScopeLevel level = path.level();
        if (level != ScopeLevel.SCOPE_LEVEL_ORGANIZATION
                && level != ScopeLevel.SCOPE_LEVEL_DEPARTMENT
                && level != ScopeLevel.SCOPE_LEVEL_PROJECT) {
            compilation.error(
                    at,
                    Code.WRONG_LEVEL,
                    Quoted.of(path.path()) + " cannot be a customer",
                    "a customer is an organization, or a department or project that is billed apart");
            return null;
        }
        return tree.require(compilation, at, path);
    }

    private void subscription(String id, Value.Fields fields) {
        Value.Entry customer = customers.get(fields.text("customer"));
        if (customer == null) {
            if (fields.has("customer")) {
                compilation.unknown(fields.at("customer"), "customer", fields.text("customer"), customers.keySet());
            }
            return;
        }
        Value.Entry plan = plans.get(fields.text("plan"));
        if (plan == null && fields.has("plan")) {
            compilation.unknown(fields.at("plan"), "plan", fields.text("plan"), plans.keySet());
        }
        ScopePath scope = customer.fields().get("scope", ScopePath.class, ScopePath.organization(customer.key()));
        ScopeNode node = tree.find(scope);
        if (node == null || plan == null) {
            return;
        }
        Subscription earlier = node.subscription();
        if (earlier != null) {
            compilation.error(
                    fields.at("customer"),
                    Code.SUBSCRIPTION_TERMS,
                    scope + " already has subscription "
                            + Quoted.of(earlier.record().getId()),
                    "keep one subscription per customer scope; put what the other adds under 'entitlements'");
            return;
        }
        subscribe(id, fields, customer, plan, node);
    }

    private void subscribe(String id, Value.Fields fields, Value.Entry customer, Value.Entry plan, ScopeNode node) {
        String zone = fields.has("timezone")
                ? fields.text("timezone")
                : customer.fields().text("timezone");
        EntitlementCompiler.Terms terms = new EntitlementCompiler.Terms(
                period(fields.get("billing_period", String.class, "MONTHLY")), anchor(fields), zone);
        EntitlementCompiler.Granted granted = entitlements.grant(id, fields, plan, terms);
        ScopePath planPath = ScopePath.plan(plan.key());
        SubscriptionRecord.Builder record = SubscriptionRecord.newBuilder()
                .setId(id)
                .setCustomerExternalId(customer.key())
                .setStatus(status(fields.get("subscription_status", String.class, "active")))
                .setPlanPath(planPath.path())
                .setEntitlementSetId(granted.setId())
                .setEndsAtMs(endsAt(id, fields));
        Subscription subscription = new Subscription(
                record.build(), tree.find(planPath), terms.billingPeriod(), terms.anchorMs(), terms.timeZone());
        node.subscribe(subscription);
        subscribed.add(new Subscribed(subscription, node.path(), fields, plan));
        node.ceilings().addAll(granted.ceilings());
    }

    private static SubscriptionStatus status(String word) {
        return SubscriptionStatus.valueOf("SUBSCRIPTION_STATUS_" + word.toUpperCase(Locale.ROOT));
    }

    static Period period(String word) {
        return Period.valueOf("PERIOD_" + word);
    }

    private static long anchor(Value.Fields fields) {
        if (fields.text("billing_cycle").equals("calendar")) {
            return 0;
        }
        return fields.number("billing_anchor", fields.number("start_date", 0));
    }

    private long endsAt(String id, Value.Fields fields) {
        long endsMs = 0;
        for (String key : List.of("end_date", "cancel_at")) {
            Long ms = fields.get(key, Long.class);
            if (ms == null) {
                continue;
            }
            endsMs = endsMs == 0 ? ms : Math.min(endsMs, ms);
            if (ms <= fields.number("start_date", 0)) {
                compilation.error(
                        fields.at(key),
                        Code.SUBSCRIPTION_TERMS,
                        key + " of subscription " + Quoted.of(id) + " is not after its start_date",
                        "write a later time");
            } else if (ms <= compilation.nowMs()) {
                compilation.warning(
                        fields.at(key),
                        Code.EXPIRED,
                        "subscription " + Quoted.of(id) + " ended at " + Instant.ofEpochMilli(ms),
                        "remove it, or set subscription_status: cancelled");
            }
        }
        return endsMs;
    }
}
