/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.request;

import io.tollgate.core.attribute.AttributeLimits;
import io.tollgate.core.world.def.AttributeType;
import java.nio.charset.StandardCharsets;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The attributes that a caller states: full names and typed values, as slices of one buffer and numbers. Part of a {@link
 * DecisionRequest} and
 * reused with it; what breaks a limit becomes its defect. Belongs to one thread; allocates nothing after construction.
 */
public final class RequestAttributes {
    private static final AttributeGroup[] GROUPS = AttributeGroup.values();
    private static final int MAX = AttributeLimits.MAX_REQUEST_ATTRIBUTES;
    private static final int MAX_ELEMENTS = MAX * AttributeLimits.MAX_LIST_ELEMENTS;

    private final DecisionRequest request;
    private final byte[] bytes = new byte[AttributeLimits.MAX_REQUEST_BYTES];
    private final UnsafeBuffer buffer = new UnsafeBuffer(bytes);
    private final int[] nameOffsets = new int[MAX];
    private final int[] nameLengths = new int[MAX];
    private final byte[] groups = new byte[MAX];
    private final byte[] types = new byte[MAX];
    private final long[] numbers = new long[MAX];
    /** Of a text where it starts, of a list its first element; and bytes, elements. */
    private final int[] firsts = new int[MAX];

    private final int[] sizes = new int[MAX];
    private final int[] elementOffsets = new int[MAX_ELEMENTS];
    private final int[] elementLengths = new int[MAX_ELEMENTS];
    private int count;
    private int elementCount;
    private int position;

    RequestAttributes(final DecisionRequest request) {
        this.request = request;
    }

    void reset() {
        count = 0;
        elementCount = 0;
        position = 0;
    }

    /** Adds a text. */
    public void text(final AttributeGroup group, final CharSequence name, final CharSequence value) {
        if (begin(group, name, AttributeType.STRING)) {
            firsts[count] = position;
            sizes[count] = put(value, AttributeLimits.MAX_TEXT_BYTES, count);
            count++;
        }
    }

    /** Adds a whole number. */
    public void whole(final AttributeGroup group, final CharSequence name, final long value) {
        number(group, name, AttributeType.INT, value);
    }

    /** Adds a floating-point number; NaN is no value. */
    public void real(final AttributeGroup group, final CharSequence name, final double value) {
        if (Double.isNaN(value)) {
            request.attributeDefect(Defect.ATTRIBUTE_OUT_OF_RANGE, group, count);
        }
        number(group, name, AttributeType.DOUBLE, Double.doubleToRawLongBits(value));
    }

    /** Adds a yes or no. */
    public void flag(final AttributeGroup group, final CharSequence name, final boolean value) {
        number(group, name, AttributeType.BOOL, value ? 1 : 0);
    }

    /** Adds a moment, milliseconds since 1970, in the years 1 to 9999. */
    public void moment(final AttributeGroup group, final CharSequence name, final long epochMs) {
        if (!AttributeLimits.isTimestamp(epochMs)) {
            request.attributeDefect(Defect.ATTRIBUTE_OUT_OF_RANGE, group, count);
        }
        number(group, name, AttributeType.TIMESTAMP, epochMs);
    }

    /** Adds an empty list of texts; {@link #element} adds to it. */
    public void list(final AttributeGroup group, final CharSequence name) {
        if (begin(group, name, AttributeType.STRING_LIST)) {
            firsts[count] = elementCount;
            sizes[count] = 0;
            count++;
        }
    }

    /** Adds a text to the list that was added last. */
    public void element(final CharSequence value) {
        final int list = count - 1;
        if (list < 0 || types[list] != AttributeType.STRING_LIST.code()) {
            return; // its list was refused
        }
        if (sizes[list] == AttributeLimits.MAX_LIST_ELEMENTS) {
            request.attributeDefect(Defect.ATTRIBUTE_LIST_TOO_LONG, GROUPS[groups[list]], list);
            return;
        }
        elementOffsets[elementCount] = position;
        elementLengths[elementCount] = put(value, AttributeLimits.MAX_ELEMENT_BYTES, list);
        elementCount++;
        sizes[list]++;
    }

    private void number(
            final AttributeGroup group, final CharSequence name, final AttributeType type, final long bits) {
        if (begin(group, name, type)) {
            numbers[count] = bits;
            count++;
        }
    }

    private boolean begin(final AttributeGroup group, final CharSequence name, final AttributeType type) {
        if (count == MAX) {
            request.attributeDefect(Defect.TOO_MANY_ATTRIBUTES, group, DecisionRequest.NO_ATTRIBUTE);
            return false;
        }
        groups[count] = (byte) group.ordinal();
        types[count] = (byte) type.code();
        nameOffsets[count] = position;
        nameLengths[count] = 0;
        final int prefix = put(group.prefix(), AttributeLimits.MAX_NAME_BYTES, count);
        final int length = put(name, AttributeLimits.MAX_NAME_BYTES - prefix, count);
        if (name.length() == 0) {
            request.attributeDefect(Defect.ATTRIBUTE_NAME, group, count);
        }
        nameLengths[count] = prefix + length;
        return true;
    }

    /** {@return bytes put, 0 when it became a defect} */
    private int put(final CharSequence text, final int maxBytes, final int attribute) {
        final int room = bytes.length - position;
        final int length = Utf8.encode(text, bytes, position, Math.min(maxBytes, room));
        if (length < 0) {
            final Defect defect = length == Utf8.NOT_TEXT
                    ? Defect.NOT_TEXT
                    : room < maxBytes ? Defect.ATTRIBUTES_TOO_LARGE : Defect.ATTRIBUTE_TOO_LONG;
            request.attributeDefect(defect, GROUPS[groups[attribute]], attribute);
            return 0;
        }
        position += length;
        return length;
    }

    /** Words that {@link #write} writes. */
    long words() {
        return 2 + 3L * count + elementCount + RequestFacts.words(position);
    }

    /**
     * Writes everything:
     *
     * <pre>
     *   count | elements | bytes, then the texts padded to words
     *   per attribute: name at, its bytes (32 each) | number | group(8) type(8) size(16) first(32)
     *   per element: at, its bytes (32 each)
     * </pre>
     */
    void write(final FactSink sink) {
        sink.put(count);
        sink.put(elementCount);
        sink.put(position);
        sink.put(bytes, 0, position);
        for (int i = 0; i < count; i++) {
            sink.put((long) nameOffsets[i] << 32 | nameLengths[i]);
            sink.put(numbers[i]);
            sink.put((long) groups[i] << 56 | (long) types[i] << 48 | (long) sizes[i] << 32 | firsts[i]);
        }
        for (int i = 0; i < elementCount; i++) {
            sink.put((long) elementOffsets[i] << 32 | elementLengths[i]);
        }
    }

    /** {@return false when it is no such thing} */
    boolean read(final FactSource source) {
        final long counted = source.get();
        final long elements = source.get();
        final long length = source.get();
        if (counted < 0
                || counted > MAX
                || elements < 0
                || elements > MAX_ELEMENTS
                || length < 0
                || length > bytes.length) {
            return false;
        }
        source.get(bytes, 0, (int) length);
        for (int i = 0; i < counted; i++) {
            final long name = source.get();
            nameOffsets[i] = (int) (name >>> 32);
            nameLengths[i] = (int) name;
            numbers[i] = source.get();
            final long shape = source.get();
            groups[i] = (byte) (shape >>> 56);
            types[i] = (byte) (shape >>> 48);
            sizes[i] = (int) (shape >>> 32) & 0xFFFF;
            firsts[i] = (int) shape;
        }
        for (int i = 0; i < elements; i++) {
            final long element = source.get();
            elementOffsets[i] = (int) (element >>> 32);
            elementLengths[i] = (int) element;
        }
        count = (int) counted;
        elementCount = (int) elements;
        position = (int) length;
        return true;
    }

    /** {@return how many} */
    public int count() {
        return count;
    }

    /** {@return the bytes that all slices are of; read only} */
    public byte[] bytes() {
        return bytes;
    }

    /** {@return {@link #bytes()} as a buffer; read only} */
    public UnsafeBuffer buffer() {
        return buffer;
    }

    /** {@return where the full name starts} */
    public int nameOffset(final int attribute) {
        return nameOffsets[attribute];
    }

    /** {@return bytes of the full name} */
    public int nameLength(final int attribute) {
        return nameLengths[attribute];
    }

    /** {@return the full name, "resource.region"; allocates} */
    public String name(final int attribute) {
        return new String(bytes, nameOffsets[attribute], nameLengths[attribute], StandardCharsets.UTF_8);
    }

    /** {@return {@link AttributeType#code()} of the value} */
    public int typeCode(final int attribute) {
        return types[attribute];
    }

    /** {@return the number of an INT, TIMESTAMP or BOOL (0 or 1), the bits of a DOUBLE} */
    public long bits(final int attribute) {
        return numbers[attribute];
    }

    /** {@return where a STRING starts} */
    public int textOffset(final int attribute) {
        return firsts[attribute];
    }

    /** {@return bytes of a STRING, elements of a STRING_LIST} */
    public int size(final int attribute) {
        return sizes[attribute];
    }

    /** {@return where an element of a STRING_LIST starts} */
    public int elementOffset(final int attribute, final int index) {
        return elementOffsets[firsts[attribute] + index];
    }

    /** {@return bytes of an element of a STRING_LIST} */
    public int elementLength(final int attribute, final int index) {
        return elementLengths[firsts[attribute] + index];
    }

    /** Writes the value of an attribute: a number, a text, the texts of a list. */
    public void writeValue(final int attribute, final FactSink sink) {
        if (types[attribute] == AttributeType.STRING.code()) {
            sink.put(bytes, firsts[attribute], sizes[attribute]);
        } else if (types[attribute] == AttributeType.STRING_LIST.code()) {
            sink.put(sizes[attribute]);
            for (int i = 0; i < sizes[attribute]; i++) {
                sink.put(bytes, elementOffset(attribute, i), elementLength(attribute, i));
            }
        } else {
            sink.put(numbers[attribute]);
        }
    }

    /** {@return an attribute as callers wrote it, for messages: "target.resource_attributes['region']"; allocates} */
    String describe(final AttributeGroup group, final int attribute) {
        if (attribute < 0
                || attribute > count
                || attribute == MAX
                || nameLengths[attribute] <= group.prefix().length()) {
            return group.wireName();
        }
        return group.wireName() + "['"
                + name(attribute).substring(group.prefix().length()) + "']";
    }
}
