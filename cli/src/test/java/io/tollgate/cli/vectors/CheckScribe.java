/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.vectors;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.util.JsonFormat;
import io.tollgate.envoy.auth.v3.AttributeContext;
import io.tollgate.envoy.auth.v3.AttributeContext.HttpRequest;
import io.tollgate.envoy.auth.v3.CheckRequest;
import io.tollgate.envoy.core.v3.HeaderValue;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Puts values into one Check, each where chance wants it of all places that Envoy can carry it in, and says for each how a mapping finds it
 * there. Used once.
 */
final class CheckScribe {
    /** Headers that the mapping must trust are named so, and numbered from 1. */
    static final String TRUSTED = "x-v-";

    static final int MOST_TRUSTED = 200;
    private static final String ISSUER = "idp.example";
    private static final String FILTER = "vectors.filter";
    /** Up to here every whole number is a double. */
    private static final long EXACT = 1L << 53;

    private static final int MAX_HEADER = 4_096;

    private final RandomGenerator choice;
    private final int number;
    private final Map<String, String> context = new LinkedHashMap<>();
    private final Map<String, String> headers = new LinkedHashMap<>();
    private final JsonObject claims = new JsonObject();
    private final JsonObject metadata = new JsonObject();
    private final JsonObject body = new JsonObject();
    private final List<String> query = new ArrayList<>();
    private final StringBuilder path = new StringBuilder("/s/");
    private final StringBuilder template = new StringBuilder("/s/");
    private String principal = "";
    private int count;

    CheckScribe(int number, RandomGenerator choice) {
        this.number = number;
        this.choice = choice;
        path.append(number);
        template.append(number);
    }

    /** {@return the path that the rule matches} */
    String template() {
        return template.toString();
    }

    /** {@return a source of the value, as a mapping writes it} */
    JsonElement put(String value, boolean isWho) {
        final List<Supplier<JsonElement>> places = new ArrayList<>();
        places.add(() -> context(value));
        places.add(() -> claim(new JsonPrimitive(value)));
        places.add(() -> metadata(new JsonPrimitive(value)));
        if (isPlain(value)) {
            places.add(() -> choice.nextBoolean() ? new JsonPrimitive(value) : source("value", value));
            if (value.indexOf(',') < 0) {
                places.add(() -> header(value));
            }
        }
        if (isWho && principal.isEmpty() && isPlain(value) && value.indexOf('/') < 0) {
            places.add(() -> {
                principal = "spiffe://vectors/sa/" + value;
                return source("principal", "spiffe://vectors/sa/{name}");
            });
        }
        if (!isWho) {
            places.add(() -> body(new JsonPrimitive(value)));
            if (!hasControls(value)) {
                places.add(() -> query(value));
            }
            if (isSegment(value)) {
                places.add(() -> segment(value));
            }
        }
        final JsonElement found = pick(places);
        if (value.isEmpty() || choice.nextInt(8) != 0) {
            return found;
        }
        final JsonArray first = new JsonArray();
        first.add(source("claim", "absent"));
        first.add(found);
        return first;
    }

    /** As {@link #put}, of a number, which JSON may carry as one. */
    JsonElement putNumber(long value, boolean isWho) {
        if (choice.nextInt(3) != 0) {
            return put(Long.toString(value), isWho);
        }
        final boolean exact = value >= -EXACT && value <= EXACT;
        if (exact && (isWho || choice.nextBoolean())) {
            return claim(new JsonPrimitive(value));
        }
        return isWho ? context(Long.toString(value)) : body(new JsonPrimitive(value));
    }

    /** {@return sources that together have the texts in their order} */
    JsonArray putAll(List<String> texts, boolean isWho) {
        final JsonArray sources = new JsonArray();
        int from = 0;
        do {
            final int to = texts.isEmpty() ? 0 : from + 1 + choice.nextInt(texts.size() - from);
            chunk(texts.subList(from, to), isWho, sources);
            from = to;
        } while (from < texts.size());
        return sources;
    }

    private void chunk(List<String> texts, boolean isWho, JsonArray to) {
        final JsonArray all = new JsonArray();
        texts.forEach(all::add);
        final List<Supplier<JsonElement>> places = new ArrayList<>();
        places.add(() -> claim(all));
        places.add(() -> metadata(all));
        if (!isWho) {
            places.add(() -> body(all));
        }
        if (!texts.isEmpty()
                && texts.stream().allMatch(each -> isPlain(each) && each.strip().equals(each))) {
            if (texts.stream().noneMatch(each -> each.indexOf(' ') >= 0)) {
                places.add(() -> claim(new JsonPrimitive(String.join(" ", texts))));
                places.add(() -> split("space", header(String.join("  ", texts))));
            }
            if (texts.stream().noneMatch(each -> each.indexOf(',') >= 0)) {
                places.add(() -> context(String.join(",", texts)));
                places.add(() -> header(String.join(", ", texts)));
                if (!isWho) {
                    places.add(() -> query(String.join(",", texts)));
                }
            }
            if (texts.size() == 1) {
                places.add(() -> new JsonPrimitive(texts.get(0)));
                places.add(() -> split("none", metadata(new JsonPrimitive(texts.get(0)))));
            }
        }
        to.add(pick(places));
    }

    private static JsonElement split(String how, JsonElement source) {
        source.getAsJsonObject().addProperty("split", how);
        return source;
    }

    /** {@return a source of a key in a header of its own} */
    JsonElement putKey(String key) {
        final JsonObject source = new JsonObject();
        if (choice.nextBoolean()) {
            headers.put("x-api-key", key);
            source.addProperty("credential", "X-Api-Key");
        } else {
            headers.put("authorization", "bearer  " + key);
            source.addProperty("credential", "authorization");
            source.addProperty("scheme", "Bearer");
        }
        return source;
    }

    /** {@return the Check} */
    CheckRequest check(String requestId, boolean isGrpc) {
        final AttributeContext.Builder attributes = AttributeContext.newBuilder();
        attributes.putAllContextExtensions(context);
        attributes.getSourceBuilder().setPrincipal(principal);
        if (!claims.isEmpty()) {
            final JsonObject payload = new JsonObject();
            payload.add(ISSUER, claims);
            attributes.getMetadataContextBuilder().putFilterMetadata("envoy.filters.http.jwt_authn", struct(payload));
        }
        if (!metadata.isEmpty()) {
            final JsonObject inner = new JsonObject();
            inner.add("v", metadata);
            // Both kinds of metadata are looked at.
            if (choice.nextBoolean()) {
                attributes.getMetadataContextBuilder().putFilterMetadata(FILTER, struct(inner));
            } else {
                attributes.getRouteMetadataContextBuilder().putFilterMetadata(FILTER, struct(inner));
            }
        }
        final HttpRequest.Builder http = attributes.getRequestBuilder().getHttpBuilder();
        final String whole = path + (query.isEmpty() ? "" : "?" + String.join("&", query));
        http.setId(requestId)
                .setMethod("POST")
                .setScheme("https")
                .setHost("vectors.example:8443")
                .setPath(whole);
        headers.put(":path", whole);
        headers.put("content-type", isGrpc ? "application/grpc+proto" : "application/json");
        if (choice.nextInt(4) == 0) {
            headers.forEach((name, value) -> http.getHeaderMapBuilder()
                    .addHeaders(HeaderValue.newBuilder().setKey(name).setRawValue(ByteString.copyFromUtf8(value))));
        } else {
            http.putAllHeaders(headers);
        }
        final ByteString bytes = ByteString.copyFromUtf8(body.toString());
        http.setSize(bytes.size());
        if (choice.nextBoolean()) {
            http.setRawBody(bytes);
        } else {
            http.setBody(body.toString());
        }
        return CheckRequest.newBuilder().setAttributes(attributes).build();
    }

    private static Struct struct(JsonObject json) {
        final Struct.Builder struct = Struct.newBuilder();
        try {
            JsonFormat.parser().merge(json.toString(), struct);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException(json.toString(), e);
        }
        return struct.build();
    }

    private JsonElement pick(List<Supplier<JsonElement>> places) {
        return places.get(choice.nextInt(places.size())).get();
    }

    private String name() {
        return "v" + ++count;
    }

    private static JsonObject source(String kind, String which) {
        final JsonObject source = new JsonObject();
        source.addProperty(kind, which);
        return source;
    }

    private JsonElement context(String value) {
        final String name = name();
        context.put(name, value);
        return source("context", name);
    }

    private JsonElement claim(JsonElement value) {
        final String name = name();
        claims.add(name, value);
        return source("claim", name);
    }

    private JsonElement metadata(JsonElement value) {
        final String name = name();
        metadata.add(name, value);
        final JsonObject source = source("metadata", FILTER);
        source.addProperty("key", "v." + name);
        return source;
    }

    private JsonElement header(String value) {
        final String name = TRUSTED + ++count;
        if (count > MOST_TRUSTED) {
            throw new IllegalStateException("more values than trusted headers");
        }
        headers.put(name, value);
        return source("header", name);
    }

    private JsonElement body(JsonElement value) {
        final String name = name();
        body.add(name, value);
        return source("body", "/" + name);
    }

    private JsonElement query(String value) {
        final String name = name();
        query.add(name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8));
        return source("query", name);
    }

    private JsonElement segment(String value) {
        final String name = name();
        template.append("/{").append(name).append('}');
        path.append('/').append(URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20"));
        return source("path", name);
    }

    /** {@return whether a header may carry it as it is} */
    private static boolean isPlain(String value) {
        return !value.isEmpty()
                && value.length() <= MAX_HEADER
                && value.strip().equals(value)
                && value.chars().allMatch(c -> c >= ' ' && c < 0x7f);
    }

    private static boolean hasControls(String value) {
        return value.isEmpty() || value.chars().anyMatch(c -> c < ' ' || c == 0x7f);
    }

    private static boolean isSegment(String value) {
        return !hasControls(value)
                && !value.equals(".")
                && !value.equals("..")
                && value.chars().noneMatch(c -> c == '/' || c == '\\' || c == ';' || c == '%');
    }

    int number() {
        return number;
    }
}
