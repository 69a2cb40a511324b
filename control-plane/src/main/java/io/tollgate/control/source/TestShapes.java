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

    private static final Shape USAGE = map(ScalarKind.NAME, integer(1, Long.MAX_VALUE));

    private static final Shape.Fields REQUEST = fields(
            "request",
            optional("actor", ACTOR, "Who asks."),
            optional("place", PLACE, "Where it happens."),
            optional("target", TARGET, "What is asked for."),
            optional("usage", USAGE, "How much, by unit."),
            optional("attributes", ATTRIBUTES, "Attributes of the request itself."),
            optional(
                    "current_usage",
                    map(ScalarKind.NAME, integer(0, Long.MAX_VALUE), DecisionRequest.MAX_READINGS),
                    "The caller's own reading of what is used now, by dimension."),
            optional("mode", choice("check", "consume", "reserve"), "Default check."),
            optional("ttl", of(ScalarKind.DURATION), "reserve: how long. Default the bundle's reservation_ttl."),
            optional("allow_partial", of(ScalarKind.FLAG), "Take less where less is left. Default false."),
            optional("idempotency_key", of(ScalarKind.TEXT), "The same key, the same answer."),
            optional("max_staleness", of(ScalarKind.DURATION), "The oldest evidence that the caller accepts."),
            optional("registry_version", integer(0, Long.MAX_VALUE), "What the caller was built with. Default: none."));

    private static final Shape.Fields WARNING = fields(
            "expected warning",
            required("reason", choice(reasons()), "Its reason, like NEAR_LIMIT."),
            optional("severity", choice("info", "warning", "critical"), "How serious."),
            optional("subject", of(ScalarKind.TEXT), "The rule, limit, plane or wallet that it is about."),
            optional("message", of(ScalarKind.TEXT), "The message."));

    private static final Shape.Fields EXPECT = fields(
            "expected answer",
            required(
                    "outcome",
                    choice("allow", "warn", "deny", "settled", "released", "expired", "overrun", "unknown"),
                    "allow, warn or deny; of settle and release what became of the reservation."),
            optional("reason", choice(reasons()), "The one reason, like POLICY_DENY."),
            optional("rules", list(ScalarKind.NAME), "Rules that match, all of them, in any order."),
            optional("limit", of(ScalarKind.NAME), "Id of the limit that binds."),
            optional("limit_scope", of(ScalarKind.SCOPE), "The scope that this limit is inherited from."),
            optional("used", integer(Long.MIN_VALUE, Long.MAX_VALUE), "What is used of it, in the dimension's unit."),
            optional("remaining", integer(Long.MIN_VALUE, Long.MAX_VALUE), "What is left of it."),
            optional("message", of(ScalarKind.TEXT), "The message."),
            optional("granted", USAGE, "What was granted, by unit."),
            optional("retry_after", of(ScalarKind.DURATION), "When it may pass, rounded up to a millisecond."),
            optional("retry_never", of(ScalarKind.FLAG), "Whether waiting never helps."),
            optional("warnings", list(WARNING), "The warnings, all of them, in any order."),
            optional(
                    "obligations",
                    map(ScalarKind.NAME, ATTRIBUTES),
                    "Values of features that must come back, by feature and key."),
            optional("cost", of(ScalarKind.DECIMAL), "What it costs."));

    private static final Shape.Fields AGES = fields(
            "set of evidence ages",
            optional("directory", of(ScalarKind.DURATION), "Default 0s."),
            optional("policy", of(ScalarKind.DURATION), "Default 0s."),
            optional("entitlement", of(ScalarKind.DURATION), "Default 0s."),
            optional("quota", of(ScalarKind.DURATION), "Default 0s."),
            optional("credit", of(ScalarKind.DURATION), "Default 0s."),
            optional("capacity", of(ScalarKind.DURATION), "Default 0s."));

    private static final Shape.Fields EXTEND = fields(
            "extension",
            required("reservation", of(ScalarKind.NAME), "Which one, by the name that a step gave it."),
            optional("usage", USAGE, "How much more, by unit."),
            optional("ttl", of(ScalarKind.DURATION), "How long from now. Default: as it is."));

    private static final Shape.Fields SETTLE = fields(
            "settlement",
            required("reservation", of(ScalarKind.NAME), "Which one, by the name that a step gave it."),
            optional("actual", map(ScalarKind.NAME, integer(0, Long.MAX_VALUE)), "What was really used, by unit."));

    private static final Shape.Fields RELEASE = fields(
            "release", required("reservation", of(ScalarKind.NAME), "Which one, by the name that a step gave it."));

    private static final Shape.Fields STEP = fields(
            "step",
            optional("at", of(ScalarKind.TIMESTAMP), "What time it is. Default: as before."),
            optional("after", of(ScalarKind.DURATION), "Or how much later than before."),
            optional("evidence_age", AGES, "How old the evidence is from now on."),
            optional("repeat", integer(1, 100_000), "Ask so many times; the last answer counts. Default 1."),
            optional("request", REQUEST, "A question; keys that are missing are those of the test's request."),
            optional("reservation", of(ScalarKind.NAME), "Names the reservation that the answer holds."),
            optional("extend", EXTEND, "Or asks for more under a reservation."),
            optional("settle", SETTLE, "Or says what was really used."),
            optional("release", RELEASE, "Or gives it back."),
            optional("expect", EXPECT, "The answer. Default: any."));

    private static final Shape.Fields TEST = fields(
            "test",
            required("name", of(ScalarKind.TEXT), "What is proved."),
            optional("at", of(ScalarKind.TIMESTAMP), "What time it is. Default: now."),
            optional("evidence_age", AGES, "How old the evidence is."),
            optional("repeat", integer(1, 100_000), "Ask so many times; the last answer counts. Default 1."),
            optional("request", REQUEST, "The question."),
            optional("expect", EXPECT, "The answer."),
            optional("steps", list(STEP), "Or several questions in order, over the same counters."));

    static final Shape.Fields FILE = fields("tests file", required("tests", list(TEST), "The tests, in order."));

    private TestShapes() {}

    private static String[] reasons() {
        return Arrays.stream(Reason.values())
                .filter(reason -> reason != Reason.UNRECOGNIZED && reason != Reason.REASON_UNSPECIFIED)
                .map(reason -> reason.name().substring("REASON_".length()).toUpperCase(Locale.ROOT))
                .toArray(String[]::new);
    }
}
