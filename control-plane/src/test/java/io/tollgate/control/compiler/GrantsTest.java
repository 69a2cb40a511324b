/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tollgate.v1.TrancheRecord;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Credits that plans and subscriptions grant. */
class GrantsTest {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-11-20T12:00:00Z"));

    @TempDir
    Path dir;

    private List<TrancheRecord> tranches(TinyBundle bundle) {
        CompileResult result = BundleCompiler.compile(bundle.write(dir), CLOCK);
        assertEquals(List.of(), result.diagnostics());
        return result.bundle().orElseThrow().commerce().wallets().get(0).getTranchesList();
    }

    private static String starts(TrancheRecord tranche) {
        return Instant.ofEpochMilli(tranche.getStartsAtMs()).toString();
    }

    private static String expires(TrancheRecord tranche) {
        return Instant.ofEpochMilli(tranche.getExpiresAtMs()).toString();
    }

    @Test
    void shouldGrantEachMonthUntilItsBillingCycleEnds() {
        List<TrancheRecord> tranches = tranches(new TinyBundle());

        assertEquals(1 + 5 * 12, tranches.size(), "what is in the wallet, and five years of months");
        assertEquals("2026-01-31T00:00:00Z", starts(tranches.get(1)));
        assertEquals("2026-02-28T00:00:00Z", expires(tranches.get(1)), "clamped in a short month");
        assertEquals("2026-02-28T00:00:00Z", starts(tranches.get(2)));
        assertEquals("2026-03-31T00:00:00Z", starts(tranches.get(3)), "and back on the 31st");
        assertEquals("sub-acme/monthly/1", tranches.get(1).getId());
        assertEquals(10_000_000, tranches.get(1).getAmount());
    }

    @Test
    void shouldStopGrantingWhenTheSubscriptionEnds() {
        TinyBundle bundle =
                new TinyBundle().edit("billing/billing.yaml", "2026-01-31}", "2026-01-31, end_date: 2027-01-31}");

        assertEquals(1 + 12, tranches(bundle).size());
    }

    @Test
    void shouldGrantNothingToAPausedCustomer() {
        TinyBundle bundle = new TinyBundle()
                .edit("billing/billing.yaml", "2026-01-31}", "2026-01-31, subscription_status: paused}");

        assertEquals(1, tranches(bundle).size());
    }

    @Test
    void shouldGrantOnceForSomeDays() {
        TinyBundle bundle = new TinyBundle()
                .edit(
                        "billing/billing.yaml",
                        "cadence: RECURRING, period: MONTHLY, expiration_type: BILLING_CYCLE}",
                        "cadence: ONETIME, expiration_type: DURATION, expiration_duration: 10,"
                                + " expiration_duration_unit: DAY, priority: 7}");
        TrancheRecord tranche = tranches(bundle).get(1);

        assertEquals("2026-02-10T00:00:00Z", expires(tranche));
        assertEquals(7, tranche.getPriority());
    }
}
