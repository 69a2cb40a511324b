/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.request;

/** What can be wrong with the form of a request, whatever the snapshot says. All are answered INVALID_REQUEST. */
public enum Defect {
    /** Nothing. */
    NONE("nothing is wrong"),
    /** A text is longer than {@link DecisionRequest#MAX_ID_BYTES}. */
    TOO_LONG("longer than 256 bytes of UTF-8"),
    /** A text holds NUL, an unpaired surrogate or bytes that are not UTF-8. */
    NOT_TEXT("not valid text: NUL or broken UTF-8"),
    /** More than {@link DecisionRequest#MAX_USAGES}. */
    TOO_MANY_USAGES("more than 16 usages"),
    /** More than {@link DecisionRequest#MAX_ROLES}. */
    TOO_MANY_ROLES("more than 64 roles"),
    /** More than {@link DecisionRequest#MAX_TOKEN_SCOPES}. */
    TOO_MANY_TOKEN_SCOPES("more than 64 token scopes"),
    /** An API key's hash that is not 32 bytes. */
    API_KEY_HASH_LENGTH("an API key's SHA-256 has 32 bytes"),
    /** The mode is not one that this sidecar knows. */
    UNKNOWN_MODE("unknown mode; use CHECK, CONSUME or RESERVE"),
    /** Neither an actor nor an API key, or both. */
    ACTOR_AMBIGUOUS("name either an actor (type and id) or an API key, not both"),
    /** A duration that overflows. */
    DURATION_OUT_OF_RANGE("a duration must fit 292 years in nanoseconds"),
    /** More than {@link io.tollgate.core.attribute.AttributeLimits#MAX_REQUEST_ATTRIBUTES}. */
    TOO_MANY_ATTRIBUTES("more than 64 attributes"),
    /** An attribute without a name. */
    ATTRIBUTE_NAME("an attribute needs a name"),
    /** A value of no type. */
    ATTRIBUTE_WITHOUT_VALUE("an attribute needs a value"),
    /** A name, text or element beyond {@link io.tollgate.core.attribute.AttributeLimits}. */
    ATTRIBUTE_TOO_LONG("longer than 4096 bytes of UTF-8 (a name or an element of a list: 256)"),
    /** More than {@link io.tollgate.core.attribute.AttributeLimits#MAX_LIST_ELEMENTS}. */
    ATTRIBUTE_LIST_TOO_LONG("a list of more than 64 elements"),
    /** NaN, or a moment that no calendar has. */
    ATTRIBUTE_OUT_OF_RANGE("NaN is no value, and a timestamp lies in the years 1 to 9999"),
    /** More than {@link io.tollgate.core.attribute.AttributeLimits#MAX_REQUEST_BYTES}. */
    ATTRIBUTES_TOO_LARGE("more than 64 KiB of attributes together"),
    /** More than {@link DecisionRequest#MAX_READINGS}. */
    TOO_MANY_READINGS("more than 16 readings");

    private final String message;

    Defect(final String message) {
        this.message = message;
    }

    /** {@return what is wrong, in words for the caller} */
    public String message() {
        return message;
    }
}
