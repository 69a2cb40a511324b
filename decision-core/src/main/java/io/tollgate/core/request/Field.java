/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.request;

/** The text fields of a {@link DecisionRequest}, each at most {@link DecisionRequest#MAX_ID_BYTES} bytes of UTF-8. */
public enum Field {
    /** The actor's registered type: "user". */
    ACTOR_TYPE("actor.type"),
    /** The actor's id within its organization. */
    ACTOR_ID("actor.id"),
    /** The organization's id. */
    ORGANIZATION("place.organization"),
    /** The department's id, may be absent. */
    DEPARTMENT("place.department"),
    /** The project's id, may be absent. */
    PROJECT("place.project"),
    /** Registered product. */
    PRODUCT("target.product"),
    /** Registered resource type of the product. */
    RESOURCE_TYPE("target.resource_type"),
    /** Registered action on the resource type. */
    ACTION("target.action"),
    /** The resource's id, may be absent. */
    RESOURCE_ID("target.resource_id"),
    /** Same key and parameters: same answer. May be absent. */
    IDEMPOTENCY_KEY("idempotency_key"),
    /** The caller's own mark; echoed. May be absent. */
    CORRELATION_ID("correlation_id");

    private final String wireName;

    Field(final String wireName) {
        this.wireName = wireName;
    }

    /** {@return the field's name as callers know it, for messages} */
    public String wireName() {
        return wireName;
    }
}
