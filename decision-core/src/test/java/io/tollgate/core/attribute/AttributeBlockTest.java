/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.attribute;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tollgate.core.world.def.AttributeType;
import io.tollgate.core.world.def.AttributeValue;
import io.tollgate.core.world.def.DefinitionException;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class AttributeBlockTest {
    private static final int AT = 16;

    private static UnsafeBuffer block(final Map<Integer, AttributeValue> values) {
        final byte[] encoded = AttributeBlock.encode(values);
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[AT + encoded.length]);
        buffer.putBytes(AT, encoded);
        return buffer;
    }

    @Test
    void shouldReadWhatWasWritten() {
        final Map<Integer, AttributeValue> values = new HashMap<>();
        values.put(0, new AttributeValue.Text("größe"));
        values.put(7, new AttributeValue.Whole(Long.MIN_VALUE));
        values.put(3, new AttributeValue.Real(-0.5));
        values.put(4_000, new AttributeValue.Flag(true));
        values.put(5, new AttributeValue.Moment(-1));
        values.put(6, new AttributeValue.TextList(List.of("a", "", "漢字")));
        values.put(65_535, new AttributeValue.TextList(List.of()));
        final UnsafeBuffer buffer = block(values);
        assertEquals(values.size(), AttributeBlock.count(buffer, AT));
        values.forEach((number, value) ->
                assertEquals(value, AttributeBlock.read(buffer, AT, AttributeBlock.find(buffer, AT, number))));
        for (final int none : new int[] {1, 8, 65_534}) {
            assertEquals(AttributeBlock.NONE, AttributeBlock.find(buffer, AT, none));
        }
        assertEquals(buffer.capacity() - AT, AttributeBlock.length(buffer, AT));
        assertEquals(7, AttributeBlock.number(buffer, AttributeBlock.entry(AT, 4)));
    }

    @Test
    void shouldMarkWhatIsLongerThanDecisionsRead() {
        final AttributeValue text = new AttributeValue.Text("x".repeat(AttributeLimits.MAX_TEXT_BYTES + 1));
        final AttributeValue list =
                new AttributeValue.TextList(Collections.nCopies(AttributeLimits.MAX_LIST_ELEMENTS + 1, "x"));
        final AttributeValue element =
                new AttributeValue.TextList(List.of("x".repeat(AttributeLimits.MAX_ELEMENT_BYTES + 1)));
        final UnsafeBuffer buffer = block(Map.of(1, text, 2, list, 3, element, 4, new AttributeValue.Whole(4)));
        for (int number = 1; number <= 3; number++) {
            assertEquals(
                    AttributeBlock.TOO_LARGE, AttributeBlock.typeCode(buffer, AttributeBlock.find(buffer, AT, number)));
        }
        assertEquals(4, AttributeBlock.bits(buffer, AttributeBlock.find(buffer, AT, 4)));
    }

    @Test
    void shouldHoldValuesAgainstTheirDeclaration() {
        assertEquals(
                new AttributeValue.Real(3),
                AttributeCheck.checked("x", AttributeType.DOUBLE, new AttributeValue.Whole(3)));
        refused("x is a BOOL, declared is INT", AttributeType.INT, new AttributeValue.Flag(true));
        refused("x has 4097 bytes, at most 4096", AttributeType.STRING, new AttributeValue.Text("x".repeat(4_097)));
        refused(
                "x has 65 elements, at most 64",
                AttributeType.STRING_LIST,
                new AttributeValue.TextList(Collections.nCopies(65, "")));
        refused(
                "x: an element has 257 bytes, at most 256",
                AttributeType.STRING_LIST,
                new AttributeValue.TextList(List.of("x".repeat(257))));
        refused(
                "x is 253402300800000 ms since 1970, which is not in the years 1 to 9999",
                AttributeType.TIMESTAMP,
                new AttributeValue.Moment(253_402_300_800_000L));
    }

    private static void refused(final String because, final AttributeType type, final AttributeValue value) {
        assertEquals(
                because,
                assertThrows(DefinitionException.class, () -> AttributeCheck.checked("x", type, value))
                        .getMessage());
    }
}
