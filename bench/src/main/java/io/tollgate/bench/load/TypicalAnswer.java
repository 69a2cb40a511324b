/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.load;

import io.tollgate.v1.CeilingState;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.DimensionKind;
import io.tollgate.v1.Effect;
import io.tollgate.v1.Enforcement;
import io.tollgate.v1.Evidence;
import io.tollgate.v1.MatchedRule;
import io.tollgate.v1.Outcome;
import io.tollgate.v1.Plane;
import io.tollgate.v1.PlaneAge;
import io.tollgate.v1.Reason;
import io.tollgate.v1.ReasonClass;
import io.tollgate.v1.ScopeLevel;
import io.tollgate.v1.ScopeRef;

/** An allowed decision of usual size, for where no real one was recorded. */
final class TypicalAnswer {
    private TypicalAnswer() {}

    static DecideResponse make() {
        return DecideResponse.newBuilder()
                .setOutcome(Outcome.OUTCOME_ALLOW)
                .setReason(Reason.REASON_OK)
                .setReasonClass(ReasonClass.REASON_CLASS_UNSPECIFIED)
                .setCorrelationId("c-123456")
                .setDecisionId("3f2a9c41-0000000000012345")
                .setBindingCeiling(CeilingState.newBuilder()
                        .setId("tokens-per-minute")
                        .setDimension("llm.token_rate")
                        .setUnit("token")
                        .setKind(DimensionKind.DIMENSION_KIND_RATE)
                        .setEnforcement(Enforcement.ENFORCEMENT_HARD)
                        .setScope(scope(ScopeLevel.SCOPE_LEVEL_API_KEY, "org:o00042/key:k00123456"))
                        .setLimit(1_000_000)
                        .setUsed(12_345)
                        .setRemaining(87_655)
                        .setBurst(100_000)
                        .setPeriodMs(60_000)
                        .setResetsAtMs(1_795_000_000_000L)
                        .setRequested(512))
                .addMatchedRules(rule("r0", ScopeLevel.SCOPE_LEVEL_GLOBAL, "global"))
                .addMatchedRules(rule("r0", ScopeLevel.SCOPE_LEVEL_PROJECT, "org:o00042/project:p07"))
                .setEvidence(Evidence.newBuilder()
                        .setBundle("acme")
                        .setSnapshotVersion(17)
                        .setSnapshotDigest("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")
                        .setRegistryVersion(1)
                        .addPlaneAges(age(Plane.PLANE_DIRECTORY))
                        .addPlaneAges(age(Plane.PLANE_POLICY))
                        .addPlaneAges(age(Plane.PLANE_QUOTA))
                        .setSidecarId("sidecar-1"))
                .build();
    }

    private static ScopeRef scope(final ScopeLevel level, final String path) {
        return ScopeRef.newBuilder().setLevel(level).setPath(path).build();
    }

    private static MatchedRule rule(final String id, final ScopeLevel level, final String path) {
        return MatchedRule.newBuilder()
                .setRuleId(id)
                .setEffect(Effect.EFFECT_ALLOW)
                .setScope(scope(level, path))
                .build();
    }

    private static PlaneAge age(final Plane plane) {
        return PlaneAge.newBuilder()
                .setPlane(plane)
                .setAgeMs(250)
                .setMaxAgeMs(60_000)
                .build();
    }
}
