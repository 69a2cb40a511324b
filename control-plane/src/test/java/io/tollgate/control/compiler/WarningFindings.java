/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import static io.tollgate.control.source.Code.EXPIRED;
import static io.tollgate.control.source.Code.NEVER_CHARGED;
import static io.tollgate.control.source.Code.NEVER_MATCHES;
import static io.tollgate.control.source.Code.NO_AUTHORITY;
import static io.tollgate.control.source.Code.SHADOWED;
import static io.tollgate.control.source.Code.UNKNOWN_ACTOR;
import static io.tollgate.control.source.Code.UNKNOWN_ROLE;
import static io.tollgate.control.source.Code.UNREACHABLE_LIMIT;

import java.util.List;

/** What is allowed and probably not meant. */
final class WarningFindings {
    private static final String LIMITS = "limits/limits.yaml";
    private static final String POLICY = "policies/c-acme.yaml";
    private static final String DIRECTORY = "directory/directory.yaml";
    private static final String BILLING = "billing/billing.yaml";
    private static final String DENY = "scope: org:acme\nrules:\n  - {id: no, effect: deny, what: {products: [llm]}}\n";

    private WarningFindings() {}

    static final List<Finding> ALL = List.of(
            Finding.of(UNKNOWN_ROLE, "did you mean 'engineer'?", POLICY, "[engineer]", "[«enginer]"),
            Finding.of(UNKNOWN_ROLE, "not among the registry's roles", DIRECTORY, "[engineer]", "[«boss]"),
            Finding.of("role of nobody", UNKNOWN_ROLE, "nobody in the directory has", b -> b.edit(
                            "registry/registry.yaml", "roles: [engineer, admin]\n", "")
                    .edit(POLICY, "[engineer]", "[«boss]")),
            Finding.of(UNKNOWN_ACTOR, "did you mean 'bot'?", POLICY, "[bot]", "[«bat]"),
            Finding.of(
                    EXPIRED, "org:acme/user:ana expired", DIRECTORY, "attributes: {level: 3}", "expires: «2020-01-01"),
            Finding.of(
                    EXPIRED,
                    "subscription 'sub-acme' ended",
                    BILLING,
                    "2026-01-31}",
                    "2019-01-01, end_date: «2020-01-01}"),
            Finding.of(
                    EXPIRED,
                    "these credits expired",
                    BILLING,
                    "priority: 2}",
                    "priority: 2, expiry_date: «2020-01-01}"),
            Finding.of(EXPIRED, "which is over", BILLING, "2026-01-31}", "2015-01-31}")
                    .and("      - {name: monthly", "      - «{name: monthly"),
            Finding.of(
                    UNREACHABLE_LIMIT,
                    "it is never reached",
                    LIMITS,
                    "limit: 60, per: 1m}",
                    "limit: 60, per: 1m}\n    «fast: {dimension: llm.tpm, limit: 11, per: 1s}"),
            Finding.of(
                    UNREACHABLE_LIMIT,
                    "entitlement:tokens",
                    LIMITS,
                    "limit: 60, per: 1m}",
                    "limit: 60, per: 1m}\n    «month: {dimension: llm.tokens, limit: 1001, per: billing_period}"),
            Finding.of(
                            NEVER_CHARGED,
                            "this limit bounds nothing",
                            LIMITS,
                            "    day: {dimension: gpu.time, limit: 5 gpu_hour, per: daily}",
                            "    «idle: {dimension: llm.idle, limit: 5, per: daily}")
                    .with(
                            "registry/registry.yaml",
                            "dimensions:\n",
                            "dimensions:\n  llm.idle: {family: llm, unit: token, kind: period}\n"),
            Finding.of(
                    NEVER_MATCHES, "no product starts with 'video'", POLICY, "products: [llm]", "products: [«video*]"),
            Finding.of(
                    NEVER_MATCHES,
                    "no operation has all of these",
                    POLICY,
                    "what: {products: [llm]}",
                    "what: «{products: [llm], actions: [launch]}"),
            Finding.of("shadowed rule", SHADOWED, "denies all of it to everybody", b -> b.file("policies/d.yaml", DENY)
                    .edit(POLICY, "  - id: engineers", "  - «id: engineers")),
            Finding.of("shadowed from above", SHADOWED, "rule 'no' of plan:pro", b -> b.file(
                            "policies/d.yaml", DENY.replace("org:acme", "plan:pro"))
                    .edit(POLICY, "  - id: engineers", "  - «id: engineers")),
            Finding.of("no authority", NO_AUTHORITY, "no rule of plan:pro allows or delegates", b -> b.edit(
                            "policies/b-plan.yaml", "['*']", "[llm]")
                    .edit(POLICY, "  - id: machines", "  - «id: machines")));
}
