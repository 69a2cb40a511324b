/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.request;

/** What an attribute that a caller states is about. */
public enum AttributeGroup {
    /** The actor: "level" is the attribute actor.level. */
    ACTOR("actor.", "actor.attributes"),
    /** The resource: "region" is the attribute resource.region. */
    RESOURCE("resource.", "target.resource_attributes"),
    /** The request itself: "priority" is the attribute request.priority. */
    REQUEST("request.", "attributes");

    private final String prefix;
    private final String wireName;

    AttributeGroup(final String prefix, final String wireName) {
        this.prefix = prefix;
        this.wireName = wireName;
    }

    /** {@return what full names start with, "actor."} */
    public String prefix() {
        return prefix;
    }

    /** {@return the field as callers know it, for messages} */
    public String wireName() {
        return wireName;
    }
}
