/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.condition;

import io.tollgate.core.attribute.AttributeBlock;
import io.tollgate.core.attribute.AttributeLimits;
import io.tollgate.core.policy.ConditionInput;
import io.tollgate.core.request.RequestAttributes;
import io.tollgate.core.world.def.AttributeType;
import java.util.Arrays;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Values of variables for one decision: each is looked up when a condition first reads it, and kept until the next {@link
 * #start}. Scratch of
 * one worker; belongs to its thread. Allocates when a world has more variables than any before, and otherwise nothing.
 */
public final class ConditionFrame implements ConditionInput {
    private static final UnsafeBuffer NOWHERE = new UnsafeBuffer(new byte[0]);
    private static final int NO_SLOT = -1;
    private static final int SLOT_SHIFT = 8;

    private final ConditionSource source;
    private ConditionTables tables = ConditionTables.EMPTY;
    private int mark;

    /** The values of slots whose mark is the current one. */
    private int[] marks = {};

    private byte[] states = {};
    private long[] numbers = {};
    private UnsafeBuffer[] texts = {};
    private int[] offsets = {};
    private int[] lengths = {};

    private UnsafeBuffer[] elementTexts = {};
    private int[] elementOffsets = {};
    private int[] elementLengths = {};
    private int elementCount;

    /** The element at hand of exists and all. */
    UnsafeBuffer elementText = NOWHERE;

    int elementOffset;
    int elementLength;

    /** Scratch of nodes that look at two texts. None of them evaluates another such node while it uses them. */
    final TextSlice left = new TextSlice();

    final TextSlice right = new TextSlice();

    private boolean failed;
    private int cause;

    /**
     * Makes a frame.
     *
     * @param source says the values
     */
    public ConditionFrame(final ConditionSource source) {
        this.source = source;
    }

    /** Forgets all values: a new decision begins. */
    public void start(final ConditionTables ofWorld) {
        if (tables != ofWorld || ofWorld.size() > marks.length) {
            makeRoom(ofWorld);
        }
        elementCount = 0;
        mark++;
        if (mark == 0) {
            Arrays.fill(marks, 0);
            mark = 1;
        }
    }

    private void makeRoom(final ConditionTables ofWorld) {
        tables = ofWorld;
        final int slots = ofWorld.size();
        if (slots > marks.length) {
            marks = new int[slots];
            states = new byte[slots];
            numbers = new long[slots];
            texts = new UnsafeBuffer[slots];
            offsets = new int[slots];
            lengths = new int[slots];
            Arrays.fill(texts, NOWHERE);
        }
        if (ofWorld.elements() > elementTexts.length) {
            elementTexts = new UnsafeBuffer[ofWorld.elements()];
            elementOffsets = new int[ofWorld.elements()];
            elementLengths = new int[ofWorld.elements()];
        }
    }

    ConditionTables tables() {
        return tables;
    }

    /** {@return whether the slots are those that a condition was linked to} */
    boolean serves(final Object family, final int slotCount) {
        return tables.family() == family && slotCount <= marks.length;
    }

    // What sources call
    // -----------------------------------------------------------------------------------------------------------

    /** Says that a STRING variable is this slice; the bytes must stay until the decision is made. */
    public void text(final int slot, final UnsafeBuffer buffer, final int offset, final int length) {
        texts[slot] = buffer;
        offsets[slot] = offset;
        lengths[slot] = length;
        states[slot] = length > AttributeLimits.MAX_TEXT_BYTES ? Failure.TOO_LARGE : Failure.NONE;
    }

    /** Says the value of an INT, TIMESTAMP (milliseconds since 1970) or BOOL (0 or 1) variable, or the bits of a DOUBLE. */
    public void number(final int slot, final long bits) {
        numbers[slot] = bits;
        states[slot] = Failure.NONE;
    }

    /** Says that a STRING_LIST variable is a list, to which {@link #element} adds. No other list may begin before it is complete. */
    public void list(final int slot) {
        offsets[slot] = elementCount;
        lengths[slot] = 0;
        states[slot] = Failure.NONE;
    }

    /** Adds an element to the list that was begun last; the bytes must stay until the decision is made. */
    public void element(final int slot, final UnsafeBuffer buffer, final int offset, final int length) {
        if (elementCount == elementTexts.length || length > AttributeLimits.MAX_ELEMENT_BYTES) {
            states[slot] = Failure.TOO_LARGE;
            return;
        }
        elementTexts[elementCount] = buffer;
        elementOffsets[elementCount] = offset;
        elementLengths[elementCount++] = length;
        lengths[slot]++;
    }

    /** Says that an INT variable is beyond 64 bits. */
    public void overflow(final int slot) {
        states[slot] = Failure.OVERFLOW;
    }

    /** Says that the value there is has another type than the variable. */
    public void wrongType(final int slot) {
        states[slot] = Failure.WRONG_TYPE;
    }

    /** Says that the value is an entry of a block. */
    public void entry(final int slot, final UnsafeBuffer buffer, final int block, final int entry) {
        final int typeCode = AttributeBlock.typeCode(buffer, entry);
        final ValueType type = tables.variable(slot).type();
        if (typeCode == AttributeBlock.TOO_LARGE) {
            states[slot] = Failure.TOO_LARGE;
        } else if (type == ValueType.STRING && typeCode == AttributeType.STRING.code()) {
            text(slot, buffer, AttributeBlock.textAt(buffer, block, entry), AttributeBlock.size(buffer, entry));
        } else if (type == ValueType.STRING_LIST && typeCode == AttributeType.STRING_LIST.code()) {
            list(slot);
            int at = AttributeBlock.textAt(buffer, block, entry);
            for (int left = AttributeBlock.size(buffer, entry); left > 0; left--) {
                final int length = AttributeBlock.elementLength(buffer, at);
                element(slot, buffer, at + AttributeBlock.ELEMENT_HEAD, length);
                at += AttributeBlock.ELEMENT_HEAD + length;
            }
        } else {
            number(slot, type, typeCode, AttributeBlock.bits(buffer, entry));
        }
    }

    /** Says that the value is what a caller states. */
    public void stated(final int slot, final RequestAttributes attributes, final int position) {
        final int typeCode = attributes.typeCode(position);
        final ValueType type = tables.variable(slot).type();
        if (type == ValueType.STRING && typeCode == AttributeType.STRING.code()) {
            text(slot, attributes.buffer(), attributes.textOffset(position), attributes.size(position));
        } else if (type == ValueType.STRING_LIST && typeCode == AttributeType.STRING_LIST.code()) {
            list(slot);
            for (int i = 0; i < attributes.size(position); i++) {
                final int length = attributes.elementLength(position, i);
                element(slot, attributes.buffer(), attributes.elementOffset(position, i), length);
            }
        } else {
            number(slot, type, typeCode, attributes.bits(position));
        }
    }

    /**
     * Says that the value is a number of an attribute's type; a whole number where a floating-point one is wanted becomes one.
     *
     * @param type     of the variable
     * @param typeCode {@link AttributeType#code()} of the value, neither STRING nor STRING_LIST
     * @param bits     see {@link #number(int, long)}
     */
    public void number(final int slot, final ValueType type, final int typeCode, final long bits) {
        final boolean fits =
                switch (type) {
                    case INT -> typeCode == AttributeType.INT.code();
                    case DOUBLE -> typeCode == AttributeType.DOUBLE.code();
                    case BOOL -> typeCode == AttributeType.BOOL.code();
                    case TIMESTAMP -> typeCode == AttributeType.TIMESTAMP.code();
                    default -> false;
                };
        if (fits) {
            number(slot, bits);
        } else if (type == ValueType.DOUBLE && typeCode == AttributeType.INT.code()) {
            number(slot, Double.doubleToRawLongBits(bits));
        } else {
            wrongType(slot);
        }
    }

    /** {@return whether a list that was begun already has an element; for lists whose elements come once} */
    public boolean contains(final int slot, final UnsafeBuffer buffer, final int offset, final int length) {
        final int end = offsets[slot] + lengths[slot];
        for (int i = offsets[slot]; i < end; i++) {
            if (elementLengths[i] == length
                    && TextSlice.same(elementTexts[i], elementOffsets[i], buffer, offset, length)) {
                return true;
            }
        }
        return false;
    }

    // What nodes call
    // -------------------------------------------------------------------------------------------------------------

    /** {@return whether a variable has a value; when not, the cause says why} */
    boolean present(final int slot) {
        if (marks[slot] != mark) {
            resolve(slot);
        }
        if (states[slot] == Failure.NONE) {
            return true;
        }
        cause = slot << SLOT_SHIFT | states[slot];
        return false;
    }

    /** {@return whether somebody said a value} */
    boolean has(final int slot) {
        if (marks[slot] != mark) {
            resolve(slot);
        }
        return states[slot] != Failure.MISSING;
    }

    private void resolve(final int slot) {
        marks[slot] = mark;
        states[slot] = Failure.MISSING;
        source.resolve(tables, slot, this);
    }

    long number(final int slot) {
        return numbers[slot];
    }

    UnsafeBuffer text(final int slot) {
        return texts[slot];
    }

    int offset(final int slot) {
        return offsets[slot];
    }

    /** {@return bytes of a text, elements of a list} */
    int length(final int slot) {
        return lengths[slot];
    }

    /** Makes an element of a list the one at hand. */
    void take(final int slot, final int index) {
        final int at = offsets[slot] + index;
        elementText = elementTexts[at];
        elementOffset = elementOffsets[at];
        elementLength = elementLengths[at];
    }

    /** Remembers that a value could not be computed. No node is evaluated until somebody takes it. {@return 0} */
    long fail(final int failure) {
        failed = true;
        cause = NO_SLOT << SLOT_SHIFT | failure;
        return 0;
    }

    /** As {@link #fail}, when {@link #present} or a condition inside said why. {@return 0} */
    long fail() {
        failed = true;
        return 0;
    }

    /** {@return whether the value just evaluated could not be computed} */
    boolean failed() {
        return failed;
    }

    /** As {@link #failed}, and forgets it: for a node that turns it into an ERROR. */
    boolean takeFailed() {
        final boolean was = failed;
        failed = false;
        return was;
    }

    /** {@return why the last node that was an error was one} */
    int cause() {
        return cause;
    }

    /** Says why the node at hand is an error. */
    void cause(final int why) {
        cause = why;
    }

    /** {@return the variable that a cause is about, or -1} */
    static int slotOf(final int cause) {
        return cause >> SLOT_SHIFT;
    }

    /** {@return the {@link Failure} of a cause} */
    static int failureOf(final int cause) {
        return cause & (1 << SLOT_SHIFT) - 1;
    }
}
