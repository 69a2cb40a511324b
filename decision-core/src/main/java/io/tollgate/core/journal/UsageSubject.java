/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.journal;

import io.tollgate.core.request.FactSink;
import io.tollgate.core.request.FactSource;
import org.agrona.DirectBuffer;

/**
 * Whose usage it is: what all records of one take or reservation have in common. Texts are UTF-8; what does not fit is cut off nowhere:
 * {@link #overflowed}. Reused; belongs to one thread; allocates nothing.
 */
public final class UsageSubject {
    /** The customer in the billing system. */
    public static final int CUSTOMER = 0;

    /** The feature that gates the operation. */
    public static final int FEATURE = 1;

    /** The innermost place of the chain. */
    public static final int SCOPE = 2;

    /** The decision that took or reserved. */
    public static final int DECISION = 3;

    private static final int TEXTS = 4;
    private static final int CAPACITY = 4096;
    private static final int LENGTH_BITS = 16;

    private final byte[] bytes = new byte[CAPACITY];
    private final int[] offsets = new int[TEXTS];
    private final int[] lengths = new int[TEXTS];
    private int position;
    private boolean overflowed;

    /** One without a text. */
    public UsageSubject() {}

    /** Forgets everything. */
    public UsageSubject reset() {
        for (int i = 0; i < TEXTS; i++) {
            lengths[i] = 0;
        }
        position = 0;
        overflowed = false;
        return this;
    }

    /** Makes room for a text; {@return where to copy it to in {@link #bytes}, or -1 when it does not fit} */
    public int put(final int text, final int length) {
        if (position + length > CAPACITY) {
            overflowed = true;
            return -1;
        }
        offsets[text] = position;
        lengths[text] = length;
        position += length;
        return offsets[text];
    }

    /** Sets a text. */
    public void put(final int text, final byte[] source, final int offset, final int length) {
        final int at = put(text, length);
        if (at >= 0) {
            System.arraycopy(source, offset, bytes, at, length);
        }
    }

    /** Sets a text. */
    public void put(final int text, final DirectBuffer source, final int offset, final int length) {
        final int at = put(text, length);
        if (at >= 0) {
            source.getBytes(offset, bytes, at, length);
        }
    }

    /** {@return what the texts are copied into} */
    public byte[] bytes() {
        return bytes;
    }

    /** {@return whether a text did not fit: it cannot be recorded} */
    public boolean overflowed() {
        return overflowed;
    }

    /** {@return bytes of all texts} */
    public int length() {
        return position;
    }

    int offset(final int text) {
        return offsets[text];
    }

    int length(final int text) {
        return lengths[text];
    }

    /** {@return words that {@link #write} puts} */
    public int words() {
        return 1 + TEXTS + position / Long.BYTES;
    }

    /** Writes it down, for {@link #read}. */
    public void write(final FactSink sink) {
        long all = 0;
        for (int i = 0; i < TEXTS; i++) {
            all |= (long) lengths[i] << i * LENGTH_BITS;
        }
        sink.put(all);
        for (int i = 0; i < TEXTS; i++) {
            sink.put(bytes, offsets[i], lengths[i]);
        }
    }

    /** Reads what was written; {@return false when it is no such thing}. */
    public boolean read(final FactSource source) {
        reset();
        final long all = source.get();
        for (int i = 0; i < TEXTS; i++) {
            final int length = (int) (all >>> i * LENGTH_BITS) & 0xFFFF;
            final int at = put(i, length);
            if (at < 0) {
                return false;
            }
            source.get(bytes, at, length);
        }
        return true;
    }
}
