/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.condition;

import io.tollgate.core.attribute.AttributeLimits;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times and durations as CEL writes them, to the millisecond. */
final class Literals {
    private static final Pattern TIMESTAMP = Pattern.compile(
            "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,3})?(Z|[+-][0-9]{2}:[0-9]{2})");
    private static final Pattern DURATION = Pattern.compile("-?(?:[0-9]{1,18}(?:\\.[0-9]{1,9})?(?:h|m|s|ms|us|ns))+");
    private static final Pattern PART = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)(h|ms|us|ns|m|s)");
    private static final Map<String, BigDecimal> MS_PER_UNIT = Map.of(
            "h",
            BigDecimal.valueOf(3_600_000),
            "m",
            BigDecimal.valueOf(60_000),
            "s",
            BigDecimal.valueOf(1_000),
            "ms",
            BigDecimal.ONE,
            "us",
            new BigDecimal("0.001"),
            "ns",
            new BigDecimal("0.000001"));

    private Literals() {}

    /** {@return milliseconds since 1970, or nothing when it is no RFC 3339 time in the years 1 to 9999} */
    static OptionalLong timestamp(String text) {
        if (!TIMESTAMP.matcher(text).matches()) {
            return OptionalLong.empty();
        }
        try {
            long epochMs = OffsetDateTime.parse(text).toInstant().toEpochMilli();
            return AttributeLimits.isTimestamp(epochMs) ? OptionalLong.of(epochMs) : OptionalLong.empty();
        } catch (DateTimeException e) {
            return OptionalLong.empty();
        }
    }

    /** {@return whole milliseconds, or nothing when it is no such duration} */
    static OptionalLong duration(String text) {
        if (!DURATION.matcher(text).matches()) {
            return OptionalLong.empty();
        }
        BigDecimal ms = BigDecimal.ZERO;
        Matcher part = PART.matcher(text);
        while (part.find()) {
            ms = ms.add(new BigDecimal(part.group(1)).multiply(MS_PER_UNIT.get(part.group(2))));
        }
        try {
            return OptionalLong.of(text.startsWith("-") ? -ms.longValueExact() : ms.longValueExact());
        } catch (ArithmeticException e) {
            return OptionalLong.empty();
        }
    }
}
