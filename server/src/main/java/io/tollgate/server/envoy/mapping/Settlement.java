/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy.mapping;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a reservation that a Check has taken ends once Envoy's access log tells of the response.
 *
 * @param actuals   what was used, by unit; empty = what was reserved
 * @param onMissing when the response does not say how much
 * @param onFailure when the service gave no response, or one of 500 and above, or it was cut off, or the client went away first
 */
public record Settlement(List<Actual> actuals, End onMissing, End onFailure) {
    /** What becomes of the reservation. */
    public enum End {
        /** All of it was used. */
        RESERVED,
        /** Nothing was used. */
        RELEASE,
        /** Nobody knows: it stays until it expires. */
        EXPIRE,
        /** Of failures alone: what the response says, as if it had not failed. */
        ACTUAL
    }

    /**
     * Where the access log has an amount; one of the three is not null.
     *
     * @param unit     registered
     * @param header   of the response, lower case
     * @param trailer  of the response, lower case
     * @param filter   whose metadata
     * @param steps    into that metadata
     * @param multiply 1 = as it is
     * @param divide   after multiply, rounded up; 1 = as it is
     */
    public record Actual(
            String unit,
            @Nullable String header,
            @Nullable String trailer,
            @Nullable String filter,
            List<String> steps,
            long multiply,
            long divide) {}
}
