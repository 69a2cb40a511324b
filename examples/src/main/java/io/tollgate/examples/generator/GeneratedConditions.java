/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.examples.generator;

import io.tollgate.core.condition.ConditionEncoder;
import io.tollgate.core.condition.ConditionFormatException;
import io.tollgate.core.condition.Expression;
import io.tollgate.core.condition.Operator;
import io.tollgate.core.condition.ValueType;
import io.tollgate.core.condition.Variable;
import io.tollgate.core.condition.VariableSource;
import io.tollgate.core.world.def.AttributeDef;
import io.tollgate.core.world.def.AttributeType;
import io.tollgate.core.world.def.ConditionDef;
import java.util.List;

/** Conditions of the generated rules: every candidate has one, those that are reached read one to four values. */
final class GeneratedConditions {
    static final List<AttributeDef> ATTRIBUTES = List.of(
            new AttributeDef("place.tier", AttributeType.STRING),
            new AttributeDef("resource.region", AttributeType.STRING),
            new AttributeDef("resource.model", AttributeType.STRING));

    private static final Expression TIER = attribute(0);
    private static final Expression REGION = attribute(1);
    private static final Expression MODEL = attribute(2);
    private static final Expression TOKENS =
            new Expression.Read(Variable.of(VariableSource.AMOUNT, GeneratedRegistry.TOKEN_UNIT, ValueType.INT));

    /** True for what is measured: of the rule that hands down or allows. */
    static final ConditionDef IN_REGION = condition(
            "resource.region in ['eu-1', 'eu-2', 'us-1'] && place.tier != 'blocked'",
            both(
                    new Expression.OneOf(REGION, List.of(text("eu-1"), text("eu-2"), text("us-1"))),
                    call(Operator.NOT_EQUAL, TIER, text("blocked"))));

    /** True for what is measured: of the restrict rule. */
    static final ConditionDef MODERATE = condition(
            "request.amount['token'] <= 100000",
            call(Operator.LESS_OR_EQUAL, TOKENS, new Expression.Whole(ValueType.INT, 100_000)));

    /** True for what is measured, four terms: of the rules of a team. */
    static final ConditionDef FOUR_TERMS = condition(
            "resource.model == 'large' && resource.region.startsWith('eu') && request.amount['token'] > 0 && place.tier == 'gold'",
            new Expression.Call(
                    Operator.AND,
                    List.of(
                            call(Operator.EQUAL, MODEL, text("large")),
                            call(Operator.STARTS_WITH, REGION, text("eu")),
                            call(Operator.GREATER, TOKENS, new Expression.Whole(ValueType.INT, 0)),
                            call(Operator.EQUAL, TIER, text("gold")))));

    /** False for what is measured; of the rules that match nobody, so that it is rarely reached. */
    static final ConditionDef INTERNAL =
            condition("resource.model.startsWith('internal-')", call(Operator.STARTS_WITH, MODEL, text("internal-")));

    private GeneratedConditions() {}

    private static Expression attribute(final int id) {
        return new Expression.Read(Variable.of(
                VariableSource.ATTRIBUTE, id, ValueType.of(ATTRIBUTES.get(id).type())));
    }

    private static Expression text(final String value) {
        return new Expression.Text(value);
    }

    private static Expression call(final Operator operator, final Expression left, final Expression right) {
        return new Expression.Call(operator, List.of(left, right));
    }

    private static Expression both(final Expression left, final Expression right) {
        return call(Operator.AND, left, right);
    }

    private static ConditionDef condition(final String source, final Expression expression) {
        try {
            return new ConditionDef(source, ConditionEncoder.encode(expression));
        } catch (final ConditionFormatException ex) {
            throw new IllegalStateException(source, ex);
        }
    }
}
