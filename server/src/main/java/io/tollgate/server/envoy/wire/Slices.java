/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy.wire;

import java.util.Arrays;

/** Where names and values stand in a message; reused, grows as needed. Belongs to one thread. */
final class Slices {
    /** Offsets of a row: name from, to; value from, to; second value from, to. */
    private static final int WIDTH = 6;

    private static final int INITIAL_ROWS = 32;

    private int[] offsets = new int[INITIAL_ROWS * WIDTH];
    private int count;

    void clear() {
        count = 0;
    }

    /** Adds a row; everything in it is empty. */
    void add() {
        if ((count + 1) * WIDTH > offsets.length) {
            offsets = Arrays.copyOf(offsets, offsets.length * 2);
        }
        Arrays.fill(offsets, count * WIDTH, (count + 1) * WIDTH, 0);
        count++;
    }

    /** Sets the name of the last row. */
    void name(final int from, final int to) {
        put(0, from, to);
    }

    /** Sets the value of the last row. */
    void value(final int from, final int to) {
        put(2, from, to);
    }

    /** Sets the second value of the last row. */
    void second(final int from, final int to) {
        put(4, from, to);
    }

    private void put(final int column, final int from, final int to) {
        final int at = (count - 1) * WIDTH + column;
        offsets[at] = from;
        offsets[at + 1] = to;
    }

    int count() {
        return count;
    }

    int nameFrom(final int row) {
        return offsets[row * WIDTH];
    }

    int nameTo(final int row) {
        return offsets[row * WIDTH + 1];
    }

    int valueFrom(final int row) {
        return offsets[row * WIDTH + 2];
    }

    int valueTo(final int row) {
        return offsets[row * WIDTH + 3];
    }

    int secondFrom(final int row) {
        return offsets[row * WIDTH + 4];
    }

    int secondTo(final int row) {
        return offsets[row * WIDTH + 5];
    }
}
