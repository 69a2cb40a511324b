/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.policy;

import io.tollgate.core.Effect;
import io.tollgate.core.Reason;
import io.tollgate.core.world.def.PolicyDef;
import io.tollgate.core.world.def.RuleDef;
import io.tollgate.core.world.def.WhoDef;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Section 4 of the semantics, word by word, with maps and loops. Conditions are words: "true", "false", anything else cannot be evaluated.
 */
final class ReferencePolicy {
    /** A rule of a scope of the chain. */
    record Rule(int scope, RuleDef rule) {
        @Override
        public String toString() {
            return scope + ":" + rule.id();
        }
    }

    /** Who asks for what. */
    record Question(
            int operation, @Nullable String actorType, String actorId, Set<String> roles, Set<String> tokenScopes) {}

    final List<Rule> covering = new ArrayList<>();
    final List<Rule> matched = new ArrayList<>();
    final List<Rule> errors = new ArrayList<>();
    final List<Boolean> authority = new ArrayList<>();
    Reason reason = Reason.POLICY_NO_GRANT;

    @Nullable
    Rule deciding;

    private final Question question;

    /**
     * Evaluates.
     *
     * @param chain scope paths, global first
     */
    ReferencePolicy(final Map<String, PolicyDef> policies, final List<String> chain, final Question question) {
        this.question = question;
        for (int scope = 0; scope < chain.size(); scope++) {
            final PolicyDef policy = policies.get(chain.get(scope));
            if (policy != null) {
                for (final RuleDef rule : policy.rules()) {
                    ask(new Rule(scope, rule));
                }
            }
        }
        for (int scope = 0; scope < chain.size(); scope++) {
            authority.add(hasAuthority(scope));
        }
        decide(chain.size());
    }

    private void ask(final Rule rule) {
        boolean covers = false;
        for (int i = 0; i < rule.rule.what().size(); i++) {
            covers |= rule.rule.what().operationId(i) == question.operation;
        }
        if (!covers) {
            return;
        }
        covering.add(rule);
        if (!isAbout(rule.rule.who())) {
            return;
        }
        final String condition = rule.rule.condition().source();
        if (condition.isEmpty() || condition.equals("true")) {
            matched.add(rule);
        } else if (!condition.equals("false")) {
            errors.add(rule);
        }
    }

    private boolean isAbout(final WhoDef who) {
        final boolean type = who.actorTypes().isEmpty()
                || question.actorType != null && who.actorTypes().contains(question.actorType);
        final boolean id = who.actorIds().isEmpty() || who.actorIds().contains(question.actorId);
        boolean anyRole = who.rolesAny().isEmpty();
        for (final String role : who.rolesAny()) {
            anyRole |= question.roles.contains(role);
        }
        return type
                && id
                && anyRole
                && question.roles.containsAll(who.rolesAll())
                && question.tokenScopes.containsAll(who.tokenScopes());
    }

    /** authority(s0) = true; authority(si) = authority(si-1) and (si-1 has a matching allow or a matching delegate). */
    private boolean hasAuthority(final int scope) {
        return scope == 0
                || hasAuthority(scope - 1)
                        && (first(matched, scope - 1, Effect.ALLOW) != null
                                || first(matched, scope - 1, Effect.DELEGATE) != null);
    }

    private void decide(final int scopes) {
        for (int scope = scopes - 1; scope >= 0; scope--) {
            final Rule allow = first(matched, scope, Effect.ALLOW);
            if (allow != null && authority.get(scope)) {
                answer(Reason.OK, allow);
            }
        }
        for (int scope = scopes - 1; scope >= 0; scope--) {
            final Rule restrict = first(covering, scope, Effect.RESTRICT);
            if (restrict != null && first(matched, scope, Effect.RESTRICT) == null) {
                answer(Reason.POLICY_RESTRICTED, restrict);
            }
        }
        for (int i = errors.size() - 1; i >= 0; i--) {
            final Effect effect = errors.get(i).rule.effect();
            if (effect == Effect.DENY || effect == Effect.RESTRICT) {
                answer(Reason.POLICY_ERROR, errors.get(i));
            }
        }
        for (int scope = scopes - 1; scope >= 0; scope--) {
            final Rule deny = first(matched, scope, Effect.DENY);
            if (deny != null) {
                answer(Reason.POLICY_DENY, deny);
            }
        }
    }

    /** Later calls win: the strongest reason comes last, and of it the topmost scope. */
    private void answer(final Reason why, final Rule rule) {
        reason = why;
        deciding = rule;
    }

    private static @Nullable Rule first(final List<Rule> rules, final int scope, final Effect effect) {
        for (final Rule rule : rules) {
            if (rule.scope == scope && rule.rule.effect() == effect) {
                return rule;
            }
        }
        return null;
    }

    List<Rule> warnings() {
        return matched.stream()
                .filter(rule -> rule.rule.effect() == Effect.WARN)
                .toList();
    }
}
