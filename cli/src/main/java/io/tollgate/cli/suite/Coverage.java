/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.suite;

import io.tollgate.control.compiler.CompiledBundle;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.MatchedRule;
import io.tollgate.v1.PolicyRecord;
import io.tollgate.v1.RuleRecord;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Which rules matched at least once. One thread. */
public final class Coverage {
    private static final double PERCENT = 100.0;
    private static final double TENTHS = 10.0;

    private final List<Rule> rules = new ArrayList<>();
    private final Set<String> matched = new HashSet<>();

    /**
     * A rule.
     *
     * @param source file, line and column
     */
    public record Rule(String scope, String id, String source) {
        private String key() {
            return key(scope, id);
        }

        private static String key(String scope, String id) {
            return scope + "\n" + id;
        }
    }

    /** All rules of a bundle, none of them matched. */
    public Coverage(CompiledBundle bundle) {
        for (PolicyRecord policy : bundle.policies()) {
            for (RuleRecord rule : policy.getRulesList()) {
                rules.add(new Rule(policy.getScope().getPath(), rule.getId(), rule.getSource()));
            }
        }
    }

    void add(DecideResponse answer) {
        for (MatchedRule rule : answer.getMatchedRulesList()) {
            matched.add(Rule.key(rule.getScope().getPath(), rule.getRuleId()));
        }
    }

    /** {@return how many rules there are} */
    public int ruleCount() {
        return rules.size();
    }

    /** {@return rules that no question matched, in the order of the bundle} */
    public List<Rule> unmatched() {
        return rules.stream().filter(rule -> !matched.contains(rule.key())).toList();
    }

    /** {@return the share that matched, percent rounded down to tenths; 100 without any rule} */
    public double percent() {
        final int matchedCount = rules.size() - unmatched().size();
        return rules.isEmpty() ? PERCENT : Math.floor(PERCENT * TENTHS * matchedCount / rules.size()) / TENTHS;
    }
}
