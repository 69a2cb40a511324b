/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.condition;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.core.policy.ConditionProgram;
import io.tollgate.core.reference.RandomConditions;
import io.tollgate.core.world.def.ConditionDef;
import io.tollgate.core.world.def.DefinitionException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The form of programs: what is written is read; what is no program is refused, and by no other way than the declared one. */
class ConditionProgramTest {
    private final long seed = Long.getLong("tollgate.seed", System.nanoTime());
    private final Random random = new Random(seed);

    @Test
    void shouldReadWhatWasWritten() throws ConditionFormatException {
        final RandomConditions conditions = new RandomConditions(random, ConditionFixture.VARIABLES);
        for (int i = 0; i < 20_000; i++) {
            final Expression condition = conditions.next().expression();
            if (ExpressionCost.of(condition) <= ConditionLimits.MAX_COST) {
                final byte[] program = ConditionEncoder.encode(condition);
                assertEquals(condition, ConditionDecoder.decode(program), () -> "seed " + seed);
                assertArrayEquals(program, ConditionEncoder.encode(condition));
            }
        }
    }

    @Test
    void shouldOnlyEverThrowTheDeclaredExceptionOnRandomBytes() {
        int accepted = 0;
        for (int i = 0; i < 200_000; i++) {
            final byte[] bytes = new byte[random.nextInt(24)];
            random.nextBytes(bytes);
            if (bytes.length >= 4 && random.nextInt(10) > 0) {
                bytes[0] = 'T';
                bytes[1] = 'C';
                bytes[2] = 1;
                bytes[3] = (byte) random.nextInt(2);
            }
            accepted += link(bytes) ? 1 : 0;
        }
        assertTrue(accepted > 0, "a few random bytes are programs");
    }

    @Test
    void shouldOnlyEverThrowTheDeclaredExceptionOnDamagedPrograms() throws ConditionFormatException {
        final RandomConditions conditions = new RandomConditions(random, ConditionFixture.VARIABLES);
        int accepted = 0;
        for (int i = 0; i < 20_000; i++) {
            final Expression condition = conditions.next().expression();
            if (ExpressionCost.of(condition) > ConditionLimits.MAX_COST) {
                continue;
            }
            final byte[] program = ConditionEncoder.encode(condition);
            for (int j = 0; j < 5; j++) {
                final byte[] damaged = damage(program);
                accepted += link(damaged) ? 1 : 0;
            }
        }
        assertTrue(accepted > 1_000, "some changes make another program");
    }

    private byte[] damage(final byte[] program) {
        final byte[] damaged =
                random.nextInt(4) == 0 ? Arrays.copyOf(program, random.nextInt(program.length + 4)) : program.clone();
        for (int left = random.nextInt(4); left > 0 && damaged.length > 0; left--) {
            damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
        }
        return damaged;
    }

    /** {@return whether it is a program}; then it is evaluated too, and that ends without an exception. */
    private boolean link(final byte[] bytes) {
        final ConditionFixture fixture = new ConditionFixture();
        try {
            ConditionDecoder.decode(bytes);
        } catch (final ConditionFormatException ex) {
            assertTrue(!String.valueOf(ex.getMessage()).isBlank());
            return false;
        } catch (final RuntimeException | Error ex) {
            throw new AssertionError("seed " + seed + ", bytes " + Arrays.toString(bytes), ex);
        }
        try {
            final ConditionProgram program = fixture.linker.load(new ConditionDef("source", bytes), "rule");
            fixture.with(ConditionFixture.TEXT, "eu")
                    .with(ConditionFixture.INT, 5L)
                    .with(ConditionFixture.BOOL, true);
            fixture.frame.start(fixture.linker.tables());
            final int value = program.evaluate(fixture.frame);
            assertTrue(value >= -1 && value <= 1);
            return true;
        } catch (final DefinitionException ex) {
            return false; // names something that this registry does not have
        } catch (final RuntimeException | Error ex) {
            throw new AssertionError("seed " + seed + ", bytes " + Arrays.toString(bytes), ex);
        }
    }

    @Test
    void shouldRefuseOtherVersionsAndTrailingBytes() throws ConditionFormatException {
        final byte[] program = ConditionEncoder.encode(new Expression.Flag(true));
        assertEquals(List.of((byte) 'T', (byte) 'C', (byte) 1, (byte) 0, (byte) 2), boxed(program));
        refused(Arrays.copyOf(program, program.length + 1), "1 bytes after the end");
        refused(Arrays.copyOf(program, 3), "ends in the middle");
        final byte[] newer = program.clone();
        newer[2] = 9;
        refused(newer, "version 9");
        final byte[] other = program.clone();
        other[0] = 'X';
        refused(other, "no condition program");
        refused(new byte[ConditionLimits.MAX_PROGRAM_BYTES + 1], "16385 bytes");
    }

    private static List<Byte> boxed(final byte[] bytes) {
        final Byte[] boxed = new Byte[bytes.length];
        Arrays.setAll(boxed, i -> bytes[i]);
        return List.of(boxed);
    }

    private static void refused(final byte[] program, final String because) {
        final ConditionFormatException refusal =
                assertThrows(ConditionFormatException.class, () -> ConditionDecoder.decode(program));
        assertTrue(String.valueOf(refusal.getMessage()).contains(because), refusal::getMessage);
    }

    @Test
    void shouldAcceptEachLimitAndRefuseOneMore() throws ConditionFormatException {
        limit(ConditionLimits.MAX_OPERANDS, "operands", ConditionProgramTest::chain);
        limit(ConditionLimits.MAX_DEPTH - 1, "inside one another", ConditionProgramTest::nested);
        limit(ConditionLimits.MAX_LITERAL_BYTES, "bytes of a text", ConditionProgramTest::text);
        limit(ConditionLimits.MAX_VARIABLES, "variables", ConditionProgramTest::variables);
        limit(ConditionLimits.MAX_NODES, "parts", ConditionProgramTest::parts);
    }

    private interface Sized {
        Expression of(int size);
    }

    private static void limit(final int most, final String what, final Sized sized) throws ConditionFormatException {
        ConditionDecoder.decode(ConditionEncoder.encode(sized.of(most)));
        final ConditionFormatException refusal =
                assertThrows(ConditionFormatException.class, () -> ConditionEncoder.encode(sized.of(most + 1)));
        assertTrue(String.valueOf(refusal.getMessage()).contains(what), refusal::getMessage);
    }

    private static Expression chain(final int size) {
        return new Expression.Call(Operator.AND, Collections.nCopies(size, new Expression.Read(ConditionFixture.BOOL)));
    }

    private static Expression nested(final int size) {
        Expression nested = new Expression.Read(ConditionFixture.BOOL);
        for (int i = 0; i < size; i++) {
            nested = new Expression.Call(Operator.NOT, List.of(nested));
        }
        return nested;
    }

    private static Expression text(final int size) {
        return new Expression.Call(
                Operator.EQUAL,
                List.of(new Expression.Read(ConditionFixture.TEXT), new Expression.Text("x".repeat(size))));
    }

    private static Expression variables(final int size) {
        final Expression[] operands = new Expression[size];
        Arrays.setAll(operands, i -> new Expression.Has(Variable.of(VariableSource.ATTRIBUTE, i, ValueType.BOOL)));
        return new Expression.Call(Operator.OR, List.of(operands));
    }

    /** A chain of chains: its own part and, for each of the inner ones, one more than its operands. */
    private static Expression parts(final int size) {
        final int inner = 200;
        final int chains = (size - 1) / (inner + 1);
        final Expression[] operands = new Expression[chains + (size - 1) % (inner + 1)];
        Arrays.fill(operands, new Expression.Flag(true));
        Arrays.fill(operands, 0, chains, chain(inner));
        return new Expression.Call(Operator.OR, List.of(operands));
    }

    @Test
    void shouldBoundTheCost() throws ConditionFormatException {
        final Expression search = new Expression.Call(
                Operator.CONTAINS, List.of(new Expression.Read(ConditionFixture.TEXT), new Expression.Text("x")));
        assertEquals(4_099, ExpressionCost.of(search));
        ConditionEncoder.encode(new Expression.Call(Operator.OR, Collections.nCopies(4, search)));
        final ConditionFormatException refusal = assertThrows(
                ConditionFormatException.class,
                () -> ConditionEncoder.encode(new Expression.Call(Operator.OR, Collections.nCopies(5, search))));
        assertEquals("the condition may take 20496 steps, at most 20000", refusal.getMessage());
    }

    @Test
    void shouldRefuseWhatMakesNoSense() {
        senseless("a condition must be bool, not int", new Expression.Whole(ValueType.INT, 1));
        senseless(
                "EQUAL of [INT, DOUBLE]",
                call(Operator.EQUAL, new Expression.Whole(ValueType.INT, 1), new Expression.Real(1)));
        senseless("a list is no value", new Expression.Read(ConditionFixture.LIST));
        senseless("an element outside", call(Operator.EQUAL, new Expression.Element(), new Expression.Element()));
        senseless(
                "inside of another",
                new Expression.Some(
                        true,
                        new Expression.Texts.Listed(List.of()),
                        new Expression.Some(true, new Expression.Texts.Listed(List.of()), new Expression.Flag(true))));
        senseless(
                "contains looks for a literal only",
                call(
                        Operator.CONTAINS,
                        new Expression.Read(ConditionFixture.TEXT),
                        new Expression.Read(ConditionFixture.TEXT)));
        senseless("AND with 1 operands", call(Operator.AND, new Expression.Flag(true)));
        senseless(
                "no literal",
                new Expression.OneOf(
                        new Expression.Read(ConditionFixture.INT), List.of(new Expression.Read(ConditionFixture.INT))));
        senseless(
                "a bool is compared",
                new Expression.OneOf(new Expression.Flag(true), List.of(new Expression.Flag(true))));
        senseless(
                "timestamp 253402300800000 ms is out of range",
                call(
                        Operator.EQUAL,
                        new Expression.Whole(ValueType.TIMESTAMP, 253_402_300_800_000L),
                        new Expression.Read(ConditionFixture.MOMENT)));
        senseless(
                "ACTOR_ID of type INT",
                new Expression.Has(new Variable(VariableSource.ACTOR_ID, 0, "", ValueType.INT)));
        senseless(
                "CONFIG with a key of 0 bytes",
                new Expression.Has(new Variable(VariableSource.CONFIG, 0, "", ValueType.INT)));
    }

    private static Expression call(final Operator operator, final Expression... arguments) {
        return new Expression.Call(operator, List.of(arguments));
    }

    private static void senseless(final String because, final Expression expression) {
        final ConditionFormatException refusal =
                assertThrows(ConditionFormatException.class, () -> ConditionEncoder.encode(expression));
        assertTrue(String.valueOf(refusal.getMessage()).contains(because), refusal::getMessage);
    }

    @Test
    void shouldRefuseProgramsOfAnotherRegistry() throws ConditionFormatException {
        unlinkable(
                Variable.of(VariableSource.ATTRIBUTE, 10, ValueType.INT),
                "rule 'r': condition 'c': attribute id 10 does not resolve: the registry has 10");
        unlinkable(
                Variable.of(VariableSource.ATTRIBUTE, 0, ValueType.INT),
                "compiled for attribute resource.text as int, declared is string");
        unlinkable(Variable.of(VariableSource.AMOUNT, 0, ValueType.INT), "unit id 0 does not resolve");
        unlinkable(Variable.of(VariableSource.USAGE, 3, ValueType.INT), "dimension id 3 does not resolve");
        unlinkable(new Variable(VariableSource.CONFIG, 1, "k", ValueType.INT), "feature id 1 does not resolve");
        final DefinitionException unknownZone = assertThrows(DefinitionException.class, () -> new ConditionFixture()
                .link(call(
                        Operator.EQUAL,
                        new Expression.Whole(ValueType.INT, 1),
                        new Expression.Calendar(
                                CalendarField.HOURS, "Mars/Olympus", new Expression.Read(ConditionFixture.MOMENT)))));
        assertTrue(String.valueOf(unknownZone.getMessage()).contains("time zone 'Mars/Olympus' is not known"));
    }

    private static void unlinkable(final Variable variable, final String because) throws ConditionFormatException {
        final byte[] program = ConditionEncoder.encode(new Expression.Has(variable));
        final ConditionLinker linker = new ConditionFixture().linker;
        final DefinitionException refusal =
                assertThrows(DefinitionException.class, () -> linker.load(new ConditionDef("c", program), "rule 'r'"));
        assertTrue(String.valueOf(refusal.getMessage()).contains(because), refusal::getMessage);
    }
}
