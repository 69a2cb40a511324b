/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import io.tollgate.control.source.Code;
import io.tollgate.control.source.Quoted;
import io.tollgate.control.source.Value;
import io.tollgate.core.attribute.AttributeLimits;
import io.tollgate.v1.AttributeType;
import io.tollgate.v1.AttributeValue;
import io.tollgate.v1.ScopeRecord;
import io.tollgate.v1.StringList;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Values of registered attributes, checked against their types. */
final class Attributes {
    private final Compilation compilation;
    private final Registry registry;

    Attributes(Compilation compilation, Registry registry) {
        this.compilation = compilation;
        this.registry = registry;
    }

    /** Reads "attributes"; "tier" of a place is the attribute "place.tier". */
    void read(Value.Fields fields, String owner, ScopeRecord.Builder record) {
        values(fields, "attributes", owner).forEach(record::putAttributes);
    }

    /** {@return the good ones, by their short names} */
    Map<String, AttributeValue> values(Value.Fields fields, String key, String owner) {
        Map<String, AttributeValue> values = new TreeMap<>();
        for (Value.Entry entry : fields.entries(key)) {
            String name = owner + "." + entry.key();
            AttributeType type = registry.attributes().get(name);
            if (type == null) {
                compilation.unknown(
                        entry.at(), "attribute", name, registry.attributes().keySet());
                continue;
            }
            Value.Scalar scalar = (Value.Scalar) entry.value();
            AttributeValue value = typed(type, scalar);
            if (value == null) {
                compilation.error(
                        scalar.at(),
                        Code.KIND_MISMATCH,
                        Quoted.of(scalar.text()) + " is no " + word(type) + ", which attribute " + Quoted.of(name)
                                + " is",
                        "write a " + word(type) + ", or change the attribute's type in the registry");
            } else if (fits(scalar, name, value)) {
                values.put(entry.key(), value);
            }
        }
        return values;
    }

    /** A sidecar refuses what conditions could not read. Texts are bounded by what a bundle's texts may be. */
    private boolean fits(Value.Scalar scalar, String name, AttributeValue value) {
        if (value.getValueCase() == AttributeValue.ValueCase.TIMESTAMP_MS) {
            return fits(
                    scalar,
                    AttributeLimits.isTimestamp(value.getTimestampMs()),
                    Code.OUT_OF_RANGE,
                    name + " " + Quoted.of(scalar.text()) + " is not in the years 1 to 9999");
        }
        int elements = value.getStringList().getValuesCount();
        if (!fits(
                scalar,
                elements <= AttributeLimits.MAX_LIST_ELEMENTS,
                Code.TOO_LARGE,
                name + " has " + elements + " elements, at most " + AttributeLimits.MAX_LIST_ELEMENTS)) {
            return false;
        }
        for (String element : value.getStringList().getValuesList()) {
            int bytes = Utf8.length(element);
            if (!fits(
                    scalar,
                    bytes <= AttributeLimits.MAX_ELEMENT_BYTES,
                    Code.TOO_LARGE,
                    name + " has the element " + Quoted.of(element) + " of " + bytes + " bytes, at most "
                            + AttributeLimits.MAX_ELEMENT_BYTES)) {
                return false;
            }
        }
        return true;
    }

    private boolean fits(Value.Scalar scalar, boolean fits, Code code, String message) {
        if (!fits) {
            compilation.error(
                    scalar.at(),
                    code,
                    "attribute " + message,
                    code == Code.TOO_LARGE
                            ? "shorten it: attributes are copied into every sidecar and read by conditions"
                            : "write a time that is meant, or leave the attribute out where there is none");
        }
        return fits;
    }

    private static String word(AttributeType type) {
        return type.name().substring("ATTRIBUTE_TYPE_".length()).toLowerCase(Locale.ROOT);
    }

    private static @Nullable AttributeValue typed(AttributeType type, Value.Scalar scalar) {
        AttributeValue.Builder value = AttributeValue.newBuilder();
        Object parsed = scalar.as(Object.class);
        return switch (type) {
            case ATTRIBUTE_TYPE_STRING ->
                parsed instanceof List
                        ? null
                        : value.setStringValue(scalar.text()).build();
            case ATTRIBUTE_TYPE_INT ->
                parsed instanceof Long number ? value.setIntValue(number).build() : null;
            case ATTRIBUTE_TYPE_DOUBLE ->
                parsed instanceof Number number
                        ? value.setDoubleValue(number.doubleValue()).build()
                        : null;
            case ATTRIBUTE_TYPE_BOOL ->
                parsed instanceof Boolean flag ? value.setBoolValue(flag).build() : null;
            case ATTRIBUTE_TYPE_TIMESTAMP -> timestamp(scalar.text());
            case ATTRIBUTE_TYPE_STRING_LIST -> parsed instanceof List ? untyped(parsed) : null;
            case ATTRIBUTE_TYPE_UNSPECIFIED, UNRECOGNIZED -> null;
        };
    }

    private static @Nullable AttributeValue timestamp(String text) {
        try {
            return AttributeValue.newBuilder()
                    .setTimestampMs(OffsetDateTime.parse(text).toInstant().toEpochMilli())
                    .build();
        } catch (DateTimeException | ArithmeticException e) {
            return null;
        }
    }

    /** {@return a value of the type that its form suggests} */
    static AttributeValue untyped(Object parsed) {
        AttributeValue.Builder value = AttributeValue.newBuilder();
        if (parsed instanceof Long number) {
            return value.setIntValue(number).build();
        }
        if (parsed instanceof Double number) {
            return value.setDoubleValue(number).build();
        }
        if (parsed instanceof Boolean flag) {
            return value.setBoolValue(flag).build();
        }
        if (parsed instanceof List<?> list) {
            StringList.Builder strings = StringList.newBuilder();
            list.forEach(item -> strings.addValues(String.valueOf(item)));
            return value.setStringList(strings).build();
        }
        return value.setStringValue(String.valueOf(parsed)).build();
    }
}
