/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.attribute;

import io.tollgate.core.world.def.AttributeType;
import io.tollgate.core.world.def.AttributeValue;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Several typed values under numbers, as bytes. Starts at a multiple of 8 bytes; numbers are in the byte order of the machine.
 * <pre>
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------------------------------------------------------+
 *  0|  number of entries                                            |
 *  4|  length of the block, bytes                                   |
 *   +-------------------------------+---------------+---------------+    then an entry of 16 bytes each, by number:
 * +0|  number                       |  type         |  reserved     |
 *   +-------------------------------+---------------+---------------+
 * +4|  STRING: its bytes; STRING_LIST: its elements; else 0         |
 *   +---------------------------------------------------------------+
 * +8|  INT, TIMESTAMP (ms): the number; BOOL: 0 or 1; DOUBLE: its   |
 *   |  IEEE 754 bits; STRING, STRING_LIST: where, from the start   |
 *   +---------------------------------------------------------------+    then the texts:
 *   |  STRING: UTF-8 bytes                                         ...
 *   |  STRING_LIST: per element its length in 16 bits, UTF-8 bytes ...
 *   +---------------------------------------------------------------+
 * </pre>
 */
public final class AttributeBlock {
    /** No entry has this number. */
    public static final int NONE = -1;
    /** In place of a type: there is a value, longer than decisions read. */
    public static final int TOO_LARGE = 0;
    /** From the start of a list's element to its text. */
    public static final int ELEMENT_HEAD = Short.BYTES;

    private static final int LENGTH_AT = Integer.BYTES;
    private static final int HEAD = 2 * Integer.BYTES;
    private static final int TYPE_AT = Short.BYTES;
    private static final int SIZE_AT = Integer.BYTES;
    private static final int VALUE_AT = 2 * Integer.BYTES;
    private static final int ENTRY = 2 * Long.BYTES;

    private AttributeBlock() {}

    /**
     * {@return the bytes of a block, a multiple of 8}
     *
     * @param values by number; one beyond {@link AttributeLimits} becomes an entry of type {@link #TOO_LARGE}
     */
    public static byte[] encode(final Map<Integer, AttributeValue> values) {
        final Map<Integer, AttributeValue> sorted = new TreeMap<>(values);
        int length = HEAD + sorted.size() * ENTRY;
        for (final AttributeValue value : sorted.values()) {
            length += textBytes(value);
        }
        final byte[] bytes = new byte[length + Long.BYTES - 1 & -Long.BYTES];
        final UnsafeBuffer block = new UnsafeBuffer(bytes);
        block.putInt(0, sorted.size());
        block.putInt(LENGTH_AT, bytes.length);
        int entry = HEAD;
        int texts = HEAD + sorted.size() * ENTRY;
        for (final Map.Entry<Integer, AttributeValue> value : sorted.entrySet()) {
            block.putShort(entry, value.getKey().shortValue());
            put(block, entry, texts, value.getValue());
            texts += textBytes(value.getValue());
            entry += ENTRY;
        }
        return bytes;
    }

    private static int textBytes(final AttributeValue value) {
        if (!AttributeCheck.isWithinLimits(value)) {
            return 0;
        }
        if (value instanceof AttributeValue.Text text) {
            return utf8(text.value()).length;
        }
        int length = 0;
        if (value instanceof AttributeValue.TextList list) {
            for (final String element : list.values()) {
                length += Short.BYTES + utf8(element).length;
            }
        }
        return length;
    }

    private static void put(final UnsafeBuffer block, final int entry, final int texts, final AttributeValue value) {
        if (!AttributeCheck.isWithinLimits(value)) {
            block.putByte(entry + TYPE_AT, (byte) TOO_LARGE);
            return;
        }
        block.putByte(entry + TYPE_AT, (byte) value.type().code());
        if (value instanceof AttributeValue.Text text) {
            final byte[] utf8 = utf8(text.value());
            block.putInt(entry + SIZE_AT, utf8.length);
            block.putLong(entry + VALUE_AT, texts);
            block.putBytes(texts, utf8);
        } else if (value instanceof AttributeValue.TextList list) {
            block.putInt(entry + SIZE_AT, list.values().size());
            block.putLong(entry + VALUE_AT, texts);
            putElements(block, texts, list.values());
        } else if (value instanceof AttributeValue.Whole whole) {
            block.putLong(entry + VALUE_AT, whole.value());
        } else if (value instanceof AttributeValue.Real real) {
            block.putLong(entry + VALUE_AT, Double.doubleToRawLongBits(real.value()));
        } else if (value instanceof AttributeValue.Flag flag) {
            block.putLong(entry + VALUE_AT, flag.value() ? 1 : 0);
        } else if (value instanceof AttributeValue.Moment moment) {
            block.putLong(entry + VALUE_AT, moment.epochMs());
        }
    }

    private static void putElements(final UnsafeBuffer block, final int texts, final List<String> elements) {
        int at = texts;
        for (final String element : elements) {
            final byte[] utf8 = utf8(element);
            block.putShort(at, (short) utf8.length);
            block.putBytes(at + Short.BYTES, utf8);
            at += Short.BYTES + utf8.length;
        }
    }

    private static byte[] utf8(final String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** {@return bytes of the block that starts at an offset} */
    public static int length(final UnsafeBuffer buffer, final int block) {
        return buffer.getInt(block + LENGTH_AT);
    }

    /** {@return where in the buffer the entry with a number is, or {@link #NONE}} */
    public static int find(final UnsafeBuffer buffer, final int block, final int number) {
        final int end = block + HEAD + buffer.getInt(block) * ENTRY;
        for (int entry = block + HEAD; entry < end; entry += ENTRY) {
            final int found = buffer.getShort(entry) & 0xFFFF;
            if (found >= number) {
                return found == number ? entry : NONE;
            }
        }
        return NONE;
    }

    /** {@return how many entries a block has} */
    public static int count(final UnsafeBuffer buffer, final int block) {
        return buffer.getInt(block);
    }

    /** {@return an entry by its position, 0 to count - 1} */
    public static int entry(final int block, final int index) {
        return block + HEAD + index * ENTRY;
    }

    /** {@return number of an entry} */
    public static int number(final UnsafeBuffer buffer, final int entry) {
        return buffer.getShort(entry) & 0xFFFF;
    }

    /** {@return {@link AttributeType#code()} of an entry, or {@link #TOO_LARGE}} */
    public static int typeCode(final UnsafeBuffer buffer, final int entry) {
        return buffer.getByte(entry + TYPE_AT);
    }

    /** {@return bytes of a STRING, elements of a STRING_LIST} */
    public static int size(final UnsafeBuffer buffer, final int entry) {
        return buffer.getInt(entry + SIZE_AT);
    }

    /** {@return the number of an INT, TIMESTAMP, BOOL or (its bits) DOUBLE} */
    public static long bits(final UnsafeBuffer buffer, final int entry) {
        return buffer.getLong(entry + VALUE_AT);
    }

    /** {@return where in the buffer a STRING's bytes start, or the first element of a STRING_LIST} */
    public static int textAt(final UnsafeBuffer buffer, final int block, final int entry) {
        return block + (int) buffer.getLong(entry + VALUE_AT);
    }

    /** {@return bytes of the list element that starts here; its text follows {@value #ELEMENT_HEAD} bytes later} */
    public static int elementLength(final UnsafeBuffer buffer, final int element) {
        return buffer.getShort(element) & 0xFFFF;
    }

    /** {@return an entry as a value; for people, allocates} */
    public static AttributeValue read(final UnsafeBuffer buffer, final int block, final int entry) {
        final AttributeType type = AttributeType.ofCode(typeCode(buffer, entry));
        final long bits = bits(buffer, entry);
        if (type == null) {
            throw new IllegalStateException("attribute type " + typeCode(buffer, entry) + "; the file is damaged");
        }
        return switch (type) {
            case STRING -> new AttributeValue.Text(text(buffer, textAt(buffer, block, entry), size(buffer, entry)));
            case INT -> new AttributeValue.Whole(bits);
            case DOUBLE -> new AttributeValue.Real(Double.longBitsToDouble(bits));
            case BOOL -> new AttributeValue.Flag(bits != 0);
            case TIMESTAMP -> new AttributeValue.Moment(bits);
            case STRING_LIST -> {
                final List<String> elements = new ArrayList<>();
                int at = textAt(buffer, block, entry);
                for (int left = size(buffer, entry); left > 0; left--) {
                    final int length = elementLength(buffer, at);
                    elements.add(text(buffer, at + ELEMENT_HEAD, length));
                    at += ELEMENT_HEAD + length;
                }
                yield new AttributeValue.TextList(elements);
            }
        };
    }

    private static String text(final UnsafeBuffer buffer, final int at, final int length) {
        final byte[] utf8 = new byte[length];
        buffer.getBytes(at, utf8);
        return new String(utf8, StandardCharsets.UTF_8);
    }
}
