/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy.mapping;

import java.util.Locale;

/** What a rule may say of a question, one value each. */
enum Field {
    ORGANIZATION(Form.TEXT, true),
    DEPARTMENT(Form.TEXT, false),
    PROJECT(Form.TEXT, false),
    ACTOR_TYPE(Form.TEXT, true),
    ACTOR_ID(Form.TEXT, true),
    API_KEY(Form.TEXT, true),
    PRODUCT(Form.TEXT, false),
    RESOURCE_TYPE(Form.TEXT, false),
    ACTION(Form.TEXT, false),
    RESOURCE_ID(Form.TEXT, false),
    IDEMPOTENCY_KEY(Form.TEXT, false),
    CORRELATION_ID(Form.TEXT, false),
    MODE(Form.MODE, false),
    TTL(Form.DURATION, false),
    ALLOW_PARTIAL(Form.FLAG, false),
    MAX_STALENESS(Form.DURATION, false),
    REGISTRY_VERSION(Form.AMOUNT, false);

    private final Form form;
    private final boolean who;

    Field(final Form form, final boolean who) {
        this.form = form;
        this.who = who;
    }

    String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    Form form() {
        return form;
    }

    /** {@return whether it says who asks: then only what Envoy has verified will do} */
    boolean isWho() {
        return who;
    }
}
