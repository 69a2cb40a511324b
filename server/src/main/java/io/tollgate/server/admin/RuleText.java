/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.admin;

import io.tollgate.core.registry.Registry;
import io.tollgate.core.world.def.RuleDef;
import io.tollgate.core.world.def.WhoDef;
import java.util.ArrayList;
import java.util.List;

/** A rule in one line for operators: whom and what it is about. */
final class RuleText {
    private static final int SHOWN = 3;

    private RuleText() {}

    static String of(final RuleDef rule, final Registry registry) {
        final WhoDef who = rule.who();
        final List<String> parts = new ArrayList<>();
        add(parts, "", who.actorTypes());
        add(parts, "id ", who.actorIds());
        add(parts, "any role of ", who.rolesAny());
        add(parts, "all roles of ", who.rolesAll());
        add(parts, "token scopes ", who.tokenScopes());
        final String subject = parts.isEmpty() ? "anybody" : String.join(", ", parts);
        final String condition =
                rule.condition().always() ? "" : " when " + rule.condition().source();
        return subject + " on " + what(rule, registry) + condition;
    }

    private static String what(final RuleDef rule, final Registry registry) {
        final int count = rule.what().size();
        if (count == registry.operationCount()) {
            return "everything";
        }
        final List<String> names = new ArrayList<>();
        for (int i = 0; i < Math.min(count, SHOWN); i++) {
            names.add(registry.operation(rule.what().operationId(i)).toString());
        }
        return String.join(", ", names) + (count > SHOWN ? " and " + (count - SHOWN) + " more" : "");
    }

    private static void add(final List<String> parts, final String label, final List<String> names) {
        if (!names.isEmpty()) {
            parts.add(label + String.join("|", names));
        }
    }
}
