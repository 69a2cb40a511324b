/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.source;

import static io.tollgate.control.source.Shape.choice;
import static io.tollgate.control.source.Shape.fields;
import static io.tollgate.control.source.Shape.list;
import static io.tollgate.control.source.Shape.map;
import static io.tollgate.control.source.Shape.of;
import static io.tollgate.control.source.Shape.optional;
import static io.tollgate.control.source.Shape.required;

/** Files of limits/ and capacity/. */
final class LimitShapes {
    private static final Shape.Fields CEILING = fields(
            "limit",
            optional("description", of(ScalarKind.TEXT), "What it is for."),
            required("dimension", of(ScalarKind.NAME), "What it bounds."),
            required("limit", of(ScalarKind.LIMIT), "How much, in the dimension's unit unless another is written."),
            optional(
                    "per",
                    of(ScalarKind.WINDOW),
                    "A rate's window (1m) or a period (monthly), as the kind demands; a gauge has none."),
            optional("burst", of(ScalarKind.AMOUNT), "Rates: the most that may come at once. Default: the limit."),
            optional("enforcement", choice("hard", "soft"), "hard denies, soft warns and counts. Default hard."),
            optional(
                    "each",
                    choice("organization", "department", "project", "principal", "api_key"),
                    "One counter for every scope of this level below, instead of one for all together."),
            optional("anchor", of(ScalarKind.TIMESTAMP), "Periods start here and at its anniversaries."),
            optional("time_zone", of(ScalarKind.ZONE), "Time zone of the period. Default: the bundle's."),
            optional("thresholds", RootShapes.THRESHOLDS, "When warnings start. Default: the bundle's; {} = none."),
            optional(
                    "delegable_up_to",
                    of(ScalarKind.AMOUNT),
                    "An override may raise it up to this without the scope above."));

    private static final Shape.Fields OVERRIDE = fields(
            "override",
            required("id", of(ScalarKind.NAME), "Its id."),
            required("scope", of(ScalarKind.SCOPE), "The scope of the limit."),
            required("limit_id", of(ScalarKind.NAME), "The limit that it changes."),
            required(
                    "new_limit",
                    of(ScalarKind.LIMIT),
                    "What counts instead. More than the limit needs its delegable_up_to and approved_by."),
            required("expires", of(ScalarKind.TIMESTAMP), "From then on the limit itself counts again."),
            required("reason", of(ScalarKind.TEXT), "Why."),
            required("requested_by", of(ScalarKind.ID), "Who asked."),
            optional(
                    "approved_by",
                    of(ScalarKind.ID),
                    "Who said yes: needed for more than the limit, and never who asked."));

    private static final Shape.Fields POOL = fields(
            "capacity pool",
            required("dimension", of(ScalarKind.NAME), "A dimension of kind capacity."),
            optional("match", map(ScalarKind.NAME, of(ScalarKind.TEXT)), "Attribute values that a request must have."),
            required("available", of(ScalarKind.AMOUNT), "How much is free."),
            required("observed_at", of(ScalarKind.TIMESTAMP), "When that was seen."),
            optional("reserved_for", of(ScalarKind.SCOPE), "The one scope that may use it. Default: shared."));

    static final Shape.Fields FILE = fields(
            "limits file",
            optional(
                    "limits",
                    map(ScalarKind.SCOPE, map(ScalarKind.NAME, CEILING)),
                    "Limits by scope, then by their id."),
            optional("overrides", list(OVERRIDE), "Changes of one limit for a time."));

    static final Shape.Fields CAPACITY_FILE =
            fields("capacity file", required("pools", map(ScalarKind.NAME, POOL), "Pools by id."));

    private LimitShapes() {}
}
