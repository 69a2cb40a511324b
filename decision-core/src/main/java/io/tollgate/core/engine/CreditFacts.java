/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import io.tollgate.core.credit.PriceBook;
import io.tollgate.core.credit.PriceBooks;
import io.tollgate.core.credit.PriceQuery;
import io.tollgate.core.world.World;

/** What stage CREDIT learns about one request. Scratch of one worker; belongs to its thread. */
final class CreditFacts {
    /** No entry in the plan, no charge. */
    static final int NONE = -1;
    /** It could not be worked out. */
    static final long UNKNOWN_COST = -1;

    final AttributeTexts texts;
    final PriceQuery query;

    /** By charge of the evaluation: its price in the book, or {@link PriceBook#NOT_PRICED} or {@link PriceBook#NO_MATCH}. */
    final int[] prices = new int[Evaluation.MAX_CHARGES];

    CreditIssue issue = CreditIssue.NONE;
    /** The scope that pays; {@link World#NO_ROW} = nobody was found, or nobody has to. */
    long payerRow;

    long walletRef;
    /** Number in {@link World#prices()}. */
    int book;

    long cost;
    /** The charge that has no price. */
    int unpricedCharge;

    boolean postPaid;
    /** What the tranches that count now have, and those that count when usage of now is settled. */
    long balanceNow;

    long balanceAtSettlement;
    long settlementMs;
    long pending;
    /** Entry in the plan, or NONE. */
    int entry;

    CreditFacts(final Evaluation evaluation) {
        texts = new AttributeTexts(evaluation);
        query = new PriceQuery(texts);
    }

    void reset() {
        issue = CreditIssue.NONE;
        payerRow = World.NO_ROW;
        walletRef = World.NO_ROW;
        book = PriceBooks.NONE;
        cost = UNKNOWN_COST;
        unpricedCharge = NONE;
        postPaid = false;
        balanceNow = 0;
        balanceAtSettlement = 0;
        settlementMs = 0;
        pending = 0;
        entry = NONE;
    }

    /** {@return the most that may be spent at once; below 0 when more is pending than is there} */
    long limit() {
        return Math.min(balanceNow, balanceAtSettlement) - pending;
    }
}
