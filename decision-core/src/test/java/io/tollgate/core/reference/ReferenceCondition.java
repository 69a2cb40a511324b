/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import io.tollgate.core.condition.CalendarField;
import io.tollgate.core.condition.Expression;
import io.tollgate.core.condition.Operator;
import io.tollgate.core.condition.ValueType;
import io.tollgate.core.condition.Variable;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A condition, evaluated word by word: values are Boolean, Long, Double, String, Instant, Duration and List of String, an error is an
 * exception. Says the same thing as an {@link Expression} too, which is what the engine is given.
 */
public interface ReferenceCondition {
    /** Said, and beyond what can be counted: reading it is an error. */
    Object TOO_LARGE = new Object();

    /** What cannot be evaluated. */
    final class Unknown extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Unknown(final String message) {
            super(message);
        }
    }

    /** The values of a decision. A variable that is not there is missing. */
    record Values(Map<Variable, Object> of, @Nullable String element) {}

    Object value(Values values);

    Expression expression();

    /** {@return true, false, or null for an error} */
    static @Nullable Boolean evaluate(final ReferenceCondition condition, final Map<Variable, Object> values) {
        try {
            return (Boolean) condition.value(new Values(values, null));
        } catch (final Unknown ex) {
            return null;
        }
    }

    record Literal(Object value) implements ReferenceCondition {
        @Override
        public Object value(final Values values) {
            return value;
        }

        @Override
        public Expression expression() {
            if (value instanceof Boolean flag) {
                return new Expression.Flag(flag);
            } else if (value instanceof Long number) {
                return new Expression.Whole(ValueType.INT, number);
            } else if (value instanceof Double number) {
                return new Expression.Real(number);
            } else if (value instanceof Instant moment) {
                return new Expression.Whole(ValueType.TIMESTAMP, moment.toEpochMilli());
            } else if (value instanceof Duration duration) {
                return new Expression.Whole(ValueType.DURATION, duration.toMillis());
            }
            return new Expression.Text((String) value);
        }
    }

    record Read(Variable variable) implements ReferenceCondition {
        @Override
        public Object value(final Values values) {
            final Object value = values.of.get(variable);
            if (value == null || value == TOO_LARGE) {
                throw new Unknown(variable + (value == null ? " is missing" : " is beyond 64 bits"));
            }
            return value;
        }

        @Override
        public Expression expression() {
            return new Expression.Read(variable);
        }
    }

    record Has(Variable variable) implements ReferenceCondition {
        @Override
        public Object value(final Values values) {
            return values.of.containsKey(variable);
        }

        @Override
        public Expression expression() {
            return new Expression.Has(variable);
        }
    }

    record Element() implements ReferenceCondition {
        @Override
        public Object value(final Values values) {
            return Objects.requireNonNull(values.element);
        }

        @Override
        public Expression expression() {
            return new Expression.Element();
        }
    }

    record Count(Variable list) implements ReferenceCondition {
        @Override
        public Object value(final Values values) {
            return (long) ((List<?>) new Read(list).value(values)).size();
        }

        @Override
        public Expression expression() {
            return new Expression.Count(list);
        }
    }

    record In(ReferenceCondition value, List<Literal> literals) implements ReferenceCondition {
        @Override
        public Object value(final Values values) {
            final Object wanted = value.value(values);
            // 0.0 and -0.0 are one number
            return literals.stream().anyMatch(literal -> Call.compare(literal.value, wanted) == 0);
        }

        @Override
        public Expression expression() {
            return new Expression.OneOf(
                    value.expression(),
                    literals.stream().map(Literal::expression).toList());
        }
    }

    record InList(ReferenceCondition value, Variable list) implements ReferenceCondition {
        @Override
        public Object value(final Values values) {
            final Object wanted = value.value(values);
            return ((List<?>) new Read(list).value(values)).contains(wanted);
        }

        @Override
        public Expression expression() {
            return new Expression.ElementOf(value.expression(), list);
        }
    }

    /** Over the elements of a variable, or over literals when that is null. */
    record Some(boolean all, @Nullable Variable list, List<String> literals, ReferenceCondition body)
            implements ReferenceCondition {
        @Override
        public Object value(final Values values) {
            final List<?> elements = list == null ? literals : (List<?>) new Read(list).value(values);
            @Nullable Unknown unknown = null;
            for (final Object element : elements) {
                try {
                    if ((Boolean) body.value(new Values(values.of, (String) element)) != all) {
                        return !all;
                    }
                } catch (final Unknown ex) {
                    unknown = ex;
                }
            }
            if (unknown != null) {
                throw unknown;
            }
            return all;
        }

        @Override
        public Expression expression() {
            final Expression.Texts over =
                    list == null ? new Expression.Texts.Listed(literals) : new Expression.Texts.From(list);
            return new Expression.Some(all, over, body.expression());
        }
    }

    record Calendar(CalendarField field, String zone, ReferenceCondition timestamp) implements ReferenceCondition {
        @Override
        public Object value(final Values values) {
            final ZoneId id = zone.isEmpty() ? ZoneOffset.UTC : ZoneId.of(zone);
            final ZonedDateTime time = ((Instant) timestamp.value(values)).atZone(id);
            return (long)
                    switch (field) {
                        case YEAR -> time.getYear();
                        case MONTH -> time.getMonthValue() - 1;
                        case DATE -> time.getDayOfMonth();
                        case DAY_OF_MONTH -> time.getDayOfMonth() - 1;
                        case DAY_OF_YEAR -> time.getDayOfYear() - 1;
                        case DAY_OF_WEEK ->
                            time.getDayOfWeek() == DayOfWeek.SUNDAY
                                    ? 0
                                    : time.getDayOfWeek().getValue();
                        case HOURS -> time.getHour();
                        case MINUTES -> time.getMinute();
                        case SECONDS -> time.getSecond();
                        case MILLISECONDS -> time.getNano() / 1_000_000;
                    };
        }

        @Override
        public Expression expression() {
            return new Expression.Calendar(field, zone, timestamp.expression());
        }
    }

    record Call(Operator operator, List<ReferenceCondition> arguments) implements ReferenceCondition {
        private static final BigInteger MIN = BigInteger.valueOf(Long.MIN_VALUE);
        private static final BigInteger MAX = BigInteger.valueOf(Long.MAX_VALUE);
        private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");
        private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999Z");
        private static final Duration LONGEST = Duration.ofSeconds(315_576_000_000L);

        @Override
        public Expression expression() {
            return new Expression.Call(
                    operator,
                    arguments.stream().map(ReferenceCondition::expression).toList());
        }

        @Override
        public Object value(final Values values) {
            return switch (operator) {
                case AND -> chain(values, false);
                case OR -> chain(values, true);
                case CHOOSE ->
                    (Boolean) arguments.get(0).value(values)
                            ? arguments.get(1).value(values)
                            : arguments.get(2).value(values);
                default -> strict(arguments.stream().map(a -> a.value(values)).toList());
            };
        }

        private Object chain(final Values values, final boolean ending) {
            @Nullable Unknown unknown = null;
            for (final ReferenceCondition argument : arguments) {
                try {
                    if ((Boolean) argument.value(values) == ending) {
                        return ending;
                    }
                } catch (final Unknown ex) {
                    unknown = ex;
                }
            }
            if (unknown != null) {
                throw unknown;
            }
            return !ending;
        }

        private Object strict(final List<Object> of) {
            final Object a = of.get(0);
            return switch (operator) {
                case NOT -> !(Boolean) a;
                case EQUAL -> compare(a, of.get(1)) == 0;
                case NOT_EQUAL -> compare(a, of.get(1)) != 0;
                case LESS -> compare(a, of.get(1)) == -1;
                case LESS_OR_EQUAL -> compare(a, of.get(1)) == -1 || compare(a, of.get(1)) == 0;
                case GREATER -> compare(a, of.get(1)) == 1;
                case GREATER_OR_EQUAL -> compare(a, of.get(1)) == 1 || compare(a, of.get(1)) == 0;
                case NEGATE ->
                    a instanceof Double number
                            ? -number
                            : whole(BigInteger.valueOf((Long) a).negate());
                case TO_DOUBLE -> (double) (Long) a;
                case TO_INT -> toInt((Double) a);
                case STARTS_WITH -> ((String) a).startsWith((String) of.get(1));
                case ENDS_WITH -> ((String) a).endsWith((String) of.get(1));
                case CONTAINS -> ((String) a).contains((String) of.get(1));
                case SIZE -> (long) ((String) a).codePointCount(0, ((String) a).length());
                default -> arithmetic(a, of.get(1));
            };
        }

        /** {@return -1, 0, 1, or 2 when one of them is NaN} */
        static int compare(final Object a, final Object b) {
            if (a instanceof Double x) {
                final double y = (Double) b;
                return Double.isNaN(x) || Double.isNaN(y) ? 2 : x < y ? -1 : x > y ? 1 : 0;
            } else if (a instanceof String text) {
                return Integer.signum(Arrays.compareUnsigned(
                        text.getBytes(StandardCharsets.UTF_8), ((String) b).getBytes(StandardCharsets.UTF_8)));
            } else if (a instanceof Boolean flag) {
                return Integer.signum(flag.compareTo((Boolean) b));
            } else if (a instanceof Instant moment) {
                return Integer.signum(moment.compareTo((Instant) b));
            } else if (a instanceof Duration duration) {
                return Integer.signum(duration.compareTo((Duration) b));
            }
            return Integer.signum(((Long) a).compareTo((Long) b));
        }

        private static long toInt(final double number) {
            if (!(number > -0x1p63 && number < 0x1p63)) {
                throw new Unknown("out of range");
            }
            return (long) number;
        }

        private Object arithmetic(final Object a, final Object b) {
            if (a instanceof Double x) {
                final double y = (Double) b;
                return switch (operator) {
                    case ADD -> x + y;
                    case SUBTRACT -> x - y;
                    case MULTIPLY -> x * y;
                    default -> x / y;
                };
            } else if (a instanceof Instant moment) {
                return moment(moment, b);
            } else if (a instanceof Duration duration) {
                return b instanceof Instant moment
                        ? inRange(moment.plus(duration))
                        : inRange(
                                operator == Operator.ADD ? duration.plus((Duration) b) : duration.minus((Duration) b));
            }
            return whole((Long) a, (Long) b);
        }

        private Object moment(final Instant moment, final Object b) {
            if (b instanceof Instant other) {
                final Duration between = Duration.between(other, moment);
                if (between.abs().compareTo(Duration.ofNanos(Long.MAX_VALUE)) > 0) {
                    throw new Unknown("too far apart");
                }
                return between;
            }
            final Duration by = (Duration) b;
            return inRange(operator == Operator.ADD ? moment.plus(by) : moment.minus(by));
        }

        private static Instant inRange(final Instant moment) {
            if (moment.isBefore(FIRST) || moment.isAfter(LAST)) {
                throw new Unknown("out of range");
            }
            return moment;
        }

        private static Duration inRange(final Duration duration) {
            if (duration.abs().compareTo(LONGEST) > 0) {
                throw new Unknown("out of range");
            }
            return duration;
        }

        private long whole(final long x, final long y) {
            final BigInteger a = BigInteger.valueOf(x);
            final BigInteger b = BigInteger.valueOf(y);
            if (y == 0 && (operator == Operator.DIVIDE || operator == Operator.MODULO)) {
                throw new Unknown("by zero");
            }
            return whole(
                    switch (operator) {
                        case ADD -> a.add(b);
                        case SUBTRACT -> a.subtract(b);
                        case MULTIPLY -> a.multiply(b);
                        case DIVIDE -> a.divide(b);
                        default -> a.remainder(b);
                    });
        }

        private static long whole(final BigInteger value) {
            if (value.compareTo(MIN) < 0 || value.compareTo(MAX) > 0) {
                throw new Unknown("out of range");
            }
            return value.longValueExact();
        }
    }
}
