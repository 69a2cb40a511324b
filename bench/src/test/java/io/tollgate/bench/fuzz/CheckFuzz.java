/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.fuzz;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.tollgate.envoy.auth.v3.AttributeContext;
import io.tollgate.envoy.auth.v3.CheckRequest;
import io.tollgate.envoy.auth.v3.CheckResponse;
import io.tollgate.server.envoy.ExtAuthz;
import io.tollgate.server.envoy.mapping.MappingReader;
import io.tollgate.server.envoy.wire.WireCheck;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.Outcome;
import java.util.List;
import java.util.Map;

/**
 * Checks of Envoy, whatever is in them: a question, a refusal, or one of the paths that pass; and read from their bytes the same as by way
 * of the generated class.
 */
final class CheckFuzz implements FuzzTarget {
    private final WireCheck wire = new WireCheck();
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
        attributes.putContextExtensions("organization", "acme");
        attributes
                .getMetadataContextBuilder()
                .putFilterMetadata(
                        "envoy.filters.http.jwt_authn",
                        Struct.newBuilder()
                                .putFields(
                                        "issuer",
                                        Value.newBuilder()
                                                .setStructValue(Struct.newBuilder()
                                                        .putFields(
                                                                "org",
                                                                Value.newBuilder()
                                                                        .setStringValue("lumen")
                                                                        .build()))
                                                .build())
                                .build());
        return List.of(
                CheckRequest.newBuilder().setAttributes(attributes).build().toByteArray());
    }

    @Override
    public void run(final byte[] data) throws Exception {
        final CheckRequest check;
        try {
            check = CheckRequest.parseFrom(data);
        } catch (final InvalidProtocolBufferException expected) {
            if (wire.read(data)) {
                throw new IllegalStateException("read, and it is no CheckRequest");
            }
            return;
        }
        final ExtAuthz.Asked asked = EXT.read(check);
        if (!asked.equals(EXT.read(data, wire))) {
            throw new IllegalStateException("read otherwise: " + check);
        }
        if (wire.read(data)) {
            compare(check.getAttributes(), wire);
        }
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

    private static void compare(final AttributeContext check, final WireCheck wire) {
        final AttributeContext.HttpRequest http = check.getRequest().getHttp();
        boolean same = http.getMethod().equals(wire.method())
                && http.getPath().equals(wire.target())
                && http.getHost().equals(wire.host())
                && http.getId().equals(wire.requestId())
                && http.getBody().equals(wire.body())
                && http.getRawBody().equals(ByteString.copyFrom(wire.rawBody()))
                && http.hasHeaderMap() == wire.hasHeaderMap()
                && http.getHeaderMap().getHeadersCount() == wire.rawHeaderCount()
                && check.getSource().getPrincipal().equals(wire.principal());
        for (final Map.Entry<String, String> each : http.getHeadersMap().entrySet()) {
            same &= each.getValue().equals(wire.header(each.getKey()));
        }
        for (final Map.Entry<String, String> each :
                check.getContextExtensionsMap().entrySet()) {
            same &= each.getValue().equals(wire.context(each.getKey()));
        }
        for (final Map.Entry<String, Struct> each :
                check.getMetadataContext().getFilterMetadataMap().entrySet()) {
            same &= each.getValue().equals(wire.metadata(each.getKey()));
        }
        for (int i = 0; same && i < wire.rawHeaderCount(); i++) {
            same = wire.isRawHeader(i, http.getHeaderMap().getHeaders(i).getKey());
        }
        if (!same) {
            throw new IllegalStateException("not the same facts: " + check);
        }
    }
}
