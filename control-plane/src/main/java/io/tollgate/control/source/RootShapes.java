/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.source;

import static io.tollgate.control.source.Shape.fields;
import static io.tollgate.control.source.Shape.of;
import static io.tollgate.control.source.Shape.optional;
import static io.tollgate.control.source.Shape.required;

/** tollgate.yaml. */
final class RootShapes {
    static final Shape.Fields THRESHOLDS = fields(
            "set of thresholds",
            optional("info", of(ScalarKind.PERCENT), "An info warning from this share of the limit on, in percent."),
            optional("warning", of(ScalarKind.PERCENT), "A warning from this share of the limit on, in percent."),
            optional(
                    "critical",
                    of(ScalarKind.PERCENT),
                    "A critical warning from this share of the limit on, in percent."));

    private static final Shape.Fields FRESHNESS = fields(
            "set of freshness bounds",
            optional("directory", of(ScalarKind.DURATION), "Oldest directory that still answers. Default 5m."),
            optional("policy", of(ScalarKind.DURATION), "Oldest policies that still answer. Default 5m."),
            optional("entitlement", of(ScalarKind.DURATION), "Oldest entitlements that still answer. Default 5m."),
            optional("quota", of(ScalarKind.DURATION), "Oldest ceilings that still answer. Default 5m."),
            optional("credit", of(ScalarKind.DURATION), "Oldest balances that still answer. Default 1m."),
            optional("capacity", of(ScalarKind.DURATION), "Oldest capacity figures that still answer. Default 1m."));

    private static final Shape.Fields DEFAULTS = fields(
            "set of defaults",
            optional("time_zone", of(ScalarKind.ZONE), "Time zone of calendar periods. Default UTC."),
            optional("thresholds", THRESHOLDS, "Thresholds of limits that name none. Default 80, 95 and 100."));

    static final Shape.Fields FILE = fields(
            "bundle",
            required("bundle", of(ScalarKind.NAME), "The bundle's id: what sidecars subscribe to."),
            optional("description", of(ScalarKind.TEXT), "What it is for."),
            optional("freshness", FRESHNESS, "How old each kind of evidence may be before Tollgate fails closed."),
            optional(
                    "reservation_ttl",
                    of(ScalarKind.DURATION),
                    "How long a reservation lives that names no time. Default 1m."),
            optional("defaults", DEFAULTS, "What counts where nothing else is written."));

    private RootShapes() {}
}
