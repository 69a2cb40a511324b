/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import io.tollgate.control.source.Code;
import io.tollgate.control.source.ScopePath;
import io.tollgate.control.source.Value;
import io.tollgate.v1.AttributeValue;
import io.tollgate.v1.Outcome;
import io.tollgate.v1.Reason;
import io.tollgate.v1.ReservationOutcome;
import io.tollgate.v1.Severity;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/** The expected answers of tests/. */
final class TestExpectations {
    private static final Set<String> OF_QUESTIONS = Set.of("allow", "warn", "deny");
    /** What an answer to settle or release has. */
    private static final Set<String> OF_ENDINGS = Set.of("outcome", "message");

    private final Compilation compilation;

    TestExpectations(Compilation compilation) {
        this.compilation = compilation;
    }

    /**
     * An expected answer.
     *
     * @param ending whether it answers settle or release
     */
    Expectation compile(Value.Fields expect, boolean ending) {
        check(expect, ending);
        return new Expectation(
                verdict(expect, ending),
                expect.has("rules") ? Optional.of(expect.texts("rules")) : Optional.empty(),
                new Expectation.Limit(
                        text(expect, "limit"),
                        Optional.ofNullable(expect.get("limit_scope", ScopePath.class))
                                .map(ScopePath::path),
                        number(expect, "used"),
                        number(expect, "remaining")),
                new Expectation.Retry(
                        number(expect, "retry_after"), Optional.ofNullable(expect.get("retry_never", Boolean.class))),
                granted(expect),
                warnings(expect),
                obligations(expect),
                Optional.ofNullable(expect.get("cost", BigDecimal.class)));
    }

    private void check(Value.Fields expect, boolean ending) {
        if (!expect.has("outcome")) {
            return;
        }
        if (ending == OF_QUESTIONS.contains(expect.text("outcome"))) {
            compilation.error(
                    expect.at("outcome"),
                    Code.KIND_MISMATCH,
                    "outcome '" + expect.text("outcome") + "' is none of "
                            + (ending ? "settle and release" : "a question"),
                    ending ? "write settled, released, expired, overrun or unknown" : "write allow, warn or deny");
        }
        for (String key : expect.writtenKeys()) {
            if (ending && !OF_ENDINGS.contains(key)) {
                compilation.error(
                        expect.at(key),
                        Code.KIND_MISMATCH,
                        "an answer to settle or release has no " + key,
                        "remove it; ask for it in a step of its own");
            }
        }
    }

    private static Expectation.Verdict verdict(Value.Fields expect, boolean ending) {
        String outcome = expect.text("outcome").toUpperCase(Locale.ROOT);
        boolean question = OF_QUESTIONS.contains(expect.text("outcome"));
        return new Expectation.Verdict(
                question ? Outcome.valueOf("OUTCOME_" + outcome) : Outcome.OUTCOME_UNSPECIFIED,
                outcome.isEmpty() || question
                        ? ReservationOutcome.RESERVATION_OUTCOME_UNSPECIFIED
                        : ReservationOutcome.valueOf("RESERVATION_OUTCOME_" + outcome),
                text(expect, "reason").map(TestExpectations::reason),
                text(expect, "message"));
    }

    private static Optional<Map<String, Long>> granted(Value.Fields expect) {
        if (!expect.has("granted")) {
            return Optional.empty();
        }
        Map<String, Long> granted = new TreeMap<>();
        for (Value.Entry entry : expect.entries("granted")) {
            granted.put(entry.key(), ((Value.Scalar) entry.value()).as(Long.class));
        }
        return Optional.of(granted);
    }

    private static Optional<List<Expectation.Warning>> warnings(Value.Fields expect) {
        if (!expect.has("warnings")) {
            return Optional.empty();
        }
        List<Expectation.Warning> warnings = new ArrayList<>();
        for (Value.Fields warning : expect.fieldsOf("warnings")) {
            warnings.add(new Expectation.Warning(
                    text(warning, "reason").map(TestExpectations::reason).orElse(Reason.REASON_UNSPECIFIED),
                    text(warning, "severity")
                            .map(word -> Severity.valueOf("SEVERITY_" + word.toUpperCase(Locale.ROOT))),
                    text(warning, "subject"),
                    text(warning, "message")));
        }
        return Optional.of(warnings);
    }

    private static Map<String, Map<String, AttributeValue>> obligations(Value.Fields expect) {
        Map<String, Map<String, AttributeValue>> obligations = new TreeMap<>();
        for (Value.Entry feature : expect.entries("obligations")) {
            Map<String, AttributeValue> values = new TreeMap<>();
            for (Value.Entry value : ((Value.Entries) feature.value()).entries()) {
                values.put(value.key(), Attributes.untyped(((Value.Scalar) value.value()).as(Object.class)));
            }
            obligations.put(feature.key(), values);
        }
        return obligations;
    }

    private static Reason reason(String word) {
        return Reason.valueOf("REASON_" + word);
    }

    private static Optional<String> text(Value.Fields fields, String key) {
        return Optional.ofNullable(fields.get(key, String.class));
    }

    private static OptionalLong number(Value.Fields fields, String key) {
        Long value = fields.get(key, Long.class);
        return value == null ? OptionalLong.empty() : OptionalLong.of(value);
    }
}
