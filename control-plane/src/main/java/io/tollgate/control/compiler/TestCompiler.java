/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import io.tollgate.control.compiler.BundleTest.Action;
import io.tollgate.control.compiler.BundleTest.Moment;
import io.tollgate.control.compiler.BundleTest.Step;
import io.tollgate.control.compiler.TestRequests.Written;
import io.tollgate.control.source.BundleSource.Part;
import io.tollgate.control.source.Code;
import io.tollgate.control.source.Folder;
import io.tollgate.control.source.Value;
import io.tollgate.v1.Plane;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * tests/: questions and expected answers. Names are checked, unless the test expects the REQUEST class to refuse them: then an unknown name
 * is the point of the test.
 */
final class TestCompiler {
    private static final int FIRST_REQUEST_REASON = 100;
    private static final int LAST_REQUEST_REASON = 199;
    private static final List<String> ACTIONS = List.of("request", "extend", "settle", "release");

    private final Compilation compilation;
    private final TestRequests requests;
    private final TestExpectations expectations;

    TestCompiler(Compilation compilation, Registry registry, ScopeTree tree) {
        this.compilation = compilation;
        this.requests = new TestRequests(compilation, registry, tree);
        this.expectations = new TestExpectations(compilation);
    }

    List<BundleTest> compile() {
        List<BundleTest> tests = new ArrayList<>();
        for (Part part : compilation.files(Folder.TESTS)) {
            for (Value.Fields fields : part.root().fieldsOf("tests")) {
                List<Step> steps = fields.isWritten("steps") ? steps(fields) : single(fields);
                if (!steps.isEmpty()) {
                    tests.add(new BundleTest(fields.text("name"), fields.at(), steps));
                }
            }
        }
        return tests;
    }

    private List<Step> single(Value.Fields fields) {
        requireKey(fields, "request");
        requireKey(fields, "expect");
        Value.Fields request = fields.fields("request");
        Value.Fields expect = fields.fields("expect");
        if (request == null || expect == null) {
            return List.of();
        }
        Expectation expectation = expectations.compile(expect, false);
        BundleTest.Ask ask = new BundleTest.Ask(
                requests.compile(new Written(request, null), isChecked(expectation)), Optional.empty());
        return List.of(new Step(
                fields.at(), moment(fields, false), (int) fields.number("repeat", 1), ask, Optional.of(expectation)));
    }

    private void requireKey(Value.Fields fields, String key) {
        if (!fields.isWritten(key)) {
            compilation.error(
                    fields.at(),
                    Code.MISSING_KEY,
                    "a test needs the key '" + key + "', or steps",
                    "add '" + key + ": ...', or 'steps: [...]' for several questions");
        }
    }

    private List<Step> steps(Value.Fields test) {
        for (String key : List.of("expect", "repeat")) {
            if (test.isWritten(key)) {
                compilation.error(
                        test.at(key),
                        Code.KIND_MISMATCH,
                        "a test with steps has no '" + key + "' of its own",
                        "write it in the step that it belongs to");
            }
        }
        List<Step> steps = new ArrayList<>();
        Set<String> reservations = new HashSet<>();
        Moment first = moment(test, false);
        OptionalLong time = first.atMs();
        for (Value.Fields fields : test.fieldsOf("steps")) {
            Moment moment = moment(fields, true);
            checkTime(fields, time, moment);
            time = moment.atMs().isPresent() ? moment.atMs() : later(time, moment.afterMs());
            Optional<Action> action = action(fields, test.fields("request"), reservations);
            if (action.isPresent()) {
                steps.add(new Step(
                        fields.at(),
                        steps.isEmpty() ? over(first, moment) : moment,
                        (int) fields.number("repeat", 1),
                        action.get(),
                        expectation(fields)));
            }
        }
        return steps;
    }

    private Optional<Expectation> expectation(Value.Fields step) {
        Value.Fields expect = step.fields("expect");
        boolean ending = step.isWritten("settle") || step.isWritten("release");
        return expect == null ? Optional.empty() : Optional.of(expectations.compile(expect, ending));
    }

    private Optional<Action> action(Value.Fields step, Value.@Nullable Fields base, Set<String> reservations) {
        List<String> written = ACTIONS.stream().filter(step::isWritten).toList();
        if (written.size() != 1) {
            compilation.error(
                    step.at(),
                    written.isEmpty() ? Code.MISSING_KEY : Code.KIND_MISMATCH,
                    written.isEmpty() ? "a step asks nothing" : "a step does one thing, not " + written,
                    "give it one of request, extend, settle and release; an empty request: {} repeats the test's");
            return Optional.empty();
        }
        Value.Fields fields = step.fields(written.get(0));
        if (fields == null) {
            return Optional.empty();
        }
        if (written.get(0).equals("request")) {
            return Optional.of(ask(step, new Written(fields, base), reservations));
        }
        String name = reservation(fields, reservations);
        return Optional.of(
                switch (written.get(0)) {
                    case "extend" ->
                        new BundleTest.Extend(name, requests.usages(fields, "usage"), fields.number("ttl", 0));
                    case "settle" -> new BundleTest.Settle(name, requests.usages(fields, "actual"));
                    default -> new BundleTest.Release(name);
                });
    }

    private Action ask(Value.Fields step, Written written, Set<String> reservations) {
        boolean checked = expectation(step).map(TestCompiler::isChecked).orElse(true);
        Optional<String> name = Optional.ofNullable(step.get("reservation", String.class));
        name.ifPresent(reservations::add);
        return new BundleTest.Ask(requests.compile(written, checked), name);
    }

    private String reservation(Value.Fields fields, Set<String> reservations) {
        String name = fields.text("reservation");
        if (fields.has("reservation") && !reservations.contains(name)) {
            compilation.unknown(fields.at("reservation"), "reservation", name, reservations);
        }
        return name;
    }

    private static boolean isChecked(Expectation expectation) {
        return expectation
                .verdict()
                .reason()
                .map(reason -> reason.getNumber() < FIRST_REQUEST_REASON || reason.getNumber() > LAST_REQUEST_REASON)
                .orElse(true);
    }

    private static Moment moment(Value.Fields fields, boolean step) {
        Long at = fields.get("at", Long.class);
        Map<Plane, Long> ages = new EnumMap<>(Plane.class);
        Value.Fields written = fields.fields("evidence_age");
        if (written != null) {
            for (String key : written.writtenKeys()) {
                ages.put(Plane.valueOf("PLANE_" + key.toUpperCase(Locale.ROOT)), written.number(key, 0));
            }
        }
        return new Moment(
                at == null ? OptionalLong.empty() : OptionalLong.of(at), step ? fields.number("after", 0) : 0, ages);
    }

    /** The first step begins where the test says. */
    private static Moment over(Moment test, Moment step) {
        Map<Plane, Long> ages = new EnumMap<>(Plane.class);
        ages.putAll(test.agesMs());
        ages.putAll(step.agesMs());
        return new Moment(step.atMs().isPresent() ? step.atMs() : test.atMs(), step.afterMs(), ages);
    }

    private static OptionalLong later(OptionalLong time, long ms) {
        return time.isPresent() ? OptionalLong.of(time.getAsLong() + ms) : time;
    }

    private void checkTime(Value.Fields step, OptionalLong before, Moment moment) {
        if (step.isWritten("at") && step.isWritten("after")) {
            compilation.error(
                    step.at("after"),
                    Code.KIND_MISMATCH,
                    "a step has 'at' or 'after', not both",
                    "keep one of the two");
        } else if (moment.atMs().isPresent()
                && before.isPresent()
                && moment.atMs().getAsLong() < before.getAsLong()) {
            compilation.error(
                    step.at("at"), Code.OUT_OF_RANGE, "time goes back here", "put the steps in the order of time");
        }
    }
}
