/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.condition;

import io.tollgate.control.condition.Vocabulary.Attribute;
import io.tollgate.control.condition.Vocabulary.ConfigType;
import io.tollgate.control.condition.Vocabulary.Feature;
import io.tollgate.core.condition.ValueType;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Names of all sorts. */
final class SampleVocabulary {
    private SampleVocabulary() {}

    static Vocabulary make() {
        Map<String, Attribute> attributes = new TreeMap<>();
        attributes.put("actor.level", new Attribute(0, ValueType.INT));
        attributes.put("actor.score", new Attribute(1, ValueType.DOUBLE));
        attributes.put("actor.cost-center", new Attribute(2, ValueType.STRING));
        attributes.put("place.regulated", new Attribute(3, ValueType.BOOL));
        attributes.put("place.since", new Attribute(4, ValueType.TIMESTAMP));
        attributes.put("resource.region", new Attribute(5, ValueType.STRING));
        attributes.put("resource.tags", new Attribute(6, ValueType.STRING_LIST));
        attributes.put("resource.model", new Attribute(7, ValueType.STRING));
        attributes.put("request.team.lead", new Attribute(8, ValueType.STRING));
        attributes.put("request.until", new Attribute(9, ValueType.TIMESTAMP));
        attributes.put("request.in", new Attribute(10, ValueType.BOOL));
        attributes.put("request.size", new Attribute(11, ValueType.INT));
        attributes.put("request.share", new Attribute(12, ValueType.DOUBLE));
        attributes.put("request.labels", new Attribute(13, ValueType.STRING_LIST));
        return new Vocabulary(
                attributes,
                Map.of("gpu_hour", 0, "token", 1),
                Map.of("gpu.concurrent", 0, "tokens", 1),
                Map.of(
                        "sso", new Feature(0, "boolean", Map.of()),
                        "terms",
                                new Feature(
                                        1,
                                        "config",
                                        Map.of(
                                                "size", new ConfigType.One(ValueType.INT),
                                                "rate", new ConfigType.One(ValueType.DOUBLE),
                                                "tier", new ConfigType.One(ValueType.STRING),
                                                "beta", new ConfigType.One(ValueType.BOOL),
                                                "models", new ConfigType.One(ValueType.STRING_LIST),
                                                "mixed",
                                                        new ConfigType.Unreadable(
                                                                "an int at a:1:2 and a string at b:1:2",
                                                                "give it one type")))),
                Set.of("actor.broken"));
    }
}
