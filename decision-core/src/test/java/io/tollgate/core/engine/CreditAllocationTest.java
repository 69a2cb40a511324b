/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import static io.tollgate.core.engine.CreditWorld.book;
import static io.tollgate.core.engine.CreditWorld.settled;
import static io.tollgate.core.engine.CreditWorld.tranche;
import static io.tollgate.core.engine.CreditWorld.wallet;
import static io.tollgate.core.engine.CreditWorld.warning;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import io.tollgate.core.DecideMode;
import io.tollgate.core.Reason;
import io.tollgate.core.Severity;
import io.tollgate.core.request.AttributeGroup;
import io.tollgate.core.world.def.Period;
import io.tollgate.core.world.def.PriceDef;
import io.tollgate.core.world.def.WalletDef;
import io.tollgate.core.world.def.WalletStatus;
import io.tollgate.core.world.def.WalletThresholdDef;
import io.tollgate.core.world.def.WalletType;
import io.tollgate.core.world.def.WindowDef;
import java.lang.management.ManagementFactory;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Stage CREDIT allocates nothing, whatever it answers. */
class CreditAllocationTest extends CreditTestBase {
    private static final int ROUND = 1_000;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final Set<Reason> seen = EnumSet.noneOf(Reason.class);

    @Test
    void shouldAllocateNothing() {
        final CreditWorld world = new CreditWorld();
        world.books.add(book(
                "list",
                "usd",
                new PriceDef(CreditWorld.TOKENS, 1, 1, Map.of("resource.model", "large")),
                new PriceDef(CreditWorld.TOKENS, 3, 7, Map.of("resource.model", "large", "place.tier", "gold")),
                new PriceDef(CreditWorld.TOKENS, Long.MAX_VALUE, 3, Map.of("resource.model", "huge"))));
        world.projectTier = "gold";
        world.with(settled(
                warning(
                        wallet(
                                "w",
                                "usd",
                                WalletType.PRE_PAID,
                                WalletStatus.ACTIVE,
                                tranche("a", 2_000),
                                tranche("b", 3_000)),
                        new WalletThresholdDef(4_000, Severity.INFO)),
                new WalletDef.Settlement(0, new WindowDef(Period.MONTHLY, 0, 0, ""))));
        world.with(wallet("x", "usd", WalletType.POST_PAID, WalletStatus.ACTIVE, tranche("a", 5)));
        activate(world);
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 30; i++) {
            final long before =
                    threads.getThreadAllocatedBytes(Thread.currentThread().getId());
            round();
            final long bytes =
                    threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
            least = i < 20 ? least : Math.min(least, bytes);
        }
        assertEquals(0, least, "bytes allocated by the best of ten rounds of " + ROUND);
        assertEquals(EnumSet.of(Reason.OK, Reason.CREDIT_EXHAUSTED, Reason.PRICE_UNKNOWN), seen);
    }

    private void round() {
        for (int i = 0; i < ROUND; i++) {
            final int kind = i % 5;
            fill(kind == 0 ? DecideMode.CONSUME : DecideMode.CHECK, "invoke", kind == 1 ? 1_000_000 : 5);
            request.attributes()
                    .text(AttributeGroup.RESOURCE, "model", kind == 2 ? "tiny" : kind == 3 ? "huge" : "large");
            worker.begin();
            worker.decide(request, decision);
            seen.add(decision.reason());
            worker.end();
        }
    }
}
