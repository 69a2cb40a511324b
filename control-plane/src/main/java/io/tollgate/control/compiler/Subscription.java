/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import io.tollgate.v1.Period;
import io.tollgate.v1.SubscriptionRecord;
import io.tollgate.v1.WindowRecord;
import org.jspecify.annotations.Nullable;

/**
 * A customer's subscription.
 *
 * @param record what travels
 * @param plan its plan's scope; null when the plan is unknown (which is then among the diagnostics)
 * @param billingPeriod how often it is billed
 * @param anchorMs where its periods start; 0 = calendar
 * @param timeZone of its periods; empty = UTC
 */
record Subscription(
        SubscriptionRecord record, @Nullable ScopeNode plan, Period billingPeriod, long anchorMs, String timeZone) {
    /** {@return its billing periods} */
    WindowRecord billingWindow() {
        return WindowRecord.newBuilder()
                .setPeriod(billingPeriod)
                .setAnchorMs(anchorMs)
                .setTimeZone(timeZone)
                .build();
    }
}
