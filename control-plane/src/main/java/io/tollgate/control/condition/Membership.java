/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.condition;

import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.ExprKind.Kind;
import io.tollgate.core.condition.Expression;
import io.tollgate.core.condition.ValueType;
import io.tollgate.core.condition.Variable;
import io.tollgate.core.condition.VariableSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What conditions ask of lists and of what may be missing: in, has, exists, all, size of a list. */
final class Membership {
    private final Lowering lowering;
    private final Report report;

    Membership(Lowering lowering, Report report) {
        this.lowering = lowering;
        this.report = report;
    }

    @Nullable
    Typed in(CelExpr node) {
        CelExpr wanted = node.call().args().get(0);
        CelExpr container = node.call().args().get(1);
        Path path = Path.of(container);
        if (container.getKind() == Kind.LIST) {
            return oneOf(wanted, container);
        }
        if (path != null && isMap(path)) {
            return key(node, wanted, path);
        }
        Typed value = lowering.value(wanted);
        Typed list = lowering.any(container);
        if (value == null || list == null) {
            return null;
        }
        if (list.type() == ValueType.STRING) {
            return lowering.refused(container, "'in' looks into lists, this is a string", "write text.contains('...')");
        }
        if (list.type() != ValueType.STRING_LIST) {
            return lowering.refused(container, "'in' looks into lists, this is " + list.described(), "write [...]");
        }
        if (value.type() != ValueType.STRING) {
            return lowering.refused(
                    wanted, "the list holds strings, this is " + value.described(), "write a text in quotes");
        }
        Variable variable = ((Expression.Read) list.expression()).variable();
        return bool(new Expression.ElementOf(value.expression(), variable));
    }

    private @Nullable Typed oneOf(CelExpr wanted, CelExpr list) {
        Typed value = lowering.value(wanted);
        if (value != null && value.type() == ValueType.BOOL) {
            return lowering.refused(wanted, "a bool is compared, not looked up in a list", "write it alone, or with !");
        }
        List<Expression> literals = new ArrayList<>();
        for (CelExpr element : list.list().elements()) {
            Typed literal = lowering.value(element);
            if (literal == null || value == null) {
                continue;
            }
            if (value.type() != literal.type()) {
                report.error(
                        element,
                        "the list is searched for " + value.described() + ", this is " + literal.described(),
                        Mismatch.remedy(literal, value));
            } else if (!literal.isLiteral()) {
                report.error(element, "a list holds literals only", "write x == ... || x == ...");
            } else {
                literals.add(literal.expression());
            }
        }
        if (value == null || literals.size() < list.list().elements().size()) {
            return null;
        }
        return bool(new Expression.OneOf(value.expression(), literals));
    }

    private boolean isMap(Path path) {
        if (lowering.isElement(path)) {
            return false;
        }
        int steps = path.steps().size();
        return switch (path.root()) {
            case "usage" -> steps == 0;
            case "config" -> steps < 2;
            case "request" ->
                steps == 1
                        && (path.steps().get(0).name().equals("amount")
                                || path.steps().get(0).name().equals("charge"));
            default -> false;
        };
    }

    /** 'gpu.concurrent' in usage: whether there is a value. */
    private @Nullable Typed key(CelExpr node, CelExpr wanted, Path map) {
        boolean literal = wanted.getKind() == Kind.CONSTANT
                && wanted.constant().getKind() == dev.cel.common.ast.CelConstant.Kind.STRING_VALUE;
        if (!literal) {
            return lowering.refused(wanted, "a key must be a literal", "write '...' in " + map);
        }
        Path path = map.with(new Path.Step(wanted.constant().stringValue(), true));
        if (map.root().equals("config") && map.steps().isEmpty()) {
            return lowering.refused(
                    node,
                    "whether a feature is bought is not for conditions",
                    "write 'KEY' in config['FEATURE'], or gate the action by the feature");
        }
        return present(node, path);
    }

    /** has(actor.level) */
    @Nullable
    Typed has(CelExpr node) {
        CelExpr asked = node.call().args().size() == 1 ? node.call().args().get(0) : node;
        Path path = Path.of(asked);
        if (asked.getKind() != Kind.SELECT || path == null || lowering.isElement(path)) {
            String remedy = path == null || path.steps().isEmpty() || lowering.isElement(path)
                    ? "has asks whether an attribute, a reading or a config value is there"
                    : "write '" + path.last().name() + "' in " + path.before();
            return lowering.refused(node, "has needs a name with a dot, like has(actor.level)", remedy);
        }
        return present(node, path);
    }

    private @Nullable Typed present(CelExpr node, Path path) {
        Variable variable = lowering.variable(node, path);
        if (variable == null) {
            return null;
        }
        if (variable.source() == VariableSource.AMOUNT || variable.source() == VariableSource.CHARGE) {
            return lowering.refused(node, path + " is always there: 0 when nothing is asked", "write " + path + " > 0");
        }
        return bool(new Expression.Has(variable));
    }

    /** list.exists(x, body), list.all(x, body) */
    @Nullable
    Typed some(CelExpr node, CelExpr range, boolean all) {
        String macro = all ? "all" : "exists";
        List<CelExpr> arguments = node.call().args();
        if (arguments.size() != 2 || arguments.get(0).getKind() != Kind.IDENT) {
            return lowering.refused(
                    node, macro + " needs a name and a condition", "write list." + macro + "(x, x == '...')");
        }
        Expression.Texts texts = texts(range);
        String name = arguments.get(0).ident().name();
        if (FixedNames.ROOTS.contains(name)) {
            report.error(arguments.get(0), "'" + name + "' has a meaning already", "use another name, like x");
            return null;
        }
        if (lowering.isInsideOfBody()) {
            return lowering.refused(
                    node,
                    "exists and all cannot be inside of one another",
                    "write 'x' in the inner list, or two rules");
        }
        Expression body = lowering.body(arguments.get(1), name, macro + " asks a condition of each element");
        return texts == null || body == null ? null : bool(new Expression.Some(all, texts, body));
    }

    private Expression.@Nullable Texts texts(CelExpr range) {
        if (range.getKind() != Kind.LIST) {
            Variable list = list(range);
            return list == null ? null : new Expression.Texts.From(list);
        }
        List<String> texts = new ArrayList<>();
        for (CelExpr element : range.list().elements()) {
            Typed literal = lowering.value(element);
            if (literal != null && literal.expression() instanceof Expression.Text text) {
                texts.add(text.value());
            } else if (literal != null) {
                report.error(element, "exists and all go through lists of text literals", "write a text in quotes");
            }
        }
        return texts.size() < range.list().elements().size() ? null : new Expression.Texts.Listed(texts);
    }

    private @Nullable Variable list(CelExpr node) {
        Typed list = lowering.any(node);
        if (list == null) {
            return null;
        }
        if (list.type() != ValueType.STRING_LIST) {
            report.error(node, "this is " + list.described() + ", no list", "use a list of strings, like actor.roles");
            return null;
        }
        return ((Expression.Read) list.expression()).variable();
    }

    private static Typed bool(Expression expression) {
        return new Typed(expression, ValueType.BOOL);
    }
}
