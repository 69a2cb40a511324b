/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.quota;

/** What a cell counts; the numbers are part of the file format. */
public final class CellKind {
    /** A counter with a reset: two slots by parity of the period's ordinal. */
    public static final int PERIOD = 1;

    /** A {@link Gcra} position. */
    public static final int RATE = 2;

    /** What is held right now. */
    public static final int GAUGE = 3;

    private CellKind() {}

    static boolean known(int kind) {
        return kind >= PERIOD && kind <= GAUGE;
    }
}
