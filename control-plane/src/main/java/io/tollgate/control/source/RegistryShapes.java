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

/** Files of registry/. */
final class RegistryShapes {
    private static final int MAX_NAMES = 10_000;

    private static final Shape.Fields UNIT = fields(
            "unit",
            optional("name", of(ScalarKind.TEXT), "What people see."),
            optional("equals", of(ScalarKind.AMOUNT), "For a derived unit: how much of another one, like 60 minute."));

    private static final Shape.Fields DIMENSION = fields(
            "dimension",
            optional("name", of(ScalarKind.TEXT), "What people see."),
            required("family", of(ScalarKind.NAME), "What it belongs with: compute, tokens, storage."),
            required("unit", of(ScalarKind.NAME), "The unit that it is counted in, a base unit."),
            required("kind", choice("rate", "period", "gauge", "capacity"), "How it counts."));

    private static final Shape.Fields ACTION = fields(
            "action",
            optional("name", of(ScalarKind.TEXT), "What people see."),
            optional("units", list(ScalarKind.NAME), "Units that a request may give amounts in."),
            optional("usage_required", of(ScalarKind.FLAG), "At least one amount must be given. Default false."),
            optional("charges", map(ScalarKind.NAME, of(ScalarKind.CHARGE)), "What it takes, per dimension."),
            optional("feature", of(ScalarKind.NAME), "Lookup key of the feature that a customer must have bought."),
            optional(
                    "planes",
                    list(choice("directory", "policy", "entitlement", "quota", "credit", "capacity")),
                    "Evidence that must be fresh, beside what follows from the other keys."),
            optional(
                    "staleness_grace",
                    of(ScalarKind.DURATION),
                    "Tolerant: warns this long after the evidence grew too old, then denies. Default 0s."),
            optional("credit_gated", of(ScalarKind.FLAG), "A wallet must pay for it. Default false."),
            optional("audited", of(ScalarKind.FLAG), "Every decision goes to the audit log. Default false."));

    private static final Shape.Fields RESOURCE_TYPE = fields(
            "resource type",
            optional("name", of(ScalarKind.TEXT), "What people see."),
            required("actions", map(ScalarKind.NAME, ACTION), "What can be done with it."));

    private static final Shape.Fields PRODUCT = fields(
            "product",
            optional("name", of(ScalarKind.TEXT), "What people see."),
            required("resource_types", map(ScalarKind.NAME, RESOURCE_TYPE), "What it consists of."));

    static final Shape.Fields FILE = fields(
            "registry file",
            optional("version", integer(1, Long.MAX_VALUE), "Version of the registry; in one file of the folder."),
            optional(
                    "oldest_supported_version",
                    integer(0, Long.MAX_VALUE),
                    "Callers built with an older registry are refused. Default 0: none is."),
            optional("money_scale", integer(0, 9), "Digits after the point in money and credits. Default 6."),
            optional("units", map(ScalarKind.NAME, UNIT, MAX_NAMES), "What amounts are given in."),
            optional("dimensions", map(ScalarKind.NAME, DIMENSION, MAX_NAMES), "What is counted."),
            optional("actor_types", list(ScalarKind.NAME), "Kinds of actors."),
            optional("roles", list(ScalarKind.NAME), "Roles that are known, so that a typing error is found."),
            optional(
                    "attributes",
                    map(ScalarKind.NAME, choice("string", "int", "double", "bool", "timestamp", "string_list")),
                    "Typed attributes, like actor.cost_center, place.tier, resource.region."),
            optional("products", map(ScalarKind.NAME, PRODUCT), "What can be asked for."));

    private RegistryShapes() {}
}
