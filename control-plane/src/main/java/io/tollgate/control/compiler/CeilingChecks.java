/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import io.tollgate.control.source.Code;
import io.tollgate.control.source.Position;
import io.tollgate.control.source.Quoted;
import io.tollgate.v1.CeilingRecord;
import io.tollgate.v1.CeilingSharing;
import io.tollgate.v1.ChargeRecord;
import io.tollgate.v1.DimensionKind;
import io.tollgate.v1.Enforcement;
import io.tollgate.v1.OperationRecord;
import io.tollgate.v1.WindowRecord;
import java.math.BigInteger;
import java.util.BitSet;

/**
 * What ceilings mean together: a child's can never be reached above its parent's, and one on a dimension that nothing charges bounds
 * nothing.
 */
final class CeilingChecks {
    private final Compilation compilation;
    private final Registry registry;
    private final BitSet charged = new BitSet();

    CeilingChecks(Compilation compilation, Registry registry) {
        this.compilation = compilation;
        this.registry = registry;
        for (OperationRecord operation : registry.operations()) {
            for (ChargeRecord charge : operation.getChargesList()) {
                charged.set(charge.getDimensionId());
            }
        }
    }

    void check(ScopeTree tree) {
        for (ScopeNode node : tree.ordered()) {
            for (Ceiling ceiling : node.ceilings()) {
                neverCharged(ceiling);
                aboveAncestors(node, ceiling);
            }
        }
    }

    private void neverCharged(Ceiling ceiling) {
        int dimension = ceiling.record().getDimensionId();
        if (!charged.get(dimension) && !ceiling.isEntitlement()) {
            compilation.warning(
                    ceiling.at(),
                    Code.NEVER_CHARGED,
                    "no action charges " + Quoted.of(name(dimension)) + ": this limit bounds nothing",
                    "add the dimension to the 'charges' of an action, or remove the limit");
        }
    }

    private String name(int dimension) {
        return registry.dimension(dimension).getName();
    }

    private void aboveAncestors(ScopeNode node, Ceiling child) {
        if (child.record().getUnlimited()
                || child.record().getSharing() != CeilingSharing.CEILING_SHARING_SHARED
                || child.isEntitlement()) {
            return;
        }
        for (ScopeNode ancestor : node.ancestors()) {
            for (Ceiling parent : ancestor.ceilings()) {
                if (comparable(child.record(), parent.record())) {
                    compare(node, child, ancestor, parent);
                    compareRaises(node, child, ancestor, parent);
                }
            }
        }
    }

    /** What an override gives, or may give, that a scope above takes away again: no mistake, and of no use. */
    private void compareRaises(ScopeNode node, Ceiling child, ScopeNode ancestor, Ceiling parent) {
        CeilingRecord low = child.record();
        CeilingRecord high = parent.record();
        long raised = high.hasOverride() && !high.getOverride().getUnlimited()
                ? Math.max(high.getLimit(), high.getOverride().getLimit())
                : high.getLimit();
        String above = Quoted.of(parent.id()) + " of " + ancestor.path() + " (" + raised + ", " + parent.at() + ")";
        Position overriddenAt = child.overriddenAt();
        long override = low.getOverride().getLimit();
        if (overriddenAt != null && override > low.getLimit() && exceeds(low, override, high, raised)) {
            compilation.warning(
                    overriddenAt,
                    Code.UNREACHABLE_LIMIT,
                    "override " + Quoted.of(low.getOverride().getId()) + " raises " + Quoted.of(child.id()) + " of "
                            + node.path() + " to " + override + ", above " + above + ": it is never reached",
                    "lower it, or have the parent's raised too");
        }
        long delegable = Math.max(raised, high.getDelegableUpTo());
        if (low.getDelegableUpTo() > 0 && exceeds(low, low.getDelegableUpTo(), high, delegable)) {
            compilation.warning(
                    child.at(),
                    Code.UNREACHABLE_LIMIT,
                    "limit " + Quoted.of(child.id()) + " of " + node.path() + " may be raised to "
                            + low.getDelegableUpTo() + ", above " + Quoted.of(parent.id()) + " of " + ancestor.path()
                            + ", which never is more than " + delegable + " (" + parent.at()
                            + "): that is never reached",
                    "delegate less, or raise the parent's");
        }
    }

    private static boolean comparable(CeilingRecord child, CeilingRecord parent) {
        return child.getDimensionId() == parent.getDimensionId()
                && !parent.getUnlimited()
                && parent.getSharing() == CeilingSharing.CEILING_SHARING_SHARED
                && parent.getEnforcement() == Enforcement.ENFORCEMENT_HARD;
    }

    private void compare(ScopeNode node, Ceiling child, ScopeNode ancestor, Ceiling parent) {
        CeilingRecord low = child.record();
        CeilingRecord high = parent.record();
        String places = "limit " + Quoted.of(child.id()) + " of " + node.path() + " (" + low.getLimit() + ") is above "
                + Quoted.of(parent.id()) + " of " + ancestor.path() + " (" + high.getLimit() + ", " + parent.at() + ")";
        if (low.getWindow().equals(high.getWindow())) {
            if (low.getLimit() <= high.getLimit()) {
                return;
            }
            if (parent.isEntitlement()) {
                // What was bought changes without this file, and a change of plan must not stop everything from being
                // published.
                unreachable(child, places);
            } else {
                compilation.error(
                        child.at(),
                        Code.CHILD_ABOVE_PARENT,
                        places + ": a child never raises its parent",
                        "lower this one to at most " + high.getLimit() + ", or raise the parent's");
            }
        } else if (exceeds(low, low.getLimit(), high, high.getLimit())) {
            unreachable(child, places);
        }
    }

    private void unreachable(Ceiling child, String places) {
        compilation.warning(
                child.at(),
                Code.UNREACHABLE_LIMIT,
                places + ": it is never reached",
                "lower it, or raise the parent's");
    }

    /** Whether a limit of the child passes one of the parent: faster for rates, more in a period that is not longer. */
    private boolean exceeds(CeilingRecord child, long childLimit, CeilingRecord parent, long parentLimit) {
        WindowRecord low = child.getWindow();
        WindowRecord high = parent.getWindow();
        if (registry.dimension(child.getDimensionId()).getKind() == DimensionKind.DIMENSION_KIND_RATE) {
            BigInteger childRate = BigInteger.valueOf(childLimit).multiply(BigInteger.valueOf(high.getLengthMs()));
            BigInteger parentRate = BigInteger.valueOf(parentLimit).multiply(BigInteger.valueOf(low.getLengthMs()));
            return childRate.compareTo(parentRate) > 0;
        }
        return childLimit > parentLimit && low.getPeriodValue() <= high.getPeriodValue();
    }
}
