/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy.mapping;

import com.google.protobuf.Struct;
import io.tollgate.envoy.auth.v3.AttributeContext;
import io.tollgate.envoy.auth.v3.AttributeContext.HttpRequest;
import io.tollgate.envoy.core.v3.HeaderValue;
import org.jspecify.annotations.Nullable;

/** The generated message. Immutable. */
public record MessageSource(AttributeContext attributes) implements CheckSource {
    private HttpRequest http() {
        return attributes.getRequest().getHttp();
    }

    @Override
    public String method() {
        return http().getMethod();
    }

    @Override
    public String target() {
        return http().getPath();
    }

    @Override
    public String host() {
        return http().getHost();
    }

    @Override
    public String requestId() {
        return http().getId();
    }

    @Override
    public @Nullable String header(final String name) {
        return http().getHeadersOrDefault(name, null);
    }

    @Override
    public boolean hasHeaderMap() {
        return http().hasHeaderMap();
    }

    @Override
    public int rawHeaderCount() {
        return http().getHeaderMap().getHeadersCount();
    }

    @Override
    public boolean isRawHeader(final int index, final String name) {
        return http().getHeaderMap().getHeaders(index).getKey().equals(name);
    }

    @Override
    public String rawHeader(final int index) {
        final HeaderValue header = http().getHeaderMap().getHeaders(index);
        return header.getRawValue().isEmpty()
                ? header.getValue()
                : header.getRawValue().toStringUtf8();
    }

    @Override
    public @Nullable String context(final String key) {
        return attributes.getContextExtensionsOrDefault(key, null);
    }

    @Override
    public String principal() {
        return attributes.getSource().getPrincipal();
    }

    @Override
    public @Nullable Struct metadata(final String filter) {
        return attributes.getMetadataContext().getFilterMetadataMap().get(filter);
    }

    @Override
    public @Nullable Struct routeMetadata(final String filter) {
        return attributes.getRouteMetadataContext().getFilterMetadataMap().get(filter);
    }

    @Override
    public int bodyLength() {
        return http().getRawBody().isEmpty()
                ? http().getBodyBytes().size()
                : http().getRawBody().size();
    }

    @Override
    public String body() {
        return http().getBody();
    }

    @Override
    public byte[] rawBody() {
        return http().getRawBody().toByteArray();
    }
}
