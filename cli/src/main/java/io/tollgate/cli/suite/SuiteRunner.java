/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.suite;

import io.grpc.StatusRuntimeException;
import io.tollgate.cli.lab.Lab;
import io.tollgate.cli.render.Words;
import io.tollgate.control.compiler.BundleTest;
import io.tollgate.control.compiler.BundleTest.Ask;
import io.tollgate.control.compiler.BundleTest.Moment;
import io.tollgate.control.compiler.BundleTest.Step;
import io.tollgate.control.compiler.Expectation;
import io.tollgate.core.Plane;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.ExplainLevel;
import io.tollgate.v1.ExtendRequest;
import io.tollgate.v1.ReleaseRequest;
import io.tollgate.v1.ReleaseResponse;
import io.tollgate.v1.SettleRequest;
import io.tollgate.v1.SettleResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Runs tests one after the other in a lab, each with fresh counters. One thread. */
public final class SuiteRunner {

    private final Lab lab;
    private final Instant now;
    private final Coverage coverage;
    /** Name to id, of the test that runs. */
    private final Map<String, String> reservations = new HashMap<>();

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
        reservations.clear();
        final Moment first = test.steps().get(0).moment();
        lab.setTime(first.atMs().isPresent() ? Instant.ofEpochMilli(first.atMs().getAsLong()) : now);
    }

    private Optional<TestRun.Failure> step(BundleTest test, int index) {
        final Step step = test.steps().get(index);
        final Answer answer = answer(step, false);
        if (answer.decision() != null) {
            coverage.add(answer.decision());
        }
        final List<Difference> differences = step.expectation()
                .map(expected -> differences(expected, answer))
                .orElse(List.of());
        if (differences.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                step.action() instanceof Ask ask
                        ? new TestRun.Failure(
                                index + 1,
                                step,
                                differences,
                                Optional.of(ask.request()),
                                Optional.ofNullable(explained(test, index).decision()))
                        : new TestRun.Failure(index + 1, step, differences, Optional.empty(), Optional.empty()));
    }

    private static List<Difference> differences(Expectation expected, Answer answer) {
        if (answer.decision() != null) {
            return Comparison.of(expected, answer.decision());
        }
        return Comparison.ofEnding(expected.verdict(), answer.ended(), answer.message());
    }

    /** Runs the test again up to the step and asks it for the reasons of its answer. */
    private Answer explained(BundleTest test, int index) {
        begin(test);
        for (int i = 0; i < index; i++) {
            answer(test.steps().get(i), false);
        }
        return answer(test.steps().get(index), true);
    }

    /** A decision, or what became of a reservation, or that the call was refused (ended is empty then). */
    private record Answer(@Nullable DecideResponse decision, String ended, String message) {}

    private Answer answer(Step step, boolean explained) {
        prepare(step.moment());
        Answer answer = null;
        for (int i = 1; i <= step.repeat(); i++) {
            answer = call(step.action(), explained && i == step.repeat());
        }
        return Objects.requireNonNull(answer, "a step asks at least once");
    }

    private Answer call(BundleTest.Action action, boolean explained) {
        try {
            if (action instanceof Ask ask) {
                return ask(ask, explained);
            }
            if (action instanceof BundleTest.Extend extend) {
                final ExtendRequest request = ExtendRequest.newBuilder()
                        .setReservationId(id(extend.reservation()))
                        .addAllUsage(extend.usage())
                        .setTtlMs(extend.ttlMs())
                        .build();
                return new Answer(lab.extend(request).getDecision(), "", "");
            }
            if (action instanceof BundleTest.Settle settle) {
                final SettleResponse response = lab.settle(SettleRequest.newBuilder()
                        .setReservationId(id(settle.reservation()))
                        .addAllActual(settle.actual())
                        .build());
                return new Answer(null, Words.lower(response.getOutcome()), response.getMessage());
            }
            final ReleaseResponse response = lab.release(ReleaseRequest.newBuilder()
                    .setReservationId(id(((BundleTest.Release) action).reservation()))
                    .build());
            return new Answer(null, Words.lower(response.getOutcome()), response.getMessage());
        } catch (StatusRuntimeException e) {
            return new Answer(null, "refused", String.valueOf(e.getStatus().getDescription()));
        }
    }

    private Answer ask(Ask ask, boolean explained) {
        final DecideRequest request = explained
                ? ask.request().toBuilder()
                        .setExplain(ExplainLevel.EXPLAIN_LEVEL_FULL)
                        .build()
                : ask.request();
        final DecideResponse response = lab.decide(request);
        ask.reservation()
                .ifPresent(
                        name -> reservations.put(name, response.getReservation().getId()));
        return new Answer(response, "", "");
    }

    /** The id behind a name; nobody's when the answer that should have had it was a deny. */
    private String id(String name) {
        return reservations.getOrDefault(name, "");
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
