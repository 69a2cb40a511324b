/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.fuzz;

import com.google.protobuf.InvalidProtocolBufferException;
import io.tollgate.envoy.auth.v3.AttributeContext;
import io.tollgate.envoy.auth.v3.CheckRequest;
import io.tollgate.envoy.auth.v3.CheckResponse;
import io.tollgate.server.envoy.ExtAuthz;
import io.tollgate.server.envoy.mapping.MappingReader;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.Outcome;
import java.util.List;

/** Checks of Envoy, whatever is in them: a question, a refusal, or one of the paths that pass. */
final class CheckFuzz implements FuzzTarget {
    private static final ExtAuthz EXT = new ExtAuthz(
            MappingReader.read(
                    """
                    rules:
                      - { name: open, match: { path: /open }, pass: true }
                      - name: launch
                        match: { methods: [POST], path: "/v1/projects/{project}/{rest**}", hosts: ["*.acme.com"] }
                        request:
                          organization: { claim: org }
                          actor_type: user
                          actor_id: [ { claim: sub }, { principal: "spiffe://acme/sa/{actor}" } ]
                          api_key: { credential: authorization, scheme: Bearer }
                          product: compute
                          resource_type: gpu
                          action: launch
                          project: { path: project }
                          resource_id: { path: rest }
                          usage: [ { unit: hour, amount: { query: hours }, default: 1, multiply: 3, divide: 2, max: 24 } ]
                          resource_attributes: { region: { body: /region }, size: { body: /size, type: int } }
                    """,
                    "fuzz"),
            () -> 0);

    public static void fuzzerTestOneInput(final byte[] data) throws Exception {
        new CheckFuzz().run(data);
    }

    @Override
    public List<byte[]> seeds() {
        final AttributeContext.Builder attributes = AttributeContext.newBuilder();
        attributes
                .getRequestBuilder()
                .getHttpBuilder()
                .setMethod("POST")
                .setHost("api.acme.com")
                .setPath("/v1/projects/rag/a/b?hours=3&x=%20")
                .putHeaders("authorization", "Bearer key")
                .setBody("{\"region\": \"eu\", \"size\": 3}");
        attributes.getSourceBuilder().setPrincipal("spiffe://acme/sa/indexer");
        return List.of(
                CheckRequest.newBuilder().setAttributes(attributes).build().toByteArray());
    }

    @Override
    public void run(final byte[] data) throws Exception {
        final CheckRequest check;
        try {
            check = CheckRequest.parseFrom(data);
        } catch (final InvalidProtocolBufferException expected) {
            return;
        }
        final ExtAuthz.Asked asked = EXT.read(check);
        if (asked.question() == null && asked.refusal() == null) {
            if (!check.getAttributes().getRequest().getHttp().getPath().startsWith("/")
                    || !asked.rule().equals("open")) {
                throw new IllegalStateException("it passes: " + check);
            }
            return;
        }
        final DecideResponse answer = asked.refusal() == null
                ? DecideResponse.newBuilder().setOutcome(Outcome.OUTCOME_ALLOW).build()
                : asked.refusal();
        final CheckResponse response = EXT.answer(asked, answer);
        if (response.hasOkResponse() != (asked.refusal() == null)) {
            throw new IllegalStateException("opened or shut by mistake: " + response);
        }
    }
}
