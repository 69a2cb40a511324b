/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.translate;

import io.tollgate.core.world.def.AttributeValue;
import io.tollgate.loader.transfer.RefusedException;
import io.tollgate.loader.transfer.RefusedException.Check;
import java.util.HashMap;
import java.util.Map;

/** Typed values. */
final class AttributeValues {
    private AttributeValues() {}

    static Map<String, AttributeValue> of(Map<String, io.tollgate.v1.AttributeValue> values, String where)
            throws RefusedException {
        Map<String, AttributeValue> result = new HashMap<>();
        for (Map.Entry<String, io.tollgate.v1.AttributeValue> entry : values.entrySet()) {
            result.put(entry.getKey(), of(entry.getValue(), where + ": " + entry.getKey()));
        }
        return result;
    }

    private static AttributeValue of(io.tollgate.v1.AttributeValue value, String where) throws RefusedException {
        return switch (value.getValueCase()) {
            case STRING_VALUE -> new AttributeValue.Text(value.getStringValue());
            case INT_VALUE -> new AttributeValue.Whole(value.getIntValue());
            case DOUBLE_VALUE -> new AttributeValue.Real(value.getDoubleValue());
            case BOOL_VALUE -> new AttributeValue.Flag(value.getBoolValue());
            case TIMESTAMP_MS -> new AttributeValue.Moment(value.getTimestampMs());
            case STRING_LIST ->
                new AttributeValue.TextList(value.getStringList().getValuesList());
            case VALUE_NOT_SET -> throw new RefusedException(Check.CONTENT, where + ": a value without a type");
        };
    }
}
