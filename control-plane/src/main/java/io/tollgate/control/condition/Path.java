/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.condition;

import dev.cel.common.Operator;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.ExprKind.Kind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A name and what is selected from it: actor.level, usage['gpu.concurrent'], config['terms'].size. */
record Path(String root, List<Step> steps) {

    /**
     * One step.
     *
     * @param indexed ['name'] instead of .name
     */
    record Step(String name, boolean indexed) {}

    /** {@return the path that an expression is, or null when it is none} */
    static @Nullable Path of(CelExpr node) {
        if (node.getKind() == Kind.IDENT) {
            return new Path(node.ident().name(), List.of());
        }
        if (node.getKind() == Kind.SELECT) {
            Path operand = of(node.select().operand());
            return operand == null ? null : operand.with(new Step(node.select().field(), false));
        }
        if (node.getKind() == Kind.CALL && node.call().function().equals(Operator.INDEX.getFunction())) {
            CelExpr index = node.call().args().get(1);
            Path operand = of(node.call().args().get(0));
            boolean text =
                    index.getKind() == Kind.CONSTANT && index.constant().getKind() == CelConstant.Kind.STRING_VALUE;
            return operand == null || !text
                    ? null
                    : operand.with(new Step(index.constant().stringValue(), true));
        }
        return null;
    }

    Path with(Step step) {
        List<Step> longer = new ArrayList<>(steps);
        longer.add(step);
        return new Path(root, List.copyOf(longer));
    }

    /** {@return the last step; there is one} */
    Step last() {
        return steps.get(steps.size() - 1);
    }

    /** {@return the path without its last step} */
    Path before() {
        return new Path(root, steps.subList(0, steps.size() - 1));
    }

    /** {@return as one writes it} */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(root);
        for (Step step : steps) {
            text.append(step.indexed() ? "['" + step.name() + "']" : "." + written(step.name()));
        }
        return text.toString();
    }

    /** {@return a name after a dot, in backticks where it needs them} */
    static String written(String name) {
        return name.matches("[A-Za-z_][A-Za-z0-9_]*") && !name.matches("true|false|null|in") ? name : "`" + name + "`";
    }
}
