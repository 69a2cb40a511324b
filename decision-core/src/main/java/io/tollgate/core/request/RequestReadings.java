/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.request;

import java.nio.charset.StandardCharsets;

/**
 * The caller's own readings of what is used now: dimension, and value in the dimension's unit. Part of a {@link
 * DecisionRequest} and reused with
 * it; what breaks a limit becomes its defect. Belongs to one thread; allocates nothing after construction.
 */
public final class RequestReadings {
    private static final int MAX = DecisionRequest.MAX_READINGS;

    private final DecisionRequest request;
    private final byte[] bytes = new byte[MAX * DecisionRequest.MAX_ID_BYTES];
    private final int[] lengths = new int[MAX];
    private final long[] values = new long[MAX];
    private int count;

    RequestReadings(final DecisionRequest request) {
        this.request = request;
    }

    void reset() {
        count = 0;
    }

    /** Adds a reading. */
    public void add(final CharSequence dimension, final long value) {
        if (count == MAX) {
            request.readingDefect(Defect.TOO_MANY_READINGS, count);
            return;
        }
        final int length = Utf8.encode(dimension, bytes, offset(count), DecisionRequest.MAX_ID_BYTES);
        if (length < 0) {
            request.readingDefect(length == Utf8.TOO_LONG ? Defect.TOO_LONG : Defect.NOT_TEXT, count);
        }
        lengths[count] = Math.max(0, length);
        values[count++] = value;
    }

    /** {@return how many} */
    public int count() {
        return count;
    }

    /** {@return what is used} */
    public long value(final int reading) {
        return values[reading];
    }

    /** {@return the bytes that the dimensions' names are slices of; read only} */
    public byte[] bytes() {
        return bytes;
    }

    /** {@return where the name of a dimension starts} */
    public int offset(final int reading) {
        return reading * DecisionRequest.MAX_ID_BYTES;
    }

    /** {@return bytes of the name of a dimension} */
    public int length(final int reading) {
        return lengths[reading];
    }

    /** {@return the name of a dimension; allocates} */
    public String dimension(final int reading) {
        return new String(bytes, offset(reading), lengths[reading], StandardCharsets.UTF_8);
    }
}
