/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import io.tollgate.core.world.def.OverrideDef;
import io.tollgate.core.world.def.WindowDef;
import java.math.BigInteger;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The judgements in which a mistake would hide, each a line of the text. The model asks them here, so that {@code MutantsTest} can make
 * each mistake and see that it is caught.
 */
class ReferenceRules {
    /** Section 5: hard denies when used + amount > limit. */
    boolean fits(final BigInteger usedAfter, final long limit) {
        return usedAfter.compareTo(BigInteger.valueOf(limit)) <= 0;
    }

    /** Section 5: all ceilings of the chain must fit. */
    List<ReferenceCeilings.Line> asked(final List<ReferenceCeilings.Line> applying) {
        return applying;
    }

    /** Section 5: an override counts until the instant at which it expires. */
    boolean inForce(final OverrideDef override, final long nowMs) {
        return nowMs < override.expiresAtMs();
    }

    /** Section 5: a child never raises a parent. */
    List<ReferenceVerdict> denies(final List<ReferenceVerdict> denying, final List<ReferenceVerdict> all) {
        return denying;
    }

    /** Section 5: a period begins at its first instant, and ends before its last. */
    ReferencePeriods period(final WindowDef window, final long nowMs) {
        return ReferencePeriods.at(window, nowMs);
    }

    /** Section 10: of a partial grant the constants must fit whole. */
    long constantOfPartialGrant(final long constant) {
        return constant;
    }

    /** Section 4: a condition that cannot be evaluated (null) opens nothing. */
    boolean opens(final @Nullable Boolean holds) {
        return holds != null && holds;
    }

    /** Section 6: the smaller of both views counts. */
    BigInteger view(final BigInteger now, final BigInteger atSettlement) {
        return now.min(atSettlement);
    }

    /** The last key of the order of consumption: the id, as UTF-8. */
    Comparator<ReferenceWallet.Tranche> trancheTie() {
        return Comparator.comparing(ReferenceWallet.Tranche::id, ReferenceAttributes.UTF8);
    }

    /** Stage 6: a customer's own capacity before the shared pool. */
    Comparator<ReferencePool> poolsInTurn(final Comparator<ReferencePool> ownFirst) {
        return ownFirst;
    }

    /** Stage 7: a deny takes nothing from anything. */
    List<ReferenceTake> takenByDeny(final List<ReferenceTake> planned) {
        return List.of();
    }

    /** Section 7: what comes back goes to the period that it came from. */
    ReferenceTake givenBackTo(final ReferenceTake taken, final long nowMs) {
        return taken;
    }

    /** Section 7: one terminal state, exactly once. */
    boolean expiresAfterEnd() {
        return false;
    }

    /** Section 7: same key, same parameters: nothing is charged twice. */
    boolean chargesRepeats() {
        return false;
    }

    /** Section 7: what is extended is charged without the constants of the operation. */
    boolean extendChargesConstants() {
        return false;
    }

    /** Section 10: hits come back to all ceilings, or to none. */
    List<ReferenceCeilings.Line> refunded(final List<ReferenceCeilings.Line> applying) {
        return applying;
    }

    /** Section 10: no counter falls below 0. */
    long usedAfterRefund(final long used, final long amount) {
        return Math.max(0, used - amount);
    }

    /** Section 10: what a customer has bought does not come back as hits. */
    boolean metered(final List<ReferenceCeilings.Line> applying) {
        return applying.stream().anyMatch(line -> line.ceiling().origin().equals("entitlement"));
    }

    /** Section 8: atomic takes all or none. */
    boolean atomicTakesPart() {
        return false;
    }

    /** A gauge comes back in full, whatever was used. */
    boolean gaugeComesBack() {
        return true;
    }

    /** Section 7: what is used beyond the reservation is charged in full, also where nothing was reserved. */
    boolean chargesUnreserved() {
        return true;
    }
}
