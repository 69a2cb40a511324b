/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.fuzz;

import com.google.protobuf.InvalidProtocolBufferException;
import io.tollgate.envoy.ratelimit.v3.RateLimitRequest;
import io.tollgate.envoy.ratelimit.v3.RateLimitResponse;
import io.tollgate.server.envoy.mapping.MappingReader;
import io.tollgate.server.envoy.ratelimit.LimitDecisions;
import io.tollgate.server.envoy.ratelimit.ShouldRateLimit;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.Outcome;
import io.tollgate.v1.Reason;
import java.util.ArrayList;
import java.util.List;

/** Requests of Envoy's rate limit filter, whatever is in them: as many statuses as descriptors, and over the limit when one is. */
final class RateLimitFuzz implements FuzzTarget {
    private static final int MOST = 16;
    private static final ShouldRateLimit SERVICE = new ShouldRateLimit(
            MappingReader.read(
                            """
                            rate_limits:
                              - domain: edge
                                rules:
                                  - name: invoke
                                    match: [ { key: tenant }, { key: route, value: "invoke*" } ]
                                    request: { organization: { entry: tenant }, WHO }
                                    hits: { unit: token, multiply: 1_000 }
                                  - name: plain
                                    match: [ { key: tenant }, { key: route } ]
                                    request: { organization: { entry: tenant }, WHO, resource_attributes: { size: SIZE } }
                                    override: ignore
                                  - { name: late, match: [ { key: late } ], request: { WHO }, hits: { unit: token, partial: true } }
                                  - { name: shadow, match: [ { key: shadow } ], request: { WHO }, shadow: true }
                                  - { name: free, match: [ { key: free, value: "/*" } ], unlimited: true }
                              - { domain: open, unmatched: ok, rules: [ { name: key, match: [ { key: key } ], request: { KEY } } ] }
                            """
                                    .replace(
                                            "WHO",
                                            "actor_type: user, actor_id: ana, product: p, resource_type: r, action: a")
                                    .replace(
                                            "KEY",
                                            "api_key: { entry: key, scheme: Bearer }, product: p, resource_type: r, action: a"),
                            "fuzz")
                    .rateLimits(),
            MOST,
            () -> 0);

    public static void fuzzerTestOneInput(final byte[] data) throws Exception {
        new RateLimitFuzz().run(data);
    }

    @Override
    public List<byte[]> seeds() {
        final RateLimitRequest.Builder edge =
                RateLimitRequest.newBuilder().setDomain("edge").setHitsAddend(3);
        edge.addDescriptorsBuilder().addEntriesBuilder().setKey("tenant").setValue("acme");
        edge.getDescriptorsBuilder(0).addEntriesBuilder().setKey("route").setValue("invoke-fast");
        edge.addDescriptorsBuilder().addEntriesBuilder().setKey("tenant").setValue("acme");
        edge.getDescriptorsBuilder(1).addEntriesBuilder().setKey("route").setValue("7");
        edge.getDescriptorsBuilder(1).getHitsAddendBuilder().setValue(1);
        edge.getDescriptorsBuilder(1).getLimitBuilder().setRequestsPerUnit(9);
        edge.addDescriptorsBuilder().addEntriesBuilder().setKey("late").setValue("x");
        edge.getDescriptorsBuilder(2).setIsNegativeHits(true);
        edge.addDescriptorsBuilder().addEntriesBuilder().setKey("shadow").setValue("x");
        edge.addDescriptorsBuilder().addEntriesBuilder().setKey("free").setValue("/a");
        final RateLimitRequest.Builder open = RateLimitRequest.newBuilder().setDomain("open");
        open.addDescriptorsBuilder().addEntriesBuilder().setKey("key").setValue("Bearer k");
        open.addDescriptorsBuilder().addEntriesBuilder().setKey("else").setValue("x");
        return List.of(edge.build().toByteArray(), open.build().toByteArray());
    }

    /** Says yes and no by what is asked. */
    private static final class Answers implements LimitDecisions {
        boolean denied;

        @Override
        public DecideResponse decide(final DecideRequest question) {
            return answer(question.hashCode());
        }

        private DecideResponse answer(final int hash) {
            denied |= (hash & 3) == 0;
            return DecideResponse.newBuilder()
                    .setOutcome((hash & 3) == 0 ? Outcome.OUTCOME_DENY : Outcome.OUTCOME_ALLOW)
                    .setReason((hash & 3) == 0 ? Reason.REASON_QUOTA_EXHAUSTED : Reason.REASON_OK)
                    .setDecisionId(Integer.toHexString(hash))
                    .build();
        }

        @Override
        public List<DecideResponse> together(final List<DecideRequest> questions, final boolean take) {
            final List<DecideResponse> answers = new ArrayList<>();
            questions.forEach(each -> answers.add(answer(each.hashCode())));
            return answers;
        }

        @Override
        public DecideResponse refund(final DecideRequest question) {
            return answer(question.hashCode());
        }

        @Override
        public DecideResponse refused(final DecideResponse refusal) {
            denied = true;
            return refusal;
        }
    }

    @Override
    public void run(final byte[] data) throws Exception {
        final RateLimitRequest request;
        try {
            request = RateLimitRequest.parseFrom(data);
        } catch (final InvalidProtocolBufferException expected) {
            return;
        }
        final Answers answers = new Answers();
        final RateLimitResponse response = SERVICE.answer(request, answers);
        if (response.getStatusesCount() != request.getDescriptorsCount()) {
            throw new IllegalStateException(response.getStatusesCount() + " statuses: " + request);
        }
        boolean over = request.getDescriptorsCount() == 0;
        for (final RateLimitResponse.DescriptorStatus status : response.getStatusesList()) {
            over |= status.getCode() != RateLimitResponse.Code.OK;
        }
        if (over != (response.getOverallCode() == RateLimitResponse.Code.OVER_LIMIT) || over && !answers.denied) {
            throw new IllegalStateException("opened or shut by mistake: " + request + response);
        }
    }
}
