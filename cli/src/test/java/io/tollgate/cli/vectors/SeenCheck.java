/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.vectors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.tollgate.envoy.auth.v3.CheckResponse;
import io.tollgate.envoy.core.v3.HeaderValueOption;
import io.tollgate.envoy.core.v3.HeaderValueOption.HeaderAppendAction;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;

/** What Envoy got, as JSON: ids of decisions and reservations as placeholders, what is left out left out. */
final class SeenCheck {
    /** In place of the decision's id, wherever it stands. */
    static final String DECISION = "${decision}";

    private static final String ID_HEADER = "x-tollgate-decision-id";

    private SeenCheck() {}

    /**
     * {@return the response; its decision id must be the same everywhere}
     *
     * @param reservation how the answer's reservation is called
     */
    static JsonElement of(CheckResponse response, String reservation) {
        final JsonObject seen = new JsonObject();
        seen.addProperty("code", response.getStatus().getCode());
        final JsonObject metadata = Vectors.json(response.getDynamicMetadata()).getAsJsonObject();
        final String decision = text(metadata, "decision_id");
        assertFalse(decision.isEmpty(), "a decision has an id");
        final String digest = text(metadata, "snapshot_digest");
        final boolean hasSnapshot = !text(metadata, "snapshot_version").equals("0");
        assertEquals(hasSnapshot, digest.matches("[0-9a-f]{64}"), digest);
        metadata.remove("snapshot_digest");
        metadata.addProperty("decision_id", DECISION);
        final String held = text(metadata, "reservation_id");
        if (!held.isEmpty()) {
            metadata.addProperty("reservation_id", reservation);
        }
        if (response.hasOkResponse()) {
            final var ok = response.getOkResponse();
            final Map<String, String> shown = headers(ok.getResponseHeadersToAddList());
            assertEquals(decision, shown.replace(ID_HEADER, DECISION));
            seen.add("response", json(shown));
            final Map<String, String> upstream = headers(ok.getHeadersList());
            assertEquals(decision, upstream.replace(CheckMapping.header("decision_id"), DECISION));
            final String heldUpstream = upstream.replace(CheckMapping.header("reservation_id"), reservation);
            assertEquals(held, Objects.requireNonNullElse(heldUpstream, ""));
            seen.add("upstream", json(upstream));
            final JsonArray removed = new JsonArray();
            ok.getHeadersToRemoveList().forEach(removed::add);
            seen.add("removed", sorted(removed));
        } else {
            assertTrue(response.hasDeniedResponse(), "neither allowed nor denied");
            final var denied = response.getDeniedResponse();
            seen.addProperty("status", denied.getStatus().getCode());
            final Map<String, String> headers = headers(denied.getHeadersList());
            assertEquals(decision, headers.replace(ID_HEADER, DECISION));
            if (headers.containsKey("content-type")) {
                final JsonObject body = JsonParser.parseString(denied.getBody()).getAsJsonObject();
                assertFalse(body.remove("title").getAsString().isEmpty());
                assertEquals(decision, body.get("decision_id").getAsString());
                body.addProperty("decision_id", DECISION);
                seen.add("body", body);
            } else {
                seen.addProperty("body", denied.getBody());
            }
            seen.add("headers", json(headers));
        }
        seen.add("metadata", sorted(metadata));
        return seen;
    }

    private static String text(JsonObject metadata, String key) {
        return metadata.get(key) instanceof JsonPrimitive value ? value.getAsString() : "";
    }

    /** Each once, and in the way that replaces what is there in every version of Envoy. */
    private static Map<String, String> headers(List<HeaderValueOption> headers) {
        final Map<String, String> values = new TreeMap<>();
        for (HeaderValueOption each : headers) {
            assertNull(
                    values.put(each.getHeader().getKey(), each.getHeader().getValue()),
                    () -> each.getHeader().getKey() + " comes twice");
            assertTrue(each.hasAppend() && !each.getAppend().getValue(), each::toString);
            assertEquals(HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD, each.getAppendAction());
        }
        return values;
    }

    static JsonElement json(Map<String, String> values) {
        final JsonObject json = new JsonObject();
        values.forEach(json::addProperty);
        return json;
    }

    static JsonElement sorted(JsonArray texts) {
        final TreeSet<String> sorted = new TreeSet<>();
        texts.forEach(each -> sorted.add(each.getAsString()));
        assertEquals(texts.size(), sorted.size(), "one comes twice");
        final JsonArray json = new JsonArray();
        sorted.forEach(json::add);
        return json;
    }

    static JsonElement sorted(JsonObject object) {
        final JsonObject sorted = new JsonObject();
        new TreeMap<>(object.asMap()).forEach(sorted::add);
        return sorted;
    }
}
