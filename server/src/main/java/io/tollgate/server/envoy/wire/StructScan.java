/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy.wire;

/**
 * Checks a google.protobuf.Struct without building it. Deeper than {@value #MAX_DEPTH} is not plain: the generated parser stops at 100
 * messages in each other, and a value in a struct is three of them. Belongs to one thread.
 */
class StructScan extends WireCursor {
    private static final int MAX_DEPTH = 20;

    // Struct and ListValue
    private static final int FIELDS = 1 << 3 | DELIMITED;
    // entries of maps
    private static final int KEY = 1 << 3 | DELIMITED;
    private static final int VALUE = 2 << 3 | DELIMITED;
    // Value; the other kinds are numbers
    private static final int STRING_VALUE = 3 << 3 | DELIMITED;
    private static final int STRUCT_VALUE = 5 << 3 | DELIMITED;
    private static final int LIST_VALUE = 6 << 3 | DELIMITED;

    final boolean struct(final int end, final int depth) {
        while (at < end) {
            final int tag = nextTag(end);
            if (tag == FIELDS ? !field(nextEnd(end), depth) : !skip(tag, end)) {
                return false;
            }
        }
        return end >= 0;
    }

    private boolean field(final int end, final int depth) {
        boolean hasValue = false;
        while (at < end) {
            final int tag = nextTag(end);
            final boolean taken;
            if (tag == KEY) {
                taken = text(end);
            } else if (tag == VALUE) {
                // Two values of one entry would be merged.
                taken = !hasValue && value(nextEnd(end), depth);
                hasValue = true;
            } else {
                taken = skip(tag, end);
            }
            if (!taken) {
                return false;
            }
        }
        return end >= 0;
    }

    private boolean value(final int end, final int depth) {
        while (at < end) {
            final int tag = nextTag(end);
            final boolean taken =
                    switch (tag) {
                        case STRING_VALUE -> text(end);
                        case STRUCT_VALUE -> depth < MAX_DEPTH && struct(nextEnd(end), depth + 1);
                        case LIST_VALUE -> depth < MAX_DEPTH && list(nextEnd(end), depth + 1);
                        default -> skip(tag, end);
                    };
            if (!taken) {
                return false;
            }
        }
        return end >= 0;
    }

    private boolean list(final int end, final int depth) {
        while (at < end) {
            final int tag = nextTag(end);
            if (tag == FIELDS ? !value(nextEnd(end), depth) : !skip(tag, end)) {
                return false;
            }
        }
        return end >= 0;
    }
}
