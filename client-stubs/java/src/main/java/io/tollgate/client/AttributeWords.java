/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.client;

import io.tollgate.v1.AttributeValue;
import io.tollgate.v1.StringList;
import java.time.Instant;
import java.util.List;

/** From Java's values to attributes of the wire, within the sidecar's limits. */
final class AttributeWords {
    private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999Z");

    private AttributeWords() {}

    /** {@return the name; "actor.level" together have at most 256 bytes} */
    static String name(String group, String name) {
        final int left = RequestLimits.MAX_ID_BYTES - group.length() - 1;
        return RequestLimits.text(group + " attribute name", name, left);
    }

    static AttributeValue value(String name, Object value) {
        final AttributeValue.Builder attribute = AttributeValue.newBuilder();
        if (value instanceof String text) {
            return attribute
                    .setStringValue(text(name, text, RequestLimits.MAX_TEXT_ATTRIBUTE_BYTES))
                    .build();
        } else if (value instanceof Long || value instanceof Integer) {
            return attribute.setIntValue(((Number) value).longValue()).build();
        } else if (value instanceof Double || value instanceof Float) {
            return attribute
                    .setDoubleValue(number(name, ((Number) value).doubleValue()))
                    .build();
        } else if (value instanceof Boolean flag) {
            return attribute.setBoolValue(flag).build();
        } else if (value instanceof Instant instant) {
            return attribute.setTimestampMs(moment(name, instant)).build();
        } else if (value instanceof List<?> list) {
            return attribute.setStringList(list(name, list)).build();
        }
        throw new IllegalArgumentException("attribute " + name + " has type "
                + value.getClass().getName()
                + "; use String, Long, Integer, Double, Boolean, Instant or List of String");
    }

    private static double number(String name, double number) {
        if (Double.isNaN(number)) {
            throw new IllegalArgumentException("attribute " + name + " is NaN, which is no value; leave it out");
        }
        return number;
    }

    private static long moment(String name, Instant instant) {
        if (instant.isBefore(FIRST) || instant.isAfter(LAST)) {
            throw new IllegalArgumentException(
                    "attribute " + name + " is " + instant + ", which is not in the years 1 to 9999");
        }
        return instant.toEpochMilli();
    }

    private static StringList list(String name, List<?> list) {
        RequestLimits.count("elements of attribute " + name, list.size(), RequestLimits.MAX_LIST_ELEMENTS);
        final StringList.Builder strings = StringList.newBuilder();
        for (Object element : list) {
            if (!(element instanceof String text)) {
                throw new IllegalArgumentException("attribute " + name + " is a list with " + element
                        + " in it; only lists of String are accepted");
            }
            strings.addValues(text("element of " + name, text, RequestLimits.MAX_ID_BYTES));
        }
        return strings.build();
    }

    private static String text(String name, String text, int maxBytes) {
        return text.isEmpty() ? text : RequestLimits.text("attribute " + name, text, maxBytes);
    }
}
