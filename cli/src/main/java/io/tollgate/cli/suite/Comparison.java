/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.suite;

import io.tollgate.cli.render.Words;
import io.tollgate.control.compiler.Expectation;
import io.tollgate.v1.AttributeValue;
import io.tollgate.v1.CeilingState;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.MatchedRule;
import io.tollgate.v1.Obligation;
import io.tollgate.v1.Usage;
import io.tollgate.v1.Warning;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Holds an answer against what is expected of it. What the expectation leaves out is not looked at. */
final class Comparison {
    private static final String NOTHING = "(nothing)";
    private static final long NS_PER_MS = 1_000_000L;

    private final DecideResponse actual;
    private final List<Difference> differences = new ArrayList<>();

    private Comparison(DecideResponse actual) {
        this.actual = actual;
    }

    /** {@return what is different, in the order of the expected answer's keys} */
    static List<Difference> of(Expectation expected, DecideResponse actual) {
        final Comparison comparison = new Comparison(actual);
        comparison.verdict(expected.verdict());
        comparison.rules(expected.rules());
        comparison.limit(expected.limit());
        comparison.retry(expected.retry());
        comparison.granted(expected.granted());
        expected.warnings().ifPresent(comparison::warnings);
        expected.obligations().forEach(comparison::obligations);
        comparison.cost(expected.cost());
        return comparison.differences;
    }

    /**
     * {@return what is different in the answer to settle or release}
     *
     * @param ended in lower case; "refused" when the call itself was
     */
    static List<Difference> ofEnding(Expectation.Verdict expected, String ended, String message) {
        final Comparison comparison = new Comparison(DecideResponse.getDefaultInstance());
        final String wanted = Words.lower(expected.ended());
        comparison.same("outcome", Optional.of(wanted), ended);
        if (!wanted.equals(ended) || expected.message().isPresent()) {
            comparison.same("message", Optional.of(expected.message().orElse("")), message);
        }
        return comparison.differences;
    }

    private void verdict(Expectation.Verdict expected) {
        same("outcome", Optional.of(Words.lower(expected.outcome())), Words.lower(actual.getOutcome()));
        same("reason", expected.reason().map(Words::of), Words.reason(actual));
        same("message", expected.message(), actual.getMessage());
    }

    private void rules(Optional<List<String>> expected) {
        same(
                "rules",
                expected.map(rules -> rules.stream().sorted().collect(Collectors.joining(", "))),
                actual.getMatchedRulesList().stream()
                        .map(MatchedRule::getRuleId)
                        .sorted()
                        .collect(Collectors.joining(", ")));
    }

    private void limit(Expectation.Limit expected) {
        final CeilingState ceiling = actual.getBindingCeiling();
        same("limit", expected.id(), ceiling.getId());
        same("limit_scope", expected.scopePath(), ceiling.getScope().getPath());
        number("used", expected.used(), ceiling.getUsed());
        number("remaining", expected.remaining(), ceiling.getRemaining());
    }

    private void retry(Expectation.Retry expected) {
        final long waitMs = -Math.floorDiv(-actual.getRetryAfterNs(), NS_PER_MS);
        if (expected.afterMs().isPresent() && expected.afterMs().getAsLong() != waitMs) {
            differences.add(new Difference(
                    "retry_after",
                    expected.afterMs().getAsLong() + "ms",
                    actual.getRetryAfterNs() == 0 ? NOTHING : actual.getRetryAfterNs() + "ns, so " + waitMs + "ms"));
        }
        same("retry_never", expected.never().map(String::valueOf), String.valueOf(actual.getRetryNever()));
    }

    private void granted(Optional<Map<String, Long>> expected) {
        final Map<String, Long> granted = new TreeMap<>();
        for (Usage usage : actual.getGrantedList()) {
            granted.merge(usage.getUnit(), usage.getAmount(), Long::sum);
        }
        same("granted", expected.map(Comparison::amounts), amounts(granted));
    }

    private static String amounts(Map<String, Long> amounts) {
        return amounts.entrySet().stream()
                .map(each -> each.getValue() + " " + each.getKey())
                .collect(Collectors.joining(", "));
    }

    private void warnings(List<Expectation.Warning> expected) {
        final List<Warning> left = new ArrayList<>(actual.getWarningsList());
        boolean all = true;
        for (Expectation.Warning each : expected) {
            final Optional<Warning> found =
                    left.stream().filter(warning -> isSame(each, warning)).findFirst();
            found.ifPresent(left::remove);
            all &= found.isPresent();
        }
        if (!all || !left.isEmpty()) {
            differences.add(new Difference(
                    "warnings",
                    list(expected.stream().map(Comparison::text).toList()),
                    list(actual.getWarningsList().stream().map(Comparison::text).toList())));
        }
    }

    private static String list(List<String> texts) {
        return texts.isEmpty() ? NOTHING : String.join("; ", texts);
    }

    private static boolean isSame(Expectation.Warning expected, Warning actual) {
        return expected.reason() == actual.getReason()
                && expected.severity().map(actual.getSeverity()::equals).orElse(true)
                && expected.subject().map(actual.getSubject()::equals).orElse(true)
                && expected.message().map(actual.getMessage()::equals).orElse(true);
    }

    private static String text(Expectation.Warning warning) {
        return Words.of(warning.reason())
                + warning.severity()
                        .map(severity -> " " + Words.lower(severity))
                        .orElse("")
                + warning.subject().map(subject -> " about " + subject).orElse("")
                + warning.message().map(message -> ": " + message).orElse("");
    }

    private static String text(Warning warning) {
        return Words.of(warning.getReason()) + " " + Words.lower(warning.getSeverity()) + " about "
                + warning.getSubject() + ": " + warning.getMessage();
    }

    private void obligations(String feature, Map<String, AttributeValue> expected) {
        expected.forEach((key, value) -> {
            final Optional<Obligation> found = actual.getObligationsList().stream()
                    .filter(each ->
                            each.getFeature().equals(feature) && each.getKey().equals(key))
                    .findFirst();
            if (!found.map(Obligation::getValue).equals(Optional.of(value))) {
                differences.add(new Difference(
                        "obligations " + feature + " " + key,
                        Words.attribute(value),
                        found.map(each -> Words.attribute(each.getValue())).orElse(NOTHING)));
            }
        });
    }

    private void cost(Optional<BigDecimal> expected) {
        final BigDecimal cost = BigDecimal.valueOf(
                actual.getCost().getAmount(), actual.getCost().getScale());
        if (expected.isPresent() && (!actual.hasCost() || cost.compareTo(expected.get()) != 0)) {
            differences.add(new Difference(
                    "cost", expected.get().toPlainString(), actual.hasCost() ? cost.toPlainString() : NOTHING));
        }
    }

    private void number(String field, OptionalLong expected, long value) {
        if (expected.isPresent() && expected.getAsLong() != value) {
            differences.add(new Difference(field, String.valueOf(expected.getAsLong()), String.valueOf(value)));
        }
    }

    private void same(String field, Optional<String> expected, String value) {
        if (expected.isPresent() && !expected.get().equals(value)) {
            differences.add(new Difference(field, expected.get(), value.isEmpty() ? NOTHING : value));
        }
    }
}
