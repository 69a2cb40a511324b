/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.explain;

import io.tollgate.core.Effect;
import io.tollgate.core.Outcome;
import io.tollgate.core.Reason;
import io.tollgate.core.Stage;
import java.util.ArrayList;
import java.util.List;

/**
 * Everything that one evaluation considered, in the order in which it did. Filled by the same stages that decide; one thread at a time.
 */
public final class Explanation {
    private final List<ScopeLine> chain = new ArrayList<>();
    private final List<StageLine> stages = new ArrayList<>();
    private final List<RuleLine> rules = new ArrayList<>();
    private final List<CeilingLine> ceilings = new ArrayList<>();
    private final List<PoolLine> pools = new ArrayList<>();

    /**
     * A scope of the chain.
     *
     * @param scope       which
     * @param displayName its name for people
     * @param authority   whether it may say yes (semantics, section 4)
     * @param ruleCount   rules of its policy
     */
    public record ScopeLine(ScopeName scope, String displayName, boolean authority, int ruleCount) {}

    /**
     * A stage and its result.
     *
     * @param stage    which
     * @param outcome  what it said; ALLOW when it had nothing against the request
     * @param reason   why
     * @param decisive whether it gave the answer
     * @param skipped  whether it was not evaluated; detail says why
     * @param detail   for operators
     */
    public record StageLine(
            Stage stage, Outcome outcome, Reason reason, boolean decisive, boolean skipped, String detail) {}

    /**
     * A rule whose operations cover the request.
     *
     * @param ruleId  which
     * @param scope   whose policy it is in
     * @param effect  what it does when it matches
     * @param matched whether it matched
     * @param error   whether its condition could not be evaluated
     * @param detail  why it matched or did not
     * @param source  where it is written
     */
    public record RuleLine(
            String ruleId,
            ScopeName scope,
            Effect effect,
            boolean matched,
            boolean error,
            String detail,
            String source) {}

    /**
     * A ceiling that the request is charged against.
     *
     * @param state   its numbers
     * @param fits    whether the request fits under it
     * @param binding whether it is the one that the answer names
     * @param detail  for operators
     * @param source  where it is written
     */
    public record CeilingLine(CeilingView state, boolean fits, boolean binding, String detail, String source) {}

    /**
     * A pool that may serve the request; they come in the order in which they are tried.
     *
     * @param state        its numbers
     * @param observedAtMs when it was observed, milliseconds since 1970; 0 = not known
     * @param fits         whether it holds what the request asks for
     * @param serves       whether it is the first that does
     * @param detail       for operators
     */
    public record PoolLine(PoolView state, long observedAtMs, boolean fits, boolean serves, String detail) {}

    /** Forgets everything. */
    public void reset() {
        chain.clear();
        stages.clear();
        rules.clear();
        ceilings.clear();
        pools.clear();
    }

    /** {@return scopes from global to the leaf; live list} */
    public List<ScopeLine> chain() {
        return chain;
    }

    /** {@return stages in their order; live list} */
    public List<StageLine> stages() {
        return stages;
    }

    /** {@return rules in the order in which they were considered; live list} */
    public List<RuleLine> rules() {
        return rules;
    }

    /** {@return ceilings in the order of the take; live list} */
    public List<CeilingLine> ceilings() {
        return ceilings;
    }

    /** {@return pools that may serve the request, in the order in which they are tried; live list} */
    public List<PoolLine> pools() {
        return pools;
    }
}
