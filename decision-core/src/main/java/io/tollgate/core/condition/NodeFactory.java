/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.condition;

import io.tollgate.core.world.def.DefinitionException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToIntFunction;
import org.agrona.concurrent.UnsafeBuffer;

/** Makes nodes of an expression that {@link ExpressionCheck} has passed. One thread. */
final class NodeFactory {
    private final ToIntFunction<Variable> slotOf;
    private final Map<String, ZoneOffsets> zones;
    private final Set<Integer> slots = new LinkedHashSet<>();

    /**
     * Makes a factory for one condition.
     *
     * @param slotOf gives variables their slots
     * @param zones  that are known already, by name; takes new ones
     */
    NodeFactory(final ToIntFunction<Variable> slotOf, final Map<String, ZoneOffsets> zones) {
        this.slotOf = slotOf;
        this.zones = zones;
    }

    /** {@return the slots that the nodes read, in the order of the source} */
    int[] slots() {
        return slots.stream().mapToInt(Integer::intValue).toArray();
    }

    private int slot(final Variable variable) {
        final int slot = slotOf.applyAsInt(variable);
        slots.add(slot);
        return slot;
    }

    Node.Bool bool(final Expression node) {
        return (Node.Bool) node(node);
    }

    private Node.Whole whole(final Expression node) {
        return (Node.Whole) node(node);
    }

    private Node.Real real(final Expression node) {
        return (Node.Real) node(node);
    }

    private Node.Text text(final Expression node) {
        return (Node.Text) node(node);
    }

    private Node node(final Expression node) {
        if (node instanceof Expression.Flag flag) {
            return new BoolNodes.Constant(flag.value());
        } else if (node instanceof Expression.Whole whole) {
            return new WholeNodes.Constant(whole.value());
        } else if (node instanceof Expression.Real real) {
            return new RealNodes.Constant(real.value());
        } else if (node instanceof Expression.Text text) {
            return new TextNodes.Constant(utf8(text.value()));
        } else if (node instanceof Expression.Read read) {
            return read(read.variable());
        } else if (node instanceof Expression.Has has) {
            return new BoolNodes.Has(slot(has.variable()));
        } else if (node instanceof Expression.Count count) {
            return new WholeNodes.Count(slot(count.list()));
        } else if (node instanceof Expression.Element) {
            return new TextNodes.Element();
        } else if (node instanceof Expression.OneOf oneOf) {
            return oneOf(oneOf);
        } else if (node instanceof Expression.ElementOf elementOf) {
            return new ListNodes.ElementOf(text(elementOf.value()), slot(elementOf.list()));
        } else if (node instanceof Expression.Some some) {
            return some(some);
        } else if (node instanceof Expression.Calendar calendar) {
            return new WholeNodes.Calendar(calendar.field(), zone(calendar.zone()), whole(calendar.timestamp()));
        }
        return call((Expression.Call) node);
    }

    private Node read(final Variable variable) {
        final int slot = slot(variable);
        return switch (variable.type()) {
            case BOOL -> new BoolNodes.Variable(slot);
            case DOUBLE -> new RealNodes.Variable(slot);
            case STRING -> new TextNodes.Variable(slot);
            default -> new WholeNodes.Variable(slot);
        };
    }

    private Node call(final Expression.Call call) {
        final List<Expression> arguments = call.arguments();
        final Expression first = arguments.get(0);
        return switch (call.operator()) {
            case AND, OR ->
                new BoolNodes.Chain(
                        arguments.stream().map(this::bool).toArray(Node.Bool[]::new), call.operator() == Operator.OR);
            case NOT -> new BoolNodes.Not(bool(first));
            case CHOOSE -> choose(bool(first), node(arguments.get(1)), node(arguments.get(2)));
            case EQUAL, NOT_EQUAL, LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL, STARTS_WITH, ENDS_WITH ->
                compare(call.operator(), first, arguments.get(1));
            case ADD, SUBTRACT, MULTIPLY, DIVIDE, MODULO -> arithmetic(call.operator(), first, arguments.get(1));
            case NEGATE -> {
                final Node operand = node(first);
                yield operand instanceof Node.Real real
                        ? new RealNodes.Negate(real)
                        : new WholeNodes.Negate((Node.Whole) operand);
            }
            case TO_DOUBLE -> new RealNodes.FromWhole(whole(first));
            case TO_INT -> new WholeNodes.FromReal(real(first));
            case CONTAINS -> {
                final String wanted = ((Expression.Text) arguments.get(1)).value();
                yield new TextNodes.Contains(text(first), utf8(wanted));
            }
            case SIZE -> new WholeNodes.Size(text(first));
        };
    }

    private static Node choose(final Node.Bool condition, final Node then, final Node otherwise) {
        if (then instanceof Node.Bool yes) {
            return new BoolNodes.Choose(condition, yes, (Node.Bool) otherwise);
        } else if (then instanceof Node.Real yes) {
            return new RealNodes.Choose(condition, yes, (Node.Real) otherwise);
        } else if (then instanceof Node.Text yes) {
            return new TextNodes.Choose(condition, yes, (Node.Text) otherwise);
        }
        return new WholeNodes.Choose(condition, (Node.Whole) then, (Node.Whole) otherwise);
    }

    private Node compare(final Operator operator, final Expression first, final Expression second) {
        final Node left = node(first);
        final Node right = node(second);
        if (left instanceof Node.Text text) {
            return compareTexts(operator, text, (Node.Text) right, second);
        }
        final Order order = Order.of(operator);
        if (left instanceof Node.Bool bool) {
            return new BoolNodes.Compare(bool, (Node.Bool) right, order);
        } else if (left instanceof Node.Real real) {
            return new RealNodes.Compare(real, (Node.Real) right, order);
        } else if (left instanceof WholeNodes.Variable variable && right instanceof WholeNodes.Constant constant) {
            return new WholeNodes.CompareConstant(variable.slot, constant.value, order);
        }
        return new WholeNodes.Compare((Node.Whole) left, (Node.Whole) right, order);
    }

    private static Node compareTexts(
            final Operator operator, final Node.Text left, final Node.Text right, final Expression second) {
        final boolean equality = operator == Operator.EQUAL || operator == Operator.NOT_EQUAL;
        if (equality && left instanceof TextNodes.Variable variable && second instanceof Expression.Text constant) {
            return new TextNodes.EqualsConstant(variable.slot, utf8(constant.value()), operator == Operator.NOT_EQUAL);
        }
        final boolean ends = operator == Operator.STARTS_WITH || operator == Operator.ENDS_WITH;
        return new TextNodes.Pair(operator, Order.of(ends ? Operator.EQUAL : operator), left, right);
    }

    private Node arithmetic(final Operator operator, final Expression first, final Expression second) {
        final Node left = node(first);
        if (left instanceof Node.Real real) {
            return new RealNodes.Arithmetic(operator, real, real(second));
        }
        final ValueType a = ExpressionTypes.of(first);
        final ValueType b = ExpressionTypes.of(second);
        final ValueType result = Typing.result(operator, a, b);
        if (result == null) {
            throw new IllegalStateException(operator + " of " + a + " and " + b + " was not refused");
        }
        final boolean between = a == ValueType.TIMESTAMP && b == ValueType.TIMESTAMP;
        return new WholeNodes.Arithmetic(operator, result, between, (Node.Whole) left, whole(second));
    }

    private Node oneOf(final Expression.OneOf oneOf) {
        final Node value = node(oneOf.value());
        final List<Expression> literals = oneOf.literals();
        if (value instanceof Node.Text text) {
            return new ListNodes.OneOf(
                    text,
                    literals.stream()
                            .map(literal -> utf8(((Expression.Text) literal).value()))
                            .toArray(byte[][]::new));
        } else if (value instanceof Node.Real real) {
            return new RealNodes.OneOf(
                    real,
                    literals.stream()
                            .mapToDouble(literal -> ((Expression.Real) literal).value())
                            .toArray());
        }
        return new WholeNodes.OneOf(
                (Node.Whole) value,
                literals.stream()
                        .mapToLong(literal -> ((Expression.Whole) literal).value())
                        .sorted()
                        .toArray());
    }

    private Node some(final Expression.Some some) {
        if (some.over() instanceof Expression.Texts.From from) {
            return new ListNodes.SomeOfVariable(slot(from.list()), bool(some.body()), some.all());
        }
        final UnsafeBuffer[] literals = ((Expression.Texts.Listed) some.over())
                .values().stream().map(value -> new UnsafeBuffer(utf8(value))).toArray(UnsafeBuffer[]::new);
        return new ListNodes.SomeOfLiterals(literals, bool(some.body()), some.all());
    }

    private ZoneOffsets zone(final String name) {
        final ZoneOffsets known = zones.get(name);
        if (known != null) {
            return known;
        }
        final ZoneOffsets offsets = ZoneOffsets.of(name);
        if (offsets == null) {
            throw new DefinitionException(
                    "time zone '" + name + "' is not known to this Java; update its time zone data");
        }
        zones.put(name, offsets);
        return offsets;
    }

    private static byte[] utf8(final String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
