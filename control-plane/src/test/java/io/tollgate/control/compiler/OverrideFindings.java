/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import static io.tollgate.control.source.Code.DUPLICATE_ID;
import static io.tollgate.control.source.Code.EXPIRED;
import static io.tollgate.control.source.Code.OVERRIDE_TERMS;
import static io.tollgate.control.source.Code.RATE_RANGE;
import static io.tollgate.control.source.Code.UNIT_MISMATCH;
import static io.tollgate.control.source.Code.UNKNOWN_REFERENCE;
import static io.tollgate.control.source.Code.UNREACHABLE_LIMIT;

import io.tollgate.control.source.Code;
import java.util.List;

/** What can be wrong with an override. */
final class OverrideFindings {
    private static final String LIMITS = "limits/limits.yaml";
    private static final String DAY = "limit: 5 gpu_hour, per: daily";

    static final String OVERRIDE =
            """
            overrides:
              - {id: o1, scope: org:acme, limit_id: day, new_limit: 9, expires: 2199-01-01, reason: launch, requested_by: ana}
            """;

    /** Raises a delegated limit, all in order. */
    static final String RAISE = OVERRIDE.replace("new_limit: 9", "new_limit: 8 gpu_hour")
            .replace("requested_by: ana", "requested_by: ana, approved_by: eve");

    private OverrideFindings() {}

    static final List<Finding> ALL = List.of(
            finding("of nothing", UNKNOWN_REFERENCE, "did you mean 'day'?", "limit_id: day", "limit_id: «dai"),
            finding("elsewhere", UNKNOWN_REFERENCE, "organization 'acne'", "scope: org:acme", "scope: «org:acne"),
            finding("in another unit", UNIT_MISMATCH, "does not convert", "new_limit: 9", "new_limit: «9 token"),
            finding("that has expired", EXPIRED, "changes nothing", "expires: 2199-01-01", "expires: «2020-01-01"),
            Finding.of("override twice", DUPLICATE_ID, "override 'o1'", b -> b.append(LIMITS, OVERRIDE)
                    .file("limits/z.yaml", OVERRIDE.replace("id: o1", "id: «o1").replace("day", "tpm"))),
            Finding.of(
                    "two overrides of one limit",
                    OVERRIDE_TERMS,
                    "already has override 'o1' (limits/limits.yaml:8:5): a limit has one override",
                    b -> b.append(LIMITS, OVERRIDE)
                            .file(
                                    "limits/z.yaml",
                                    OVERRIDE.replace("id: o1", "id: o2").replace("limit_id: day", "limit_id: «day"))),
            Finding.of(
                    "raise of what nobody delegated",
                    OVERRIDE_TERMS,
                    "from 18000000 to 28800000 gpu_ms, which nobody has delegated add delegable_up_to to the limit"
                            + " (limits/limits.yaml:4:5), or write at most 18000000",
                    b -> b.append(LIMITS, RAISE.replace("new_limit: 8", "new_limit: «8"))),
            raise(
                    "beyond what is delegated",
                    "above its delegable_up_to of 28800000 (limits/limits.yaml:4:5) write at most 28800000",
                    "new_limit: 8",
                    "new_limit: «9"),
            raise(
                    "to everything",
                    "to unlimited, above its delegable",
                    "new_limit: 8 gpu_hour",
                    "new_limit: «unlimited"),
            raise(
                    "that nobody approved",
                    "add approved_by, with somebody other than 'ana'",
                    "id: o1,",
                    "id: «o1,",
                    ", approved_by: eve"),
            raise(
                    "approved by who asked",
                    "asked for and approved by 'ana' have somebody else approve it",
                    "approved_by: eve",
                    "approved_by: «ana"),
            finding(
                    "raise of what was bought",
                    OVERRIDE_TERMS,
                    "what was bought can only be lowered",
                    "limit_id: day, new_limit: 9",
                    "limit_id: entitlement:tokens, new_limit: «1001"),
            Finding.of(
                    "rates without a common clock",
                    RATE_RANGE,
                    "no clock counts 7000000001 and 8000000003 per 60000000000 ns; the one must be a multiple",
                    b -> b.edit(LIMITS, "limit: 600,", "limit: 7_000_000_001, delegable_up_to: 9_000_000_000,")
                            .append(
                                    LIMITS,
                                    RAISE.replace("day, new_limit: 8 gpu_hour", "tpm, new_limit: «8_000_000_003"))),
            Finding.of(
                    "raise above the parent",
                    UNREACHABLE_LIMIT,
                    "raises 'tpm' of org:acme/project:rag to 700, above 'tpm' of org:acme (600, limits/limits.yaml:3:5)",
                    b -> b.edit(LIMITS, "limit: 600,", "limit: 600, delegable_up_to: 900,")
                            .edit(LIMITS, "limit: 60,", "limit: 60, delegable_up_to: 700,")
                            .append(LIMITS, rag("700").replace("- {id", "- «{id"))),
            Finding.of(
                    "delegation above the parent",
                    UNREACHABLE_LIMIT,
                    "may be raised to 901, above 'tpm' of org:acme, which never is more than 900",
                    b -> b.edit(LIMITS, "limit: 600,", "limit: 600, delegable_up_to: 900,")
                            .edit(
                                    LIMITS,
                                    "    tpm: {dimension: llm.tpm, limit: 60,",
                                    "    «tpm: {dimension: llm.tpm," + " limit: 60, delegable_up_to: 901,")));

    static String rag(String limit) {
        return RAISE.replace(
                "org:acme, limit_id: day, new_limit: 8 gpu_hour",
                "org:acme/project:rag, limit_id: tpm, new_limit: " + limit);
    }

    private static Finding finding(String name, Code code, String text, String old, String replacement) {
        return Finding.of("override " + name, code, text, b -> b.append(LIMITS, OVERRIDE.replace(old, replacement)));
    }

    private static Finding raise(String name, String text, String old, String replacement) {
        return raise(name, text, old, replacement, "«nothing");
    }

    private static Finding raise(String name, String text, String old, String replacement, String without) {
        return Finding.of(
                "raise " + name, OVERRIDE_TERMS, text, b -> b.edit(LIMITS, DAY, DAY + ", delegable_up_to: 8 gpu_hour")
                        .append(LIMITS, RAISE.replace(old, replacement).replace(without, "")));
    }
}
