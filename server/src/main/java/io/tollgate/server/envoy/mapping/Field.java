/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy.mapping;

import java.util.Locale;

/** What a rule may say of a question, besides amounts and attributes. */
enum Field {
    ORGANIZATION,
    DEPARTMENT,
    PROJECT,
    ACTOR_TYPE,
    ACTOR_ID,
    API_KEY,
    PRODUCT,
    RESOURCE_TYPE,
    ACTION,
    RESOURCE_ID,
    IDEMPOTENCY_KEY,
    CORRELATION_ID,
    MODE;

    String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
