/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import io.tollgate.core.Outcome;
import io.tollgate.core.Reason;
import io.tollgate.core.Severity;
import io.tollgate.core.explain.CeilingView;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Every field of an answer that the semantics fix. */
public record ReferenceAnswer(
        Outcome outcome,
        Reason reason,
        @Nullable CeilingView binding,
        List<MatchedRule> matchedRules,
        List<WarningLine> warnings,
        List<String> obligations,
        long retryAfterNs,
        boolean retryNever,
        List<Long> granted,
        @Nullable Cost cost,
        List<Capacity> capacity,
        @Nullable Reservation reservation) {

    public record MatchedRule(String scopePath, String ruleId) {}

    public record WarningLine(Reason reason, Severity severity, String subject, String scopePath) {}

    /** Money in fixed point; spendable is what is left. */
    public record Cost(
            long amount,
            int scale,
            String currency,
            long priceVersion,
            String walletId,
            long spendable,
            List<Share> shares) {}

    public record Share(String trancheId, long amount) {}

    /** The pool that serves, or "" where there is none. */
    public record Capacity(String poolId, String dimension, boolean own, long available, long used, long requested) {}

    public record Reservation(String id, long expiresAtMs) {}

    boolean allowed() {
        return outcome != Outcome.DENY;
    }

    ReferenceAnswer with(final Reservation made) {
        return new ReferenceAnswer(
                outcome,
                reason,
                binding,
                matchedRules,
                warnings,
                obligations,
                retryAfterNs,
                retryNever,
                granted,
                cost,
                capacity,
                made);
    }

    /** {@return outcome, reason, what was granted and the reservation} */
    ReferenceAnswer essence() {
        return new ReferenceAnswer(
                outcome,
                reason,
                null,
                List.of(),
                List.of(),
                List.of(),
                0,
                false,
                granted,
                null,
                List.of(),
                reservation);
    }

    /** {@return a deny that says nothing but why} */
    static ReferenceAnswer deny(final Reason reason) {
        return new ReferenceAnswer(
                Outcome.DENY,
                reason,
                null,
                List.of(),
                List.of(),
                List.of(),
                0,
                false,
                List.of(),
                null,
                List.of(),
                null);
    }
}
