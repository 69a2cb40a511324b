/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.explain;

import java.math.BigDecimal;
import java.util.Locale;

/** Fixed-point money for people. Allocates. */
public final class Money {
    private static final int FEWEST_DIGITS = 2;

    private Money() {}

    /**
     * {@return "3.84 USD": no zeros at the end beyond two digits after the point}
     *
     * @param amount   fixed point
     * @param scale    digits after the point
     * @param currency as the bundle names it
     */
    public static String text(final long amount, final int scale, final String currency) {
        BigDecimal decimal = BigDecimal.valueOf(amount, scale).stripTrailingZeros();
        if (decimal.scale() < FEWEST_DIGITS) {
            decimal = decimal.setScale(Math.min(FEWEST_DIGITS, scale));
        }
        return decimal.toPlainString() + " " + currency.toUpperCase(Locale.ROOT);
    }
}
