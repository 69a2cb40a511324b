/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.core.ScopeLevel;
import io.tollgate.examples.generator.GeneratedBundle;
import io.tollgate.examples.generator.GeneratedLimits;
import io.tollgate.v1.AttributeValue;
import io.tollgate.v1.CeilingState;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.Evidence;
import io.tollgate.v1.MatchedRule;
import io.tollgate.v1.Obligation;
import io.tollgate.v1.Outcome;
import io.tollgate.v1.Reason;
import io.tollgate.v1.ScopeRef;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The check that the swap test rests on: it must see a mixed answer when there is one. */
class AnswerCheckTest {
    private final AnswerCheck check = new AnswerCheck();

    @Test
    void shouldAcceptAnAnswerOfOneVersion() {
        check.check(answer(7, 7, 7, 7).build());
        assertEquals(Set.of(), check.faults());
        assertEquals(Set.of(7L), check.versions());
    }

    @Test
    void shouldSeeALimitOfAnotherVersion() {
        check.check(answer(7, 6, 7, 7).build());
        assertTrue(check.faults().toString().contains("version 7 has limit"), check.faults()::toString);
    }

    @Test
    void shouldSeeARuleOfAnotherVersion() {
        check.check(answer(7, 7, 8, 7).build());
        assertTrue(check.faults().toString().contains("matched rule r0-s8"), check.faults()::toString);
    }

    @Test
    void shouldSeeAnObligationOfAnotherVersion() {
        check.check(answer(7, 7, 7, 1).build());
        assertTrue(check.faults().toString().contains("version 7 has obligation 1"), check.faults()::toString);
    }

    @Test
    void shouldSeeADeny() {
        check.check(answer(7, 7, 7, 7)
                .setOutcome(Outcome.OUTCOME_DENY)
                .setReason(Reason.REASON_OVERLOADED)
                .build());
        assertTrue(check.faults().toString().contains("REASON_OVERLOADED"), check.faults()::toString);
    }

    private static DecideResponse.Builder answer(
            final long version, final long limitStamp, final long ruleStamp, final long obligationStamp) {
        final DecideResponse.Builder answer = DecideResponse.newBuilder()
                .setOutcome(Outcome.OUTCOME_ALLOW)
                .setReason(Reason.REASON_OK)
                .setBindingCeiling(CeilingState.newBuilder()
                        .setDimension("llm.tokens")
                        .setScope(ScopeRef.newBuilder().setLevelValue(ScopeLevel.PROJECT.code()))
                        .setLimit(GeneratedLimits.limit(2, ScopeLevel.PROJECT, limitStamp)))
                .addObligations(Obligation.newBuilder()
                        .setKey(GeneratedBundle.STAMP_KEY)
                        .setValue(AttributeValue.newBuilder().setIntValue(obligationStamp)))
                .setEvidence(Evidence.newBuilder().setSnapshotVersion(version).setSnapshotDigest("d"));
        for (int i = 0; i < 5; i++) {
            answer.addMatchedRules(MatchedRule.newBuilder().setRuleId("r0-s" + ruleStamp));
        }
        return answer;
    }
}
