/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

/** What exactly is wrong with the credit of a request, where the reason alone would leave the caller guessing. */
public enum CreditIssue {
    /** Nothing. */
    NONE,
    /** No scope of the place has a wallet of a currency that there are prices in. */
    NO_WALLET,
    /** The wallet pays nothing for now. */
    FROZEN,
    /** A charged dimension has prices, and none is for the request's attributes. */
    NO_PRICE_MATCHES,
    /** The book has no price of anything that the operation charges. */
    NOTHING_PRICED,
    /** More than money can be counted in. */
    COST_OVERFLOWS,
    /** More than is left. */
    NOT_ENOUGH
}
