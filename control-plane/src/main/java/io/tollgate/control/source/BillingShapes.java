/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.source;

import static io.tollgate.control.source.Shape.choice;
import static io.tollgate.control.source.Shape.fields;
import static io.tollgate.control.source.Shape.integer;
import static io.tollgate.control.source.Shape.list;
import static io.tollgate.control.source.Shape.map;
import static io.tollgate.control.source.Shape.of;
import static io.tollgate.control.source.Shape.optional;
import static io.tollgate.control.source.Shape.required;

/** Files of billing/, in the billing system's own terms. */
final class BillingShapes {
    private static final int MAX_NAMES = 10_000;

    private static final String[] PERIODS = {"DAILY", "WEEKLY", "MONTHLY", "QUARTERLY", "HALF_YEARLY", "ANNUAL"};
    private static final String[] RESET_PERIODS = {
        "DAILY", "WEEKLY", "MONTHLY", "QUARTERLY", "HALF_YEARLY", "ANNUAL", "NEVER"
    };

    private static final Shape.Fields CUSTOMER = fields(
            "customer",
            optional("name", of(ScalarKind.TEXT), "What people see."),
            optional("scope", of(ScalarKind.SCOPE), "The scope that is billed. Default org:<external id>."),
            optional("timezone", of(ScalarKind.ZONE), "Time zone of its subscriptions. Default UTC."));

    private static final Shape.Fields FEATURE = fields(
            "feature",
            optional("name", of(ScalarKind.TEXT), "What people see."),
            required("type", choice("boolean", "metered", "static", "config"), "What kind of thing is sold."),
            optional("dimension", of(ScalarKind.NAME), "metered: the dimension that its meter counts."),
            optional("unit", of(ScalarKind.NAME), "metered: the unit of usage_limit. Default the dimension's."));

    private static final Shape.Fields ENTITLEMENT = fields(
            "entitlement",
            optional("usage_limit", of(ScalarKind.INT_OR_NULL), "metered: how much; null = unlimited, 0 = nothing."),
            optional(
                    "usage_reset_period",
                    choice(RESET_PERIODS),
                    "metered: when the count starts again. Default: the billing period."),
            optional("is_soft_limit", of(ScalarKind.FLAG), "metered: warn instead of deny. Default false."),
            optional("is_enabled", of(ScalarKind.FLAG), "boolean: false switches it off. Default true."),
            optional("static_value", of(ScalarKind.TEXT), "static: the value that callers get."),
            optional(
                    "config_value",
                    map(ScalarKind.NAME, of(ScalarKind.ATTRIBUTE)),
                    "config: the values that callers get."));

    private static final Shape.Fields GRANT = fields(
            "credit grant",
            required("name", of(ScalarKind.NAME), "Its name, unique within the plan or subscription."),
            required("credits", of(ScalarKind.DECIMAL), "How many credits each time."),
            required("cadence", choice("ONETIME", "RECURRING"), "Once, or each period."),
            optional("period", choice(PERIODS), "RECURRING: how often."),
            optional("period_count", integer(1, 1_000), "RECURRING: every so many periods. Default 1."),
            required(
                    "expiration_type",
                    choice("NEVER", "DURATION", "BILLING_CYCLE"),
                    "When what is left is worth nothing."),
            optional("expiration_duration", integer(1, 10_000), "DURATION: so many units."),
            optional("expiration_duration_unit", choice("DAY", "WEEK", "MONTH", "YEAR"), "DURATION: the unit."),
            optional("priority", integer(0, Integer.MAX_VALUE), "Lower is spent first; none comes last."));

    private static final Shape.Fields PLAN = fields(
            "plan",
            optional("name", of(ScalarKind.TEXT), "What people see."),
            optional("description", of(ScalarKind.TEXT), "What it is for."),
            optional("entitlements", map(ScalarKind.NAME, ENTITLEMENT), "What it includes, by feature."),
            optional("credit_grants", list(GRANT), "Credits that come with it."));

    private static final Shape.Fields SUBSCRIPTION = fields(
            "subscription",
            required("customer", of(ScalarKind.ID), "External id of the customer."),
            required("plan", of(ScalarKind.NAME), "The plan."),
            optional(
                    "subscription_status",
                    choice("active", "trialing", "paused", "cancelled", "incomplete", "draft"),
                    "Only active and trialing entitle. Default active."),
            required("start_date", of(ScalarKind.TIMESTAMP), "When it began."),
            optional("end_date", of(ScalarKind.TIMESTAMP), "When it ends by itself."),
            optional("cancel_at", of(ScalarKind.TIMESTAMP), "When a cancellation takes effect."),
            optional("billing_period", choice(PERIODS), "How often it is billed. Default MONTHLY."),
            optional(
                    "billing_cycle",
                    choice("anniversary", "calendar"),
                    "Periods from the anchor, or of the calendar. Default anniversary."),
            optional("billing_anchor", of(ScalarKind.TIMESTAMP), "Where periods start. Default start_date."),
            optional("timezone", of(ScalarKind.ZONE), "Time zone of its periods. Default the customer's."),
            optional(
                    "override_entitlements",
                    map(ScalarKind.NAME, ENTITLEMENT),
                    "Replaces entitlements of the plan, by feature."),
            optional(
                    "entitlements",
                    map(ScalarKind.NAME, ENTITLEMENT),
                    "Adds to the plan's: limits add up, by feature."),
            optional("credit_grants", list(GRANT), "Credits beside those of the plan."));

    private static final Shape.Fields TRANCHE = fields(
            "credit",
            required("id", of(ScalarKind.NAME), "Its id, unique within the wallet."),
            required("credits", of(ScalarKind.DECIMAL), "How many were given."),
            optional("credits_available", of(ScalarKind.DECIMAL), "How many are left. Default all."),
            optional("starts_at", of(ScalarKind.TIMESTAMP), "When they begin to count. Default at once."),
            optional("expiry_date", of(ScalarKind.TIMESTAMP), "When they are worth nothing. Default never."),
            optional("priority", integer(0, Integer.MAX_VALUE), "Lower is spent first; none comes last."));

    private static final Shape.Fields ALERT =
            fields("balance alert", required("threshold", of(ScalarKind.DECIMAL), "Warns below this balance."));

    private static final Shape.Fields ALERTS = fields(
            "set of balance alerts",
            optional("info", ALERT, "An info warning."),
            optional("warning", ALERT, "A warning."),
            optional("critical", ALERT, "A critical warning."));

    private static final Shape.Fields WALLET = fields(
            "wallet",
            required("customer", of(ScalarKind.ID), "External id of the customer who pays."),
            required("currency", of(ScalarKind.NAME), "Three letters, like usd."),
            optional(
                    "wallet_type",
                    choice("PRE_PAID", "POST_PAID"),
                    "PRE_PAID gates, POST_PAID warns. Default PRE_PAID."),
            optional("wallet_status", choice("active", "frozen", "closed"), "Default active."),
            optional("credits", list(TRANCHE), "What is in it."),
            optional(
                    "consumption_order",
                    list(choice("priority", "expiry", "amount")),
                    "Which credits are spent first. Default priority, expiry, amount."),
            optional("alert_settings", ALERTS, "Warnings about a low balance."));

    private static final Shape.Fields TRANSFORM = fields(
            "transform_quantity",
            required("divide_by", integer(1, Long.MAX_VALUE), "The amount is for so many units."));

    private static final Shape.Fields PRICE = fields(
            "price",
            required("feature", of(ScalarKind.NAME), "A metered feature: what is priced."),
            required("amount", of(ScalarKind.DECIMAL), "What it costs."),
            optional(
                    "billing_model",
                    choice("FLAT_FEE", "PACKAGE", "TIERED"),
                    "FLAT_FEE per unit, PACKAGE per divide_by units. TIERED is not supported yet. Default FLAT_FEE."),
            optional("transform_quantity", TRANSFORM, "PACKAGE: the size of the package."),
            optional("match", map(ScalarKind.NAME, of(ScalarKind.TEXT)), "Attribute values that it is for."));

    private static final Shape.Fields PRICE_BOOK = fields(
            "price book",
            required("currency", of(ScalarKind.NAME), "Three letters, like usd."),
            required("version", integer(1, Long.MAX_VALUE), "Grows with every change; goes into evidence."),
            required("prices", list(PRICE), "The prices."));

    static final Shape.Fields FILE = fields(
            "billing file",
            optional("customers", map(ScalarKind.ID, CUSTOMER), "Customers by external id."),
            optional("features", map(ScalarKind.NAME, FEATURE, MAX_NAMES), "Features by lookup key."),
            optional("plans", map(ScalarKind.NAME, PLAN, MAX_NAMES), "Plans by lookup key."),
            optional("subscriptions", map(ScalarKind.NAME, SUBSCRIPTION), "Subscriptions by id."),
            optional("wallets", map(ScalarKind.NAME, WALLET), "Wallets by id."),
            optional("price_books", map(ScalarKind.NAME, PRICE_BOOK), "Price books by id."));

    private BillingShapes() {}
}
