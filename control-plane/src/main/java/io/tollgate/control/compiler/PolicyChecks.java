/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import io.tollgate.control.compiler.PolicyCompiler.Rule;
import io.tollgate.control.compiler.PolicyCompiler.ScopePolicy;
import io.tollgate.control.source.Code;
import io.tollgate.v1.Effect;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What rules mean together. Looks at operations, not at who or when, so a finding is certain: a rule that always denies what another one
 * allows, and a yes where no scope above can hand the authority down to anybody, ever.
 */
final class PolicyChecks {
    private final Compilation compilation;
    private final Map<String, ScopePolicy> policies;

    PolicyChecks(Compilation compilation, Map<String, ScopePolicy> policies) {
        this.compilation = compilation;
        this.policies = policies;
    }

    void check() {
        for (ScopePolicy policy : policies.values()) {
            List<ScopeNode> above = policy.node().ancestors();
            Collections.reverse(above);
            for (Rule rule : policy.rules()) {
                if (!rule.operations().isEmpty()) {
                    shadowed(policy, above, rule);
                    authority(policy, above, rule);
                }
            }
        }
    }

    private void shadowed(ScopePolicy policy, List<ScopeNode> above, Rule rule) {
        Effect effect = rule.record().getEffect();
        if (effect != Effect.EFFECT_ALLOW && effect != Effect.EFFECT_WARN) {
            return;
        }
        for (ScopeNode node : above) {
            if (denies(policies.get(node.path().path()), policy, rule)) {
                return;
            }
        }
        denies(policy, policy, rule);
    }

    private boolean denies(@Nullable ScopePolicy denying, ScopePolicy policy, Rule rule) {
        if (denying == null) {
            return false;
        }
        for (Rule deny : denying.rules()) {
            if (deny.record().getEffect() == Effect.EFFECT_DENY
                    && deny.always()
                    && covers(deny.operations(), rule.operations())) {
                PolicyCompiler.warn(
                        compilation,
                        rule,
                        Code.SHADOWED,
                        PolicyCompiler.describe(rule, policy.node()) + " has no effect: "
                                + PolicyCompiler.describe(deny, denying.node()) + " (" + deny.at()
                                + ") denies all of it to everybody",
                        "remove one of the two, or narrow the deny with 'who', 'what' or 'when'");
                return true;
            }
        }
        return false;
    }

    private static boolean covers(BitSet wide, BitSet narrow) {
        BitSet rest = (BitSet) narrow.clone();
        rest.andNot(wide);
        return rest.isEmpty();
    }

    private void authority(ScopePolicy policy, List<ScopeNode> above, Rule rule) {
        if (!PolicyCompiler.isYes(rule.record().getEffect())) {
            return;
        }
        BitSet authority = (BitSet) rule.operations().clone();
        for (ScopeNode node : above) {
            authority.and(saidYes(policies.get(node.path().path())));
            if (authority.isEmpty()) {
                PolicyCompiler.warn(
                        compilation,
                        rule,
                        Code.NO_AUTHORITY,
                        PolicyCompiler.describe(rule, policy.node()) + " can never say yes: no rule of " + node.path()
                                + " allows or delegates any of it",
                        "add an allow or a delegate rule to " + node.path());
                return;
            }
        }
    }

    private static BitSet saidYes(@Nullable ScopePolicy policy) {
        BitSet operations = new BitSet();
        if (policy != null) {
            for (Rule rule : policy.rules()) {
                if (PolicyCompiler.isYes(rule.record().getEffect())) {
                    operations.or(rule.operations());
                }
            }
        }
        return operations;
    }
}
