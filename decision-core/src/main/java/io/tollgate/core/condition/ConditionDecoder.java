/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.condition;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads and verifies programs. What it returns is a condition in the sense of {@link ExpressionCheck}: of bounded size,
 * depth and cost, and
 * of fitting types. Whatever the bytes are, the only thing it throws is {@link ConditionFormatException}.
 */
public final class ConditionDecoder {
    private final ByteBuffer in;
    private final List<Variable> variables = new ArrayList<>();
    private int nodes;

    private ConditionDecoder(final byte[] program) {
        in = ByteBuffer.wrap(program);
    }

    /**
     * {@return the condition that a program is of}
     *
     * @throws ConditionFormatException saying at which byte it is no program
     */
    public static Expression decode(final byte[] program) throws ConditionFormatException {
        if (program.length > ConditionLimits.MAX_PROGRAM_BYTES) {
            throw new ConditionFormatException(
                    "a program of " + program.length + " bytes, at most " + ConditionLimits.MAX_PROGRAM_BYTES);
        }
        final ConditionDecoder decoder = new ConditionDecoder(program);
        final Expression condition;
        try {
            decoder.head();
            condition = decoder.expression(1);
        } catch (final BufferUnderflowException ex) {
            throw new ConditionFormatException("the program ends in the middle, after " + program.length + " bytes");
        }
        if (decoder.in.hasRemaining()) {
            throw decoder.wrong(decoder.in.remaining() + " bytes after the end");
        }
        ExpressionCheck.check(condition);
        return condition;
    }

    private void head() throws ConditionFormatException {
        if (in.getShort() != ProgramFormat.MAGIC) {
            throw wrong("no condition program");
        }
        final int version = in.get();
        if (version != ProgramFormat.VERSION) {
            throw wrong("program version " + version + ", known is " + ProgramFormat.VERSION);
        }
        final int count = in.get() & 0xFF;
        if (count > ConditionLimits.MAX_VARIABLES) {
            throw wrong(count + " variables, at most " + ConditionLimits.MAX_VARIABLES);
        }
        for (int i = 0; i < count; i++) {
            final VariableSource source = VariableSource.ofCode(in.get());
            final ValueType type = ValueType.ofCode(in.get());
            if (source == null || type == null) {
                throw wrong("a variable of a source or type that is not known");
            }
            variables.add(new Variable(source, in.getShort() & 0xFFFF, text(), type));
        }
    }

    private Expression expression(final int depth) throws ConditionFormatException {
        if (depth > ConditionLimits.MAX_DEPTH || ++nodes > ConditionLimits.MAX_NODES) {
            throw wrong("more than " + ConditionLimits.MAX_DEPTH + " parts inside one another, or "
                    + ConditionLimits.MAX_NODES + " in all");
        }
        final int code = in.get() & 0xFF;
        return switch (code) {
            case ProgramFormat.FALSE -> new Expression.Flag(false);
            case ProgramFormat.TRUE -> new Expression.Flag(true);
            case ProgramFormat.INT -> new Expression.Whole(ValueType.INT, in.getLong());
            case ProgramFormat.TIMESTAMP -> new Expression.Whole(ValueType.TIMESTAMP, in.getLong());
            case ProgramFormat.DURATION -> new Expression.Whole(ValueType.DURATION, in.getLong());
            case ProgramFormat.REAL -> new Expression.Real(Double.longBitsToDouble(in.getLong()));
            case ProgramFormat.TEXT -> new Expression.Text(text());
            case ProgramFormat.READ -> new Expression.Read(variable());
            case ProgramFormat.HAS -> new Expression.Has(variable());
            case ProgramFormat.COUNT -> new Expression.Count(variable());
            case ProgramFormat.ELEMENT -> new Expression.Element();
            case ProgramFormat.ONE_OF -> oneOf(depth);
            case ProgramFormat.ELEMENT_OF -> {
                final Variable list = variable();
                yield new Expression.ElementOf(expression(depth + 1), list);
            }
            case ProgramFormat.ANY_OF_VARIABLE, ProgramFormat.ALL_OF_VARIABLE -> {
                final Expression.Texts over = new Expression.Texts.From(variable());
                yield new Expression.Some(code == ProgramFormat.ALL_OF_VARIABLE, over, expression(depth + 1));
            }
            case ProgramFormat.ANY_OF_LIST, ProgramFormat.ALL_OF_LIST -> {
                final Expression.Texts over = new Expression.Texts.Listed(texts());
                yield new Expression.Some(code == ProgramFormat.ALL_OF_LIST, over, expression(depth + 1));
            }
            case ProgramFormat.CALENDAR -> calendar(depth);
            default -> call(code, depth);
        };
    }

    private Expression call(final int code, final int depth) throws ConditionFormatException {
        final Operator operator = Operator.ofCode(code);
        if (operator == null) {
            throw wrong("code " + code + " is not known");
        }
        final int count = operator.arity() == 0 ? count() : operator.arity();
        final List<Expression> arguments = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            arguments.add(expression(depth + 1));
        }
        return new Expression.Call(operator, arguments);
    }

    private Expression oneOf(final int depth) throws ConditionFormatException {
        final List<Expression> literals = new ArrayList<>();
        for (int left = count(); left > 0; left--) {
            literals.add(expression(depth + 1));
        }
        return new Expression.OneOf(expression(depth + 1), literals);
    }

    private Expression calendar(final int depth) throws ConditionFormatException {
        final CalendarField field = CalendarField.ofCode(in.get());
        if (field == null) {
            throw wrong("a part of a timestamp that is not known");
        }
        final String zone = text();
        return new Expression.Calendar(field, zone, expression(depth + 1));
    }

    private Variable variable() throws ConditionFormatException {
        final int index = in.get() & 0xFF;
        if (index >= variables.size()) {
            throw wrong("variable " + index + " of " + variables.size());
        }
        return variables.get(index);
    }

    private List<String> texts() throws ConditionFormatException {
        final List<String> texts = new ArrayList<>();
        for (int left = count(); left > 0; left--) {
            texts.add(text());
        }
        return texts;
    }

    private int count() throws ConditionFormatException {
        final int count = in.getShort() & 0xFFFF;
        if (count > ConditionLimits.MAX_OPERANDS) {
            throw wrong(count + " operands, at most " + ConditionLimits.MAX_OPERANDS);
        }
        return count;
    }

    private String text() throws ConditionFormatException {
        final int length = in.getShort() & 0xFFFF;
        if (length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        final ByteBuffer slice = in.slice().limit(length);
        in.position(in.position() + length);
        try {
            final String text =
                    StandardCharsets.UTF_8.newDecoder().decode(slice).toString();
            if (text.indexOf(0) >= 0) {
                throw wrong("a text with NUL");
            }
            return text;
        } catch (final CharacterCodingException ex) {
            throw wrong("a text that is not UTF-8");
        }
    }

    private ConditionFormatException wrong(final String what) {
        return new ConditionFormatException(what + " (byte " + in.position() + " of the program)");
    }
}
