/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import io.tollgate.control.condition.Vocabulary.ConfigType;
import io.tollgate.control.source.BundleSource.Part;
import io.tollgate.control.source.Folder;
import io.tollgate.control.source.Position;
import io.tollgate.control.source.Value;
import io.tollgate.core.attribute.AttributeLimits;
import io.tollgate.core.condition.ValueType;
import io.tollgate.v1.AttributeValue;
import java.util.Map;
import java.util.TreeMap;

/** Types of the config values that plans and subscriptions give, whether anybody has bought them or not. */
final class ConfigTypes {
    private final Map<String, Map<String, Seen>> features = new TreeMap<>();

    private record Seen(ConfigType type, Position at) {}

    ConfigTypes(Compilation compilation) {
        for (Part part : compilation.files(Folder.BILLING)) {
            for (String holder : new String[] {"plans", "subscriptions"}) {
                for (Value.Entry entry : part.root().entries(holder)) {
                    read(entry.fields(), "entitlements");
                    if (holder.equals("subscriptions")) {
                        read(entry.fields(), "override_entitlements");
                    }
                }
            }
        }
    }

    private void read(Value.Fields holder, String key) {
        for (Value.Entry entitlement : holder.entries(key)) {
            for (Value.Entry value : entitlement.fields().entries("config_value")) {
                Object parsed = ((Value.Scalar) value.value()).as(Object.class);
                ConfigType type = typeOf(Attributes.untyped(parsed), value.at());
                features.computeIfAbsent(entitlement.key(), feature -> new TreeMap<>())
                        .merge(value.key(), new Seen(type, value.at()), ConfigTypes::merged);
            }
        }
    }

    private static ConfigType typeOf(AttributeValue value, Position at) {
        for (String element : value.getStringList().getValuesList()) {
            if (value.getStringList().getValuesCount() > AttributeLimits.MAX_LIST_ELEMENTS
                    || Utf8.length(element) > AttributeLimits.MAX_ELEMENT_BYTES) {
                return new ConfigType.Unreadable(
                        "longer than conditions read, at " + at,
                        "shorten it to " + AttributeLimits.MAX_LIST_ELEMENTS + " elements of "
                                + AttributeLimits.MAX_ELEMENT_BYTES + " bytes");
            }
        }
        return new ConfigType.One(typeOf(value));
    }

    private static ValueType typeOf(AttributeValue value) {
        return switch (value.getValueCase()) {
            case INT_VALUE -> ValueType.INT;
            case DOUBLE_VALUE -> ValueType.DOUBLE;
            case BOOL_VALUE -> ValueType.BOOL;
            case TIMESTAMP_MS -> ValueType.TIMESTAMP;
            case STRING_LIST -> ValueType.STRING_LIST;
            case STRING_VALUE, VALUE_NOT_SET -> ValueType.STRING;
        };
    }

    /** A whole number where another place has a floating-point one becomes one; nothing else becomes anything else. */
    private static Seen merged(Seen a, Seen b) {
        if (!(a.type instanceof ConfigType.One first)) {
            return a;
        }
        if (!(b.type instanceof ConfigType.One second)) {
            return b;
        }
        if (first.type() == second.type()) {
            return a;
        }
        if (isNumber(first.type()) && isNumber(second.type())) {
            return new Seen(new ConfigType.One(ValueType.DOUBLE), a.at);
        }
        return new Seen(
                new ConfigType.Unreadable(
                        first.type().label() + " at " + a.at + " and "
                                + second.type().label() + " at " + b.at,
                        "give it one type everywhere; conditions are checked before anybody has bought anything"),
                a.at);
    }

    private static boolean isNumber(ValueType type) {
        return type == ValueType.INT || type == ValueType.DOUBLE;
    }

    Map<String, ConfigType> of(String feature) {
        Map<String, ConfigType> types = new TreeMap<>();
        features.getOrDefault(feature, Map.of()).forEach((key, seen) -> types.put(key, seen.type));
        return types;
    }
}
