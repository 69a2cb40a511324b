/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import io.tollgate.core.credit.PriceBooks;
import io.tollgate.core.quota.TakePlan;
import io.tollgate.core.world.World;
import org.jspecify.annotations.Nullable;

/**
 * What one decision costs and who pays; money is fixed point, {@link io.tollgate.core.registry.Registry#moneyScale} digits after the point.
 *
 * <p>Like {@link CeilingStates} a view over the plan of the worker that decided; {@link DecisionViews#cost} has it in words and numbers,
 * with the tranches that pay. Readable until that worker decides again or ends its turn. Belongs to the worker's thread.
 */
public final class CostState {
    private @Nullable TakePlan plan;
    private int entry;
    private CreditIssue issue = CreditIssue.NONE;
    private long amount;
    private int book;
    private long walletRef;
    private long payerRow;
    private boolean postPaid;
    private long settlementMs;
    private long pending;

    CostState() {}

    void reset() {
        plan = null;
        entry = CreditFacts.NONE;
        issue = CreditIssue.NONE;
        amount = CreditFacts.UNKNOWN_COST;
        book = PriceBooks.NONE;
        walletRef = World.NO_ROW;
        payerRow = World.NO_ROW;
    }

    void show(final TakePlan evaluated, final CreditFacts facts) {
        plan = evaluated;
        entry = facts.entry;
        issue = facts.issue;
        amount = facts.cost;
        book = facts.book;
        walletRef = facts.walletRef;
        payerRow = facts.payerRow;
        postPaid = facts.postPaid;
        settlementMs = facts.settlementMs;
        pending = facts.pending;
    }

    void issue(final CreditIssue found) {
        issue = found;
    }

    /** {@return whether the operation is gated by credit and the cost could be worked out; else there is nothing to show} */
    public boolean known() {
        return amount >= 0;
    }

    /** {@return what the request is estimated to cost} */
    public long amount() {
        return amount;
    }

    /** {@return number of the price book in {@link World#prices()}, or {@link PriceBooks#NONE}} */
    public int book() {
        return book;
    }

    /** {@return the wallet that pays, for {@link World#wallet}, or {@link World#NO_ROW}} */
    public long walletRef() {
        return walletRef;
    }

    /** {@return the scope whose wallet it is, or {@link World#NO_ROW}} */
    public long payerRow() {
        return payerRow;
    }

    /** {@return what stands in the way; NONE when credit does not deny} */
    public CreditIssue issue() {
        return issue;
    }

    /** {@return what can still be spent: as found, or as left when the decision took; below 0 when overdrawn; 0 when not known} */
    public long spendable() {
        return plan == null || entry < 0 ? 0 : plan.remaining(entry);
    }

    /** {@return whether the wallet only warns} */
    public boolean postPaid() {
        return postPaid;
    }

    /** {@return what was spent and is in no tranche yet when the decision began: holds and usage of this host} */
    long usedBefore() {
        return plan == null || entry < 0 ? 0 : plan.before(entry);
    }

    /** {@return ledger usage that was not taken from the tranches yet} */
    long pending() {
        return pending;
    }

    /** {@return when this would be settled, milliseconds since 1970} */
    long settlementMs() {
        return settlementMs;
    }
}
