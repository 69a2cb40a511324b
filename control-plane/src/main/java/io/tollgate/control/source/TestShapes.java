/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.source;

import static io.tollgate.control.source.Shape.choice;
import static io.tollgate.control.source.Shape.fields;
import static io.tollgate.control.source.Shape.integer;
import static io.tollgate.control.source.Shape.list;
import static io.tollgate.control.source.Shape.map;
import static io.tollgate.control.source.Shape.of;
import static io.tollgate.control.source.Shape.optional;
import static io.tollgate.control.source.Shape.required;

import io.tollgate.core.request.DecisionRequest;
import io.tollgate.v1.Reason;
import java.util.Arrays;
import java.util.Locale;

/** Files of tests/. */
final class TestShapes {
    private static final Shape ATTRIBUTES = map(ScalarKind.NAME, of(ScalarKind.ATTRIBUTE));

    private static final Shape.Fields ACTOR = fields(
            "actor",
            optional("type", of(ScalarKind.NAME), "Actor type."),
            optional("id", of(ScalarKind.ID), "Its id."),
            optional("roles", list(ScalarKind.NAME), "Roles that the caller asserts."),
            optional("token_scopes", list(ScalarKind.NAME), "Scopes of its token."),
            optional("attributes", ATTRIBUTES, "Attributes that the caller asserts."),
            optional("api_key", of(ScalarKind.ID), "Instead of type and id: the id of an API key of the directory."));

    private static final Shape.Fields PLACE = fields(
            "place",
            optional("organization", of(ScalarKind.ID), "Where it happens."),
            optional("department", of(ScalarKind.ID), "Follows from the project."),
            optional("project", of(ScalarKind.ID), "Where it happens."));

    private static final Shape.Fields TARGET = fields(
            "target",
            required("product", of(ScalarKind.NAME), "What is asked for."),
            required("resource_type", of(ScalarKind.NAME), "What is asked for."),
            required("action", of(ScalarKind.NAME), "What is asked for."),
            optional("resource_id", of(ScalarKind.ID), "Which one."),
            optional("attributes", ATTRIBUTES, "Its attributes."));

    private static final Shape.Fields REQUEST = fields(
            "request",
            required("actor", ACTOR, "Who asks."),
            required("place", PLACE, "Where it happens."),
            required("target", TARGET, "What is asked for."),
            optional("attributes", ATTRIBUTES, "Attributes of the request itself."),
            optional("usage", map(ScalarKind.NAME, integer(1, Long.MAX_VALUE)), "How much, by unit."),
            optional(
                    "current_usage",
                    map(ScalarKind.NAME, integer(0, Long.MAX_VALUE), DecisionRequest.MAX_READINGS),
                    "The caller's own reading of what is used now, by dimension."),
            optional("mode", choice("check", "consume", "reserve"), "Default check."));

    private static final Shape.Fields EXPECT = fields(
            "expected answer",
            required("outcome", choice("allow", "warn", "deny"), "allow, warn or deny."),
            optional("reason", choice(reasons()), "The one reason, like POLICY_DENY."),
            optional("rules", list(ScalarKind.NAME), "Rules that match, all of them, in any order."),
            optional("limit", of(ScalarKind.NAME), "Id of the limit that binds."),
            optional("limit_scope", of(ScalarKind.SCOPE), "The scope that this limit is inherited from."),
            optional("message", of(ScalarKind.TEXT), "The message."));

    private static final Shape.Fields TEST = fields(
            "test",
            required("name", of(ScalarKind.TEXT), "What is proved."),
            optional("at", of(ScalarKind.TIMESTAMP), "What time it is. Default: now."),
            optional("repeat", integer(1, 100_000), "Ask so many times; the last answer counts. Default 1."),
            required("request", REQUEST, "The question."),
            required("expect", EXPECT, "The answer."));

    static final Shape.Fields FILE = fields("tests file", required("tests", list(TEST), "The tests, in order."));

    private TestShapes() {}

    private static String[] reasons() {
        return Arrays.stream(Reason.values())
                .filter(reason -> reason != Reason.UNRECOGNIZED && reason != Reason.REASON_UNSPECIFIED)
                .map(reason -> reason.name().substring("REASON_".length()).toUpperCase(Locale.ROOT))
                .toArray(String[]::new);
    }
}
