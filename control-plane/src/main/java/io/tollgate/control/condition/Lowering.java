/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.condition;

import dev.cel.common.Operator;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.CelCall;
import io.tollgate.core.condition.Expression;
import io.tollgate.core.condition.Typing;
import io.tollgate.core.condition.ValueType;
import io.tollgate.core.condition.Variable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * From a parsed expression, macros not expanded, to a condition. Goes on after a mistake, so that all are found; null stands for a
 * part that is wrong already.
 */
final class Lowering {
    private static final Map<Operator, io.tollgate.core.condition.Operator> BINARY = Map.ofEntries(
            Map.entry(Operator.EQUALS, io.tollgate.core.condition.Operator.EQUAL),
            Map.entry(Operator.NOT_EQUALS, io.tollgate.core.condition.Operator.NOT_EQUAL),
            Map.entry(Operator.LESS, io.tollgate.core.condition.Operator.LESS),
            Map.entry(Operator.LESS_EQUALS, io.tollgate.core.condition.Operator.LESS_OR_EQUAL),
            Map.entry(Operator.GREATER, io.tollgate.core.condition.Operator.GREATER),
            Map.entry(Operator.GREATER_EQUALS, io.tollgate.core.condition.Operator.GREATER_OR_EQUAL),
            Map.entry(Operator.ADD, io.tollgate.core.condition.Operator.ADD),
            Map.entry(Operator.SUBTRACT, io.tollgate.core.condition.Operator.SUBTRACT),
            Map.entry(Operator.MULTIPLY, io.tollgate.core.condition.Operator.MULTIPLY),
            Map.entry(Operator.DIVIDE, io.tollgate.core.condition.Operator.DIVIDE),
            Map.entry(Operator.MODULO, io.tollgate.core.condition.Operator.MODULO));

    private final Report report;
    private final VariableReader variables;
    private final Functions functions;
    private final Membership membership;
    /** The name that exists or all gives to the element at hand. */
    private @Nullable String element;

    Lowering(Vocabulary vocabulary, Report report) {
        this.report = report;
        variables = new VariableReader(vocabulary, report);
        membership = new Membership(this, report);
        functions = new Functions(this, membership, report);
    }

    /** {@return the condition, or null after a report} */
    @Nullable
    Expression condition(CelExpr root) {
        Typed condition = value(root);
        if (condition == null) {
            return null;
        }
        if (condition.type() != ValueType.BOOL) {
            report.error(
                    root,
                    "a condition is true or false, this is " + condition.described(),
                    "compare it with something");
            return null;
        }
        return condition.expression();
    }

    /** {@return a value that is no list} */
    @Nullable
    Typed value(CelExpr node) {
        Typed any = any(node);
        if (any != null && any.type() == ValueType.STRING_LIST) {
            report.error(
                    node,
                    "a list is no value",
                    "write 'x' in the list, list.exists(x, ...), list.all(x, ...) or size(list)");
            return null;
        }
        return any;
    }

    /** {@return a value or a list} */
    @Nullable
    Typed any(CelExpr node) {
        return switch (node.getKind()) {
            case CONSTANT -> constant(node);
            case IDENT, SELECT -> path(node);
            case CALL -> call(node);
            case LIST -> {
                report.error(
                        node,
                        "a list can only stand right of 'in', before .exists and .all",
                        "compare with its elements");
                yield null;
            }
            case STRUCT, MAP -> {
                report.error(node, "maps and messages cannot be written in conditions", "compare values with literals");
                yield null;
            }
            case COMPREHENSION, NOT_SET -> {
                report.error(node, "this is not supported in conditions", SyntaxWords.REFERENCE);
                yield null;
            }
        };
    }

    private @Nullable Typed constant(CelExpr node) {
        CelConstant constant = node.constant();
        return switch (constant.getKind()) {
            case BOOLEAN_VALUE -> new Typed(new Expression.Flag(constant.booleanValue()), ValueType.BOOL);
            case INT64_VALUE -> new Typed(new Expression.Whole(ValueType.INT, constant.int64Value()), ValueType.INT);
            case DOUBLE_VALUE -> real(node, constant.doubleValue());
            case STRING_VALUE -> new Typed(new Expression.Text(constant.stringValue()), ValueType.STRING);
            case UINT64_VALUE -> refused(node, "unsigned numbers are not supported", "write " + constant.uint64Value());
            case BYTES_VALUE -> refused(node, "bytes are not supported", "write a text without the b");
            case NULL_VALUE -> refused(node, "nothing is null here", "write has(...) to ask whether there is a value");
            default -> refused(node, "this literal is not supported", SyntaxWords.REFERENCE);
        };
    }

    private @Nullable Typed real(CelExpr node, double value) {
        if (Double.isInfinite(value)) {
            return refused(node, "the number is beyond what a double holds", "write a smaller one");
        }
        return new Typed(new Expression.Real(value), ValueType.DOUBLE);
    }

    @Nullable
    Typed refused(CelExpr node, String message, String remedy) {
        report.error(node, message, remedy);
        return null;
    }

    /** {@return what a name means} */
    private @Nullable Typed path(CelExpr node) {
        Path path = Path.of(node);
        if (path == null) {
            report.error(
                    node,
                    "nothing can be selected from this",
                    "select from actor, resource, place, request, time, usage or config");
            return null;
        }
        if (path.root().equals(element)) {
            return path.steps().isEmpty()
                    ? new Typed(new Expression.Element(), ValueType.STRING)
                    : refused(node, "'" + element + "' is a string and has nothing below it", "write " + element);
        }
        Variable variable = variables.read(node, path);
        return variable == null ? null : new Typed(new Expression.Read(variable), variable.type());
    }

    /** {@return the variable of a path, or null after a report; never the element at hand} */
    @Nullable
    Variable variable(CelExpr node, Path path) {
        return variables.read(node, path);
    }

    boolean isElement(Path path) {
        return path.root().equals(element);
    }

    private @Nullable Typed call(CelExpr node) {
        CelCall call = node.call();
        Optional<Operator> operator =
                call.target().isPresent() ? Optional.empty() : Operator.findReverse(call.function());
        if (operator.isEmpty() || Character.isLetter(call.function().codePointAt(0))) {
            return functions.call(node);
        }
        io.tollgate.core.condition.Operator binary = BINARY.get(operator.get());
        if (binary != null) {
            return binary(node, binary);
        }
        return switch (operator.get()) {
            case LOGICAL_AND -> logic(node, operator.get(), io.tollgate.core.condition.Operator.AND);
            case LOGICAL_OR -> logic(node, operator.get(), io.tollgate.core.condition.Operator.OR);
            case LOGICAL_NOT -> not(node);
            case NEGATE -> negate(node);
            case CONDITIONAL -> choose(node);
            case IN -> membership.in(node);
            case INDEX -> index(node);
            default -> refused(node, "this operator is not supported in conditions", SyntaxWords.REFERENCE);
        };
    }

    private @Nullable Typed index(CelExpr node) {
        CelExpr indexed = node.call().args().get(0);
        Path path = Path.of(indexed);
        if (Path.of(node) != null) {
            return path(node);
        }
        if (path != null
                && (path.root().equals("usage")
                        || path.root().equals("config")
                        || path.root().equals("request"))) {
            return refused(node, "a key must be a literal", "write " + path + "['...']");
        }
        return refused(
                node,
                "elements cannot be taken out of a list",
                "write 'x' in the list, list.exists(x, ...) or list.all(x, ...)");
    }

    /** All operands of a chain of one operator, from left to right. */
    private @Nullable Typed logic(CelExpr node, Operator parsed, io.tollgate.core.condition.Operator operator) {
        List<CelExpr> parts = new ArrayList<>();
        flatten(node, parsed, parts);
        List<Expression> operands = new ArrayList<>();
        for (CelExpr part : parts) {
            Expression operand = flag(part, "'" + operator.label() + "' needs true or false");
            if (operand != null) {
                operands.add(operand);
            }
        }
        return operands.size() < parts.size()
                ? null
                : new Typed(new Expression.Call(operator, operands), ValueType.BOOL);
    }

    private static void flatten(CelExpr node, Operator operator, List<CelExpr> parts) {
        boolean same = node.getKind() == CelExpr.ExprKind.Kind.CALL
                && node.call().function().equals(operator.getFunction());
        if (same) {
            node.call().args().forEach(part -> flatten(part, operator, parts));
        } else {
            parts.add(node);
        }
    }

    /** {@return a bool, or null after a report} */
    @Nullable
    Expression flag(CelExpr node, String need) {
        Typed value = value(node);
        if (value == null) {
            return null;
        }
        if (value.type() != ValueType.BOOL) {
            report.error(node, need + ", this is " + value.described(), "compare it with something");
            return null;
        }
        return value.expression();
    }

    private @Nullable Typed not(CelExpr node) {
        Expression operand = flag(node.call().args().get(0), "'!' needs true or false");
        return operand == null
                ? null
                : new Typed(
                        new Expression.Call(io.tollgate.core.condition.Operator.NOT, List.of(operand)), ValueType.BOOL);
    }

    private @Nullable Typed negate(CelExpr node) {
        Typed operand = value(node.call().args().get(0));
        if (operand == null) {
            return null;
        }
        ValueType type = Typing.result(io.tollgate.core.condition.Operator.NEGATE, operand.type());
        return type == null
                ? refused(
                        node,
                        "'-' needs a number, this is " + operand.described(),
                        "negate numbers only; of a bool write !")
                : new Typed(
                        new Expression.Call(io.tollgate.core.condition.Operator.NEGATE, List.of(operand.expression())),
                        type);
    }

    private @Nullable Typed choose(CelExpr node) {
        Expression condition = flag(node.call().args().get(0), "before '?' there must be true or false");
        Typed then = value(node.call().args().get(1));
        Typed otherwise = value(node.call().args().get(2));
        if (condition == null || then == null || otherwise == null) {
            return null;
        }
        if (then.type() != otherwise.type()) {
            report.operatorError(
                    node,
                    "'?:' chooses between " + then.described() + " and " + otherwise.described(),
                    Mismatch.remedy(then, otherwise));
            return null;
        }
        return new Typed(
                new Expression.Call(
                        io.tollgate.core.condition.Operator.CHOOSE,
                        List.of(condition, then.expression(), otherwise.expression())),
                then.type());
    }

    private @Nullable Typed binary(CelExpr node, io.tollgate.core.condition.Operator operator) {
        Typed left = value(node.call().args().get(0));
        Typed right = value(node.call().args().get(1));
        if (left == null || right == null) {
            return null;
        }
        ValueType type = Typing.result(operator, left.type(), right.type());
        if (type == null) {
            report.operatorError(
                    node,
                    "'" + operator.label() + "' cannot take " + left.described() + " and " + right.described(),
                    Mismatch.remedy(operator, left, right));
            return null;
        }
        return new Typed(new Expression.Call(operator, List.of(left.expression(), right.expression())), type);
    }

    /** {@return the body of exists or all, where a name stands for the element; null after a report} */
    @Nullable
    Expression body(CelExpr body, String name, String need) {
        String outer = element;
        element = name;
        Expression lowered = flag(body, need);
        element = outer;
        return lowered;
    }

    boolean isInsideOfBody() {
        return element != null;
    }
}
