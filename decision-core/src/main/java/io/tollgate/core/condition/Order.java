/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.condition;

/** A comparison as the set of signs for which it holds. */
final class Order {
    private static final int BELOW = 1;
    private static final int SAME = 2;
    private static final int ABOVE = 4;
    /** Neither below, same nor above: NaN. */
    private static final int UNORDERED = 8;

    private final int signs;

    private Order(final int signs) {
        this.signs = signs;
    }

    static Order of(final Operator operator) {
        return switch (operator) {
            case EQUAL -> new Order(SAME);
            case NOT_EQUAL -> new Order(BELOW | ABOVE | UNORDERED);
            case LESS -> new Order(BELOW);
            case LESS_OR_EQUAL -> new Order(BELOW | SAME);
            case GREATER -> new Order(ABOVE);
            case GREATER_OR_EQUAL -> new Order(ABOVE | SAME);
            default -> throw new IllegalArgumentException(operator + " compares nothing");
        };
    }

    /** {@return TRUE or FALSE for a difference: below, at or above 0} */
    int holds(final int difference) {
        final int sign = difference < 0 ? BELOW : difference == 0 ? SAME : ABOVE;
        return (signs & sign) != 0 ? 1 : 0;
    }

    int holds(final long a, final long b) {
        final int sign = a < b ? BELOW : a == b ? SAME : ABOVE;
        return (signs & sign) != 0 ? 1 : 0;
    }

    int holds(final double a, final double b) {
        final int sign = a < b ? BELOW : a == b ? SAME : a > b ? ABOVE : UNORDERED;
        return (signs & sign) != 0 ? 1 : 0;
    }
}
