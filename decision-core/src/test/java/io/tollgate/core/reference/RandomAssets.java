/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import io.tollgate.core.Severity;
import io.tollgate.core.world.def.Period;
import io.tollgate.core.world.def.WindowDef;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Prices, wallets and pools of a {@link RandomWorld}: little money, few machines, so that they run out. */
final class RandomAssets {
    private static final List<String> CURRENCIES = List.of("credits", "EUR");
    private static final List<String> PRICED_BY = List.of("resource.region", "place.tier", "actor.cost_center");
    private static final List<String> POOLED_BY =
            List.of("resource.region", "place.tier", "request.priority", "actor.mfa");
    private static final List<String> PAYERS =
            List.of("org:acme", "org:beta", "org:acme/dept:eng", "org:acme/project:rag", "org:beta/project:web");
    private static final List<String> HOLDERS = List.of("org:acme", "org:acme/project:rag", "org:beta/dept:ops");

    private final Random random;
    private final List<ReferencePriceBook> books = new ArrayList<>();
    private final List<ReferenceWallet> wallets = new ArrayList<>();
    private final List<ReferencePool> pools = new ArrayList<>();

    RandomAssets(final Random random) {
        this.random = random;
        for (int i = 0; i < CURRENCIES.size(); i++) {
            if (i == 0 || random.nextInt(3) == 0) {
                books.add(new ReferencePriceBook("book" + (7 - i), 10 + i, CURRENCIES.get(i), prices()));
            }
        }
        for (final String payer : PAYERS) {
            for (int i = random.nextInt(8) / 2; i > 0; i--) {
                wallets.add(wallet("w" + i + payer.length(), payer));
            }
        }
        for (int i = 0; i < 6; i++) {
            pools.add(pool("pool" + i, i < 3 ? "" : HOLDERS.get(random.nextInt(HOLDERS.size()))));
        }
    }

    /** {@return the assets of a snapshot made now: here and there newer observations, other balances} */
    ReferenceAssets at(final long nowMs) {
        pools.replaceAll(pool -> random.nextInt(3) > 0
                ? pool
                : new ReferencePool(
                        pool.id(),
                        pool.dimensionId(),
                        pool.match(),
                        random.nextInt(8),
                        Math.max(pool.observedAtMs(), nowMs - random.nextInt(5_000)),
                        pool.reservedFor()));
        wallets.replaceAll(wallet -> random.nextInt(5) > 0 ? wallet : wallet(wallet.id(), wallet.scopePath()));
        return new ReferenceAssets(
                List.copyOf(books), List.copyOf(wallets), List.copyOf(pools), 1_000L * (1 + random.nextInt(90)));
    }

    private List<ReferencePriceBook.Price> prices() {
        final List<ReferencePriceBook.Price> prices = new ArrayList<>();
        final int[] dimensions = {
            RandomRegistry.RPM, RandomRegistry.TOKENS, RandomRegistry.GPU, RandomRegistry.RUNNING, RandomRegistry.NODES
        };
        for (final int dimension : dimensions) {
            if (random.nextInt(6) > 0) {
                if (random.nextInt(6) > 0) {
                    prices.add(price(dimension, Map.of()));
                }
                final String attribute = PRICED_BY.get(random.nextInt(PRICED_BY.size()));
                final String value = RandomConditions.TEXTS.get(random.nextInt(4));
                if (random.nextBoolean()) {
                    prices.add(price(dimension, Map.of(attribute, value)));
                }
                if (random.nextInt(3) == 0) {
                    final Map<String, String> both = new HashMap<>(Map.of("resource.region", "eu-1"));
                    both.put(attribute, value);
                    both.put("actor.cost_center", RandomConditions.TEXTS.get(random.nextInt(4)));
                    prices.add(price(dimension, both));
                }
            }
        }
        return prices;
    }

    private ReferencePriceBook.Price price(final int dimension, final Map<String, String> match) {
        final long[] quantities = {1, 1, 3, 7, 1_000};
        final long per = dimension == RandomRegistry.GPU ? 3_600_000 : quantities[random.nextInt(quantities.length)];
        return new ReferencePriceBook.Price(dimension, random.nextInt(200), per, match);
    }

    private ReferenceWallet wallet(final String id, final String payer) {
        final ReferenceWallet.Status[] statuses = ReferenceWallet.Status.values();
        final List<ReferenceWallet.Tranche> tranches = new ArrayList<>();
        for (int i = random.nextInt(12); i > 0; i--) {
            tranches.add(tranche("t" + i));
        }
        final List<ReferenceWallet.Threshold> thresholds = new ArrayList<>();
        if (random.nextBoolean()) {
            thresholds.add(new ReferenceWallet.Threshold(500 + random.nextInt(3_000), Severity.INFO));
            thresholds.add(new ReferenceWallet.Threshold(random.nextInt(500), Severity.CRITICAL));
        }
        final List<ReferenceWallet.Order> order =
                random.nextBoolean() ? ReferenceWallet.FLEXPRICE : List.of(ReferenceWallet.Order.EXPIRY);
        return new ReferenceWallet(
                id,
                payer,
                CURRENCIES.get(random.nextInt(5) / 4),
                random.nextInt(3) > 0,
                random.nextInt(5) > 0 ? ReferenceWallet.Status.ACTIVE : statuses[random.nextInt(statuses.length)],
                tranches,
                thresholds,
                random.nextInt(3) == 0 ? random.nextInt(300) : 0,
                random.nextInt(3) == 0 ? 0 : RandomWorld.T0_MS + random.nextInt(400_000_000),
                random.nextInt(3) > 0
                        ? WindowDef.NONE
                        : new WindowDef(random.nextBoolean() ? Period.HOURLY : Period.MONTHLY, 0, 0, ""),
                order);
    }

    private ReferenceWallet.Tranche tranche(final String id) {
        final long amount = 100L * (1 + random.nextInt(4));
        final @Nullable Integer priority = random.nextInt(3) == 0 ? null : (Integer) random.nextInt(2);
        return new ReferenceWallet.Tranche(
                id,
                amount,
                random.nextInt(3) == 0 ? random.nextInt((int) amount + 1) : amount,
                random.nextInt(3) > 0 ? 0 : RandomWorld.T0_MS + random.nextInt(50_000_000),
                random.nextInt(3) > 0 ? 0 : RandomWorld.T0_MS + 1_000_000L * random.nextInt(100),
                priority);
    }

    private ReferencePool pool(final String id, final String reservedFor) {
        final Map<String, String> match = new HashMap<>();
        if (random.nextBoolean()) {
            final String attribute = POOLED_BY.get(random.nextInt(POOLED_BY.size()));
            match.put(
                    attribute,
                    switch (attribute) {
                        case "request.priority" -> Long.toString(RandomConditions.NUMBERS[random.nextInt(3)]);
                        case "actor.mfa" -> Boolean.toString(random.nextBoolean());
                        default -> RandomConditions.TEXTS.get(random.nextInt(4));
                    });
        }
        return new ReferencePool(
                id,
                RandomRegistry.NODES,
                match,
                random.nextInt(8),
                RandomWorld.T0_MS - random.nextInt(5_000),
                reservedFor);
    }
}
