/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.source;

import static io.tollgate.control.source.Shape.choice;
import static io.tollgate.control.source.Shape.fields;
import static io.tollgate.control.source.Shape.list;
import static io.tollgate.control.source.Shape.map;
import static io.tollgate.control.source.Shape.of;
import static io.tollgate.control.source.Shape.optional;
import static io.tollgate.control.source.Shape.required;

/** Files of directory/. */
final class DirectoryShapes {
    private static final Shape.Field NAME = optional("name", of(ScalarKind.TEXT), "What people see.");
    private static final Shape.Field STATE =
            optional("state", choice("active", "disabled"), "A disabled one is refused. Default active.");
    private static final Shape.Field EXPIRES =
            optional("expires", of(ScalarKind.TIMESTAMP), "From then on it is refused. Default never.");
    private static final Shape.Field ATTRIBUTES = optional(
            "attributes", map(ScalarKind.NAME, of(ScalarKind.ATTRIBUTE)), "Values of attributes of the registry.");

    private static final Shape.Fields DEPARTMENT = fields("department", NAME, STATE, ATTRIBUTES);

    private static final Shape.Fields PROJECT = fields(
            "project",
            NAME,
            optional("department", of(ScalarKind.ID), "The department that it belongs to. Default: none."),
            STATE,
            ATTRIBUTES);

    private static final Shape.Fields PRINCIPAL = fields(
            "principal",
            NAME,
            optional("roles", list(ScalarKind.NAME), "Roles that it always has; callers may assert more."),
            STATE,
            EXPIRES,
            ATTRIBUTES);

    private static final Shape.Fields API_KEY = fields(
            "API key",
            NAME,
            required("sha256", of(ScalarKind.SHA256), "SHA-256 of the key in hex; never the key itself."),
            optional("project", of(ScalarKind.ID), "The only project that it works in. Default: any."),
            optional("owner", of(ScalarKind.PRINCIPAL), "The principal that it acts for, like service:indexer."),
            optional("roles", list(ScalarKind.NAME), "Roles that it always has."),
            optional("token_scopes", list(ScalarKind.NAME), "Token scopes that it carries, like llm:invoke."),
            STATE,
            EXPIRES,
            ATTRIBUTES);

    private static final Shape.Fields ORGANIZATION = fields(
            "organization",
            NAME,
            STATE,
            ATTRIBUTES,
            optional("departments", map(ScalarKind.ID, DEPARTMENT), "Departments by id."),
            optional("projects", map(ScalarKind.ID, PROJECT), "Projects by id."),
            optional("principals", map(ScalarKind.PRINCIPAL, PRINCIPAL), "Users, services, agents by type:id."),
            optional("api_keys", map(ScalarKind.ID, API_KEY), "API keys by id."));

    static final Shape.Fields FILE = fields(
            "directory file",
            required(
                    "organizations",
                    map(ScalarKind.ID, ORGANIZATION),
                    "Organizations by id; one may be spread over several files."));

    private DirectoryShapes() {}
}
