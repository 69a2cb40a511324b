/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.condition;

import org.jspecify.annotations.Nullable;

/** Where a variable gets its value. Codes are part of the program format. */
public enum VariableSource {
    /** Registered type of the actor; missing for an API key without an owner. */
    ACTOR_TYPE(1, "actor.type", ValueType.STRING),
    /** Id of the actor in its organization; missing for an API key without an owner. */
    ACTOR_ID(2, "actor.id", ValueType.STRING),
    /** Roles of the directory and asserted ones, each once. */
    ACTOR_ROLES(3, "actor.roles", ValueType.STRING_LIST),
    /** Token scopes of the API key and stated ones, each once. */
    ACTOR_TOKEN_SCOPES(4, "actor.token_scopes", ValueType.STRING_LIST),
    /** As the request states it; missing when it does not. */
    RESOURCE_ID(5, "resource.id", ValueType.STRING),
    /** Registered resource type. */
    RESOURCE_TYPE(6, "resource.type", ValueType.STRING),
    /** Registered product. */
    REQUEST_PRODUCT(7, "request.product", ValueType.STRING),
    /** Registered action. */
    REQUEST_ACTION(8, "request.action", ValueType.STRING),
    /** "check", "consume" or "reserve". */
    REQUEST_MODE(9, "request.mode", ValueType.STRING),
    /** Id of the organization. */
    PLACE_ORGANIZATION(10, "place.organization", ValueType.STRING),
    /** Id of the department; missing where there is none. */
    PLACE_DEPARTMENT(11, "place.department", ValueType.STRING),
    /** Id of the project; missing where there is none. */
    PLACE_PROJECT(12, "place.project", ValueType.STRING),
    /** Id of the plan of the organization; missing where there is none. */
    PLACE_PLAN(13, "place.plan", ValueType.STRING),
    /** When the decision is made. */
    TIME_NOW(14, "time.now", ValueType.TIMESTAMP),

    /** A declared attribute; id: position in the registry. */
    ATTRIBUTE(32, "", null),
    /** What the request asks in one unit, 0 when nothing; id: the unit. */
    AMOUNT(33, "request.amount", ValueType.INT),
    /** What the request would take of a dimension, in the dimension's unit; id: the dimension. */
    CHARGE(34, "request.charge", ValueType.INT),
    /** The caller's own reading; missing when it gives none; id: the dimension. */
    USAGE(35, "usage", ValueType.INT),
    /** A config value of what the customer has bought; id: the feature; key: the value's. */
    CONFIG(36, "config", null);

    private static final VariableSource[] VALUES = values();

    private final int code;
    private final String label;
    private final @Nullable ValueType type;

    VariableSource(final int code, final String label, final @Nullable ValueType type) {
        this.code = code;
        this.label = label;
        this.type = type;
    }

    /** {@return the number of this value in programs} */
    public int code() {
        return code;
    }

    /** {@return as conditions write it; of AMOUNT, CHARGE, USAGE and CONFIG what comes before the brackets; of ATTRIBUTE empty} */
    public String label() {
        return label;
    }

    /** {@return its type, or null where that is said by the declaration} */
    public @Nullable ValueType type() {
        return type;
    }

    /** {@return whether it is one of several under a number} */
    public boolean isNumbered() {
        return code >= ATTRIBUTE.code;
    }

    static @Nullable VariableSource ofCode(final int code) {
        for (final VariableSource source : VALUES) {
            if (source.code == code) {
                return source;
            }
        }
        return null;
    }
}
