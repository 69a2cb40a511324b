/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.source;

import io.tollgate.core.condition.ConditionLimits;
import io.tollgate.v1.Period;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads single values. Each reader throws {@link Unreadable} with a message for people. */
final class Scalars {
    static final String UNLIMITED = "unlimited";
    static final String BILLING_PERIOD = "billing_period";
    static final String NAME_PATTERN = "[A-Za-z0-9_][A-Za-z0-9_.:@+-]*";
    /** The end of 2199: periods are known until then. */
    private static final long LATEST_MS = 7_258_118_399_999L;

    static final Map<String, Period> PERIODS = Map.of(
            "hourly", Period.PERIOD_HOURLY,
            "daily", Period.PERIOD_DAILY,
            "weekly", Period.PERIOD_WEEKLY,
            "monthly", Period.PERIOD_MONTHLY,
            "quarterly", Period.PERIOD_QUARTERLY,
            "half_yearly", Period.PERIOD_HALF_YEARLY,
            "annual", Period.PERIOD_ANNUAL,
            "never", Period.PERIOD_NEVER);

    private static final Pattern NAME = Pattern.compile(NAME_PATTERN);
    private static final Pattern INTEGER = Pattern.compile("[+-]?[0-9]+(_[0-9]+)*");
    private static final Pattern AMOUNT = Pattern.compile("([0-9_+-]+)(?: +(" + NAME_PATTERN + "))?");
    private static final Pattern CHARGE = Pattern.compile("usage(?: +in +(" + NAME_PATTERN + "))?");
    private static final Pattern DURATION = Pattern.compile("([0-9_]+)(ms|s|m|h|d)");
    private static final Pattern DECIMAL = Pattern.compile("-?[0-9]{1,18}(\\.[0-9]{1,18})?");
    private static final Pattern PERCENT = Pattern.compile("([0-9]{1,3})(?:\\.([0-9]))?%?");
    private static final Pattern ZONE = Pattern.compile("[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*");

    private Scalars() {}

    /** A value that does not have its form. */
    static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1L;

        private final Code code;

        Unreadable(Code code, String message) {
            super(message);
            this.code = code;
        }

        Code code() {
            return code;
        }

        String text() {
            return String.valueOf(getMessage());
        }
    }

    static boolean isName(String text) {
        return NAME.matcher(text).matches() && utf8Length(text) <= SourceLimits.MAX_ID_BYTES;
    }

    /** Ids are looked up as bytes, so they must be valid UTF-8; slashes part a path; what nobody sees must not make a difference. */
    static boolean isId(String text) {
        return idDefect(text).isEmpty();
    }

    static String name(String text) throws Unreadable {
        if (!NAME.matcher(text).matches()) {
            throw new Unreadable(
                    Code.BAD_ID,
                    Quoted.of(text)
                            + " is no name: letters, digits and _ . : @ + - only, and a letter, digit or _ first");
        }
        return limited(text);
    }

    static String pattern(String text) throws Unreadable {
        if (text.equals("*")) {
            return text;
        }
        if (text.endsWith("*")) {
            name(text.substring(0, text.length() - 1));
            return text;
        }
        if (text.indexOf('*') >= 0) {
            throw new Unreadable(Code.BAD_VALUE, Quoted.of(text) + ": a star stands only at the end");
        }
        return name(text);
    }

    static String id(String text) throws Unreadable {
        String defect = idDefect(text);
        if (!defect.isEmpty()) {
            throw new Unreadable(Code.BAD_ID, Quoted.of(text) + " is no id: " + defect);
        }
        return text;
    }

    private static String idDefect(String text) {
        if (text.isEmpty()) {
            return "it is empty";
        }
        if (text.indexOf('/') >= 0) {
            return "it has a slash";
        }
        if (!text.equals(text.strip())) {
            return "it starts or ends with a space";
        }
        if (text.codePoints().anyMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE)) {
            return "it has a control character or half of a surrogate pair";
        }
        int length = utf8Length(text);
        return length <= SourceLimits.MAX_ID_BYTES
                ? ""
                : "it has " + length + " bytes, at most " + SourceLimits.MAX_ID_BYTES;
    }

    private static String limited(String text) throws Unreadable {
        int length = utf8Length(text);
        if (length > SourceLimits.MAX_ID_BYTES) {
            throw new Unreadable(
                    Code.BAD_ID, Quoted.of(text) + " has " + length + " bytes, at most " + SourceLimits.MAX_ID_BYTES);
        }
        return text;
    }

    static String text(String text) throws Unreadable {
        return text(text, "a text", SourceLimits.MAX_TEXT_BYTES);
    }

    static String condition(String text) throws Unreadable {
        if (text.isBlank()) {
            throw new Unreadable(Code.BAD_VALUE, "an empty condition");
        }
        return text(text, "a condition", ConditionLimits.MAX_SOURCE_BYTES);
    }

    private static String text(String text, String what, int maxBytes) throws Unreadable {
        int length = utf8Length(text);
        if (length > maxBytes) {
            throw new Unreadable(Code.TOO_LARGE, what + " of " + length + " bytes, at most " + maxBytes);
        }
        if (text.indexOf('\0') >= 0) {
            throw new Unreadable(Code.BAD_VALUE, Quoted.of(text) + " holds a NUL character");
        }
        return text;
    }

    static PrincipalName principal(String text) throws Unreadable {
        int colon = text.indexOf(':');
        if (colon <= 0) {
            throw new Unreadable(Code.BAD_ID, Quoted.of(text) + " is no actor: write its type and id, like user:ana");
        }
        String type = name(text.substring(0, colon));
        if (ScopePath.RESERVED_TYPES.contains(type)) {
            throw new Unreadable(Code.BAD_ID, Quoted.of(type) + " cannot be an actor type: it names other scopes");
        }
        return new PrincipalName(type, id(text.substring(colon + 1)));
    }

    static ScopePath scope(String text) throws Unreadable {
        return ScopePaths.parse(text)
                .orElseThrow(() -> new Unreadable(
                        Code.BAD_VALUE,
                        Quoted.of(text) + " is no scope: write global, plan:ID, org:ID, org:ID/department:ID,"
                                + " org:ID/project:ID, org:ID/TYPE:ID or org:ID/key:ID"));
    }

    static long integer(String text, long min, long max) throws Unreadable {
        if (!INTEGER.matcher(text).matches()) {
            throw new Unreadable(
                    Code.BAD_VALUE, Quoted.of(text) + " is no whole number (digits, _ between them if you like)");
        }
        long value;
        try {
            value = Long.parseLong(text.replace("_", ""));
        } catch (NumberFormatException e) {
            throw new Unreadable(Code.OUT_OF_RANGE, Quoted.of(text) + " is beyond 64 bits, at most " + max);
        }
        if (value < min || value > max) {
            throw new Unreadable(Code.OUT_OF_RANGE, Quoted.of(text) + " is out of range: from " + min + " to " + max);
        }
        return value;
    }

    static Amount amount(String text) throws Unreadable {
        Matcher matcher = AMOUNT.matcher(text);
        if (!matcher.matches()) {
            throw new Unreadable(
                    Code.BAD_VALUE,
                    Quoted.of(text) + " is no amount: a whole number and, if need be, a unit: 5 gpu_hour");
        }
        String unit = matcher.group(2);
        return new Amount(integer(matcher.group(1), 0, Long.MAX_VALUE), unit == null ? "" : unit, false);
    }

    static Amount limit(String text) throws Unreadable {
        return text.equals(UNLIMITED) ? new Amount(0, "", true) : amount(text);
    }

    static ChargeText charge(String text) throws Unreadable {
        Matcher matcher = CHARGE.matcher(text);
        if (matcher.matches()) {
            String unit = matcher.group(1);
            return new ChargeText(true, unit == null ? "" : unit, new Amount(0, "", false));
        }
        if (!AMOUNT.matcher(text).matches()) {
            throw new Unreadable(
                    Code.BAD_VALUE,
                    Quoted.of(text) + " is no charge: write usage, usage in UNIT, or an amount per request like 1");
        }
        Amount constant = amount(text);
        if (constant.number() == 0) {
            throw new Unreadable(Code.OUT_OF_RANGE, "a charge of 0 charges nothing: at least 1");
        }
        return new ChargeText(false, "", constant);
    }

    static boolean flag(String text) throws Unreadable {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new Unreadable(Code.BAD_VALUE, Quoted.of(text) + " is neither true nor false");
        };
    }

    static long duration(String text) throws Unreadable {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            throw new Unreadable(
                    Code.BAD_VALUE, Quoted.of(text) + " is no duration: a whole number and ms, s, m, h or d, like 30s");
        }
        long factor =
                switch (matcher.group(2)) {
                    case "ms" -> 1;
                    case "s" -> 1_000;
                    case "m" -> 60_000;
                    case "h" -> 3_600_000;
                    default -> 86_400_000;
                };
        return integer(matcher.group(1), 0, LATEST_MS / factor) * factor;
    }

    static WindowText window(String text) throws Unreadable {
        if (text.equals(BILLING_PERIOD)) {
            return new WindowText(0, Period.PERIOD_UNSPECIFIED, true);
        }
        Period period = PERIODS.get(text);
        if (period != null) {
            return new WindowText(0, period, false);
        }
        if (!DURATION.matcher(text).matches()) {
            throw new Unreadable(
                    Code.BAD_VALUE,
                    Quoted.of(text) + " is no window: a duration like 1m, or one of hourly, daily, weekly, monthly,"
                            + " quarterly, half_yearly, annual, never, billing_period");
        }
        long lengthMs = duration(text);
        if (lengthMs == 0) {
            throw new Unreadable(Code.OUT_OF_RANGE, "a window of 0 has no length");
        }
        return new WindowText(lengthMs, Period.PERIOD_UNSPECIFIED, false);
    }

    static long timestamp(String text) throws Unreadable {
        try {
            long ms = text.length() == 10
                    ? LocalDate.parse(text)
                            .atStartOfDay(ZoneOffset.UTC)
                            .toInstant()
                            .toEpochMilli()
                    : OffsetDateTime.parse(text).toInstant().toEpochMilli();
            if (ms <= 0 || ms > LATEST_MS) {
                throw new Unreadable(Code.OUT_OF_RANGE, Quoted.of(text) + " is not between 1970 and 2200");
            }
            return ms;
        } catch (DateTimeException | ArithmeticException e) {
            throw new Unreadable(
                    Code.BAD_VALUE,
                    Quoted.of(text) + " is no time: write 2027-01-31 (start of that day, UTC) or 2027-01-31T12:00:00Z");
        }
    }

    static String zone(String text) throws Unreadable {
        try {
            if (ZONE.matcher(text).matches()) {
                return ZoneId.of(text).getId();
            }
        } catch (DateTimeException e) {
            // Said below, in the same words for every cause.
        }
        throw new Unreadable(
                Code.BAD_VALUE, Quoted.of(text) + " is no time zone: write an IANA name like Europe/Berlin or UTC");
    }

    static BigDecimal decimal(String text) throws Unreadable {
        if (!DECIMAL.matcher(text).matches()) {
            throw new Unreadable(
                    Code.BAD_VALUE,
                    Quoted.of(text)
                            + " is no decimal number: digits and a point, no exponent, at most 18 digits each side");
        }
        return new BigDecimal(text);
    }

    static int permille(String text) throws Unreadable {
        Matcher matcher = PERCENT.matcher(text);
        if (!matcher.matches()) {
            throw new Unreadable(
                    Code.BAD_VALUE, Quoted.of(text) + " is no percentage: write 80, or 97.5 with at most one digit");
        }
        String tenth = matcher.group(2);
        int value = Integer.parseInt(matcher.group(1)) * 10 + (tenth == null ? 0 : Integer.parseInt(tenth));
        if (value < 1 || value > 1000) {
            throw new Unreadable(Code.OUT_OF_RANGE, Quoted.of(text) + " is out of range: above 0, at most 100");
        }
        return value;
    }

    static byte[] sha256(String text) throws Unreadable {
        if (text.length() != 64 || !HEX.matcher(text).matches()) {
            // Not quoted: somebody may have put the key itself here.
            throw new Unreadable(
                    Code.BAD_VALUE,
                    "this is not the SHA-256 of an API key: 64 hex digits are needed, " + text.length()
                            + " characters were written (the key itself never belongs in a bundle)");
        }
        return HexFormat.of().parseHex(text);
    }

    private static final Pattern HEX = Pattern.compile("[0-9a-fA-F]+");

    static Object attribute(String text, boolean plain) throws Unreadable {
        if (!plain) {
            return text(text);
        }
        if (text.equals("true") || text.equals("false")) {
            return text.equals("true");
        }
        if (INTEGER.matcher(text).matches()) {
            return integer(text, Long.MIN_VALUE, Long.MAX_VALUE);
        }
        if (DECIMAL.matcher(text).matches()) {
            return Double.valueOf(text);
        }
        return text(text);
    }

    static int utf8Length(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
