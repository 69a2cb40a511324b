/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import io.tollgate.core.condition.ValueType;
import io.tollgate.core.condition.Variable;
import io.tollgate.core.condition.VariableSource;
import io.tollgate.core.world.def.AttributeDef;
import io.tollgate.core.world.def.AttributeType;
import io.tollgate.core.world.def.AttributeValue;
import io.tollgate.core.world.def.RegistryDef;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** What the conditions of a {@link RandomWorld} read. */
final class RandomFacts {
    static final List<AttributeDef> ATTRIBUTES = List.of(
            new AttributeDef("actor.cost_center", AttributeType.STRING),
            new AttributeDef("actor.level", AttributeType.INT),
            new AttributeDef("actor.mfa", AttributeType.BOOL),
            new AttributeDef("actor.groups", AttributeType.STRING_LIST),
            new AttributeDef("place.tier", AttributeType.STRING),
            new AttributeDef("place.share", AttributeType.DOUBLE),
            new AttributeDef("place.since", AttributeType.TIMESTAMP),
            new AttributeDef("resource.region", AttributeType.STRING),
            new AttributeDef("resource.score", AttributeType.DOUBLE),
            new AttributeDef("resource.tags", AttributeType.STRING_LIST),
            new AttributeDef("resource.created", AttributeType.TIMESTAMP),
            new AttributeDef("request.priority", AttributeType.INT));

    private static final int CONFIG_FEATURE = 0;

    private RandomFacts() {}

    /** {@return everything that a condition can read, and a config value that nobody has} */
    static List<Variable> variables(final RegistryDef registry) {
        final List<Variable> variables = new ArrayList<>();
        for (final VariableSource source : VariableSource.values()) {
            if (!source.isNumbered()) {
                variables.add(Variable.of(source));
            }
        }
        for (int i = 0; i < ATTRIBUTES.size(); i++) {
            final ValueType type = ValueType.of(ATTRIBUTES.get(i).type());
            variables.add(Variable.of(VariableSource.ATTRIBUTE, i, type));
        }
        for (int i = 0; i < registry.units().size(); i++) {
            variables.add(Variable.of(VariableSource.AMOUNT, i, ValueType.INT));
        }
        for (int i = 0; i < registry.dimensions().size(); i++) {
            variables.add(Variable.of(VariableSource.CHARGE, i, ValueType.INT));
            variables.add(Variable.of(VariableSource.USAGE, i, ValueType.INT));
        }
        variables.add(new Variable(VariableSource.CONFIG, CONFIG_FEATURE, "max_tokens", ValueType.INT));
        variables.add(new Variable(VariableSource.CONFIG, CONFIG_FEATURE, "share", ValueType.DOUBLE));
        variables.add(new Variable(VariableSource.CONFIG, CONFIG_FEATURE, "models", ValueType.STRING_LIST));
        variables.add(new Variable(VariableSource.CONFIG, CONFIG_FEATURE, "nobody_has_this", ValueType.STRING));
        return variables;
    }

    static Map<String, AttributeValue> config(final Random random) {
        final Map<String, AttributeValue> config = new HashMap<>();
        config.put("max_tokens", new AttributeValue.Whole(4096));
        if (random.nextBoolean()) {
            config.put("share", random.nextBoolean() ? new AttributeValue.Real(0.5) : new AttributeValue.Whole(1));
        }
        if (random.nextBoolean()) {
            config.put("models", new AttributeValue.TextList(RandomConditions.texts(random)));
        }
        return config;
    }

    /** {@return some of the attributes that start so} */
    static Map<String, AttributeValue> attributes(final String owner, final Random random) {
        final Map<String, AttributeValue> attributes = new HashMap<>();
        for (final AttributeDef declared : ATTRIBUTES) {
            if (declared.name().startsWith(owner) && random.nextInt(3) == 0) {
                attributes.put(declared.name(), value(declared.type(), random));
            }
        }
        return attributes;
    }

    static AttributeValue value(final AttributeType type, final Random random) {
        return switch (type) {
            case STRING ->
                new AttributeValue.Text(RandomConditions.TEXTS.get(random.nextInt(RandomConditions.TEXTS.size())));
            case INT ->
                new AttributeValue.Whole(RandomConditions.NUMBERS[random.nextInt(RandomConditions.NUMBERS.length)]);
            case DOUBLE ->
                random.nextInt(4) == 0
                        ? new AttributeValue.Whole(random.nextInt(3))
                        : new AttributeValue.Real(
                                RandomConditions.REALS[random.nextInt(RandomConditions.REALS.length)]);
            case BOOL -> new AttributeValue.Flag(random.nextBoolean());
            case TIMESTAMP ->
                new AttributeValue.Moment(RandomConditions.moment(random).toEpochMilli());
            case STRING_LIST -> new AttributeValue.TextList(RandomConditions.texts(random));
        };
    }
}
