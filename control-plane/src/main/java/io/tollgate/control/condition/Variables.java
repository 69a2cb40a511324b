/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.condition;

import io.tollgate.core.condition.Expression;
import io.tollgate.core.condition.Variable;
import java.util.Set;

/** What a condition reads. */
final class Variables {
    private Variables() {}

    static void collect(Expression node, Set<Variable> into) {
        if (node instanceof Expression.Read read) {
            into.add(read.variable());
        } else if (node instanceof Expression.Has has) {
            into.add(has.variable());
        } else if (node instanceof Expression.Count count) {
            into.add(count.list());
        } else if (node instanceof Expression.Call call) {
            call.arguments().forEach(argument -> collect(argument, into));
        } else if (node instanceof Expression.OneOf oneOf) {
            collect(oneOf.value(), into);
        } else if (node instanceof Expression.ElementOf elementOf) {
            collect(elementOf.value(), into);
            into.add(elementOf.list());
        } else if (node instanceof Expression.Some some) {
            if (some.over() instanceof Expression.Texts.From from) {
                into.add(from.list());
            }
            collect(some.body(), into);
        } else if (node instanceof Expression.Calendar calendar) {
            collect(calendar.timestamp(), into);
        }
    }
}
