/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import java.math.BigInteger;
import java.util.List;

/** What a request costs and who would pay it. */
record ReferenceCost(
        ReferencePayer payer,
        ReferenceTake take,
        long amount,
        BigInteger spendable,
        List<ReferenceAnswer.Share> shares) {
    /** What the answer shows: what is spendable as it was found, or as it is left where something was taken. */
    ReferenceAnswer.Cost view(final int scale, final boolean taken) {
        final BigInteger left = taken ? spendable.subtract(BigInteger.valueOf(amount)) : spendable;
        return new ReferenceAnswer.Cost(
                amount,
                scale,
                payer.book().currency(),
                payer.book().version(),
                payer.wallet().id(),
                left.longValueExact(),
                shares);
    }
}
