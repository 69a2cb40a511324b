/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.v1.OperationRecord;
import io.tollgate.v1.Period;
import io.tollgate.v1.Plane;
import io.tollgate.v1.TrancheKey;
import io.tollgate.v1.WalletRecord;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What wallets, prices and credit-gated actions compile to. */
class CreditCompileTest {
    private static final String BILLING = "billing/billing.yaml";
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-11-20T12:00:00Z"));

    @TempDir
    Path dir;

    private CompiledBundle compile(TinyBundle bundle) {
        CompileResult result = BundleCompiler.compile(bundle.write(dir), CLOCK);
        assertEquals(List.of(), result.diagnostics());
        return result.bundle().orElseThrow();
    }

    private WalletRecord wallet(TinyBundle bundle) {
        return compile(bundle).commerce().wallets().get(0);
    }

    @Test
    void shouldNeedFreshCreditForCreditGatedActions() {
        CompiledBundle bundle = compile(new TinyBundle()
                .edit(
                        "registry/registry.yaml",
                        "charges: {llm.tpm: usage, llm.tokens: usage}",
                        "charges: {llm.tpm: usage, llm.tokens: usage}\n            credit_gated: true"));
        OperationRecord invoke = bundle.registry().getOperationsList().stream()
                .filter(operation -> operation.getAction().equals("invoke"))
                .findFirst()
                .orElseThrow();
        assertTrue(invoke.getCreditGated());
        assertTrue(invoke.getPlanesList().contains(Plane.PLANE_CREDIT));
    }

    @Test
    void shouldWriteTheOrderOfConsumptionOut() {
        assertEquals(
                List.of(
                        TrancheKey.TRANCHE_KEY_PRIORITY_ASC_NONE_LAST,
                        TrancheKey.TRANCHE_KEY_EXPIRY_ASC_NEVER_LAST,
                        TrancheKey.TRANCHE_KEY_AMOUNT_DESC),
                wallet(new TinyBundle()).getTrancheOrderList());
        assertEquals(
                List.of(TrancheKey.TRANCHE_KEY_AMOUNT_DESC, TrancheKey.TRANCHE_KEY_EXPIRY_ASC_NEVER_LAST),
                wallet(new TinyBundle()
                                .edit(
                                        BILLING,
                                        "    credits:\n",
                                        "    consumption_order: [amount, expiry]\n    credits:\n"))
                        .getTrancheOrderList());
    }

    @Test
    void shouldSettleWithThePayersBillingPeriods() {
        WalletRecord wallet = wallet(new TinyBundle()
                .edit(BILLING, "2026-01-31}", "2026-01-31, billing_period: QUARTERLY, timezone: Europe/Berlin}"));
        assertEquals(Period.PERIOD_QUARTERLY, wallet.getBillingWindow().getPeriod());
        assertEquals("Europe/Berlin", wallet.getBillingWindow().getTimeZone());
        assertEquals(
                Instant.parse("2026-01-31T00:00:00Z").toEpochMilli(),
                wallet.getBillingWindow().getAnchorMs());
        assertEquals(0, wallet.getPeriodEndMs(), "what is compiled does not depend on the day");
    }

    @Test
    void shouldSettleADepartmentsWalletWithTheSubscriptionThatCoversIt() {
        WalletRecord wallet = wallet(new TinyBundle()
                .edit(BILLING, "  acme: {}\n", "  acme: {}\n  lab: {scope: org:acme/department:lab}\n")
                .edit(BILLING, "wallets:\n", "wallets:\n  a0: {customer: lab, currency: usd}\n"));
        assertEquals("org:acme/department:lab", wallet.getScopePath());
        assertEquals(Period.PERIOD_MONTHLY, wallet.getBillingWindow().getPeriod());
    }

    @Test
    void shouldAcceptPricesThatOverlapWhereAMoreExactOneDecides() {
        compile(
                new TinyBundle()
                        .edit(
                                BILLING,
                                "    prices:\n",
                                "    prices:\n"
                                        + "      - {feature: tokens, amount: 1, match: {resource.model: l}}\n"
                                        + "      - {feature: tokens, amount: 2, match: {place.tier: gold}}\n"
                                        + "      - {feature: tokens, amount: 3, match: {resource.model: l, place.tier: gold}}\n"));
    }

    @Test
    void shouldAcceptPricesThatNoRequestMatchesBothOf() {
        compile(new TinyBundle()
                .edit(
                        BILLING,
                        "    prices:\n",
                        "    prices:\n"
                                + "      - {feature: tokens, amount: 1, match: {resource.model: l}}\n"
                                + "      - {feature: tokens, amount: 2, match: {resource.model: m}}\n"));
    }
}
