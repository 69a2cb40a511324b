/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.condition;

import io.tollgate.core.condition.ValueType;
import java.util.Map;
import java.util.Set;

/**
 * What conditions of one bundle can read besides what every bundle has. Numbers are positions in the registry.
 *
 * @param attributes by full name, "resource.region"
 * @param units      by name
 * @param dimensions by name
 * @param features   by lookup key
 * @param broken     names that are declared, but wrong: using one is no second mistake
 */
public record Vocabulary(
        Map<String, Attribute> attributes,
        Map<String, Integer> units,
        Map<String, Integer> dimensions,
        Map<String, Feature> features,
        Set<String> broken) {

    /** A declared attribute. */
    public record Attribute(int id, ValueType type) {}

    /**
     * A feature.
     *
     * @param kind   as its declaration has it: "config"
     * @param values types of its config values, by key
     */
    public record Feature(int id, String kind, Map<String, ConfigType> values) {}

    /** What entitlements give a config value. */
    public sealed interface ConfigType {
        /** Everywhere the same type. */
        record One(ValueType type) implements ConfigType {}

        /**
         * Nothing that a condition can be compiled for.
         *
         * @param why    for the message: "an int at billing/a.yaml:3:4 and a string at billing/b.yaml:5:6"
         * @param remedy what to do about it
         */
        record Unreadable(String why, String remedy) implements ConfigType {}
    }
}
