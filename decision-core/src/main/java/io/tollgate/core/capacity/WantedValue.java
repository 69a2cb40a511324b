/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.capacity;

import io.tollgate.core.world.def.AttributeType;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The canonical text that an attribute must have, worked out beforehand as a value of each type that has this text. Texts: a STRING as
 * it is,
 * an INT in decimal, a BOOL "true" or "false", a DOUBLE in decimal without exponent and without zeros at the end, a TIMESTAMP in ISO 8601
 * UTC ("2026-11-20T08:00:00Z"). A list has none, and the empty text is nobody's.
 */
final class WantedValue {
    private static final int NO_FLAG = -1;

    private final byte[] utf8;
    private final UnsafeBuffer text;
    private final boolean whole;
    private final long number;
    private final boolean real;
    private final double realNumber;
    private final boolean moment;
    private final long epochMs;
    private final int flag;

    WantedValue(final String canonical) {
        utf8 = canonical.getBytes(StandardCharsets.UTF_8);
        text = new UnsafeBuffer(utf8);
        long parsedWhole = 0;
        boolean isWhole = false;
        double parsedReal = 0;
        boolean isReal = false;
        try {
            final BigDecimal decimal = new BigDecimal(canonical);
            parsedReal = decimal.doubleValue();
            isReal = Double.isFinite(parsedReal) && realText(parsedReal).equals(canonical);
            parsedWhole = decimal.longValueExact();
            isWhole = Long.toString(parsedWhole).equals(canonical);
        } catch (final ArithmeticException | NumberFormatException ex) {
            isWhole = false;
        }
        whole = isWhole;
        number = parsedWhole;
        real = isReal;
        realNumber = parsedReal;
        long instant = 0;
        boolean isMoment = false;
        try {
            instant = Instant.parse(canonical).toEpochMilli();
            isMoment = Instant.ofEpochMilli(instant).toString().equals(canonical);
        } catch (final ArithmeticException | DateTimeParseException ex) {
            isMoment = false;
        }
        moment = isMoment;
        epochMs = instant;
        flag = switch (canonical) {
            case "true" -> 1;
            case "false" -> 0;
            default -> NO_FLAG;
        };
    }

    private static String realText(final double value) {
        return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
    }

    /** {@return whether any value of a type has this text} */
    boolean isPossible(final AttributeType type) {
        return switch (type) {
            case STRING -> utf8.length > 0;
            case INT -> whole;
            case DOUBLE -> real || whole;
            case BOOL -> flag != NO_FLAG;
            case TIMESTAMP -> moment;
            case STRING_LIST -> false;
        };
    }

    boolean isText(final UnsafeBuffer buffer, final int offset, final int length) {
        if (length != utf8.length || length == 0) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (buffer.getByte(offset + i) != text.getByte(i)) {
                return false;
            }
        }
        return true;
    }

    /**
     * {@return whether a value that is no text is the wanted one}
     *
     * @param typeCode {@link AttributeType#code()}
     * @param bits     the number of an INT, TIMESTAMP or BOOL, the bits of a DOUBLE
     */
    boolean isNumber(final int typeCode, final long bits) {
        if (typeCode == AttributeType.INT.code()) {
            return whole && bits == number;
        }
        if (typeCode == AttributeType.DOUBLE.code()) {
            return real && Double.longBitsToDouble(bits) == realNumber;
        }
        if (typeCode == AttributeType.BOOL.code()) {
            return bits == flag;
        }
        return typeCode == AttributeType.TIMESTAMP.code() && moment && bits == epochMs;
    }
}
