/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.examples.generator;

import java.util.List;

/** The plans that organizations subscribe to. */
final class Plans {
    static final int COUNT = 3;
    private static final List<String> IDS = List.of("enterprise", "pro", "starter");

    private Plans() {}

    static String id(final int plan) {
        return IDS.get(plan);
    }

    static String path(final int plan) {
        return "plan:" + id(plan);
    }

    static String entitlementSet(final int plan) {
        return "plan-" + id(plan);
    }

    static int ofOrganization(final int organization) {
        return organization % COUNT;
    }
}
