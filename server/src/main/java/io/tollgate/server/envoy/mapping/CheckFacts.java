/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy.mapping;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.tollgate.envoy.auth.v3.AttributeContext;
import io.tollgate.server.envoy.mapping.Refusal.Kind;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What Envoy says of a request, one thing at a time. Nothing is read before it is asked for. Belongs to one thread. */
public final class CheckFacts {
    /** Envoy's own word on whether it sent all of the body; a client's is taken away by Envoy. */
    private static final String PARTIAL_BODY = "x-envoy-auth-partial-body";

    private static final String CONTENT_LENGTH = "content-length";
    private static final String PATH = ":path";
    private static final String REQUEST_ID = "x-request-id";
    /** What bytes become that are no UTF-8. */
    private static final char NO_CHARACTER = '\ufffd';

    private static final int MAX_JSON_DEPTH = 64;
    private static final JsonMapper JSON = JsonMapper.builder(com.fasterxml.jackson.core.JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_JSON_DEPTH)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .disable(JsonReadFeature.ALLOW_TRAILING_COMMA)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final CheckSource source;
    /** Whether path and query are as the client has sent them, byte by byte. */
    private final boolean isExact;

    private final String rawPath;
    private final String query;
    private @Nullable SafePath path;
    private @Nullable JsonNode body;

    /** Facts of one Check. */
    public CheckFacts(final AttributeContext attributes) {
        this(new MessageSource(attributes));
    }

    /** Facts of one Check, wherever it is read from. */
    public CheckFacts(final CheckSource source) {
        this.source = source;
        final int raw = rawHeader(source, PATH);
        isExact = raw >= 0;
        final String target = isExact ? source.rawHeader(raw) : source.target();
        final int mark = target.indexOf('?');
        rawPath = mark < 0 ? target : target.substring(0, mark);
        query = mark < 0 ? "" : target.substring(mark + 1);
    }

    private static int rawHeader(final CheckSource source, final String name) {
        if (source.hasHeaderMap()) {
            for (int i = 0; i < source.rawHeaderCount(); i++) {
                if (source.isRawHeader(i, name)) {
                    return i;
                }
            }
        }
        return -1;
    }

    /** {@return the path} */
    public SafePath path() throws Refusal {
        if (path == null) {
            if (rawPath.indexOf('#') >= 0 || query.indexOf('#') >= 0) {
                throw new Refusal(Kind.UNSAFE, "The path has a fragment.");
            }
            refuseForeignBytes(rawPath, "The path");
            path = SafePath.of(rawPath);
        }
        return path;
    }

    /**
     * Over HTTP/2 anybody can send bytes that are no UTF-8, and the service behind gets them. Envoy writes ! for them, unless it sends
     * headers as they came: then, but only then, a ! is one.
     */
    private void refuseForeignBytes(final String text, final String what) throws Refusal {
        if (text.indexOf(NO_CHARACTER) >= 0) {
            throw new Refusal(Kind.UNSAFE, what + " is not UTF-8.");
        }
        if (!isExact && text.indexOf('!') >= 0) {
            throw new Refusal(
                    Kind.UNSAFE, what + " has an exclamation mark, which may stand for anything; write it as %21.");
        }
    }

    /** {@return GET, POST} */
    public String method() {
        return source.method();
    }

    /** {@return the host without its port, in lower case} */
    public String host() {
        final String host = source.host().toLowerCase(java.util.Locale.ROOT);
        final int colon = host.lastIndexOf(':');
        return colon > 0 && host.indexOf(']', colon) < 0 ? host.substring(0, colon) : host;
    }

    /** {@return Envoy's own id of the request: unique, and nobody else knows it} */
    public String requestId() {
        return source.requestId();
    }

    /** {@return the id that stands in access logs and that the service behind gets too; a client may have chosen it} */
    String correlationId() throws Refusal {
        final String id = header(REQUEST_ID);
        return id == null || id.isEmpty() ? requestId() : id;
    }

    /** {@return whether a gRPC client asks, who reads no body} */
    public boolean isGrpc() throws Refusal {
        final String type = header("content-type");
        return type != null && type.startsWith("application/grpc");
    }

    /**
     * {@return bytes of the body; -1 = not known}. Envoy's own word, {@code size}, is no help: it is what had come until Envoy asked, 0
     * where it waits for no body and a part where it sends a part.
     */
    public long bodySize() throws Refusal {
        if ("false".equals(header(PARTIAL_BODY))) {
            return source.bodyLength();
        }
        final String length = header(CONTENT_LENGTH);
        return length == null ? -1 : Amount.whole(length, "header content-length");
    }

    /**
     * {@return the value of a header, or null}
     *
     * @param name in lower case
     * @throws Refusal when it comes several times, as far as Envoy shows that
     */
    public @Nullable String header(final String name) throws Refusal {
        if (!source.hasHeaderMap()) {
            return source.header(name);
        }
        String found = null;
        for (int i = 0; i < source.rawHeaderCount(); i++) {
            if (source.isRawHeader(i, name)) {
                if (found != null) {
                    throw new Refusal(Kind.UNSAFE, "The header " + name + " comes twice.");
                }
                found = source.rawHeader(i);
            }
        }
        return found;
    }

    /** {@return a header that says one thing, or null; Envoy joins several of one name with commas} */
    @Nullable
    String singleHeader(final String name) throws Refusal {
        final String value = textHeader(name);
        if (value != null && value.indexOf(',') >= 0) {
            throw new Refusal(Kind.UNSAFE, "The header " + name + " has several values.");
        }
        return value;
    }

    /** {@return a header that may be a list, or null} */
    @Nullable
    String textHeader(final String name) throws Refusal {
        final String value = header(name);
        if (value != null && value.indexOf(NO_CHARACTER) >= 0) {
            throw new Refusal(Kind.UNSAFE, "The header " + name + " is not UTF-8.");
        }
        return value;
    }

    /** {@return a value that Envoy's configuration sets for the route, or null} */
    public @Nullable String context(final String key) {
        return source.context(key);
    }

    /** {@return whom the client's certificate names; empty = it showed none} */
    public String principal() {
        return source.principal();
    }

    /** {@return a value that a filter before this one found out, or null} */
    @Nullable
    Value metadata(final String filter, final List<String> steps) {
        final Struct known = source.metadata(filter);
        final Value found = known == null ? null : StructPath.find(known, steps);
        if (found != null) {
            return found;
        }
        final Struct ofRoute = source.routeMetadata(filter);
        return ofRoute == null ? null : StructPath.find(ofRoute, steps);
    }

    /** {@return the filter's whole metadata, or null} */
    @Nullable
    Struct metadata(final String filter) {
        return source.metadata(filter);
    }

    /** {@return a parameter of the query, or null} */
    @Nullable
    String queryParameter(final String name) throws Refusal {
        String found = null;
        for (int from = 0; from < query.length(); ) {
            final int and = query.indexOf('&', from);
            final int to = and < 0 ? query.length() : and;
            final int equals = query.indexOf('=', from);
            final int keyTo = equals < 0 || equals > to ? to : equals;
            if (isQueryKey(from, keyTo, name)) {
                if (found != null) {
                    throw new Refusal(Kind.UNSAFE, "The query has " + name + " twice.");
                }
                final String value = keyTo == to ? "" : query.substring(keyTo + 1, to);
                refuseForeignBytes(value, "The query");
                found = SafePath.decode(value, false);
            }
            from = to + 1;
        }
        return found;
    }

    private boolean isQueryKey(final int from, final int to, final String name) throws Refusal {
        return SafePath.isAsItIs(query, from, to)
                ? to - from == name.length() && query.startsWith(name, from)
                : SafePath.decode(query.substring(from, to), false).equals(name);
    }

    /** {@return the body as JSON} */
    JsonNode body() throws Refusal {
        if (body != null) {
            return body;
        }
        if ("true".equals(header(PARTIAL_BODY))) {
            throw new Refusal(Kind.VALUE, "The body is too long to be judged.");
        }
        try {
            // As a text: of bytes Jackson would guess the encoding, and the service behind may guess otherwise.
            final byte[] raw = source.rawBody();
            body = JSON.readTree(raw.length == 0 ? source.body() : SafePath.utf8(ByteBuffer.wrap(raw), "The body"));
        } catch (final JsonProcessingException e) {
            throw new Refusal(Kind.VALUE, "The body is not JSON.");
        }
        if (body == null || body.isMissingNode()) {
            throw new Refusal(Kind.VALUE, "The request has no JSON body.");
        }
        return body;
    }
}
