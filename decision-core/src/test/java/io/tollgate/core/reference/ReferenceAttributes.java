/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import io.tollgate.core.world.def.AttributeValue;
import io.tollgate.core.world.def.ScopeDef;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;

/** The attributes that a request has, by full name, and how prices and pools compare them. */
final class ReferenceAttributes {
    /** Order of ids. */
    static final Comparator<String> UTF8 =
            (a, b) -> Arrays.compareUnsigned(a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));

    private ReferenceAttributes() {}

    /** Stated ones first, so that what the directory says replaces them, and what a narrower scope says replaces that. */
    static Map<String, AttributeValue> of(final ReferenceContext context) {
        final Map<String, AttributeValue> named =
                new HashMap<>(context.request.facts().attributes());
        for (final ScopeDef scope : context.chain) {
            named.putAll(scope.holdings().attributes());
        }
        return named;
    }

    /** Prices: only texts are compared. */
    static boolean textsMatch(final Map<String, String> match, final Map<String, AttributeValue> attributes) {
        return match.entrySet().stream()
                .allMatch(wanted -> attributes.get(wanted.getKey()) instanceof AttributeValue.Text text
                        && text.value().equals(wanted.getValue()));
    }

    /** Pools: every type by its canonical text; a list has none, and the empty text is nobody's. */
    static boolean canonicalMatch(final Map<String, String> match, final Map<String, AttributeValue> attributes) {
        return match.entrySet().stream()
                .allMatch(wanted -> !wanted.getValue().isEmpty()
                        && wanted.getValue().equals(canonical(attributes.get(wanted.getKey()))));
    }

    private static String canonical(final @org.jspecify.annotations.Nullable AttributeValue value) {
        if (value instanceof AttributeValue.Text text) {
            return text.value();
        } else if (value instanceof AttributeValue.Whole whole) {
            return Long.toString(whole.value());
        } else if (value instanceof AttributeValue.Flag flag) {
            return Boolean.toString(flag.value());
        } else if (value instanceof AttributeValue.Real real) {
            return BigDecimal.valueOf(real.value()).stripTrailingZeros().toPlainString();
        } else if (value instanceof AttributeValue.Moment moment) {
            return java.time.Instant.ofEpochMilli(moment.epochMs()).toString();
        }
        return "";
    }
}
