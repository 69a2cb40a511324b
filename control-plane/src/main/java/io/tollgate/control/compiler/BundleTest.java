/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import io.tollgate.control.source.Position;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.Outcome;
import io.tollgate.v1.Reason;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A test of tests/: a question and the answer that its author expects.
 *
 * @param name what it proves
 * @param at where it is written
 * @param atMs what time it is, milliseconds since 1970; empty = now
 * @param repeat ask so many times, the last answer counts
 * @param request the question
 * @param expectation the answer
 */
public record BundleTest(
        String name, Position at, OptionalLong atMs, int repeat, DecideRequest request, Expectation expectation) {

    /**
     * What the answer must be. Empty = not looked at.
     *
     * @param outcome may it?
     * @param reason the one reason
     * @param rules ids of all matching rules, in any order
     * @param limitId the binding limit
     * @param limitScopePath the scope that this limit is inherited from
     * @param message what users read
     */
    public record Expectation(
            Outcome outcome,
            Optional<Reason> reason,
            Optional<List<String>> rules,
            Optional<String> limitId,
            Optional<String> limitScopePath,
            Optional<String> message) {}
}
