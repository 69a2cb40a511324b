/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import io.tollgate.control.source.BundleSource.Part;
import io.tollgate.control.source.Code;
import io.tollgate.control.source.Folder;
import io.tollgate.control.source.Position;
import io.tollgate.control.source.Quoted;
import io.tollgate.control.source.Value;
import io.tollgate.core.quota.PeriodCalendar;
import io.tollgate.core.quota.PeriodWindow;
import io.tollgate.v1.SubscriptionStatus;
import io.tollgate.v1.TrancheRecord;
import io.tollgate.v1.WalletRecord;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Credit grants of plans and subscriptions: the credits that they put into the customer's wallet.
 *
 * <p>A recurring grant is written out for {@value #HORIZON_YEARS} years from the subscription's start, so that the result does not
 * depend on the day of compilation; a warning comes when that time is over.
 */
final class GrantCompiler {
    static final int HORIZON_YEARS = 5;
    static final int MAX_TRANCHES = 2_000;

    private final Compilation compilation;
    private final BillingCompiler billing;
    private final Money money;
    private final Map<String, WalletRecord.Builder> wallets;

    /** @param wallets by id; receives the credits */
    GrantCompiler(
            Compilation compilation, BillingCompiler billing, Money money, Map<String, WalletRecord.Builder> wallets) {
        this.compilation = compilation;
        this.billing = billing;
        this.money = money;
        this.wallets = wallets;
    }

    void compile() {
        billing.planEntries().values().forEach(plan -> check(plan.fields()));
        compilation.files(Folder.BILLING).stream()
                .map(Part::root)
                .flatMap(root -> root.entries("subscriptions").stream())
                .forEach(entry -> check(entry.fields()));
        billing.subscribed().forEach(this::grant);
    }

    private void check(Value.Fields owner) {
        Map<String, Position> names = new HashMap<>();
        for (Value.Fields grant : owner.fieldsOf("credit_grants")) {
            Position earlier = names.putIfAbsent(grant.text("name"), grant.at());
            if (earlier != null && grant.has("name")) {
                compilation.duplicate(grant.at("name"), "credit grant", grant.text("name"), earlier);
            }
            boolean recurring = grant.text("cadence").equals("RECURRING");
            belongs(grant, "cadence", recurring, "RECURRING", List.of("period"), List.of("period_count"));
            boolean lasting = grant.text("expiration_type").equals("DURATION");
            belongs(
                    grant,
                    "expiration_type",
                    lasting,
                    "DURATION",
                    List.of("expiration_duration", "expiration_duration_unit"),
                    List.of());
        }
    }

    private void belongs(
            Value.Fields grant,
            String decider,
            boolean applies,
            String word,
            List<String> required,
            List<String> optional) {
        if (!grant.has(decider)) {
            return;
        }
        for (String key : required) {
            if (applies && !grant.isWritten(key)) {
                compilation.error(
                        grant.at(decider),
                        Code.WALLET_TERMS,
                        "a credit grant with " + decider + " " + word + " needs " + Quoted.of(key),
                        "add it");
            }
        }
        for (String key :
                List.of(required, optional).stream().flatMap(List::stream).toList()) {
            if (!applies && grant.has(key)) {
                compilation.error(
                        grant.at(key),
                        Code.WALLET_TERMS,
                        Quoted.of(key) + " has no meaning unless " + decider + " is " + word,
                        "remove it, or write " + decider + ": " + word);
            }
        }
    }

    private void grant(BillingCompiler.Subscribed subscribed) {
        SubscriptionStatus status = subscribed.subscription().record().getStatus();
        if (status != SubscriptionStatus.SUBSCRIPTION_STATUS_ACTIVE
                && status != SubscriptionStatus.SUBSCRIPTION_STATUS_TRIALING) {
            return;
        }
        Set<String> planned = new HashSet<>();
        subscribed.plan().fields().fieldsOf("credit_grants").forEach(grant -> planned.add(grant.text("name")));
        for (Value.Fields owner : List.of(subscribed.plan().fields(), subscribed.fields())) {
            for (Value.Fields grant : owner.fieldsOf("credit_grants")) {
                if (owner == subscribed.fields() && planned.contains(grant.text("name"))) {
                    compilation.error(
                            grant.at("name"),
                            Code.DUPLICATE_ID,
                            "the plan has a credit grant " + Quoted.of(grant.text("name")) + " too",
                            "rename one: both go into the same wallet");
                }
                WalletRecord.Builder wallet = wallet(subscribed);
                if (wallet == null) {
                    return;
                }
                tranches(subscribed, grant, wallet);
            }
        }
    }

    /** The customer's first active prepaid wallet. */
    private WalletRecord.@Nullable Builder wallet(BillingCompiler.Subscribed subscribed) {
        String payer = subscribed.scope().path();
        Optional<WalletRecord.Builder> found = wallets.values().stream()
                .filter(w -> w.getScopePath().equals(payer) && WalletCompiler.isSpendable(w))
                .findFirst();
        if (found.isEmpty()) {
            compilation.error(
                    subscribed.fields().at(),
                    Code.WALLET_TERMS,
                    "credits are granted to " + payer + ", which has no active PRE_PAID wallet",
                    "add a wallet with 'customer: "
                            + subscribed.subscription().record().getCustomerExternalId() + "'");
        }
        return found.orElse(null);
    }

    private void tranches(BillingCompiler.Subscribed subscribed, Value.Fields grant, WalletRecord.Builder wallet) {
        long startMs = subscribed.fields().number("start_date", 0);
        long endMs = subscribed.subscription().record().getEndsAtMs();
        String zoneName = subscribed.subscription().timeZone();
        ZonedDateTime start = Instant.ofEpochMilli(startMs).atZone(ZoneId.of(zoneName.isEmpty() ? "UTC" : zoneName));
        boolean recurring = grant.text("cadence").equals("RECURRING") && grant.has("period");
        long horizonMs = start.plusYears(HORIZON_YEARS).toInstant().toEpochMilli();
        long lastMs = endMs == 0 ? horizonMs : Math.min(endMs, horizonMs);
        ZonedDateTime next = start;
        for (int i = 0; i < MAX_TRANCHES && (i == 0 || recurring && toMs(next) < lastMs); i++) {
            wallet.addTranches(tranche(subscribed, grant, next, i));
            next = step(start, grant, i + 1);
        }
        if (recurring && endMs == 0 && toMs(next) <= compilation.nowMs()) {
            compilation.warning(
                    grant.at(),
                    Code.EXPIRED,
                    "credit grant " + Quoted.of(grant.text("name")) + " is written out until " + next.toInstant()
                            + ", which is over",
                    "give subscription "
                            + Quoted.of(subscribed.subscription().record().getId()) + " a later start_date");
        }
    }

    private static long toMs(ZonedDateTime time) {
        return time.toInstant().toEpochMilli();
    }

    /** Counted from the start each time, so that the 31st comes back after a short month. */
    private static ZonedDateTime step(ZonedDateTime start, Value.Fields grant, int times) {
        long n = times * grant.number("period_count", 1);
        return switch (grant.text("period")) {
            case "DAILY" -> start.plusDays(n);
            case "WEEKLY" -> start.plusWeeks(n);
            case "QUARTERLY" -> start.plusMonths(3 * n);
            case "HALF_YEARLY" -> start.plusMonths(6 * n);
            case "ANNUAL" -> start.plusYears(n);
            default -> start.plusMonths(n);
        };
    }

    private TrancheRecord tranche(
            BillingCompiler.Subscribed subscribed, Value.Fields grant, ZonedDateTime start, int number) {
        long amount = money.read(grant, "credits");
        TrancheRecord.Builder record = TrancheRecord.newBuilder()
                .setId(subscribed.subscription().record().getId() + "/" + grant.text("name") + "/" + (number + 1))
                .setAmount(amount)
                .setRemaining(amount)
                .setStartsAtMs(toMs(start))
                .setExpiresAtMs(expiry(subscribed.subscription(), grant, start));
        if (grant.has("priority")) {
            record.setPriority((int) grant.number("priority", 0));
        }
        return record.build();
    }

    private static long expiry(Subscription subscription, Value.Fields grant, ZonedDateTime start) {
        long n = grant.number("expiration_duration", 1);
        return switch (grant.text("expiration_type")) {
            case "BILLING_CYCLE" -> {
                PeriodWindow window = PeriodWindow.of(
                        Periods.core(subscription.billingPeriod()), subscription.anchorMs(), subscription.timeZone());
                yield PeriodCalendar.endMs(window, PeriodCalendar.ordinalAt(window, toMs(start)));
            }
            case "DURATION" ->
                toMs(
                        switch (grant.text("expiration_duration_unit")) {
                            case "DAY" -> start.plusDays(n);
                            case "WEEK" -> start.plusWeeks(n);
                            case "YEAR" -> start.plusYears(n);
                            default -> start.plusMonths(n);
                        });
            default -> 0;
        };
    }
}
