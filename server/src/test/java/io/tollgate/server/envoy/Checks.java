/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.tollgate.envoy.auth.v3.AttributeContext;
import io.tollgate.envoy.auth.v3.CheckRequest;
import io.tollgate.envoy.core.v3.HeaderValue;
import java.util.Map;

/** Checks as Envoy sends them. */
final class Checks {
    private static final String PARTIAL_BODY = "x-envoy-auth-partial-body";

    private final AttributeContext.Builder attributes = AttributeContext.newBuilder();
    private final AttributeContext.HttpRequest.Builder http = AttributeContext.HttpRequest.newBuilder()
            .setScheme("https")
            .setProtocol("HTTP/2")
            .setSize(-1);

    private Checks() {}

    static Checks of(final String method, final String path) {
        final Checks checks = new Checks();
        checks.http
                .setMethod(method)
                .setPath(path)
                .setHost("api.acme.com")
                .setId("req-1")
                .putHeaders(":method", method)
                .putHeaders(":path", path);
        return checks;
    }

    Checks host(final String host) {
        http.setHost(host);
        return this;
    }

    Checks header(final String name, final String value) {
        http.putHeaders(name, value);
        return this;
    }

    /** A body that Envoy has buffered as a whole, unless a header says otherwise. */
    Checks body(final String body) {
        http.setBody(body).setSize(body.length());
        http.putHeaders(PARTIAL_BODY, http.getHeadersOrDefault(PARTIAL_BODY, "false"));
        return this;
    }

    /** Likewise, as bytes. */
    Checks rawBody(final byte[] body) {
        body("");
        http.setRawBody(ByteString.copyFrom(body)).setSize(body.length);
        return this;
    }

    /** Instead of the headers so far: one by one, as they came. */
    Checks rawHeader(final String name, final byte[] value) {
        http.clearHeaders();
        http.getHeaderMapBuilder()
                .addHeaders(HeaderValue.newBuilder().setKey(name).setRawValue(ByteString.copyFrom(value)));
        return this;
    }

    Checks size(final long size) {
        http.setSize(size);
        return this;
    }

    Checks context(final String key, final String value) {
        attributes.putContextExtensions(key, value);
        return this;
    }

    Checks principal(final String principal) {
        attributes.getSourceBuilder().setPrincipal(principal);
        return this;
    }

    Checks claims(final Map<String, String> claims) {
        final Struct.Builder payload = Struct.newBuilder();
        claims.forEach((name, value) ->
                payload.putFields(name, Value.newBuilder().setStringValue(value).build()));
        attributes
                .getMetadataContextBuilder()
                .putFilterMetadata(
                        "envoy.filters.http.jwt_authn",
                        Struct.newBuilder()
                                .putFields(
                                        "issuer",
                                        Value.newBuilder()
                                                .setStructValue(payload)
                                                .build())
                                .build());
        return this;
    }

    /** Of any filter; a payload of jwt_authn stands below its issuer. */
    Checks metadata(final String filter, final Struct metadata) {
        attributes.getMetadataContextBuilder().putFilterMetadata(filter, metadata);
        return this;
    }

    CheckRequest check() {
        final AttributeContext.Builder whole = attributes.clone();
        whole.getRequestBuilder().setHttp(http);
        return CheckRequest.newBuilder().setAttributes(whole).build();
    }
}
