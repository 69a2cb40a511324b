/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import io.tollgate.core.condition.CalendarField;
import io.tollgate.core.condition.Operator;
import io.tollgate.core.condition.ValueType;
import io.tollgate.core.condition.Variable;
import io.tollgate.core.reference.ReferenceCondition.Call;
import io.tollgate.core.reference.ReferenceCondition.Literal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Well-typed conditions over given variables. Values are drawn from few, so that they meet; some lie at the ends of their ranges. */
public final class RandomConditions {
    static final List<String> TEXTS = List.of("eu", "us", "eu-1", "e", "", "admin", "größe", "漢字", "eu-1/gpu/a100");
    static final long[] NUMBERS = {0, 1, 2, 5, 10, -1, -7, 4096, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 40};
    static final double[] REALS = {0, -0.0, 1, 0.5, -2.5, 1e18, 1e300, -1e300, Double.POSITIVE_INFINITY, 0x1p63};
    static final String[] ZONES = {
        "", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "+05:30", "-08:00", "UTC"
    };
    private static final String[] MOMENTS = {
        "1970-01-01T00:00:00Z",
        "2026-03-29T01:00:00Z",
        "2026-03-28T23:59:59.999Z",
        "2000-02-29T12:34:56.789Z",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59.999Z",
        "2500-07-01T00:00:00Z",
        "1883-11-18T17:00:00Z"
    };
    private static final Operator[] COMPARISONS = {
        Operator.EQUAL,
        Operator.NOT_EQUAL,
        Operator.LESS,
        Operator.LESS_OR_EQUAL,
        Operator.GREATER,
        Operator.GREATER_OR_EQUAL
    };
    private static final ValueType[] SCALARS = {
        ValueType.BOOL, ValueType.INT, ValueType.DOUBLE, ValueType.STRING, ValueType.TIMESTAMP, ValueType.DURATION
    };

    private final Random random;
    private final List<Variable> variables;
    private boolean inside;

    public RandomConditions(final Random random, final List<Variable> variables) {
        this.random = random;
        this.variables = variables;
    }

    /** {@return a condition} */
    public ReferenceCondition next() {
        return bool(1 + random.nextInt(4));
    }

    private ReferenceCondition bool(final int depth) {
        if (depth <= 0) {
            return leaf(ValueType.BOOL);
        }
        return switch (random.nextInt(12)) {
            case 0, 1 -> call(random.nextBoolean() ? Operator.AND : Operator.OR, ValueType.BOOL, operands(), depth);
            case 2 -> call(Operator.NOT, ValueType.BOOL, 1, depth);
            case 3 -> choose(ValueType.BOOL, depth);
            case 4 -> new ReferenceCondition.Has(variables.get(random.nextInt(variables.size())));
            case 5 -> in(depth);
            case 6 -> some(depth);
            case 7 -> inList(depth);
            case 8 -> texts(depth);
            default -> {
                final ValueType type = SCALARS[random.nextInt(SCALARS.length)];
                yield call(COMPARISONS[random.nextInt(COMPARISONS.length)], type, 2, depth);
            }
        };
    }

    private int operands() {
        return 2 + random.nextInt(3);
    }

    private ReferenceCondition call(final Operator operator, final ValueType type, final int count, final int depth) {
        final List<ReferenceCondition> arguments = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            arguments.add(of(type, depth - 1));
        }
        return new Call(operator, arguments);
    }

    private ReferenceCondition choose(final ValueType type, final int depth) {
        return new Call(Operator.CHOOSE, List.of(bool(depth - 1), of(type, depth - 1), of(type, depth - 1)));
    }

    private ReferenceCondition in(final int depth) {
        final ValueType type = SCALARS[1 + random.nextInt(SCALARS.length - 1)];
        final List<Literal> literals = new ArrayList<>();
        for (int left = random.nextInt(10); left > 0; left--) {
            literals.add(literal(type));
        }
        return new ReferenceCondition.In(of(type, depth - 1), literals);
    }

    private ReferenceCondition some(final int depth) {
        if (inside) {
            return leaf(ValueType.BOOL);
        }
        final List<Variable> lists = variables(ValueType.STRING_LIST);
        inside = true;
        final ReferenceCondition body = bool(depth - 1);
        inside = false;
        if (!lists.isEmpty() && random.nextBoolean()) {
            final Variable list = lists.get(random.nextInt(lists.size()));
            return new ReferenceCondition.Some(random.nextBoolean(), list, List.of(), body);
        }
        final List<String> literals = new ArrayList<>();
        for (int left = random.nextInt(4); left > 0; left--) {
            literals.add(TEXTS.get(random.nextInt(TEXTS.size())));
        }
        return new ReferenceCondition.Some(random.nextBoolean(), null, literals, body);
    }

    private ReferenceCondition inList(final int depth) {
        final List<Variable> lists = variables(ValueType.STRING_LIST);
        return lists.isEmpty()
                ? leaf(ValueType.BOOL)
                : new ReferenceCondition.InList(
                        of(ValueType.STRING, depth - 1), lists.get(random.nextInt(lists.size())));
    }

    private ReferenceCondition texts(final int depth) {
        final Operator[] operators = {Operator.STARTS_WITH, Operator.ENDS_WITH, Operator.CONTAINS};
        final Operator operator = operators[random.nextInt(operators.length)];
        final ReferenceCondition second =
                operator == Operator.CONTAINS ? literal(ValueType.STRING) : of(ValueType.STRING, depth - 1);
        return new Call(operator, List.of(of(ValueType.STRING, depth - 1), second));
    }

    private ReferenceCondition of(final ValueType type, final int depth) {
        if (type == ValueType.BOOL) {
            return bool(depth);
        }
        if (depth <= 0 || random.nextInt(3) == 0) {
            return leaf(type);
        }
        if (random.nextInt(5) == 0) {
            return choose(type, depth);
        }
        return switch (type) {
            case INT -> whole(depth);
            case DOUBLE -> real(depth);
            case TIMESTAMP -> moment(depth);
            case DURATION -> duration(depth);
            default -> leaf(type);
        };
    }

    private ReferenceCondition whole(final int depth) {
        final Operator[] operators = {
            Operator.ADD, Operator.SUBTRACT, Operator.MULTIPLY, Operator.DIVIDE, Operator.MODULO
        };
        final List<Variable> lists = variables(ValueType.STRING_LIST);
        return switch (random.nextInt(6)) {
            case 0 -> call(Operator.NEGATE, ValueType.INT, 1, depth);
            case 1 -> call(Operator.TO_INT, ValueType.DOUBLE, 1, depth);
            case 2 -> call(Operator.SIZE, ValueType.STRING, 1, depth);
            case 3 ->
                new ReferenceCondition.Calendar(
                        CalendarField.values()[random.nextInt(CalendarField.values().length)],
                        ZONES[random.nextInt(ZONES.length)],
                        of(ValueType.TIMESTAMP, depth - 1));
            case 4 ->
                lists.isEmpty()
                        ? leaf(ValueType.INT)
                        : new ReferenceCondition.Count(lists.get(random.nextInt(lists.size())));
            default -> call(operators[random.nextInt(operators.length)], ValueType.INT, 2, depth);
        };
    }

    private ReferenceCondition real(final int depth) {
        final Operator[] operators = {Operator.ADD, Operator.SUBTRACT, Operator.MULTIPLY, Operator.DIVIDE};
        return switch (random.nextInt(4)) {
            case 0 -> call(Operator.NEGATE, ValueType.DOUBLE, 1, depth);
            case 1 -> call(Operator.TO_DOUBLE, ValueType.INT, 1, depth);
            default -> call(operators[random.nextInt(operators.length)], ValueType.DOUBLE, 2, depth);
        };
    }

    private ReferenceCondition moment(final int depth) {
        final ReferenceCondition moment = of(ValueType.TIMESTAMP, depth - 1);
        final ReferenceCondition by = of(ValueType.DURATION, depth - 1);
        return switch (random.nextInt(3)) {
            case 0 -> new Call(Operator.ADD, List.of(moment, by));
            case 1 -> new Call(Operator.ADD, List.of(by, moment));
            default -> new Call(Operator.SUBTRACT, List.of(moment, by));
        };
    }

    private ReferenceCondition duration(final int depth) {
        return switch (random.nextInt(3)) {
            case 0 -> call(Operator.ADD, ValueType.DURATION, 2, depth);
            case 1 -> call(Operator.SUBTRACT, ValueType.DURATION, 2, depth);
            default -> call(Operator.SUBTRACT, ValueType.TIMESTAMP, 2, depth);
        };
    }

    private ReferenceCondition leaf(final ValueType type) {
        if (type == ValueType.STRING && inside && random.nextBoolean()) {
            return new ReferenceCondition.Element();
        }
        final List<Variable> fitting = variables(type);
        return fitting.isEmpty() || random.nextInt(3) == 0
                ? literal(type)
                : new ReferenceCondition.Read(fitting.get(random.nextInt(fitting.size())));
    }

    private List<Variable> variables(final ValueType type) {
        return variables.stream().filter(variable -> variable.type() == type).toList();
    }

    /** {@return a literal} */
    Literal literal(final ValueType type) {
        return new Literal(value(type));
    }

    private Object value(final ValueType type) {
        return switch (type) {
            case BOOL -> random.nextBoolean();
            case INT -> NUMBERS[random.nextInt(NUMBERS.length)];
            case DOUBLE -> REALS[random.nextInt(REALS.length)];
            case STRING -> TEXTS.get(random.nextInt(TEXTS.size()));
            case TIMESTAMP -> moment(random);
            case DURATION ->
                random.nextInt(4) == 0
                        ? Duration.ofSeconds(random.nextBoolean() ? 315_576_000_000L : -315_576_000_000L)
                        : Duration.ofMillis(random.nextLong() % 100_000_000_000L);
            case STRING_LIST -> texts(random);
        };
    }

    /** {@return a list of a few texts} */
    static List<String> texts(final Random random) {
        return TEXTS.stream().filter(text -> random.nextInt(4) == 0).toList();
    }

    /** {@return a moment, sometimes a well-known one} */
    static Instant moment(final Random random) {
        return random.nextBoolean()
                ? Instant.parse(MOMENTS[random.nextInt(MOMENTS.length)])
                : Instant.ofEpochMilli(random.nextLong() % 62_000_000_000_000L);
    }
}
