/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy.mapping;

import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a text must look like. What is written in the mapping is checked at the start, what comes with a request when it comes. */
enum Form {
    TEXT("any text"),
    MODE("check, consume or reserve"),
    DURATION("a duration, like 500ms, 30s, 5m or 2h"),
    FLAG("true or false"),
    /** 0 to 2^63-1. */
    AMOUNT("a whole number"),
    WHOLE("a whole number"),
    REAL("a number"),
    MOMENT("a time like 2026-11-20T08:00:00Z");

    /** Of {@link #durationMs}: it is none. */
    static final long NONE = -1;

    private static final long SECOND_MS = 1_000;
    private static final long MINUTE_MS = 60 * SECOND_MS;
    private static final long HOUR_MS = 60 * MINUTE_MS;
    private static final int MAX_DIGITS = 9;
    private static final Pattern INTEGER = Pattern.compile("-?[0-9]{1,19}");
    private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,40}(\\.[0-9]{1,40})?([eE][-+]?[0-9]{1,3})?");

    private final String words;

    Form(final String words) {
        this.words = words;
    }

    String words() {
        return words;
    }

    /** {@return the text as it is used, or null when it does not look like this} */
    @Nullable
    String accept(final String text) {
        final boolean fits =
                switch (this) {
                    case TEXT -> true;
                    case MODE -> text.toLowerCase(Locale.ROOT).matches("check|consume|reserve");
                    case DURATION -> durationMs(text) != NONE;
                    case FLAG -> text.equals("true") || text.equals("false");
                    case AMOUNT -> WholeNumber.parse(text) != WholeNumber.NONE;
                    case WHOLE -> INTEGER.matcher(text).matches() && isLong(text);
                    case REAL -> NUMBER.matcher(text).matches() && Double.isFinite(Double.parseDouble(text));
                    case MOMENT -> moment(text) != null;
                };
        return fits ? text : null;
    }

    /** {@return the same for what the mapping writes: numbers may be grouped, 1_000} */
    @Nullable
    String acceptWritten(final String text) {
        return accept(this == AMOUNT || this == WHOLE ? text.replace("_", "") : text);
    }

    private static boolean isLong(final String text) {
        try {
            Long.parseLong(text);
            return true;
        } catch (final NumberFormatException e) {
            return false;
        }
    }

    /** {@return milliseconds since 1970, or null when the text is no time} */
    static java.time.@Nullable Instant moment(final String text) {
        try {
            return java.time.OffsetDateTime.parse(text).toInstant();
        } catch (final java.time.format.DateTimeParseException e) {
            return null;
        }
    }

    /** {@return milliseconds of 500ms, 30s, 5m, 2h, or {@link #NONE}} */
    static long durationMs(final String text) {
        int digits = 0;
        while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
            digits++;
        }
        final long unitMs =
                switch (text.substring(digits)) {
                    case "ms" -> 1;
                    case "s" -> SECOND_MS;
                    case "m" -> MINUTE_MS;
                    case "h" -> HOUR_MS;
                    default -> 0;
                };
        if (unitMs == 0 || digits == 0 || digits > MAX_DIGITS) {
            return NONE;
        }
        final long number = Long.parseLong(text.substring(0, digits));
        return number == 0 ? NONE : number * unitMs;
    }
}
