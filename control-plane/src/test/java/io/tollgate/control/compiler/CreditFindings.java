/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import static io.tollgate.control.source.Code.BAD_VALUE;
import static io.tollgate.control.source.Code.DUPLICATE_ID;
import static io.tollgate.control.source.Code.KIND_MISMATCH;
import static io.tollgate.control.source.Code.NEVER_PAID;
import static io.tollgate.control.source.Code.PRICE_TERMS;
import static io.tollgate.control.source.Code.TOO_LARGE;
import static io.tollgate.control.source.Code.WALLET_TERMS;

import io.tollgate.control.source.Code;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What does not fit together among credit-gated actions, prices and wallets. */
final class CreditFindings {
    private static final String REGISTRY = "registry/registry.yaml";
    private static final String BILLING = "billing/billing.yaml";
    private static final String PRICE =
            "{feature: tokens, amount: 0.5, billing_model: PACKAGE, transform_quantity: {divide_by: 1000}}";
    private static final String BOOK =
            "  list:\n    currency: usd\n    version: 1\n    prices:\n      - " + PRICE + "\n";

    private CreditFindings() {}

    private static Finding of(Code code, String text, String old, String replacement) {
        return Finding.of(code, text, BILLING, old, replacement);
    }

    /** The same bundle, with a gated action that is priced. */
    private static Finding gated(Finding finding) {
        return finding.with(
                REGISTRY,
                "charges: {llm.tpm: usage, llm.tokens: usage}",
                "charges: {llm.tpm: usage, llm.tokens: usage}\n            credit_gated: true");
    }

    /** The same bundle, with a gated action that is priced, where the finding is. */
    private static Finding atAction(Code code, String text, String old, String replacement) {
        return Finding.of(
                        code,
                        text,
                        REGISTRY,
                        "charges: {llm.tpm: usage, llm.tokens: usage}",
                        "charges: {llm.tpm: usage, llm.tokens: usage}\n            credit_gated: «true")
                .and(old, replacement);
    }

    static final List<Finding> ALL = List.of(
            Finding.of(
                    PRICE_TERMS,
                    "no price book has a price of anything that it charges",
                    REGISTRY,
                    "charges: {gpu.time: usage}",
                    "charges: {gpu.time: usage}\n            credit_gated: «true"),
            atAction(PRICE_TERMS, "there is no price book", "price_books:\n" + BOOK, ""),
            atAction(
                    NEVER_PAID,
                    "price book euro has no price",
                    BOOK,
                    BOOK + "  euro:\n    currency: eur\n    version: 1\n    prices: []\n"),
            atAction(
                            NEVER_PAID,
                            "org:acme may use",
                            "    currency: usd\n    credits",
                            "    wallet_status: closed\n    currency: usd\n    credits")
                    .and(
                            "    credit_grants:\n      - {name: monthly, credits: 10, cadence: RECURRING, period: MONTHLY,"
                                    + " expiration_type: BILLING_CYCLE}\n",
                            ""),
            gated(of(
                    NEVER_PAID,
                    "there is no price book in eur",
                    "wallets:\n",
                    "wallets:\n  w9: {customer: acme, currency: «eur}\n")),
            of(
                    PRICE_TERMS,
                    "already is a price book in usd",
                    BOOK,
                    BOOK + "  other:\n    currency: «usd\n    version: 1\n    prices: []\n"),
            of(
                    PRICE_TERMS,
                    "match equally many attributes",
                    "      - " + PRICE,
                    "      - {feature: tokens, amount: 1, match: {resource.model: l}}\n"
                            + "      - «{feature: tokens, amount: 2, match: {place.tier: gold}}"),
            of(KIND_MISMATCH, "is no string", PRICE, "{feature: tokens, amount: 1, match: {«actor.level: '3'}}"),
            Finding.of(TOO_LARGE, "match on 33 attributes", BILLING, "  list:\n", "  «list:\n")
                    .and(
                            "      - " + PRICE,
                            many("      - {feature: tokens, amount: 1, match: {%s}}", "resource.x%d: v", ", "))
                    .with(
                            REGISTRY,
                            "  resource.model: string\n",
                            "  resource.model: string\n" + many("%s", "  resource.x%d: string\n", "")),
            of(
                    DUPLICATE_ID,
                    "the plan has a credit grant 'monthly' too",
                    "start_date: 2026-01-31}",
                    "start_date: 2026-01-31, credit_grants: [{name: «monthly, credits: 1, cadence: ONETIME, expiration_type: NEVER}]}"),
            of(TOO_LARGE, "credits, at most 10000", "      - {name: monthly", daily(6) + "      - {name: monthly")
                    .and("    customer: acme\n    currency", "    «customer: acme\n    currency"),
            of(WALLET_TERMS, "twice", "    credits:\n", "    consumption_order: [expiry, «expiry]\n    credits:\n"),
            of(BAD_VALUE, "priority", "    credits:\n", "    consumption_order: [«oldest]\n    credits:\n"));

    private static String daily(int grants) {
        return IntStream.range(0, grants)
                .mapToObj(i -> "      - {name: g" + i
                        + ", credits: 1, cadence: RECURRING, period: DAILY, expiration_type: NEVER}\n")
                .collect(Collectors.joining());
    }

    private static String many(String frame, String element, String separator) {
        return String.format(
                frame,
                IntStream.range(0, 33).mapToObj(i -> String.format(element, i)).collect(Collectors.joining(separator)));
    }
}
