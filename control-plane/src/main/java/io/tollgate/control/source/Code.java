/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.source;

import java.util.Locale;

/** What kinds of mistakes there are. Labels are stable: scripts and editors may match on them. Explained in docs/bundle.md. */
public enum Code {
    // What keeps a file from being read at all.
    IO,
    NO_BUNDLE,
    ENCODING,
    SYNTAX,
    YAML_FEATURE,
    TOO_LARGE,
    STRAY_FILE,

    // What a key or a value looks like.
    UNKNOWN_KEY,
    DUPLICATE_KEY,
    MISSING_KEY,
    WRONG_TYPE,
    BAD_VALUE,
    OUT_OF_RANGE,
    BAD_ID,

    // What it means.
    DUPLICATE_ID,
    UNKNOWN_REFERENCE,
    WRONG_LEVEL,
    CYCLE,
    OVERFLOW,
    UNIT_MISMATCH,
    KIND_MISMATCH,
    RATE_RANGE,
    CHILD_ABOVE_PARENT,
    OVERRIDE_TERMS,
    ENTITLEMENT_TERMS,
    SUBSCRIPTION_TERMS,
    WALLET_TERMS,
    PRICE_TERMS,
    CONDITION,
    NOT_SUPPORTED_YET,

    // What is allowed and probably not meant.
    UNKNOWN_ROLE,
    UNKNOWN_ACTOR,
    EXPIRED,
    UNREACHABLE_LIMIT,
    NEVER_CHARGED,
    NEVER_MATCHES,
    SHADOWED,
    NO_AUTHORITY,
    NEVER_PAID;

    /** {@return the name that people see, "unknown-key"} */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
