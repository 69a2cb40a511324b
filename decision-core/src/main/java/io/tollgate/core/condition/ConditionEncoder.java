/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.condition;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Writes conditions as programs. Layout: {@link ProgramFormat}. */
public final class ConditionEncoder {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final DataOutputStream out = new DataOutputStream(bytes);
    private final List<Variable> variables = new ArrayList<>();

    private ConditionEncoder() {}

    /**
     * {@return the program of a condition}; equal conditions have equal programs.
     *
     * @throws ConditionFormatException when {@link ExpressionCheck} refuses it, or the program is too long
     */
    public static byte[] encode(final Expression condition) throws ConditionFormatException {
        ExpressionCheck.check(condition);
        try {
            final ConditionEncoder body = new ConditionEncoder();
            body.expression(condition);
            final ConditionEncoder program = new ConditionEncoder();
            program.head(body.variables);
            program.out.write(body.bytes.toByteArray());
            final byte[] encoded = program.bytes.toByteArray();
            if (encoded.length > ConditionLimits.MAX_PROGRAM_BYTES) {
                throw new ConditionFormatException("the compiled condition has " + encoded.length + " bytes, at most "
                        + ConditionLimits.MAX_PROGRAM_BYTES);
            }
            return encoded;
        } catch (final IOException ex) {
            throw new IllegalStateException("writing to memory failed", ex);
        }
    }

    private void head(final List<Variable> read) throws IOException {
        out.writeShort(ProgramFormat.MAGIC);
        out.writeByte(ProgramFormat.VERSION);
        out.writeByte(read.size());
        for (final Variable variable : read) {
            out.writeByte(variable.source().code());
            out.writeByte(variable.type().code());
            out.writeShort(variable.id());
            text(variable.key());
        }
    }

    private void expression(final Expression node) throws IOException {
        if (node instanceof Expression.Flag flag) {
            out.writeByte(flag.value() ? ProgramFormat.TRUE : ProgramFormat.FALSE);
        } else if (node instanceof Expression.Whole whole) {
            out.writeByte(ProgramFormat.wholeCode(whole.type()));
            out.writeLong(whole.value());
        } else if (node instanceof Expression.Real real) {
            out.writeByte(ProgramFormat.REAL);
            out.writeLong(Double.doubleToRawLongBits(real.value()));
        } else if (node instanceof Expression.Text text) {
            out.writeByte(ProgramFormat.TEXT);
            text(text.value());
        } else if (node instanceof Expression.Read read) {
            variable(ProgramFormat.READ, read.variable());
        } else if (node instanceof Expression.Has has) {
            variable(ProgramFormat.HAS, has.variable());
        } else if (node instanceof Expression.Count count) {
            variable(ProgramFormat.COUNT, count.list());
        } else if (node instanceof Expression.Element) {
            out.writeByte(ProgramFormat.ELEMENT);
        } else if (node instanceof Expression.Call call) {
            call(call);
        } else {
            compound(node);
        }
    }

    private void call(final Expression.Call call) throws IOException {
        out.writeByte(call.operator().code());
        if (call.operator().arity() == 0) {
            out.writeShort(call.arguments().size());
        }
        for (final Expression argument : call.arguments()) {
            expression(argument);
        }
    }

    private void compound(final Expression node) throws IOException {
        if (node instanceof Expression.OneOf oneOf) {
            out.writeByte(ProgramFormat.ONE_OF);
            out.writeShort(oneOf.literals().size());
            for (final Expression literal : oneOf.literals()) {
                expression(literal);
            }
            expression(oneOf.value());
        } else if (node instanceof Expression.ElementOf elementOf) {
            variable(ProgramFormat.ELEMENT_OF, elementOf.list());
            expression(elementOf.value());
        } else if (node instanceof Expression.Some some) {
            some(some);
        } else if (node instanceof Expression.Calendar calendar) {
            out.writeByte(ProgramFormat.CALENDAR);
            out.writeByte(calendar.field().code());
            text(calendar.zone());
            expression(calendar.timestamp());
        }
    }

    private void some(final Expression.Some some) throws IOException {
        if (some.over() instanceof Expression.Texts.From from) {
            variable(some.all() ? ProgramFormat.ALL_OF_VARIABLE : ProgramFormat.ANY_OF_VARIABLE, from.list());
        } else {
            final List<String> values = ((Expression.Texts.Listed) some.over()).values();
            out.writeByte(some.all() ? ProgramFormat.ALL_OF_LIST : ProgramFormat.ANY_OF_LIST);
            out.writeShort(values.size());
            for (final String value : values) {
                text(value);
            }
        }
        expression(some.body());
    }

    private void variable(final int code, final Variable variable) throws IOException {
        int index = variables.indexOf(variable);
        if (index < 0) {
            index = variables.size();
            variables.add(variable);
        }
        out.writeByte(code);
        out.writeByte(index);
    }

    private void text(final String text) throws IOException {
        final byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        out.writeShort(utf8.length);
        out.write(utf8);
    }
}
