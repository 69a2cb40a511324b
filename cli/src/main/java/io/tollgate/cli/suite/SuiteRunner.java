/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.suite;

import io.tollgate.cli.lab.Lab;
import io.tollgate.control.compiler.BundleTest;
import io.tollgate.control.compiler.BundleTest.Ask;
import io.tollgate.control.compiler.BundleTest.Moment;
import io.tollgate.control.compiler.BundleTest.Step;
import io.tollgate.core.Plane;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.ExplainLevel;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Runs tests one after the other in a lab, each with fresh counters. One thread. */
public final class SuiteRunner {

    private final Lab lab;
    private final Instant now;
    private final Coverage coverage;

    /**
     * A runner.
     *
     * @param lab      of the bundle
     * @param now      where the clock stands for tests that say nothing
     * @param coverage told of every answer
     */
    public SuiteRunner(Lab lab, Instant now, Coverage coverage) {
        this.lab = lab;
        this.now = now;
        this.coverage = coverage;
    }

    /** {@return what became of a test} */
    public TestRun run(BundleTest test) {
        final long startedNs = System.nanoTime();
        begin(test);
        final List<Step> steps = test.steps();
        Optional<TestRun.Failure> failure = Optional.empty();
        for (int i = 0; i < steps.size() && failure.isEmpty(); i++) {
            failure = step(test, i);
        }
        return new TestRun(test, failure, System.nanoTime() - startedNs);
    }

    private void begin(BundleTest test) {
        lab.resetCounters();
        final Moment first = test.steps().get(0).moment();
        lab.setTime(first.atMs().isPresent() ? Instant.ofEpochMilli(first.atMs().getAsLong()) : now);
    }

    private Optional<TestRun.Failure> step(BundleTest test, int index) {
        final Step step = test.steps().get(index);
        final DecideResponse answer = answer(step, false);
        coverage.add(answer);
        final List<Difference> differences = step.expectation()
                .map(expected -> Comparison.of(expected, answer))
                .orElse(List.of());
        return differences.isEmpty()
                ? Optional.empty()
                : Optional.of(new TestRun.Failure(
                        index + 1, step, differences, Optional.of(request(step)), Optional.of(explained(test, index))));
    }

    /** Runs the test again up to the step and asks it for the reasons of its answer. */
    private DecideResponse explained(BundleTest test, int index) {
        begin(test);
        for (int i = 0; i < index; i++) {
            answer(test.steps().get(i), false);
        }
        return answer(test.steps().get(index), true);
    }

    private DecideResponse answer(Step step, boolean explained) {
        prepare(step.moment());
        final DecideRequest request = request(step);
        DecideResponse answer = null;
        for (int i = 1; i <= step.repeat(); i++) {
            answer = lab.decide(
                    explained && i == step.repeat()
                            ? request.toBuilder()
                                    .setExplain(ExplainLevel.EXPLAIN_LEVEL_FULL)
                                    .build()
                            : request);
        }
        return Objects.requireNonNull(answer, "a step asks at least once");
    }

    private static DecideRequest request(Step step) {
        if (step.action() instanceof Ask ask) {
            return ask.request();
        }
        throw new IllegalStateException("the compiler refuses " + step.action());
    }

    private void prepare(Moment moment) {
        if (moment.atMs().isPresent()) {
            lab.setTime(Instant.ofEpochMilli(moment.atMs().getAsLong()));
        }
        lab.advance(Duration.ofMillis(moment.afterMs()).toNanos());
        moment.agesMs().forEach((plane, ageMs) -> lab.age(plane(plane), ageMs));
    }

    private static Plane plane(io.tollgate.v1.Plane plane) {
        return Objects.requireNonNull(Plane.ofCode(plane.getNumber()), plane::name);
    }
}
