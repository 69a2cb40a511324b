/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import io.tollgate.control.source.Position;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.Plane;
import io.tollgate.v1.Usage;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A test of tests/: questions and the answers that its author expects. A test without steps is one of one step.
 *
 * @param name what it proves
 * @param at where it is written
 * @param steps in order, over the same counters, which are fresh at the first
 */
public record BundleTest(String name, Position at, List<Step> steps) {

    /** Takes a copy. */
    public BundleTest {
        steps = List.copyOf(steps);
    }

    /**
     * One question.
     *
     * @param at where it is written
     * @param moment when
     * @param repeat ask so many times, the last answer counts
     * @param action what is asked
     * @param expectation the answer; empty = any
     */
    public record Step(Position at, Moment moment, int repeat, Action action, Optional<Expectation> expectation) {}

    /**
     * When a step happens.
     *
     * @param atMs milliseconds since 1970; empty = as before, at first now
     * @param afterMs so much later
     * @param agesMs how old the evidence of planes is from then on, milliseconds; planes that are not named stay as they are
     */
    public record Moment(OptionalLong atMs, long afterMs, Map<Plane, Long> agesMs) {}

    /** What is asked. */
    public sealed interface Action {}

    /**
     * A question.
     *
     * @param reservation names the reservation of the answer
     */
    public record Ask(DecideRequest request, Optional<String> reservation) implements Action {}

    /**
     * More under a reservation.
     *
     * @param ttlMs from now; 0 = as it is
     */
    public record Extend(String reservation, List<Usage> usage, long ttlMs) implements Action {}

    /** What was really used. */
    public record Settle(String reservation, List<Usage> actual) implements Action {}

    /** Everything back. */
    public record Release(String reservation) implements Action {}
}
