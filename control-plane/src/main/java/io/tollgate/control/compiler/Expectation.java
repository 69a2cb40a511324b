/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import io.tollgate.v1.AttributeValue;
import io.tollgate.v1.Outcome;
import io.tollgate.v1.Reason;
import io.tollgate.v1.ReservationOutcome;
import io.tollgate.v1.Severity;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What an answer must be. Empty = not looked at.
 *
 * @param verdict the answer in short
 * @param rules ids of all matching rules, in any order
 * @param limit the binding limit
 * @param retry when to try again
 * @param granted amounts by unit
 * @param warnings all of them, in any order
 * @param obligations by feature and key: these must be there
 * @param cost what it costs
 */
public record Expectation(
        Verdict verdict,
        Optional<List<String>> rules,
        Limit limit,
        Retry retry,
        Optional<Map<String, Long>> granted,
        Optional<List<Warning>> warnings,
        Map<String, Map<String, AttributeValue>> obligations,
        Optional<BigDecimal> cost) {

    /**
     * The answer in short.
     *
     * @param outcome of a question; UNSPECIFIED for settle and release
     * @param ended of settle and release; UNSPECIFIED for a question
     */
    public record Verdict(
            Outcome outcome, ReservationOutcome ended, Optional<Reason> reason, Optional<String> message) {}

    /** The binding limit. */
    public record Limit(Optional<String> id, Optional<String> scopePath, OptionalLong used, OptionalLong remaining) {}

    /**
     * When to try again.
     *
     * @param afterMs milliseconds, rounded up
     */
    public record Retry(OptionalLong afterMs, Optional<Boolean> never) {}

    /** A warning. */
    public record Warning(
            Reason reason, Optional<Severity> severity, Optional<String> subject, Optional<String> message) {}
}
