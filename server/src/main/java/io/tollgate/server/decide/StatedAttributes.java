/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import io.tollgate.core.request.AttributeGroup;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.request.Defect;
import io.tollgate.core.request.RequestAttributes;
import io.tollgate.v1.AttributeValue;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.StringList;
import java.util.Map;

/** The attributes that a caller states, from the wire into the engine's request. What is too much becomes its defect. */
final class StatedAttributes {
    private StatedAttributes() {}

    static void read(final DecideRequest from, final DecisionRequest to) {
        if (from.getActor().getAttributesCount() != 0) {
            read(AttributeGroup.ACTOR, from.getActor().getAttributesMap(), to);
        }
        if (from.getTarget().getResourceAttributesCount() != 0) {
            read(AttributeGroup.RESOURCE, from.getTarget().getResourceAttributesMap(), to);
        }
        if (from.getAttributesCount() != 0) {
            read(AttributeGroup.REQUEST, from.getAttributesMap(), to);
        }
    }

    private static void read(
            final AttributeGroup group, final Map<String, AttributeValue> values, final DecisionRequest to) {
        for (final Map.Entry<String, AttributeValue> entry : values.entrySet()) {
            if (to.defect() != Defect.NONE) {
                return; // it is answered already; what is left may be a lot
            }
            add(group, entry.getKey(), entry.getValue(), to);
        }
    }

    private static void add(
            final AttributeGroup group, final String name, final AttributeValue value, final DecisionRequest to) {
        final RequestAttributes attributes = to.attributes();
        switch (value.getValueCase()) {
            case STRING_VALUE -> attributes.text(group, name, value.getStringValue());
            case INT_VALUE -> attributes.whole(group, name, value.getIntValue());
            case DOUBLE_VALUE -> attributes.real(group, name, value.getDoubleValue());
            case BOOL_VALUE -> attributes.flag(group, name, value.getBoolValue());
            case TIMESTAMP_MS -> attributes.moment(group, name, value.getTimestampMs());
            case STRING_LIST -> {
                attributes.list(group, name);
                final StringList list = value.getStringList();
                for (int i = 0; i < list.getValuesCount() && to.defect() == Defect.NONE; i++) {
                    attributes.element(list.getValues(i));
                }
            }
            case VALUE_NOT_SET -> to.reject(Defect.ATTRIBUTE_WITHOUT_VALUE, group.wireName() + "['" + name + "']");
        }
    }
}
