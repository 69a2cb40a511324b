/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import static io.tollgate.control.source.Code.BAD_ID;
import static io.tollgate.control.source.Code.BAD_VALUE;
import static io.tollgate.control.source.Code.CONDITION;
import static io.tollgate.control.source.Code.SHADOWED;
import static io.tollgate.control.source.Code.TOO_LARGE;
import static io.tollgate.control.source.Code.UNKNOWN_REFERENCE;

import io.tollgate.control.source.Code;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Mistakes in conditions: each at its own character, however YAML wraps it. The expressions themselves are tested elsewhere. */
final class ConditionFindings {
    private static final String POLICY = "policies/c-acme.yaml";
    private static final String WHO = "    who: {roles_any: [engineer]}\n";
    private static final String REGISTRY = "registry/registry.yaml";
    private static final String BILLING = "billing/billing.yaml";

    /** So many of the dear ones fit. */
    private static final int DEAR_RULES = 12;

    private ConditionFindings() {}

    private static Finding when(Code code, String text, String when) {
        return new Finding(
                code.label() + ": " + when.strip(),
                code,
                text,
                b -> b.edit(POLICY, WHO, WHO + "    when: " + when + "\n"));
    }

    private static Finding unknown(String when) {
        return when(UNKNOWN_REFERENCE, "did you mean 'place.tier'?", when);
    }

    static final List<Finding> ALL = List.of(
            when(CONDITION, "cannot take an int and a string", "actor.level «> '3'"),
            when(CONDITION, "write ==", "place.tier «= 'gold'"),
            unknown("actor.level > 3 && «place.teir == 'gold'"),
            unknown("actor.level > 1\n      && «place.teir == 'x'"),
            unknown("'actor.level > 1 && resource.model == ''x'' || «place.teir == ''y'''"),
            unknown("'actor.level > 1\n\n      && «place.teir == ''y'''"),
            unknown("\"resource.model == \\\"\\u0061\\\" ||\\n «place.teir == 'y'\""),
            unknown("\"actor.level > 1 \\\n      && «place.teir == 'y'\""),
            unknown("|\n      actor.level > 1\n        && «place.teir == 'x'"),
            unknown("|2-  # a comment\n      actor.level > 1\n        && «place.teir == 'x'"),
            unknown(">\n      actor.level > 1\n\n      && resource.model\n      == 'é' && «place.teir == 'x'"),
            when(CONDITION, "ends too early", ">-\n      actor.level >«\n\n"),
            when(BAD_VALUE, "an empty condition", "«'  '"),
            when(TOO_LARGE, "a condition of 8193 bytes", "«" + "x".repeat(8193)),
            when(TOO_LARGE, "steps, at most 20000", "«" + dear(2)),
            Finding.of(
                    "conditions of a scope beyond the bound",
                    TOO_LARGE,
                    "the conditions of org:acme may take",
                    b -> b.edit(
                            POLICY,
                            "rules:\n",
                            "rules:\n"
                                    + IntStream.range(0, 30)
                                            .mapToObj(i -> "  - {id: dear" + i
                                                    + ", effect: deny, what: {products: [llm]}, when: "
                                                    + (i == DEAR_RULES ? "«" : "") + "\"" + dear(1) + "\"}\n")
                                            .collect(Collectors.joining()))),
            Finding.of(
                    BAD_ID,
                    "every request has",
                    REGISTRY,
                    "  place.tier: string",
                    "  place.tier: string\n  «request.amount: int"),
            Finding.of(
                            CONDITION,
                            "int at billing/billing.yaml",
                            POLICY,
                            WHO,
                            WHO + "    when: «config['terms'].size > 3\n")
                    .with(
                            BILLING,
                            "customer: acme, plan: pro,",
                            "customer: acme, plan: pro, override_entitlements: {terms: {config_value: {size: big}}},"),
            Finding.of(
                            CONDITION,
                            "longer than conditions read, at billing/billing.yaml",
                            POLICY,
                            WHO,
                            WHO + "    when: resource.model in «config['terms'].models\n")
                    .with(BILLING, "models: [s, m]", "models: [s, " + "m".repeat(257) + "]"),
            Finding.of(
                            SHADOWED,
                            "no effect",
                            POLICY,
                            "rules:\n  - id: engineers",
                            "rules:\n  - {id: no, effect: deny, what: {products: [llm]}}\n  - «id: engineers")
                    .with(POLICY, WHO, WHO + "    when: place.tier == 'gold'\n"));

    private static String dear(int times) {
        return IntStream.range(0, times)
                .mapToObj(i -> "place.tags.exists(x, x.contains('a" + i + "'))")
                .collect(Collectors.joining(" || "));
    }
}
