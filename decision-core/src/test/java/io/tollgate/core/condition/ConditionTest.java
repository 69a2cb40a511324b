/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.condition;

import static io.tollgate.core.policy.ConditionProgram.ERROR;
import static io.tollgate.core.policy.ConditionProgram.FALSE;
import static io.tollgate.core.policy.ConditionProgram.TRUE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import com.sun.management.ThreadMXBean;
import io.tollgate.core.policy.ConditionInput;
import io.tollgate.core.policy.ConditionProgram;
import io.tollgate.core.reference.RandomConditions;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a reader expects of conditions, one thing at a time; the differential tests do the rest. */
class ConditionTest {
    private static final Expression MISSING = new Expression.Read(ConditionFixture.BOOL);
    private static final Expression YES = new Expression.Flag(true);
    private static final Expression NO = new Expression.Flag(false);

    private final ConditionFixture fixture = new ConditionFixture();

    private static Expression call(final Operator operator, final Expression... arguments) {
        return new Expression.Call(operator, List.of(arguments));
    }

    private static Expression whole(final long value) {
        return new Expression.Whole(ValueType.INT, value);
    }

    @Test
    void shouldAbsorbAnErrorWhenTheOtherSideDecides() {
        assertEquals(FALSE, fixture.evaluate(call(Operator.AND, MISSING, NO)));
        assertEquals(ERROR, fixture.evaluate(call(Operator.AND, MISSING, YES)));
        assertEquals(TRUE, fixture.evaluate(call(Operator.OR, MISSING, YES)));
        assertEquals(ERROR, fixture.evaluate(call(Operator.OR, MISSING, NO)));
        assertEquals(ERROR, fixture.evaluate(call(Operator.NOT, MISSING)));
        assertEquals(ERROR, fixture.evaluate(call(Operator.EQUAL, MISSING, YES)));
    }

    @Test
    void shouldNotForgetTheErrorOfOneOperandBecauseOfAChoiceInTheOther() {
        // the left operand fails; inside the right one an OR absorbs an error of its own
        final Expression right = call(Operator.CHOOSE, call(Operator.OR, MISSING, YES), whole(1), whole(2));
        final Expression left = call(Operator.DIVIDE, whole(1), whole(0));
        assertEquals(ERROR, fixture.evaluate(call(Operator.EQUAL, left, right)));
        assertEquals(ERROR, fixture.evaluate(call(Operator.LESS, call(Operator.ADD, left, right), whole(5))));
    }

    @Test
    void shouldTakeOverflowAndDivisionByZeroAsErrors() {
        final Expression big = whole(Long.MAX_VALUE);
        assertEquals(ERROR, fixture.evaluate(call(Operator.LESS, call(Operator.ADD, big, whole(1)), whole(0))));
        assertEquals(ERROR, fixture.evaluate(call(Operator.LESS, call(Operator.MULTIPLY, big, whole(2)), whole(0))));
        assertEquals(ERROR, fixture.evaluate(call(Operator.LESS, call(Operator.MODULO, big, whole(0)), whole(0))));
        assertEquals(
                TRUE,
                fixture.evaluate(call(
                        Operator.GREATER,
                        call(Operator.DIVIDE, new Expression.Real(1), new Expression.Real(0)),
                        new Expression.Real(1e300))));
    }

    @Test
    void shouldSayWhyAConditionIsAnError() {
        final Expression missing =
                call(Operator.EQUAL, new Expression.Read(ConditionFixture.TEXT), new Expression.Text("eu"));
        assertEquals("attribute resource.text is missing", fixture.explain(missing));
        final Expression byZero = call(
                Operator.EQUAL, whole(1), call(Operator.DIVIDE, whole(1), new Expression.Read(ConditionFixture.INT)));
        fixture.with(ConditionFixture.INT, 0L);
        assertEquals("division by zero", fixture.explain(byZero));
        final Expression overflow = call(
                Operator.LESS,
                call(Operator.ADD, whole(Long.MAX_VALUE), new Expression.Read(ConditionFixture.OTHER_INT)),
                whole(0));
        fixture.with(ConditionFixture.OTHER_INT, 1L);
        assertEquals("a result is out of range", fixture.explain(overflow));
        // the error that counts, not the one that was absorbed later
        assertEquals(
                "attribute resource.text is missing",
                fixture.explain(call(Operator.AND, missing, call(Operator.OR, MISSING, YES))));
    }

    @Test
    void shouldSayWhatAConditionRead() {
        fixture.with(ConditionFixture.TEXT, "us")
                .with(ConditionFixture.MOMENT, Instant.parse("2026-03-01T08:00:00Z"))
                .with(ConditionFixture.LIST, List.of("a", "b"))
                .with(ConditionFixture.DOUBLE, 0.5);
        final Expression condition = call(
                Operator.OR,
                call(Operator.EQUAL, new Expression.Read(ConditionFixture.TEXT), new Expression.Text("eu")),
                new Expression.Has(ConditionFixture.INT),
                call(Operator.GREATER, new Expression.Read(ConditionFixture.DOUBLE), new Expression.Real(1)),
                call(
                        Operator.EQUAL,
                        new Expression.Calendar(CalendarField.HOURS, "", new Expression.Read(ConditionFixture.MOMENT)),
                        new Expression.Count(ConditionFixture.LIST)));
        assertEquals(
                "attribute resource.text = 'us', attribute resource.int is missing, attribute resource.double = 0.5,"
                        + " attribute resource.moment = 2026-03-01T08:00:00Z, attribute resource.list = ['a', 'b']",
                fixture.explain(condition));
    }

    @Test
    void shouldAskForEachVariableOncePerDecision() {
        fixture.with(ConditionFixture.TEXT, "eu");
        final Expression twice = call(
                Operator.AND,
                call(Operator.NOT_EQUAL, new Expression.Read(ConditionFixture.TEXT), new Expression.Text("us")),
                call(Operator.NOT_EQUAL, new Expression.Read(ConditionFixture.TEXT), new Expression.Text("de")));
        assertEquals(TRUE, fixture.evaluate(twice));
        assertEquals(1, fixture.asked);
        assertEquals(TRUE, fixture.evaluate(twice));
        assertEquals(2, fixture.asked);
    }

    @Test
    void shouldShareEqualConditions() {
        final Expression condition = new Expression.Has(ConditionFixture.TEXT);
        assertSame(fixture.link(condition), fixture.link(new Expression.Has(ConditionFixture.TEXT)));
        assertEquals(1, fixture.linker.tables().size());
    }

    @Test
    void shouldBeAnErrorWithoutItsOwnFrame() {
        final ConditionProgram program = fixture.link(YES);
        assertEquals(ERROR, program.evaluate(ConditionInput.NONE));
        final ConditionFrame ofNothing = new ConditionFrame(fixture);
        ofNothing.start(ConditionTables.EMPTY);
        assertEquals(ERROR, program.evaluate(ofNothing));
    }

    @Test
    void shouldRefuseTextsThatAreLongerThanItsCostAllows() {
        fixture.with(ConditionFixture.TEXT, "x".repeat(4_097));
        final Expression read =
                call(Operator.STARTS_WITH, new Expression.Read(ConditionFixture.TEXT), new Expression.Text("x"));
        assertEquals(ERROR, fixture.evaluate(read));
        assertEquals("attribute resource.text is longer than conditions read", fixture.explain(read));
        assertEquals(TRUE, fixture.evaluate(new Expression.Has(ConditionFixture.TEXT)));
        fixture.with(ConditionFixture.TEXT, "x".repeat(4_096));
        assertEquals(TRUE, fixture.evaluate(read));
    }

    /** Frames know no limits but their own room: what breaks it is an error, whoever the source is. */
    @Test
    void shouldRefuseListsThatAreLongerThanItsCostAllows() {
        final List<String> many = new ArrayList<>();
        for (int i = 0; i < ConditionLimits.MAX_HELD_NAMES; i++) {
            many.add("r" + i);
        }
        fixture.with(ConditionFixture.LIST, many);
        final Expression count = call(Operator.EQUAL, new Expression.Count(ConditionFixture.LIST), whole(256));
        assertEquals(TRUE, fixture.evaluate(count));
        many.add("one more");
        assertEquals(ERROR, fixture.evaluate(count));
        assertEquals("attribute resource.list is longer than conditions read", fixture.explain(count));
    }

    @Test
    void shouldAllocateNothing() {
        final Random random = new Random(42);
        final RandomConditions conditions = new RandomConditions(random, ConditionFixture.VARIABLES);
        final List<ConditionProgram> programs = new ArrayList<>();
        while (programs.size() < 500) {
            final Expression condition = conditions.next().expression();
            if (ExpressionCost.of(condition) <= ConditionLimits.MAX_COST) {
                programs.add(fixture.link(condition));
            }
        }
        fixture.with(ConditionFixture.TEXT, "eu-1")
                .with(ConditionFixture.INT, 5L)
                .with(ConditionFixture.MOMENT, Instant.EPOCH)
                .with(ConditionFixture.LIST, List.of("eu", "us"));
        fixture.frame.start(fixture.linker.tables());
        final ConditionProgram[] all = programs.toArray(new ConditionProgram[0]);
        int sum = 0;
        for (int i = 0; i < 2_000; i++) {
            sum += evaluate(all);
        }
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        final long thread = Thread.currentThread().getId();
        // the JVM allocates a little when it hands a method to its compiler: what the code allocates shows in every
        // round
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 5; round++) {
            final long before = threads.getThreadAllocatedBytes(thread);
            for (int i = 0; i < 100; i++) {
                sum += evaluate(all);
            }
            least = Math.min(least, threads.getThreadAllocatedBytes(thread) - before);
        }
        assertEquals(0, least, "bytes for " + 100 * all.length + " conditions (" + sum + ")");
    }

    private int evaluate(final ConditionProgram[] all) {
        int sum = 0;
        for (final ConditionProgram program : all) {
            sum += program.evaluate(fixture.frame);
        }
        return sum;
    }
}
