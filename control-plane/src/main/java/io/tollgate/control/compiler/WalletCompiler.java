/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import io.tollgate.control.source.Code;
import io.tollgate.control.source.Folder;
import io.tollgate.control.source.Position;
import io.tollgate.control.source.Quoted;
import io.tollgate.control.source.Value;
import io.tollgate.core.credit.WalletBlock;
import io.tollgate.v1.TrancheKey;
import io.tollgate.v1.TrancheRecord;
import io.tollgate.v1.WalletRecord;
import io.tollgate.v1.WalletRecordOrBuilder;
import io.tollgate.v1.WalletStatus;
import io.tollgate.v1.WalletThreshold;
import io.tollgate.v1.WalletType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/** Wallets of billing/ and what is in them. */
final class WalletCompiler {
    private final Compilation compilation;
    private final BillingCompiler billing;
    private final Money money;
    private final Map<String, WalletRecord.Builder> wallets = new TreeMap<>(Utf8.ORDER);
    private final Map<String, Position> written = new HashMap<>();

    WalletCompiler(Compilation compilation, BillingCompiler billing, Money money) {
        this.compilation = compilation;
        this.billing = billing;
        this.money = money;
    }

    List<WalletRecord> compile() {
        Map<String, Position> owners = new HashMap<>();
        compilation
                .declared(Folder.BILLING, "wallets", "wallet")
                .forEach((id, entry) -> wallet(id, entry.fields(), owners));
        new GrantCompiler(compilation, billing, money, wallets).compile();
        wallets.values().forEach(this::size);
        return wallets.values().stream().map(WalletRecord.Builder::build).toList();
    }

    private void size(WalletRecord.Builder wallet) {
        if (wallet.getTranchesCount() > WalletBlock.MAX_TRANCHES) {
            compilation.error(
                    written.getOrDefault(wallet.getId(), Position.ofFile(Folder.BILLING.folderName())),
                    Code.TOO_LARGE,
                    "wallet " + Quoted.of(wallet.getId()) + " comes to " + wallet.getTranchesCount()
                            + " credits, at most " + WalletBlock.MAX_TRANCHES,
                    "grant less often, or in fewer grants");
        }
    }

    private void wallet(String id, Value.Fields fields, Map<String, Position> owners) {
        Value.Entry customer = billing.customers().get(fields.text("customer"));
        if (customer == null) {
            if (fields.has("customer")) {
                compilation.unknown(
                        fields.at("customer"),
                        "customer",
                        fields.text("customer"),
                        billing.customers().keySet());
            }
            return;
        }
        ScopeNode payer = billing.customerScope(customer.key(), customer);
        WalletRecord.Builder wallet = WalletRecord.newBuilder()
                .setId(id)
                .setScopePath(payer == null ? "" : payer.path().path())
                .setCurrency(fields.text("currency"))
                .setType(WalletType.valueOf("WALLET_TYPE_" + fields.get("wallet_type", String.class, "PRE_PAID")))
                .setStatus(status(fields.get("wallet_status", String.class, "active")));
        if (wallet.getStatus() == WalletStatus.WALLET_STATUS_ACTIVE) {
            Position earlier = owners.putIfAbsent(
                    customer.key() + "/" + wallet.getCurrency() + "/" + wallet.getType(), fields.at());
            if (earlier != null) {
                compilation.error(
                        fields.at(),
                        Code.WALLET_TERMS,
                        "customer " + Quoted.of(customer.key()) + " already has an active wallet of this currency and"
                                + " type at " + earlier,
                        "merge the two, or close one with 'wallet_status: closed'");
            }
        }
        Map<String, Position> ids = new HashMap<>();
        for (Value.Fields credit : fields.fieldsOf("credits")) {
            Position earlier = ids.putIfAbsent(credit.text("id"), credit.at());
            if (earlier != null && credit.has("id")) {
                compilation.duplicate(credit.at("id"), "credit", credit.text("id"), earlier);
            }
            wallet.addTranches(tranche(credit));
        }
        wallet.addAllTrancheOrder(order(fields));
        thresholds(fields, wallet);
        Subscription subscription = payer == null ? null : payer.customer();
        if (subscription != null) {
            wallet.setBillingWindow(subscription.billingWindow());
        }
        wallets.put(id, wallet);
        written.put(id, fields.at());
    }

    /** Flexprice's order unless another is written. */
    private List<TrancheKey> order(Value.Fields fields) {
        List<TrancheKey> keys = new ArrayList<>();
        for (Value.Scalar item : fields.scalars("consumption_order")) {
            TrancheKey key =
                    switch (item.as(String.class)) {
                        case "priority" -> TrancheKey.TRANCHE_KEY_PRIORITY_ASC_NONE_LAST;
                        case "expiry" -> TrancheKey.TRANCHE_KEY_EXPIRY_ASC_NEVER_LAST;
                        default -> TrancheKey.TRANCHE_KEY_AMOUNT_DESC;
                    };
            if (keys.contains(key)) {
                compilation.error(
                        item.at(),
                        Code.WALLET_TERMS,
                        Quoted.of(item.as(String.class)) + " is in the order of consumption twice",
                        "remove one");
            }
            keys.add(key);
        }
        return keys.isEmpty()
                ? List.of(
                        TrancheKey.TRANCHE_KEY_PRIORITY_ASC_NONE_LAST,
                        TrancheKey.TRANCHE_KEY_EXPIRY_ASC_NEVER_LAST,
                        TrancheKey.TRANCHE_KEY_AMOUNT_DESC)
                : keys;
    }

    static boolean isSpendable(WalletRecordOrBuilder wallet) {
        return wallet.getStatus() == WalletStatus.WALLET_STATUS_ACTIVE
                && wallet.getType() == WalletType.WALLET_TYPE_PRE_PAID;
    }

    private static WalletStatus status(String word) {
        return switch (word) {
            case "frozen" -> WalletStatus.WALLET_STATUS_FROZEN;
            case "closed" -> WalletStatus.WALLET_STATUS_CLOSED;
            default -> WalletStatus.WALLET_STATUS_ACTIVE;
        };
    }

    private TrancheRecord tranche(Value.Fields fields) {
        OptionalLong given = money.find(fields, "credits");
        long amount = given.orElse(0);
        long remaining = fields.isWritten("credits_available") ? money.read(fields, "credits_available") : amount;
        if (given.isPresent() && remaining > amount) {
            compilation.error(
                    fields.at("credits_available"),
                    Code.WALLET_TERMS,
                    "more credits are left than were given",
                    "write at most what 'credits' says");
        }
        long startsMs = fields.number("starts_at", 0);
        long expiresMs = fields.number("expiry_date", 0);
        if (expiresMs != 0 && expiresMs <= startsMs) {
            compilation.error(
                    fields.at("expiry_date"),
                    Code.WALLET_TERMS,
                    "these credits expire before they start",
                    "write an expiry_date after starts_at");
        } else if (expiresMs != 0 && expiresMs <= compilation.nowMs()) {
            compilation.warning(
                    fields.at("expiry_date"),
                    Code.EXPIRED,
                    "these credits expired at " + Instant.ofEpochMilli(expiresMs),
                    "remove them");
        }
        TrancheRecord.Builder record = TrancheRecord.newBuilder()
                .setId(fields.text("id"))
                .setAmount(amount)
                .setRemaining(remaining)
                .setStartsAtMs(startsMs)
                .setExpiresAtMs(expiresMs);
        if (fields.has("priority")) {
            record.setPriority((int) fields.number("priority", 0));
        }
        return record.build();
    }

    private void thresholds(Value.Fields fields, WalletRecord.Builder wallet) {
        Value.Fields alerts = fields.fields("alert_settings");
        if (alerts == null) {
            return;
        }
        String[] words = {"info", "warning", "critical"};
        for (int i = 0; i < words.length; i++) {
            Value.Fields alert = alerts.fields(words[i]);
            if (alert != null) {
                wallet.addThresholds(WalletThreshold.newBuilder()
                        .setBelow(money.read(alert, "threshold"))
                        .setSeverity(i + 1));
            }
        }
    }
}
