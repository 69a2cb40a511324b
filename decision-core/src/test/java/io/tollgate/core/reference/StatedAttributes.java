/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import io.tollgate.core.request.AttributeGroup;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.request.RequestAttributes;
import io.tollgate.core.world.def.AttributeValue;

/** Puts attributes, by their full names, into the engine's request. */
public final class StatedAttributes {
    private StatedAttributes() {}

    public static void add(final DecisionRequest request, final String name, final AttributeValue value) {
        final int dot = name.indexOf('.');
        final String key = name.substring(dot + 1);
        final AttributeGroup group =
                switch (name.substring(0, dot)) {
                    case "actor" -> AttributeGroup.ACTOR;
                    case "resource" -> AttributeGroup.RESOURCE;
                    default -> AttributeGroup.REQUEST;
                };
        final RequestAttributes attributes = request.attributes();
        if (value instanceof AttributeValue.Text text) {
            attributes.text(group, key, text.value());
        } else if (value instanceof AttributeValue.Whole whole) {
            attributes.whole(group, key, whole.value());
        } else if (value instanceof AttributeValue.Real real) {
            attributes.real(group, key, real.value());
        } else if (value instanceof AttributeValue.Flag flag) {
            attributes.flag(group, key, flag.value());
        } else if (value instanceof AttributeValue.Moment moment) {
            attributes.moment(group, key, moment.epochMs());
        } else if (value instanceof AttributeValue.TextList list) {
            attributes.list(group, key);
            list.values().forEach(attributes::element);
        }
    }
}
