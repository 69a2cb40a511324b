/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import io.tollgate.control.source.BundleSource.Part;
import io.tollgate.control.source.Code;
import io.tollgate.control.source.Folder;
import io.tollgate.control.source.Position;
import io.tollgate.control.source.Quoted;
import io.tollgate.control.source.Value;
import io.tollgate.v1.ChargeRecord;
import io.tollgate.v1.EntitlementRecord;
import io.tollgate.v1.EntitlementSetRecord;
import io.tollgate.v1.EntityState;
import io.tollgate.v1.OperationRecord;
import io.tollgate.v1.PriceBookRecord;
import io.tollgate.v1.ScopeLevel;
import io.tollgate.v1.SubscriptionStatus;
import io.tollgate.v1.WalletRecord;
import io.tollgate.v1.WalletStatus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Do credit-gated actions, prices and wallets fit together? */
final class CreditChecks {
    private static final int NAMED = 3;

    private final Compilation compilation;
    private final Registry registry;
    private final ScopeTree tree;
    private final List<PriceBookRecord> books;
    private final List<WalletRecord> wallets;
    /** Where each credit-gated action says so, by "product/resource type/action". */
    private final Map<String, Position> gated = new HashMap<>();

    CreditChecks(
            Compilation compilation,
            Registry registry,
            ScopeTree tree,
            List<PriceBookRecord> books,
            List<WalletRecord> wallets) {
        this.compilation = compilation;
        this.registry = registry;
        this.tree = tree;
        this.books = books;
        this.wallets = wallets;
    }

    void check(List<EntitlementSetRecord> sets) {
        for (Part part : compilation.files(Folder.REGISTRY)) {
            for (Value.Entry product : part.root().entries("products")) {
                for (Value.Entry type : product.fields().entries("resource_types")) {
                    for (Value.Entry action : type.fields().entries("actions")) {
                        if (action.fields().flag("credit_gated", false)) {
                            gated.putIfAbsent(
                                    product.key() + "/" + type.key() + "/" + action.key(),
                                    action.fields().at("credit_gated"));
                        }
                    }
                }
            }
        }
        if (gated.isEmpty()) {
            return;
        }
        for (OperationRecord operation : registry.operations()) {
            if (operation.getCreditGated()) {
                priced(operation);
            }
        }
        currencies();
        payers(sets);
    }

    private static String name(OperationRecord operation) {
        return operation.getProduct() + "/" + operation.getResourceType() + "/" + operation.getAction();
    }

    private Position at(OperationRecord operation) {
        return gated.getOrDefault(name(operation), Position.ofFile(Folder.REGISTRY.folderName()));
    }

    /** Without a price of anything that it charges it would always be denied. */
    private void priced(OperationRecord operation) {
        Set<String> without = new TreeSet<>(Utf8.ORDER);
        for (PriceBookRecord book : books) {
            if (!prices(book, operation)) {
                without.add(book.getId());
            }
        }
        if (books.isEmpty()) {
            compilation.error(
                    at(operation),
                    Code.PRICE_TERMS,
                    Quoted.of(name(operation)) + " is gated by credit, and there is no price book",
                    "add one under 'price_books' in billing/, or remove 'credit_gated'");
        } else if (without.size() == books.size()) {
            compilation.error(
                    at(operation),
                    Code.PRICE_TERMS,
                    Quoted.of(name(operation))
                            + " is gated by credit, and no price book has a price of anything that it charges",
                    "add a price for a feature that counts one of its dimensions: " + charged(operation));
        } else if (!without.isEmpty()) {
            compilation.warning(
                    at(operation),
                    Code.NEVER_PAID,
                    "price book " + String.join(", ", without) + " has no price of anything that "
                            + Quoted.of(name(operation)) + " charges: whoever pays by it is refused",
                    "add a price for a feature that counts one of its dimensions: " + charged(operation));
        }
    }

    private static boolean prices(PriceBookRecord book, OperationRecord operation) {
        return book.getPricesList().stream().anyMatch(price -> operation.getChargesList().stream()
                .anyMatch(charge -> charge.getDimensionId() == price.getDimensionId()));
    }

    private String charged(OperationRecord operation) {
        Set<String> names = new TreeSet<>(Utf8.ORDER);
        for (ChargeRecord charge : operation.getChargesList()) {
            names.add(registry.dimension(charge.getDimensionId()).getName());
        }
        return names.isEmpty() ? "it charges nothing" : String.join(", ", names);
    }

    /** Wallets that nothing is priced for. */
    private void currencies() {
        Set<String> priced = new TreeSet<>(Utf8.ORDER);
        books.forEach(book -> priced.add(book.getCurrency()));
        if (priced.isEmpty()) {
            return;
        }
        for (Part part : compilation.files(Folder.BILLING)) {
            for (Value.Entry wallet : part.root().entries("wallets")) {
                Value.Fields fields = wallet.fields();
                if (fields.has("currency") && !priced.contains(fields.text("currency"))) {
                    compilation.warning(
                            fields.at("currency"),
                            Code.NEVER_PAID,
                            "there is no price book in " + fields.text("currency") + ": nothing is ever paid from "
                                    + Quoted.of(wallet.key()),
                            "add one, or use " + String.join(" or ", priced));
                }
            }
        }
    }

    /** Organizations that may use what they have no wallet for. */
    private void payers(List<EntitlementSetRecord> sets) {
        Set<String> paying = new HashSet<>();
        Set<String> priced = new HashSet<>();
        books.forEach(book -> priced.add(book.getCurrency()));
        for (WalletRecord wallet : wallets) {
            if (wallet.getStatus() != WalletStatus.WALLET_STATUS_CLOSED && priced.contains(wallet.getCurrency())) {
                int slash = wallet.getScopePath().indexOf('/');
                paying.add(
                        slash < 0
                                ? wallet.getScopePath()
                                : wallet.getScopePath().substring(0, slash));
            }
        }
        Map<String, EntitlementSetRecord> byId = new HashMap<>();
        sets.forEach(set -> byId.put(set.getId(), set));
        for (OperationRecord operation : registry.operations()) {
            if (operation.getCreditGated()) {
                withoutWallet(operation, paying, byId);
            }
        }
    }

    private void withoutWallet(OperationRecord operation, Set<String> paying, Map<String, EntitlementSetRecord> sets) {
        List<String> broke = new ArrayList<>();
        for (ScopeNode node : tree.ordered()) {
            if (node.path().level() == ScopeLevel.SCOPE_LEVEL_ORGANIZATION
                    && node.record().getState() == EntityState.ENTITY_STATE_ACTIVE
                    && !paying.contains(node.path().path())
                    && mayUse(operation, node, sets)) {
                broke.add(node.path().path());
            }
        }
        if (!broke.isEmpty()) {
            String more = broke.size() > NAMED ? " and " + (broke.size() - NAMED) + " more" : "";
            compilation.warning(
                    at(operation),
                    Code.NEVER_PAID,
                    String.join(", ", broke.subList(0, Math.min(NAMED, broke.size()))) + more
                            + " may use " + Quoted.of(name(operation))
                            + " and nobody there has a wallet: it is refused",
                    "add a wallet for the customer, or take the feature out of the plan");
        }
    }

    private static boolean mayUse(
            OperationRecord operation, ScopeNode organization, Map<String, EntitlementSetRecord> sets) {
        if (operation.getFeatureRef() == 0) {
            return true;
        }
        Subscription subscription = organization.subscription();
        if (subscription == null) {
            return false;
        }
        SubscriptionStatus status = subscription.record().getStatus();
        EntitlementSetRecord set = sets.get(subscription.record().getEntitlementSetId());
        return set != null
                && (status == SubscriptionStatus.SUBSCRIPTION_STATUS_ACTIVE
                        || status == SubscriptionStatus.SUBSCRIPTION_STATUS_TRIALING)
                && set.getEntitlementsList().stream()
                        .filter(EntitlementRecord::getEnabled)
                        .anyMatch(entitlement -> entitlement.getFeatureId() == operation.getFeatureRef() - 1);
    }
}
