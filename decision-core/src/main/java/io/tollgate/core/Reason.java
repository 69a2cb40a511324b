/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core;

import org.jspecify.annotations.Nullable;

/**
 * The one reason of an answer. Codes are those of {@code tollgate.v1.Reason}: class times 100 plus a number.
 * What each means: the semantics page, section 3.
 */
public enum Reason {
    OK(1, null),
    INVALID_REQUEST(100, ReasonClass.REQUEST),
    UNKNOWN_ACTION(101, ReasonClass.REQUEST),
    UNKNOWN_UNIT(102, ReasonClass.REQUEST),
    UNKNOWN_SCOPE(103, ReasonClass.REQUEST),
    UNKNOWN_ACTOR(104, ReasonClass.REQUEST),
    ACTOR_DISABLED(105, ReasonClass.REQUEST),
    REGISTRY_TOO_OLD(106, ReasonClass.REQUEST),
    REGISTRY_TOO_NEW(107, ReasonClass.REQUEST),
    SNAPSHOT_MISSING(200, ReasonClass.FRESHNESS),
    SNAPSHOT_STALE(201, ReasonClass.FRESHNESS),
    LEASE_EXPIRED(202, ReasonClass.FRESHNESS),
    POLICY_DENY(300, ReasonClass.POLICY),
    POLICY_NO_GRANT(301, ReasonClass.POLICY),
    POLICY_RESTRICTED(302, ReasonClass.POLICY),
    POLICY_ERROR(303, ReasonClass.POLICY),
    POLICY_WARN(304, ReasonClass.POLICY),
    SUBSCRIPTION_INACTIVE(400, ReasonClass.ENTITLEMENT),
    ENTITLEMENT_MISSING(401, ReasonClass.ENTITLEMENT),
    ENTITLEMENT_DISABLED(402, ReasonClass.ENTITLEMENT),
    RATE_LIMITED(500, ReasonClass.QUOTA),
    QUOTA_EXHAUSTED(501, ReasonClass.QUOTA),
    CONCURRENCY_EXHAUSTED(502, ReasonClass.QUOTA),
    OVER_SOFT_LIMIT(503, ReasonClass.QUOTA),
    NEAR_LIMIT(504, ReasonClass.QUOTA),
    CREDIT_EXHAUSTED(600, ReasonClass.CREDIT),
    WALLET_FROZEN(601, ReasonClass.CREDIT),
    PRICE_UNKNOWN(602, ReasonClass.CREDIT),
    CREDIT_LOW(603, ReasonClass.CREDIT),
    CAPACITY_UNAVAILABLE(700, ReasonClass.CAPACITY),
    OVERLOADED(800, ReasonClass.SYSTEM),
    JOURNAL_FULL(801, ReasonClass.SYSTEM),
    IDEMPOTENCY_MISMATCH(802, ReasonClass.SYSTEM),
    INTERNAL(803, ReasonClass.SYSTEM),
    BATCH_DENIED(805, ReasonClass.SYSTEM),
    AUDIT_UNAVAILABLE(806, ReasonClass.SYSTEM);

    private static final Reason[] BY_CODE = index();

    private final int code;
    private final @Nullable ReasonClass reasonClass;

    Reason(final int code, final @Nullable ReasonClass reasonClass) {
        this.code = code;
        this.reasonClass = reasonClass;
    }

    /** {@return the number of this reason on the wire} */
    public int code() {
        return code;
    }

    /** {@return the question that this reason answers, or null for {@link #OK}} */
    public @Nullable ReasonClass reasonClass() {
        return reasonClass;
    }

    /**
     * {@return the reason with this code, or null when no reason has it}
     *
     * @param code number from the wire
     */
    public static @Nullable Reason ofCode(final int code) {
        return code < 0 || code >= BY_CODE.length ? null : BY_CODE[code];
    }

    private static Reason[] index() {
        int max = 0;
        for (final Reason reason : values()) {
            max = Math.max(max, reason.code);
        }
        final Reason[] index = new Reason[max + 1];
        for (final Reason reason : values()) {
            index[reason.code] = reason;
        }
        return index;
    }
}
