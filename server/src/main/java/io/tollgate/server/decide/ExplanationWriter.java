/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import io.tollgate.core.explain.Explanation;
import io.tollgate.v1.ExplainedCeiling;
import io.tollgate.v1.ExplainedPool;
import io.tollgate.v1.ExplainedRule;
import io.tollgate.v1.ExplainedScope;
import io.tollgate.v1.ExplainedStage;

/** An explanation on the wire. */
final class ExplanationWriter {
    private ExplanationWriter() {}

    static io.tollgate.v1.Explanation of(final Explanation explanation) {
        final io.tollgate.v1.Explanation.Builder wire = io.tollgate.v1.Explanation.newBuilder();
        for (final Explanation.ScopeLine line : explanation.chain()) {
            wire.addChain(ExplainedScope.newBuilder()
                    .setScope(Wire.scope(line.scope()))
                    .setDisplayName(line.displayName())
                    .setAuthority(line.authority())
                    .setRuleCount(line.ruleCount()));
        }
        for (final Explanation.StageLine line : explanation.stages()) {
            wire.addStages(ExplainedStage.newBuilder()
                    .setStageValue(line.stage().code())
                    .setOutcomeValue(line.outcome().code())
                    .setReasonValue(line.reason().code())
                    .setDecisive(line.decisive())
                    .setSkipped(line.skipped())
                    .setDetail(line.detail()));
        }
        for (final Explanation.RuleLine line : explanation.rules()) {
            wire.addRules(ExplainedRule.newBuilder()
                    .setRuleId(line.ruleId())
                    .setScope(Wire.scope(line.scope()))
                    .setEffectValue(line.effect().code())
                    .setMatched(line.matched())
                    .setError(line.error())
                    .setDetail(line.detail())
                    .setSource(line.source()));
        }
        for (final Explanation.CeilingLine line : explanation.ceilings()) {
            wire.addCeilings(ExplainedCeiling.newBuilder()
                    .setState(Wire.ceiling(line.state()))
                    .setFits(line.fits())
                    .setBinding(line.binding())
                    .setDetail(line.detail())
                    .setSource(line.source()));
        }
        for (final Explanation.PoolLine line : explanation.pools()) {
            wire.addPools(ExplainedPool.newBuilder()
                    .setState(Wire.pool(line.state()))
                    .setReservedForPath(line.state().reservedFor())
                    .setObservedAtMs(line.observedAtMs())
                    .setFits(line.fits())
                    .setServes(line.serves())
                    .setDetail(line.detail()));
        }
        return wire.build();
    }
}
