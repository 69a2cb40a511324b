/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import io.tollgate.core.Reason;
import io.tollgate.core.attribute.AttributeLimits;
import io.tollgate.core.registry.Registry;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.request.RequestAttributes;
import io.tollgate.core.request.RequestReadings;
import io.tollgate.core.world.def.AttributeType;

/** Which declared attributes and registered dimensions a caller states. Scratch of one worker; belongs to its thread. */
final class StatedFacts {
    /** Not stated. */
    static final int NONE = -1;

    private final int[] attributeIds = new int[AttributeLimits.MAX_REQUEST_ATTRIBUTES];
    private final int[] dimensionIds = new int[DecisionRequest.MAX_READINGS];
    private int attributeCount;
    private int readingCount;

    void reset() {
        attributeCount = 0;
        readingCount = 0;
    }

    /** {@return OK, or why what is stated cannot be: INVALID_REQUEST} */
    Reason check(final Evaluation evaluation) {
        final DecisionRequest request = evaluation.request;
        final Registry registry = evaluation.world.registry();
        final RequestAttributes stated = request.attributes();
        for (int i = 0; i < stated.count(); i++) {
            final int attribute =
                    registry.attributes().find(stated.bytes(), stated.nameOffset(i), stated.nameLength(i));
            if (attribute == Registry.MISSING) {
                return evaluation.decision.problem(Problem.ATTRIBUTE_UNKNOWN, i, Reason.INVALID_REQUEST);
            }
            if (!accepts(registry.attributeType(attribute), stated.typeCode(i))) {
                return evaluation.decision.problem(Problem.ATTRIBUTE_TYPE, i, Reason.INVALID_REQUEST);
            }
            attributeIds[i] = attribute;
        }
        attributeCount = stated.count();
        final RequestReadings readings = request.readings();
        for (int i = 0; i < readings.count(); i++) {
            final int dimension = registry.dimensions().find(readings.bytes(), readings.offset(i), readings.length(i));
            if (dimension == Registry.MISSING) {
                return evaluation.decision.problem(Problem.READING_UNKNOWN, i, Reason.INVALID_REQUEST);
            }
            if (readings.value(i) < 0) {
                return evaluation.decision.problem(Problem.READING_NEGATIVE, i, Reason.INVALID_REQUEST);
            }
            if (reading(dimension) != NONE) {
                return evaluation.decision.problem(Problem.READING_TWICE, i, Reason.INVALID_REQUEST);
            }
            dimensionIds[i] = dimension;
            readingCount = i + 1;
        }
        return Reason.OK;
    }

    /** A whole number may stand where a floating-point one is declared. */
    private static boolean accepts(final AttributeType declared, final int typeCode) {
        return declared.code() == typeCode || declared == AttributeType.DOUBLE && typeCode == AttributeType.INT.code();
    }

    /** {@return position in the request of a declared attribute, the last when it is stated more than once, or {@link #NONE}} */
    int attribute(final int attributeId) {
        for (int i = attributeCount - 1; i >= 0; i--) {
            if (attributeIds[i] == attributeId) {
                return i;
            }
        }
        return NONE;
    }

    /** {@return position in the request of the reading of a dimension, or {@link #NONE}} */
    int reading(final int dimensionId) {
        for (int i = 0; i < readingCount; i++) {
            if (dimensionIds[i] == dimensionId) {
                return i;
            }
        }
        return NONE;
    }
}
