/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.entitlement;

import io.tollgate.core.world.def.SubscriptionStatus;

/** Whether a subscription entitles now. */
public final class Subscriptions {
    /** Status code of a scope without a subscription. */
    public static final int NONE = 0;
    /** In place of an end: it does not end by itself. */
    public static final long NEVER_ENDS = 0;

    private static final int ACTIVE = SubscriptionStatus.ACTIVE.code();
    private static final int TRIALING = SubscriptionStatus.TRIALING.code();

    private Subscriptions() {}

    /**
     * {@return whether it entitles: active or trialing, and not at its end}
     *
     * @param statusCode {@link SubscriptionStatus#code()}; any other number does not entitle
     * @param endsAtMs   milliseconds since 1970, {@link #NEVER_ENDS} = never
     * @param nowMs      milliseconds since 1970
     */
    public static boolean entitles(final int statusCode, final long endsAtMs, final long nowMs) {
        return (statusCode == ACTIVE || statusCode == TRIALING) && (endsAtMs == NEVER_ENDS || nowMs < endsAtMs);
    }
}
