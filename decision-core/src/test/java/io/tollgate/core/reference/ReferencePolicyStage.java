/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import io.tollgate.core.Effect;
import io.tollgate.core.Reason;
import io.tollgate.core.ScopeLevel;
import io.tollgate.core.Severity;
import io.tollgate.core.condition.Variable;
import io.tollgate.core.world.def.PolicyDef;
import io.tollgate.core.world.def.RuleDef;
import io.tollgate.core.world.def.ScopeDef;
import io.tollgate.core.world.def.WhatDef;
import io.tollgate.core.world.def.WhoDef;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Stage 2: section 4 of the page, word by word. */
final class ReferencePolicyStage {
    private ReferencePolicyStage() {}

    static Reason evaluate(final ReferenceContext context) {
        boolean authority = true;
        boolean allowed = false;
        boolean denied = false;
        boolean restricted = false;
        boolean failed = false;
        final Map<Variable, Object> facts = ReferenceFacts.of(context);
        for (final ScopeDef scope : context.chain) {
            final PolicyDef policy = context.world.policies.get(scope.path());
            boolean allowHere = false;
            boolean delegateHere = false;
            boolean restrictCovers = false;
            boolean restrictMatches = false;
            for (final RuleDef rule : policy == null ? List.<RuleDef>of() : policy.rules()) {
                if (!covers(rule.what(), context.operationId)) {
                    continue;
                }
                restrictCovers |= rule.effect() == Effect.RESTRICT;
                if (!matches(rule.who(), context)) {
                    continue;
                }
                final @Nullable Boolean holds = holds(rule, context, facts);
                failed |= holds == null && (rule.effect() == Effect.DENY || rule.effect() == Effect.RESTRICT);
                if (!(rule.effect() == Effect.ALLOW ? context.rules.opens(holds) : Boolean.TRUE.equals(holds))) {
                    continue;
                }
                context.matchedRules.add(new ReferenceAnswer.MatchedRule(scope.path(), rule.id()));
                allowHere |= rule.effect() == Effect.ALLOW;
                delegateHere |= rule.effect() == Effect.DELEGATE;
                restrictMatches |= rule.effect() == Effect.RESTRICT;
                denied |= rule.effect() == Effect.DENY;
                if (rule.effect() == Effect.WARN) {
                    context.warnings.add(new ReferenceAnswer.WarningLine(
                            Reason.POLICY_WARN, Severity.WARNING, rule.id(), scope.path()));
                    context.warnReasons.add(Reason.POLICY_WARN);
                }
            }
            restricted |= restrictCovers && !restrictMatches;
            allowed |= authority && allowHere;
            // the next scope may say yes only where this one could and did, or handed that authority down
            authority = authority && (allowHere || delegateHere);
        }
        if (denied) {
            return Reason.POLICY_DENY;
        }
        if (failed) {
            return Reason.POLICY_ERROR;
        }
        if (restricted) {
            return Reason.POLICY_RESTRICTED;
        }
        return allowed ? Reason.OK : Reason.POLICY_NO_GRANT;
    }

    /** {@return whether the rule's condition holds, null when it cannot be evaluated} */
    private static @Nullable Boolean holds(
            final RuleDef rule, final ReferenceContext context, final Map<Variable, Object> facts) {
        if (rule.condition().always()) {
            return true;
        }
        final ReferenceCondition condition = Objects.requireNonNull(
                context.world.conditions.get(rule.condition().source()));
        return ReferenceCondition.evaluate(condition, facts);
    }

    private static boolean covers(final WhatDef what, final int operationId) {
        for (int i = 0; i < what.size(); i++) {
            if (what.operationId(i) == operationId) {
                return true;
            }
        }
        return false;
    }

    private static boolean matches(final WhoDef who, final ReferenceContext context) {
        final ScopeDef actor = context.actor;
        final String actorId = actor != null && actor.level() == ScopeLevel.PRINCIPAL ? actor.id() : "";
        return anyOf(who.actorTypes(), context.actorType)
                && anyOf(who.actorIds(), actorId)
                && (who.rolesAny().isEmpty() || who.rolesAny().stream().anyMatch(context.roles::contains))
                && context.roles.containsAll(who.rolesAll())
                && context.tokenScopes.containsAll(who.tokenScopes());
    }

    private static boolean anyOf(final List<String> wanted, final String is) {
        return wanted.isEmpty() || wanted.contains(is);
    }
}
