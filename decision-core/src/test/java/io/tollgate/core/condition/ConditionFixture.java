/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.condition;

import io.tollgate.core.policy.ConditionProgram;
import io.tollgate.core.registry.Registry;
import io.tollgate.core.symbol.SymbolTable;
import io.tollgate.core.world.def.AttributeDef;
import io.tollgate.core.world.def.AttributeType;
import io.tollgate.core.world.def.ConditionDef;
import io.tollgate.core.world.def.RegistryDef;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.agrona.concurrent.UnsafeBuffer;

/** Evaluates conditions over values in a map. */
final class ConditionFixture implements ConditionSource {
    static final Variable TEXT = attribute(0, ValueType.STRING);
    static final Variable OTHER_TEXT = attribute(1, ValueType.STRING);
    static final Variable INT = attribute(2, ValueType.INT);
    static final Variable DOUBLE = attribute(3, ValueType.DOUBLE);
    static final Variable BOOL = attribute(4, ValueType.BOOL);
    static final Variable MOMENT = attribute(5, ValueType.TIMESTAMP);
    static final Variable LIST = attribute(6, ValueType.STRING_LIST);
    static final Variable OTHER_INT = attribute(7, ValueType.INT);
    static final Variable OTHER_LIST = attribute(8, ValueType.STRING_LIST);
    static final Variable OTHER_BOOL = attribute(9, ValueType.BOOL);
    static final List<Variable> VARIABLES =
            List.of(TEXT, OTHER_TEXT, INT, DOUBLE, BOOL, MOMENT, LIST, OTHER_INT, OTHER_LIST, OTHER_BOOL);

    final Map<Variable, Object> values = new HashMap<>();
    final ConditionLinker linker = new ConditionLinker(registry(), SymbolTable.EMPTY);
    final ConditionFrame frame = new ConditionFrame(this);
    int asked;

    private static Variable attribute(final int id, final ValueType type) {
        return Variable.of(VariableSource.ATTRIBUTE, id, type);
    }

    static Registry registry() {
        return Registry.compile(new RegistryDef(
                1,
                0,
                List.of(),
                List.of(),
                List.of(),
                List.of("user"),
                List.of(),
                List.of(
                        new AttributeDef("resource.text", AttributeType.STRING),
                        new AttributeDef("resource.other", AttributeType.STRING),
                        new AttributeDef("resource.int", AttributeType.INT),
                        new AttributeDef("resource.double", AttributeType.DOUBLE),
                        new AttributeDef("resource.bool", AttributeType.BOOL),
                        new AttributeDef("resource.moment", AttributeType.TIMESTAMP),
                        new AttributeDef("resource.list", AttributeType.STRING_LIST),
                        new AttributeDef("resource.other_int", AttributeType.INT),
                        new AttributeDef("resource.other_list", AttributeType.STRING_LIST),
                        new AttributeDef("resource.other_bool", AttributeType.BOOL)),
                2));
    }

    ConditionProgram link(final Expression condition) {
        try {
            return linker.load(new ConditionDef("source", ConditionEncoder.encode(condition)), "rule 'r'");
        } catch (final ConditionFormatException ex) {
            throw new AssertionError(condition.toString(), ex);
        }
    }

    /** {@return TRUE, FALSE or ERROR} */
    int evaluate(final Expression condition) {
        final ConditionProgram program = link(condition);
        frame.start(linker.tables());
        return program.evaluate(frame);
    }

    String explain(final Expression condition) {
        final ConditionProgram program = link(condition);
        frame.start(linker.tables());
        return program.explain(frame);
    }

    ConditionFixture with(final Variable variable, final Object value) {
        values.put(variable, value);
        return this;
    }

    @Override
    public void resolve(final ConditionTables tables, final int slot, final ConditionFrame into) {
        asked++;
        final Object value = values.get(tables.variable(slot));
        if (value instanceof String text) {
            final byte[] utf8 = padded(text);
            into.text(slot, new UnsafeBuffer(utf8), 3, utf8.length - 3);
        } else if (value instanceof Long number) {
            into.number(slot, number);
        } else if (value instanceof Double number) {
            into.number(slot, Double.doubleToRawLongBits(number));
        } else if (value instanceof Boolean flag) {
            into.number(slot, flag ? 1 : 0);
        } else if (value instanceof Instant moment) {
            into.number(slot, moment.toEpochMilli());
        } else if (value instanceof List<?> list) {
            into.list(slot);
            for (final Object element : list) {
                final byte[] utf8 = padded(Objects.toString(element));
                into.element(slot, new UnsafeBuffer(utf8), 3, utf8.length - 3);
            }
        }
    }

    /** Not at the start of its memory, and at its very end. */
    private static byte[] padded(final String text) {
        return ("xxx" + text).getBytes(StandardCharsets.UTF_8);
    }
}
