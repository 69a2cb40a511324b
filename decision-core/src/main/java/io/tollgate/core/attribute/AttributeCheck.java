/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.attribute;

import io.tollgate.core.world.def.AttributeType;
import io.tollgate.core.world.def.AttributeValue;
import io.tollgate.core.world.def.DefinitionException;
import java.nio.charset.StandardCharsets;

/** Holds values of a snapshot against their declarations and {@link AttributeLimits}. */
public final class AttributeCheck {
    private AttributeCheck() {}

    /**
     * {@return the value; a whole number where a floating-point one is declared becomes one}
     *
     * @param where what it is a value of, for messages
     * @param type  as declared
     * @throws DefinitionException when it is of another type, or too large
     */
    public static AttributeValue checked(final String where, final AttributeType type, final AttributeValue value) {
        if (type == AttributeType.DOUBLE && value instanceof AttributeValue.Whole whole) {
            return new AttributeValue.Real(whole.value());
        }
        if (value.type() != type) {
            throw new DefinitionException(where + " is a " + value.type() + ", declared is " + type);
        }
        checkLimits(where, value);
        return value;
    }

    static boolean isWithinLimits(final AttributeValue value) {
        if (value instanceof AttributeValue.Text text) {
            return length(text.value()) <= AttributeLimits.MAX_TEXT_BYTES;
        } else if (value instanceof AttributeValue.TextList list) {
            return list.values().size() <= AttributeLimits.MAX_LIST_ELEMENTS
                    && list.values().stream().allMatch(e -> length(e) <= AttributeLimits.MAX_ELEMENT_BYTES);
        }
        return !(value instanceof AttributeValue.Moment moment) || AttributeLimits.isTimestamp(moment.epochMs());
    }

    private static void checkLimits(final String where, final AttributeValue value) {
        if (value instanceof AttributeValue.Text text) {
            atMost(where, "bytes", length(text.value()), AttributeLimits.MAX_TEXT_BYTES);
        } else if (value instanceof AttributeValue.TextList list) {
            atMost(where, "elements", list.values().size(), AttributeLimits.MAX_LIST_ELEMENTS);
            for (final String element : list.values()) {
                atMost(where + ": an element", "bytes", length(element), AttributeLimits.MAX_ELEMENT_BYTES);
            }
        } else if (value instanceof AttributeValue.Moment moment && !AttributeLimits.isTimestamp(moment.epochMs())) {
            throw new DefinitionException(
                    where + " is " + moment.epochMs() + " ms since 1970, which is not in the years 1 to 9999");
        }
    }

    private static int length(final String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static void atMost(final String where, final String what, final int count, final int most) {
        if (count > most) {
            throw new DefinitionException(where + " has " + count + " " + what + ", at most " + most);
        }
    }
}
