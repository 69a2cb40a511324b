/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.source;

import static io.tollgate.control.source.Shape.choice;
import static io.tollgate.control.source.Shape.fields;
import static io.tollgate.control.source.Shape.list;
import static io.tollgate.control.source.Shape.of;
import static io.tollgate.control.source.Shape.optional;
import static io.tollgate.control.source.Shape.required;

/** Files of policies/. */
final class PolicyShapes {
    private static final Shape.Fields WHO = fields(
            "who",
            optional("actor_types", list(ScalarKind.NAME), "Any of these types. Default: any."),
            optional("actor_ids", list(ScalarKind.ID), "Any of these ids. Default: any."),
            optional("roles_any", list(ScalarKind.NAME), "At least one of these roles. Default: any."),
            optional("roles_all", list(ScalarKind.NAME), "All of these roles."),
            optional("token_scopes", list(ScalarKind.NAME), "All of these token scopes."));

    private static final Shape.Fields WHAT = fields(
            "what",
            optional("products", list(ScalarKind.PATTERN), "Products, exact or prefix*. Default: any."),
            optional("resource_types", list(ScalarKind.PATTERN), "Resource types, exact or prefix*. Default: any."),
            optional("actions", list(ScalarKind.PATTERN), "Actions, exact or prefix*. Default: any."));

    private static final Shape.Fields RULE = fields(
            "rule",
            required("id", of(ScalarKind.NAME), "Its id, unique within the scope; shown in answers."),
            required(
                    "effect", choice("allow", "deny", "warn", "restrict", "delegate"), "What it does when it matches."),
            optional("who", WHO, "Who it is about. Default: anybody."),
            required("what", WHAT, "What it is about; {products: ['*']} for everything."),
            optional("when", of(ScalarKind.CONDITION), "It matches only where this holds. Default: always."),
            optional("message", of(ScalarKind.TEXT), "Shown to users when it denies or warns."));

    static final Shape.Fields FILE = fields(
            "policy file",
            required("scope", of(ScalarKind.SCOPE), "The scope that these rules belong to."),
            optional("description", of(ScalarKind.TEXT), "What they are for."),
            required("rules", list(RULE), "The rules, in order."));

    private PolicyShapes() {}
}
