/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy.wire;

import com.google.protobuf.UnsafeByteOperations;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Walks over the bytes of a message in protobuf's encoding (tags, varints, lengths), within the limits that the caller names. Takes only
 * what is plain: what the generated parsers refuse is never taken, and of what they take some oddities are not (groups, tags and lengths
 * longer than needed by anybody). The caller then leaves the message to the generated parser. Belongs to one thread.
 */
class WireCursor {
    static final int VARINT = 0;
    static final int FIXED64 = 1;
    static final int DELIMITED = 2;
    static final int FIXED32 = 5;

    private static final int TYPE_BITS = 3;
    private static final int TYPE_MASK = 7;
    private static final int MORE = 0x80;
    private static final int LOW = 0x7f;
    private static final int MAX_VARINT_BYTES = 10;
    private static final int MAX_LENGTH_BYTES = 4;
    private static final long NOT_ASCII = 0x8080808080808080L;
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    byte[] bytes = {};
    int at;
    /** Where the last {@link #text} or {@link #octets} begins. */
    int from;
    /** And where it ends. */
    int to;

    /** {@return the next field's number and type; -1 = not plain} */
    final int nextTag(final int end) {
        if (at >= end) {
            return -1;
        }
        int tag = bytes[at++];
        if (tag < 0) {
            if (at >= end || bytes[at] < 0) {
                return -1;
            }
            tag = tag & LOW | bytes[at++] << 7;
        }
        return tag >>> TYPE_BITS == 0 ? -1 : tag;
    }

    /** {@return where the delimited field ends that begins here; -1 = not plain} */
    final int nextEnd(final int end) {
        int length = 0;
        for (int i = 0; i < MAX_LENGTH_BYTES; i++) {
            if (at >= end) {
                return -1;
            }
            final int next = bytes[at++];
            length |= (next & LOW) << 7 * i;
            if (next >= 0) {
                return length <= end - at ? at + length : -1;
            }
        }
        return -1;
    }

    /** Steps over bytes; {@link #from} and {@link #to} say where they are. {@return whether all are there} */
    final boolean octets(final int end) {
        final int next = nextEnd(end);
        if (next < 0) {
            return false;
        }
        from = at;
        to = next;
        at = next;
        return true;
    }

    /** As {@link #octets}. {@return whether all are there and are UTF-8} */
    final boolean text(final int end) {
        return octets(end) && isUtf8();
    }

    private boolean isUtf8() {
        int i = from;
        for (; i <= to - Long.BYTES; i += Long.BYTES) {
            if (((long) LONGS.get(bytes, i) & NOT_ASCII) != 0) {
                return isWideUtf8();
            }
        }
        for (; i < to; i++) {
            if (bytes[i] < 0) {
                return isWideUtf8();
            }
        }
        return true;
    }

    private boolean isWideUtf8() {
        return UnsafeByteOperations.unsafeWrap(bytes, from, to - from).isValidUtf8();
    }

    /** Steps over a varint. {@return whether it is there} */
    final boolean varint(final int end) {
        for (int i = 0; i < MAX_VARINT_BYTES && at < end; i++) {
            if (bytes[at++] >= 0) {
                return true;
            }
        }
        return false;
    }

    /** Steps over a field of no interest. {@return whether it is there and is plain} */
    final boolean skip(final int tag, final int end) {
        switch (tag & TYPE_MASK) {
            case VARINT:
                return varint(end);
            case FIXED64:
                return skipBytes(Long.BYTES, end);
            case DELIMITED:
                return octets(end);
            case FIXED32:
                return skipBytes(Integer.BYTES, end);
            default:
                return false;
        }
    }

    private boolean skipBytes(final int count, final int end) {
        at += count;
        return at <= end;
    }

    /** {@return whether the bytes are this text in UTF-8} */
    final boolean holds(final int begin, final int end, final String text) {
        final int length = end - begin;
        if (length < text.length()) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            final char c = text.charAt(i);
            if (c >= MORE) {
                return decoded(begin, end).equals(text);
            }
            if (c != bytes[begin + i]) {
                return false;
            }
        }
        return length == text.length();
    }

    /** {@return a text} */
    final String decoded(final int begin, final int end) {
        return begin == end ? "" : new String(bytes, begin, end - begin, java.nio.charset.StandardCharsets.UTF_8);
    }
}
