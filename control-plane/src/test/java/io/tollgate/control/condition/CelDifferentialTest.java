/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.condition;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cel.runtime.CelRuntime;
import io.tollgate.core.condition.ValueType;
import io.tollgate.core.condition.Variable;
import io.tollgate.core.condition.VariableSource;
import io.tollgate.core.policy.ConditionProgram;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Random well-typed expressions over random values: what a sidecar makes of them is what dev.cel's runtime makes of them, value or error.
 * An expression of another type than bool is compared with the value that dev.cel finds.
 *
 * <p>Kept out, since they differ and should: texts in the order of UTF-16 (dev.cel) and of code points (a sidecar, like CEL's own
 * specification), which is the same as long as no text has a character from U+E000 to U+FFFF; NaN in a list, where dev.cel finds it. Kept
 * out, since dev.cel 0.14.0 has a mistake there: see {@link RandomCel} (sums of durations) and {@link CelJudge} (its other runtime).
 */
class CelDifferentialTest {
    private static final long[] NUMBERS = {0, 1, 2, 5, -1, -7, 4096, Long.MAX_VALUE, Long.MIN_VALUE};
    private static final double[] REALS = {0, 1, 0.5, -2.5, 1e18, 1e300, -1e300};
    private static final List<ValueType> TYPES = List.of(
            ValueType.BOOL,
            ValueType.BOOL,
            ValueType.BOOL,
            ValueType.BOOL,
            ValueType.BOOL,
            ValueType.BOOL,
            ValueType.BOOL,
            ValueType.BOOL,
            ValueType.BOOL,
            ValueType.BOOL,
            ValueType.INT,
            ValueType.DOUBLE,
            ValueType.STRING,
            ValueType.TIMESTAMP,
            ValueType.DURATION);
    private static final int PER_SEED = 100;
    private static final int BOOL_INPUTS = 12;
    /** Fewer: each value makes another condition. */
    private static final int OTHER_INPUTS = 2;

    private final Vocabulary vocabulary = SampleVocabulary.make();
    private final List<Variable> variables = CelJudge.all(vocabulary);
    private final CelJudge judge = new CelJudge(vocabulary);
    private final int[] seen = new int[3];
    private int incomparable;

    @Test
    void shouldComeToWhatCelComesTo() {
        run(3_000);
        assertTrue(judged() >= 20_000, () -> judged() + " cases were judged");
    }

    @Test
    @Tag("long")
    void shouldComeToWhatCelComesToInManyMoreCases() {
        run(150_000);
    }

    private void run(int expressions) {
        long firstSeed = Long.getLong("tollgate.seed", System.nanoTime());
        for (int i = 0; i < expressions; i += PER_SEED) {
            long seed = firstSeed + i;
            try {
                round(new Random(seed));
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + " (run again with -Dtollgate.seed=" + seed + ")", e);
            }
        }
        int judged = judged();
        for (int count : seen) {
            assertTrue(count > judged / 10, () -> "errors, false, true: " + java.util.Arrays.toString(seen));
        }
        assertTrue(incomparable < judged / 10, () -> incomparable + " values without a literal");
    }

    private int judged() {
        return seen[0] + seen[1] + seen[2];
    }

    private void round(Random random) {
        RandomCel cel = new RandomCel(random);
        ConditionCompiler compiler = new ConditionCompiler(vocabulary);
        SidecarSide sidecar = new SidecarSide();
        for (int i = 0; i < PER_SEED; i++) {
            ValueType type = TYPES.get(random.nextInt(TYPES.size()));
            String source = cel.next(type, 1 + random.nextInt(4));
            CelRuntime.Program program = judge.compile(source);
            int inputs = type == ValueType.BOOL ? BOOL_INPUTS : OTHER_INPUTS;
            for (int j = 0; j < inputs; j++) {
                Map<Variable, Object> values = values(random);
                Object expected = CelJudge.evaluate(program, judge.variables(values));
                judge(compiler, sidecar, type, source, expected, values);
            }
        }
    }

    private void judge(
            ConditionCompiler compiler,
            SidecarSide sidecar,
            ValueType type,
            String source,
            @Nullable Object expected,
            Map<Variable, Object> values) {
        int wanted = expected == null ? ConditionProgram.ERROR : 1;
        String condition = source;
        if (type == ValueType.BOOL) {
            wanted = expected == null ? ConditionProgram.ERROR : expected.equals(Boolean.TRUE) ? 1 : 0;
        } else {
            String literal = expected == null ? anyOf(type) : literal(type, expected);
            if (literal == null) {
                incomparable++;
                return;
            }
            condition = "(" + source + ") == " + literal;
        }
        ConditionCompiler.Outcome outcome = compiler.compile(condition);
        if (outcome.issues().stream().anyMatch(issue -> issue.kind() == Issue.Kind.TOO_LARGE)) {
            return;
        }
        String text = condition;
        assertEquals(List.of(), outcome.issues(), condition);
        int result = sidecar.evaluate(Objects.requireNonNull(outcome.compiled()), values);
        assertEquals(wanted, result, () -> text + "\nwhich is " + expected + " over " + values);
        seen[result + 1]++;
    }

    private static String anyOf(ValueType type) {
        return switch (type) {
            case INT -> "1";
            case DOUBLE -> "1.0";
            case STRING -> "''";
            case TIMESTAMP -> "timestamp('1970-01-01T00:00:00Z')";
            default -> "duration('0s')";
        };
    }

    /** {@return the value as it is written, or null when it cannot be: infinite, or not a number} */
    private static @Nullable String literal(ValueType type, Object value) {
        if (value instanceof Long || value instanceof Double number && Double.isFinite(number)) {
            return value.toString();
        } else if (value instanceof String text) {
            return RandomCel.quoted(text);
        } else if (value instanceof Instant moment) {
            return "timestamp('" + moment + "')";
        } else if (value instanceof Duration duration) {
            long ms = duration.toMillis();
            return "duration('" + ms / 1000 + "s') + duration('" + ms % 1000 + "ms')";
        }
        assertTrue(value instanceof Double, () -> "a value of " + value.getClass() + " for " + type);
        return null;
    }

    private Map<Variable, Object> values(Random random) {
        Map<Variable, Object> values = new HashMap<>();
        for (Variable variable : variables) {
            boolean always = variable.source() == VariableSource.AMOUNT || variable.source() == VariableSource.CHARGE;
            if (always || random.nextInt(8) > 0) {
                values.put(variable, value(variable.type(), random));
            }
        }
        return values;
    }

    private static Object value(ValueType type, Random random) {
        return switch (type) {
            case BOOL -> random.nextBoolean();
            case INT -> NUMBERS[random.nextInt(NUMBERS.length)];
            case DOUBLE -> REALS[random.nextInt(REALS.length)];
            case STRING -> RandomCel.TEXTS.get(random.nextInt(RandomCel.TEXTS.size()));
            case STRING_LIST ->
                RandomCel.TEXTS.stream().filter(text -> random.nextInt(3) == 0).toList();
            default ->
                Instant.ofEpochMilli(
                        random.nextLong() % (random.nextBoolean() ? 4_000_000_000_000L : 60_000_000_000_000L));
        };
    }
}
