/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.policy;

import io.tollgate.core.world.def.WhoDef;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Says in words why rules matched or did not. Whether they did comes from the evaluation itself; this only finds the words. Cold.
 */
final class RuleExplainer {
    private final PolicyQuery query;
    private final PolicyMatch match;
    private final PolicyTrace trace;

    private RuleExplainer(final PolicyQuery query, final PolicyMatch match, final PolicyTrace trace) {
        this.query = query;
        this.match = match;
        this.trace = trace;
    }

    static void explain(
            final PolicyTables tables, final PolicyQuery query, final PolicyMatch match, final PolicyTrace trace) {
        final RuleExplainer explainer = new RuleExplainer(query, match, trace);
        for (int i = 0; i < query.chainLength; i++) {
            if (query.chain[i] != PolicyTables.NO_POLICY) {
                final Policy policy = tables.policy(query.chain[i]);
                for (int rule = policy.firstRule; rule < policy.firstRule + policy.ruleCount; rule++) {
                    if (tables.compiledRule(rule).covers(query.operationId)) {
                        explainer.rule(i, rule, tables.compiledRule(rule));
                    }
                }
            }
        }
    }

    private void rule(final int chainIndex, final int ruleId, final CompiledRule rule) {
        final boolean matched = match.isMatched(ruleId);
        final boolean error = match.isError(ruleId);
        trace.rule(chainIndex, ruleId, matched, error, error ? error(rule) : matched ? matched(rule) : missing(rule));
    }

    private String error(final CompiledRule rule) {
        return condition(rule, "could not be evaluated");
    }

    /** "condition 'resource.region == "eu"' is false (attribute resource.region = 'us')" */
    private String condition(final CompiledRule rule, final String result) {
        final String read = rule.condition() == null ? "" : rule.condition().explain(query.input);
        return "condition '" + rule.def().condition().source() + "' " + result
                + (read.isEmpty() ? "" : " (" + read + ")");
    }

    private String matched(final CompiledRule rule) {
        final WhoDef who = rule.def().who();
        final String everybody = who.equals(WhoDef.ANYBODY) ? "applies to every actor" : "actor matches";
        return rule.condition() == null ? everybody : everybody + "; " + condition(rule, "is true");
    }

    /** The first thing that is missing, in the order in which rules are written. */
    private String missing(final CompiledRule rule) {
        final WhoDef who = rule.def().who();
        if (rule.actorTypes().length > 0 && !contains(rule.actorTypes(), query.actorType)) {
            return "actor type " + any(who.actorTypes()) + " needed, actor is " + quoted(trace.actorType());
        }
        if (rule.actorIds().length > 0 && !contains(rule.actorIds(), query.actorId)) {
            return "actor " + any(who.actorIds()) + " needed, actor is " + quoted(trace.actorId());
        }
        if (rule.rolesAny().length > 0 && !holdsAny(rule.rolesAny())) {
            return "role " + any(who.rolesAny()) + " needed, held: " + held(trace.heldRoles());
        }
        for (int i = 0; i < rule.rolesAll().length; i++) {
            if (!query.holdsRole(rule.rolesAll()[i])) {
                return all("role", who.rolesAll()) + " needed, "
                        + quoted(who.rolesAll().get(i)) + " missing, held: " + held(trace.heldRoles());
            }
        }
        for (int i = 0; i < rule.tokenScopes().length; i++) {
            if (!query.hasTokenScope(rule.tokenScopes()[i])) {
                return all("token scope", who.tokenScopes()) + " needed, "
                        + quoted(who.tokenScopes().get(i)) + " missing, held: " + held(trace.heldTokenScopes());
            }
        }
        return condition(rule, "is false");
    }

    private boolean holdsAny(final int[] roles) {
        for (final int role : roles) {
            if (query.holdsRole(role)) {
                return true;
            }
        }
        return false;
    }

    private static boolean contains(final int[] symbols, final int symbol) {
        for (final int each : symbols) {
            if (each == symbol) {
                return true;
            }
        }
        return false;
    }

    private static String any(final List<String> names) {
        return names.stream().map(RuleExplainer::quoted).collect(Collectors.joining(" or "));
    }

    private static String all(final String what, final List<String> names) {
        return (names.size() == 1 ? what : what + "s") + " "
                + names.stream().map(RuleExplainer::quoted).collect(Collectors.joining(" and "));
    }

    private static String quoted(final String name) {
        return "'" + name + "'";
    }

    private static String held(final String names) {
        return names.isEmpty() ? "none" : names;
    }
}
