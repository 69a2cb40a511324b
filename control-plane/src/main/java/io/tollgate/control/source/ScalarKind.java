/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.source;

/** Forms of single values. {@link Scalars} reads them; docs/bundle.md explains them. */
public enum ScalarKind {
    /** Any text. Parsed: String. */
    TEXT("a text"),
    /** An expression. Parsed: {@link LocatedText}. */
    CONDITION("a condition, like resource.region == 'eu'"),
    /** An id of the directory: any characters but control characters, slashes and spaces at the ends. Parsed: String. */
    ID("an id"),
    /** A registered name. Parsed: String. */
    NAME("a name"),
    /** A name, or the start of one and a star. Parsed: String. */
    PATTERN("a name, or a prefix and '*'"),
    /** "user:ana". Parsed: {@link PrincipalName}. */
    PRINCIPAL("an actor type and an id, like user:ana"),
    /** A scope of the hierarchy. Parsed: {@link ScopePath}. */
    SCOPE("a scope, like org:acme/project:rag"),
    /** Parsed: Long. */
    INT("a whole number"),
    /** A whole number, or null for no limit. Parsed: Long, or nothing. */
    INT_OR_NULL("a whole number or null"),
    /** A whole number and, if it is not the default one, a unit. Parsed: {@link Amount}. */
    AMOUNT("a whole number, with a unit if need be, like 5 gpu_hour"),
    /** An amount, or "unlimited". Parsed: {@link Amount}. */
    LIMIT("a whole number, with a unit if need be, or unlimited"),
    /** Parsed: Boolean. */
    FLAG("true or false"),
    /** Parsed: String, one of the shape's words. */
    CHOICE("one of some words"),
    /** Parsed: Long, milliseconds. */
    DURATION("a duration, like 30s or 5m"),
    /** The window of a limit: a duration, or the name of a period. Parsed: {@link WindowText}. */
    WINDOW("a window, like 1m, daily or billing_period"),
    /** Parsed: Long, milliseconds since 1970. */
    TIMESTAMP("a date or a time, like 2027-01-31 or 2027-01-31T12:00:00Z"),
    /** IANA time zone. Parsed: String. */
    ZONE("a time zone, like Europe/Berlin"),
    /** Money and credits. Parsed: java.math.BigDecimal. */
    DECIMAL("a decimal number, like 0.25"),
    /** Parsed: Integer, parts per thousand. */
    PERCENT("a percentage, like 80 or 97.5"),
    /** What an action takes from a dimension. Parsed: {@link ChargeText}. */
    CHARGE("'usage', 'usage in UNIT', or an amount per request"),
    /** SHA-256 in hex. Parsed: byte[]. */
    SHA256("64 hex digits, the SHA-256 of the API key"),
    /** Any single value, or a list of texts. Parsed: String, Long, Double, Boolean or a list of String. */
    ATTRIBUTE("a text, number, true, false, or a list of texts");

    private final String description;

    ScalarKind(String description) {
        this.description = description;
    }

    /** {@return what it is, for messages: "a duration, like 30s or 5m"} */
    public String description() {
        return description;
    }
}
