/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.client;

/**
 * The sidecar's limits on a request (decision.proto), checked where the request is built, so that a programmer's error
 * shows as an {@link IllegalArgumentException} at its origin and not as a denied decision in production.
 */
final class RequestLimits {
    static final int MAX_ID_BYTES = 256;
    static final int MAX_API_KEY_BYTES = 1024;
    static final int MAX_TEXT_ATTRIBUTE_BYTES = 4096;
    static final int MAX_USAGES = 16;
    static final int MAX_READINGS = 16;
    static final int MAX_ROLES = 64;
    static final int MAX_TOKEN_SCOPES = 64;
    static final int MAX_ATTRIBUTES = 64;
    static final int MAX_LIST_ELEMENTS = 64;
    static final int MAX_MESSAGE_BYTES = 64 * 1024;
    static final int MAX_BATCH = 1024;
    static final int SHA256_BYTES = 32;

    private RequestLimits() {}

    /** A name that must be there: 1 to 256 bytes of UTF-8 without NUL. */
    static String id(String field, String value) {
        return text(field, value, MAX_ID_BYTES);
    }

    static String text(String field, String value, int maxBytes) {
        if (value.isEmpty()) {
            throw new IllegalArgumentException(field + " is empty; leave it out or give a value");
        }
        final int bytes = utf8Length(field, value);
        if (bytes > maxBytes) {
            throw new IllegalArgumentException(
                    field + " has " + bytes + " bytes of UTF-8, at most " + maxBytes + " are accepted");
        }
        return value;
    }

    static void count(String field, int count, int max) {
        if (count > max) {
            throw new IllegalArgumentException("more than " + max + " " + field + " in one request");
        }
    }

    static long amount(String field, long amount) {
        if (amount <= 0) {
            throw new IllegalArgumentException(field + " is " + amount + ", it must be greater than 0");
        }
        return amount;
    }

    /** Bytes of the value in UTF-8. A lone surrogate is refused: it would be sent as '?', which names somebody else. */
    private static int utf8Length(String field, String value) {
        int bytes = 0;
        for (int i = 0; i < value.length(); i++) {
            final char c = value.charAt(i);
            if (c == 0) {
                throw new IllegalArgumentException(field + " contains a NUL character at index " + i);
            }
            if (c < 0x80) {
                bytes += 1;
            } else if (c < 0x800) {
                bytes += 2;
            } else if (!Character.isSurrogate(c)) {
                bytes += 3;
            } else if (Character.isHighSurrogate(c)
                    && i + 1 < value.length()
                    && Character.isLowSurrogate(value.charAt(i + 1))) {
                bytes += 4;
                i++;
            } else {
                throw new IllegalArgumentException(field + " contains half of a surrogate pair at index " + i);
            }
        }
        return bytes;
    }
}
