/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.condition;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.core.policy.ConditionProgram;
import io.tollgate.core.reference.RandomConditions;
import io.tollgate.core.reference.ReferenceCondition;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Linked conditions against a plain evaluation: the same random conditions over the same random values. */
class ConditionDifferentialTest {
    private static final List<String> TEXTS =
            List.of("eu", "us", "eu-1", "", "admin", "größe", "漢字", "eu-1/gpu/a100/x");
    private static final long[] NUMBERS = {0, 1, 2, 5, -1, -7, 4096, Long.MAX_VALUE, Long.MIN_VALUE};
    private static final double[] REALS = {0, 1, 0.5, -2.5, 1e18, 1e300};

    private int[] seen = new int[3];

    @Test
    void shouldAgreeOnRandomConditions() {
        run(60_000, Long.getLong("tollgate.seed", System.nanoTime()));
        for (int value = 0; value < seen.length; value++) {
            final int result = value - 1;
            assertTrue(seen[value] > 5_000, () -> "result " + result + " was met " + seen[result + 1] + " times");
        }
    }

    @Test
    @Tag("long")
    void shouldAgreeOnMillionsOfConditions() {
        run(5_000_000, Long.getLong("tollgate.seed", System.nanoTime()));
    }

    private void run(final int conditions, final long firstSeed) {
        for (int i = 0; i < conditions; i += 100) {
            final long seed = firstSeed + i;
            try {
                round(new Random(seed));
            } catch (final AssertionError | RuntimeException ex) {
                throw new AssertionError("seed " + seed + " (run again with -Dtollgate.seed=" + seed + ")", ex);
            }
        }
    }

    /** One linker for many conditions, as in a world: slots are shared. */
    private void round(final Random random) {
        final ConditionFixture fixture = new ConditionFixture();
        final RandomConditions conditions = new RandomConditions(random, ConditionFixture.VARIABLES);
        for (int i = 0; i < 100; i++) {
            final ReferenceCondition condition = conditions.next();
            final Expression expression = condition.expression();
            if (ExpressionCost.of(expression) > ConditionLimits.MAX_COST) {
                continue;
            }
            final ConditionProgram program = fixture.link(expression);
            for (int j = 0; j < 5; j++) {
                fill(fixture, random);
                fixture.frame.start(fixture.linker.tables());
                final @Nullable Boolean expected = ReferenceCondition.evaluate(condition, fixture.values);
                final int wanted = expected == null ? ConditionProgram.ERROR : expected ? 1 : 0;
                final int result = program.evaluate(fixture.frame);
                assertEquals(wanted, result, () -> condition + " over " + fixture.values);
                assertEquals(wanted, program.evaluate(fixture.frame), "the second evaluation of one decision");
                assertTrue(wanted != ConditionProgram.ERROR
                        || !program.explain(fixture.frame).isBlank());
                seen[result + 1]++;
            }
        }
    }

    private static void fill(final ConditionFixture fixture, final Random random) {
        fixture.values.clear();
        for (final Variable variable : ConditionFixture.VARIABLES) {
            if (random.nextInt(7) > 0) {
                fixture.values.put(variable, value(variable.type(), random));
            }
        }
    }

    private static Object value(final ValueType type, final Random random) {
        return switch (type) {
            case BOOL -> random.nextBoolean();
            case INT -> NUMBERS[random.nextInt(NUMBERS.length)];
            case DOUBLE -> REALS[random.nextInt(REALS.length)];
            case STRING -> TEXTS.get(random.nextInt(TEXTS.size()));
            case STRING_LIST ->
                TEXTS.stream().filter(text -> random.nextInt(3) == 0).toList();
            default -> Instant.ofEpochMilli(random.nextLong() % 62_000_000_000_000L);
        };
    }
}
