/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import io.tollgate.core.world.def.AttributeValue.Flag;
import io.tollgate.core.world.def.AttributeValue.Moment;
import io.tollgate.core.world.def.AttributeValue.Real;
import io.tollgate.core.world.def.AttributeValue.Text;
import io.tollgate.core.world.def.AttributeValue.TextList;
import io.tollgate.core.world.def.AttributeValue.Whole;
import io.tollgate.v1.AttributeValue;
import io.tollgate.v1.StringList;

/** Typed values of the snapshot on the wire. */
final class AttributeValues {
    private AttributeValues() {}

    static AttributeValue text(final String text) {
        return AttributeValue.newBuilder().setStringValue(text).build();
    }

    static AttributeValue of(final io.tollgate.core.world.def.AttributeValue value) {
        final AttributeValue.Builder wire = AttributeValue.newBuilder();
        if (value instanceof Text text) {
            wire.setStringValue(text.value());
        } else if (value instanceof Whole whole) {
            wire.setIntValue(whole.value());
        } else if (value instanceof Real real) {
            wire.setDoubleValue(real.value());
        } else if (value instanceof Flag flag) {
            wire.setBoolValue(flag.value());
        } else if (value instanceof Moment moment) {
            wire.setTimestampMs(moment.epochMs());
        } else if (value instanceof TextList list) {
            wire.setStringList(StringList.newBuilder().addAllValues(list.values()));
        }
        return wire.build();
    }
}
