/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy.settle;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.tollgate.envoy.accesslog.v3.HTTPAccessLogEntry;
import io.tollgate.server.envoy.mapping.Settlement.Actual;
import io.tollgate.server.envoy.mapping.StructPath;
import io.tollgate.server.envoy.mapping.WholeNumber;
import org.jspecify.annotations.Nullable;

/** Reads how much of a unit was used, from 0 to 2^63-1: value * multiply / divide, rounded up. */
final class ActualAmount {
    /** The response does not say it. */
    static final long MISSING = -1;

    /** What it says is no such amount. */
    static final long INVALID = -2;

    /** Above this a double is not every whole number. */
    private static final double MAX_EXACT = 1L << 53;

    private ActualAmount() {}

    /** {@return the amount, or {@link #MISSING}, or {@link #INVALID}} */
    static long read(final Actual actual, final HTTPAccessLogEntry entry) {
        final String header = actual.header();
        if (header != null) {
            return of(entry.getResponse().getResponseHeadersMap().get(header), actual);
        }
        final String trailer = actual.trailer();
        if (trailer != null) {
            return of(entry.getResponse().getResponseTrailersMap().get(trailer), actual);
        }
        final String filter = actual.filter();
        final Struct found = filter == null
                ? null
                : entry.getCommonProperties()
                        .getMetadata()
                        .getFilterMetadataMap()
                        .get(filter);
        return found == null ? MISSING : of(StructPath.find(found, actual.steps()), actual);
    }

    private static long of(final @Nullable Value value, final Actual actual) {
        if (value == null) {
            return MISSING;
        }
        return switch (value.getKindCase()) {
            case STRING_VALUE -> of(value.getStringValue(), actual);
            case NUMBER_VALUE -> of(value.getNumberValue(), actual);
            case NULL_VALUE, KIND_NOT_SET -> MISSING;
            default -> INVALID;
        };
    }

    private static long of(final double number, final Actual actual) {
        return number >= 0 && number <= MAX_EXACT && number == Math.rint(number)
                ? scaled((long) number, actual)
                : INVALID;
    }

    /** Digits and nothing else: several values, which Envoy joins by commas, are none. */
    private static long of(final @Nullable String written, final Actual actual) {
        final String text = written == null ? "" : written.strip();
        if (text.isEmpty()) {
            return MISSING;
        }
        final long value = WholeNumber.parse(text);
        return value == WholeNumber.NONE ? INVALID : scaled(value, actual);
    }

    private static long scaled(final long value, final Actual actual) {
        final long result = WholeNumber.scaled(value, actual.multiply(), actual.divide());
        return result == WholeNumber.NONE ? INVALID : result;
    }
}
