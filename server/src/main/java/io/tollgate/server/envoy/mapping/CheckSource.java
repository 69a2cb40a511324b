/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy.mapping;

import com.google.protobuf.Struct;
import org.jspecify.annotations.Nullable;

/**
 * A CheckRequest, field by field, as it stands there: what it means is {@link CheckFacts}' matter. Two implementations say the same of the
 * same bytes: {@link MessageSource} holds the generated message and is the judge, {@code WireCheck} reads the bytes. Belongs to one thread.
 */
public interface CheckSource {
    /** {@return request.http.method} */
    String method();

    /** {@return request.http.path: path and query, as sent} */
    String target();

    /** {@return request.http.host} */
    String host();

    /** {@return request.http.id} */
    String requestId();

    /** {@return the value of a name in request.http.headers, or null} */
    @Nullable
    String header(String name);

    /** {@return whether there is a request.http.header_map} */
    boolean hasHeaderMap();

    /** {@return how many headers the header_map has} */
    int rawHeaderCount();

    /** {@return whether a header of the header_map has the name} */
    boolean isRawHeader(int index, String name);

    /** {@return the value of a header of the header_map: raw_value if it has one, else value; what is no UTF-8 in it is replaced} */
    String rawHeader(int index);

    /** {@return the value of a key in context_extensions, or null} */
    @Nullable
    String context(String key);

    /** {@return source.principal} */
    String principal();

    /** {@return a filter's metadata in metadata_context, or null} */
    @Nullable
    Struct metadata(String filter);

    /** {@return a filter's metadata in route_metadata_context, or null} */
    @Nullable
    Struct routeMetadata(String filter);

    /** {@return bytes of request.http.raw_body if it has any, else of request.http.body} */
    int bodyLength();

    /** {@return request.http.body} */
    String body();

    /** {@return request.http.raw_body; empty = there is none} */
    byte[] rawBody();
}
