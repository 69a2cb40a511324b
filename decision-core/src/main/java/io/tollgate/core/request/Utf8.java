/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.request;

/** UTF-8 in and out of byte arrays, without allocation; NUL is refused because no registered name holds it. */
final class Utf8 {
    /** The text needs more bytes than allowed. */
    static final int TOO_LONG = -1;
    /** The text holds NUL or an unpaired surrogate. */
    static final int NOT_TEXT = -2;

    private static final int LEAD_2 = 0xC0;
    private static final int LEAD_3 = 0xE0;
    private static final int LEAD_4 = 0xF0;
    private static final int CONTINUATION = 0x80;
    private static final int CONTINUATION_BITS = 0x3F;

    private Utf8() {}

    /** Writes text at offset; {@return the bytes written, or {@link #TOO_LONG} or {@link #NOT_TEXT}}. */
    static int encode(final CharSequence text, final byte[] target, final int offset, final int maxBytes) {
        final int length = text.length();
        if (length > maxBytes || offset + maxBytes > target.length) {
            return TOO_LONG;
        }
        for (int i = 0; i < length; i++) {
            final char c = text.charAt(i);
            if (c == 0) {
                return NOT_TEXT;
            }
            if (c >= CONTINUATION) {
                return encodeWide(text, i, target, offset, maxBytes);
            }
            target[offset + i] = (byte) c;
        }
        return length;
    }

    private static int encodeWide(
            final CharSequence text, final int from, final byte[] target, final int offset, final int maxBytes) {
        int at = offset + from;
        final int end = offset + maxBytes;
        for (int i = from; i < text.length(); i++) {
            final int codePoint = Character.codePointAt(text, i);
            if (codePoint == 0 || codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
                return NOT_TEXT;
            }
            final int bytes = codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
            if (at + bytes > end) {
                return TOO_LONG;
            }
            at = put(codePoint, bytes, target, at);
            i += bytes == 4 ? 1 : 0;
        }
        return at - offset;
    }

    private static int put(final int codePoint, final int bytes, final byte[] target, final int at) {
        switch (bytes) {
            case 1 -> target[at] = (byte) codePoint;
            case 2 -> {
                target[at] = (byte) (LEAD_2 | codePoint >> 6);
                target[at + 1] = (byte) (CONTINUATION | codePoint & CONTINUATION_BITS);
            }
            case 3 -> {
                target[at] = (byte) (LEAD_3 | codePoint >> 12);
                target[at + 1] = (byte) (CONTINUATION | codePoint >> 6 & CONTINUATION_BITS);
                target[at + 2] = (byte) (CONTINUATION | codePoint & CONTINUATION_BITS);
            }
            default -> {
                target[at] = (byte) (LEAD_4 | codePoint >> 18);
                target[at + 1] = (byte) (CONTINUATION | codePoint >> 12 & CONTINUATION_BITS);
                target[at + 2] = (byte) (CONTINUATION | codePoint >> 6 & CONTINUATION_BITS);
                target[at + 3] = (byte) (CONTINUATION | codePoint & CONTINUATION_BITS);
            }
        }
        return at + bytes;
    }

    /** {@return whether the slice is well-formed UTF-8 (shortest form, no surrogates) without NUL} */
    static boolean isText(final byte[] source, final int offset, final int length) {
        final int end = offset + length;
        int at = offset;
        while (at < end) {
            final int b = source[at] & 0xFF;
            if (b == 0) {
                return false;
            }
            final int bytes = b < 0x80 ? 1 : b < 0xC2 ? 0 : b < 0xE0 ? 2 : b < 0xF0 ? 3 : b < 0xF5 ? 4 : 0;
            if (bytes == 0 || at + bytes > end || !continues(source, at, bytes, b)) {
                return false;
            }
            at += bytes;
        }
        return true;
    }

    private static boolean continues(final byte[] source, final int at, final int bytes, final int lead) {
        for (int i = 1; i < bytes; i++) {
            if ((source[at + i] & LEAD_2) != CONTINUATION) {
                return false;
            }
        }
        if (bytes < 3) {
            return true;
        }
        final int second = source[at + 1] & 0xFF;
        return switch (lead) {
            case 0xE0 -> second >= 0xA0;
            case 0xED -> second < 0xA0;
            case 0xF0 -> second >= 0x90;
            case 0xF4 -> second < 0x90;
            default -> true;
        };
    }
}
