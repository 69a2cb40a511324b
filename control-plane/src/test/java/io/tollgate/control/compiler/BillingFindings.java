/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import static io.tollgate.control.source.Code.DUPLICATE_ID;
import static io.tollgate.control.source.Code.ENTITLEMENT_TERMS;
import static io.tollgate.control.source.Code.KIND_MISMATCH;
import static io.tollgate.control.source.Code.MISSING_KEY;
import static io.tollgate.control.source.Code.NOT_SUPPORTED_YET;
import static io.tollgate.control.source.Code.OUT_OF_RANGE;
import static io.tollgate.control.source.Code.OVERFLOW;
import static io.tollgate.control.source.Code.SUBSCRIPTION_TERMS;
import static io.tollgate.control.source.Code.UNIT_MISMATCH;
import static io.tollgate.control.source.Code.UNKNOWN_REFERENCE;
import static io.tollgate.control.source.Code.WALLET_TERMS;
import static io.tollgate.control.source.Code.WRONG_LEVEL;

import java.util.List;

/** Errors in billing/. */
final class BillingFindings {
    private static final String BILLING = "billing/billing.yaml";
    private static final String SUB = "{customer: acme, plan: pro, start_date: 2026-01-31";
    private static final String GRANT = "cadence: RECURRING, period: MONTHLY, expiration_type: BILLING_CYCLE}";

    private BillingFindings() {}

    private static Finding of(io.tollgate.control.source.Code code, String text, String old, String replacement) {
        return Finding.of(code, text, BILLING, old, replacement);
    }

    static final List<Finding> ALL = List.of(
            of(MISSING_KEY, "needs the key 'dimension'", "{type: metered, dimension: llm.tokens}", "«{type: metered}"),
            of(UNKNOWN_REFERENCE, "did you mean 'llm.tokens'?", "dimension: llm.tokens}", "dimension: «llm.token}"),
            of(KIND_MISMATCH, "has a reset period", "dimension: llm.tokens}", "dimension: «llm.tpm}"),
            of(UNIT_MISMATCH, "does not convert", "dimension: llm.tokens}", "dimension: llm.tokens, unit: «gpu_hour}"),
            of(UNKNOWN_REFERENCE, "unit 'tokn'", "dimension: llm.tokens}", "dimension: llm.tokens, unit: «tokn}"),
            of(ENTITLEMENT_TERMS, "counts nothing", "sso: {type: boolean}", "sso: {type: boolean, unit: «token}"),
            of(UNKNOWN_REFERENCE, "did you mean 'sso'?", "      sso: {}", "      «ssi: {}"),
            of(ENTITLEMENT_TERMS, "needs 'usage_limit'", "      tokens: {usage_limit: 1_000}", "      «tokens: {}"),
            of(ENTITLEMENT_TERMS, "needs 'static_value'", "      support: {static_value: day}", "      «support: {}"),
            of(ENTITLEMENT_TERMS, "has no meaning for 'sso'", "      sso: {}", "      sso: {usage_limit: «5}"),
            of(OVERFLOW, "beyond 64 bits", "llm.tokens}", "gpu.time, unit: gpu_hour}")
                    .and("usage_limit: 1_000}", "usage_limit: «5_000_000_000_000}"),
            of(KIND_MISMATCH, "which is a gauge", "dimension: llm.tokens}", "dimension: «gpu.held}"),
            of(UNKNOWN_REFERENCE, "organization 'acme2'", "  acme: {}", "  acme: {}\n  «acme2: {}"),
            of(WRONG_LEVEL, "cannot be a customer", "  acme: {}", "  acme: {}\n  ana: {scope: «org:acme/user:ana}"),
            of(
                    UNKNOWN_REFERENCE,
                    "did you mean 'pro'?",
                    SUB + "}",
                    SUB + "}\n  s2: {customer: acme, plan: «prp, start_date: 2026-01-01}"),
            of(
                    UNKNOWN_REFERENCE,
                    "customer 'acne'",
                    SUB + "}",
                    SUB + "}\n  s2: {customer: «acne, plan: pro, start_date: 2026-01-01}"),
            of(
                    SUBSCRIPTION_TERMS,
                    "already has subscription 'sub-acme'",
                    SUB + "}",
                    SUB + "}\n  zz: {customer: «acme, plan: pro, start_date: 2026-01-01}"),
            of(SUBSCRIPTION_TERMS, "not after its start_date", SUB, SUB + ", end_date: «2026-01-01"),
            of(ENTITLEMENT_TERMS, "that could be overridden", "features:", "features:\n  extra: {type: boolean}")
                    .and(SUB, SUB + ", override_entitlements: {«extra: {}}"),
            of(
                    ENTITLEMENT_TERMS,
                    "different reset periods",
                    SUB,
                    SUB + ", entitlements: {«tokens: {usage_limit: 5, usage_reset_period: DAILY}}"),
            of(
                    OVERFLOW,
                    "beyond 64 bits",
                    SUB,
                    SUB + ", entitlements: {tokens: {usage_limit: «9_223_372_036_854_775_000}}"),
            of(WALLET_TERMS, "already has an active wallet", "  w1:", "  w0: {customer: acme, currency: usd}\n  w1:")
                    .and("    customer: acme\n    currency", "    «customer: acme\n    currency"),
            of(WALLET_TERMS, "more credits are left", "credits_available: 40", "credits_available: «140"),
            of(
                    WALLET_TERMS,
                    "expire before they start",
                    "priority: 2}",
                    "priority: 2, starts_at: 2199-02-01, expiry_date: «2199-01-01}"),
            of(DUPLICATE_ID, "credit 'c1'", "priority: 2}", "priority: 2}\n      - {id: «c1, credits: 1}"),
            of(OUT_OF_RANGE, "is negative", "{threshold: 5}", "{threshold: «-5}"),
            of(OUT_OF_RANGE, "more than 6 digits", "credits: 100,", "credits: «100.0000001,"),
            of(OVERFLOW, "beyond 64 bits", "credits: 100,", "credits: «999999999999999,"),
            of(
                            WALLET_TERMS,
                            "no active PRE_PAID wallet",
                            "    currency: usd\n    credits",
                            "    wallet_status: frozen\n    currency: usd\n    credits")
                    .and(SUB, "«" + SUB),
            of(WALLET_TERMS, "needs 'period'", GRANT, "cadence: «RECURRING, expiration_type: NEVER}"),
            of(
                    WALLET_TERMS,
                    "unless cadence is RECURRING",
                    GRANT,
                    "cadence: ONETIME, period: «MONTHLY, expiration_type: NEVER}"),
            of(
                    WALLET_TERMS,
                    "needs 'expiration_duration_unit'",
                    GRANT,
                    "cadence: ONETIME, expiration_type: «DURATION, expiration_duration: 3}"),
            of(
                    DUPLICATE_ID,
                    "credit grant 'monthly'",
                    GRANT,
                    GRANT + "\n      - {name: «monthly, credits: 1, cadence: ONETIME, expiration_type: NEVER}"),
            of(UNKNOWN_REFERENCE, "feature 'tokns'", "{feature: tokens,", "{feature: «tokns,"),
            of(KIND_MISMATCH, "is not metered", "{feature: tokens,", "{feature: «sso,"),
            of(NOT_SUPPORTED_YET, "tiered", "billing_model: PACKAGE", "billing_model: «TIERED"),
            of(
                    MISSING_KEY,
                    "needs 'transform_quantity'",
                    "{feature: tokens, amount: 0.5, billing_model: PACKAGE, transform_quantity: {divide_by: 1000}}",
                    "«{feature: tokens, amount: 0.5, billing_model: PACKAGE}"),
            of(
                    DUPLICATE_ID,
                    "price for",
                    "      - {feature: tokens",
                    "      - {feature: tokens, amount: 1}\n      - «{feature: tokens"));
}
