/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.attribute;

/** How large attributes may be, wherever they come from. Conditions' costs are bounded by these. */
public final class AttributeLimits {
    /** Attributes of one request, its three groups together. */
    public static final int MAX_REQUEST_ATTRIBUTES = 64;
    /** Attributes that a registry may declare: entries and programs keep an id in 16 bits. */
    public static final int MAX_DECLARED = 4_096;
    /** Full name, "resource.region", in bytes of UTF-8. */
    public static final int MAX_NAME_BYTES = 256;
    /** A text, in bytes of UTF-8. */
    public static final int MAX_TEXT_BYTES = 4_096;
    /** Elements of a list. */
    public static final int MAX_LIST_ELEMENTS = 64;
    /** An element of a list, in bytes of UTF-8. */
    public static final int MAX_ELEMENT_BYTES = 256;
    /** All names, texts and elements of one request together, in bytes. */
    public static final int MAX_REQUEST_BYTES = 64 * 1024;
    /** 0001-01-01T00:00:00Z in milliseconds since 1970: the first moment that conditions know. */
    public static final long MIN_TIMESTAMP_MS = -62_135_596_800_000L;
    /** 9999-12-31T23:59:59.999Z. */
    public static final long MAX_TIMESTAMP_MS = 253_402_300_799_999L;

    private AttributeLimits() {}

    /** {@return whether a moment is one that conditions know} */
    public static boolean isTimestamp(final long epochMs) {
        return epochMs >= MIN_TIMESTAMP_MS && epochMs <= MAX_TIMESTAMP_MS;
    }
}
