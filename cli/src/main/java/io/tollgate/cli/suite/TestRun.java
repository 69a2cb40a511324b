/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.suite;

import io.tollgate.control.compiler.BundleTest;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import java.util.List;
import java.util.Optional;

/**
 * What became of a test.
 *
 * @param test    the test
 * @param failure the first step that was not answered as expected; empty = passed
 * @param wallNs  how long it took
 */
public record TestRun(BundleTest test, Optional<Failure> failure, long wallNs) {

    /**
     * A step that was not answered as expected.
     *
     * @param number      of the step, from 1
     * @param step        the step
     * @param differences at least one
     * @param question    what was asked
     * @param answer      explained, unless the step ends a reservation
     */
    public record Failure(
            int number,
            BundleTest.Step step,
            List<Difference> differences,
            Optional<DecideRequest> question,
            Optional<DecideResponse> answer) {}

    /** {@return whether every step was answered as expected} */
    public boolean passed() {
        return failure.isEmpty();
    }
}
