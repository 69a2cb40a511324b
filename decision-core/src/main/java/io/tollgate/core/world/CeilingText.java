/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import java.nio.charset.StandardCharsets;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The texts of a ceiling, kept apart from its numbers because decisions rarely read them and many ceilings share them. 8-byte aligned.
 * <pre>
 *   +-------------------------------+-------------------------------+
 *  0|          length of id         |       length of origin        |
 *   +-------------------------------+-------------------------------+
 *  4|       length of source        | UTF-8 bytes of the three     ...
 *   +-------------------------------+-------------------------------+
 * </pre>
 */
final class CeilingText {
    static final int ID = 0;
    static final int ORIGIN = 1;
    static final int SOURCE = 2;
    static final int FIELDS = 3;
    static final int LENGTHS = FIELDS * Short.BYTES;

    private CeilingText() {}

    static int length(final byte[][] texts) {
        int length = LENGTHS;
        for (int i = 0; i < FIELDS; i++) {
            length += texts[i].length;
        }
        return length;
    }

    static void write(final UnsafeBuffer buffer, final int offset, final byte[][] texts) {
        int at = offset + LENGTHS;
        for (int i = 0; i < FIELDS; i++) {
            buffer.putShort(offset + i * Short.BYTES, (short) texts[i].length);
            buffer.putBytes(at, texts[i]);
            at += texts[i].length;
        }
    }

    static boolean matches(final UnsafeBuffer buffer, final int offset, final byte[][] texts) {
        int at = offset + LENGTHS;
        for (int i = 0; i < FIELDS; i++) {
            if (fieldLength(buffer, offset, i) != texts[i].length) {
                return false;
            }
            for (int j = 0; j < texts[i].length; j++) {
                if (buffer.getByte(at + j) != texts[i][j]) {
                    return false;
                }
            }
            at += texts[i].length;
        }
        return true;
    }

    static boolean is(final UnsafeBuffer buffer, final int offset, final int field, final byte[] utf8) {
        boolean same = fieldLength(buffer, offset, field) == utf8.length;
        final int at = start(buffer, offset, field);
        for (int i = 0; same && i < utf8.length; i++) {
            same = buffer.getByte(at + i) == utf8[i];
        }
        return same;
    }

    static String read(final UnsafeBuffer buffer, final int offset, final int field) {
        final byte[] utf8 = new byte[fieldLength(buffer, offset, field)];
        buffer.getBytes(start(buffer, offset, field), utf8);
        return new String(utf8, StandardCharsets.UTF_8);
    }

    private static int start(final UnsafeBuffer buffer, final int offset, final int field) {
        int at = offset + LENGTHS;
        for (int i = 0; i < field; i++) {
            at += fieldLength(buffer, offset, i);
        }
        return at;
    }

    private static int fieldLength(final UnsafeBuffer buffer, final int offset, final int field) {
        return buffer.getShort(offset + field * Short.BYTES) & 0xFFFF;
    }
}
