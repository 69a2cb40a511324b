/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.e2e;

import static io.tollgate.cli.e2e.Seen.header;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where the values of a question come from, as a real Envoy sends them. */
abstract class EnvoySources {
    private static final String INVOKE = "POST /v1/models/small/invoke HTTP/1.1\ncontent-length: 0\n";

    private final Gate gate = EnvoyGateTest.gate();
    private final Front front = gate.newest();

    private RawHttp.Reply raw(final Door door, final String head, final String body) {
        try {
            return RawHttp.exchange(front.port(door), head, body);
        } catch (final IOException ex) {
            throw new AssertionError(door + " " + head, ex);
        }
    }

    private String reason(final Door door, final String headers) {
        final RawHttp.Reply reply = raw(door, INVOKE + headers, "");
        return reply.status() + " " + reply.reason();
    }

    @Test
    void shouldTakeTrustedHeadersOnlyWhereTheySayOneThing() {
        for (final Door door : List.of(Door.OPEN, Door.RAW)) {
            assertEquals("200 ", reason(door, "x-tenant: lumen\nX-User: ana\n"), door.name());
            assertEquals("400 INVALID_REQUEST", reason(door, "x-tenant: lumen\nx-user: ana\nx-user: tom\n"));
            assertEquals("400 INVALID_REQUEST", reason(door, "x-tenant: lumen\nx-user: ana\nX-USER: ana\n"));
            assertEquals("400 INVALID_REQUEST", reason(door, "x-tenant: lumen\nx-user: ana, tom\n"));
            assertEquals("400 INVALID_REQUEST", reason(door, "x-tenant: lumen\nx-user:\n"));
            assertEquals("400 INVALID_REQUEST", reason(door, "x-tenant: lumen\n"));
            assertEquals("400 UNKNOWN_ACTOR", reason(door, "x-tenant: lumen\nx-user: \u00c3\u00a4\n"), "UTF-8");
        }
    }

    @Test
    void shouldRefuseHeadersThatAreNotUtf8() {
        // Envoy itself makes ! of such bytes, unless it is told to send headers as they come
        assertEquals("400 UNKNOWN_ACTOR", reason(Door.OPEN, "x-tenant: lumen\nx-user: an\u00e4\n"));
        final RawHttp.Reply reply = raw(Door.RAW, INVOKE + "x-tenant: lumen\nx-user: an\u00e4\n", "");
        assertEquals(400, reply.status());
        assertEquals("INVALID_REQUEST", reply.reason());
        assertTrue(reply.body().contains("UTF-8"), reply.body());
        assertEquals(
                "200 ", reason(Door.RAW, "x-tenant: lumen\nx-user: ana\nx-else: \u00e4\u00ff\n"), "nobody reads it");
    }

    @Test
    void shouldTakeWhatEnvoySetsBeforeTheFilterAndNotWhatTheRouterWouldRemoveAfterIt() {
        final RawHttp.Reply refused = raw(Door.EARLY, INVOKE + "x-tenant: fernway\nx-user: bea\n", "");
        assertEquals(400, refused.status(), refused.body());
        assertTrue(refused.body().contains("who sends it"), refused.body());
        final RawHttp.Reply late =
                raw(Door.OPEN, "POST /v1/late HTTP/1.1\ncontent-length: 0\nx-tenant: lumen\nx-late: ana\n", "");
        assertEquals(200, late.status(), "request_headers_to_remove is the router's: Tollgate has seen it");
        assertFalse(late.body().contains("x-late"), late.body());
        final HttpResponse<String> keyed = front.send(front.post(Door.EARLY, "/v1/keyed/vision")
                .header("authorization", "Bearer demo-key-lumen-scout")
                .header("x-tenant", "fernway"));
        assertEquals(200, keyed.statusCode(), "it is a key of lumen's: " + keyed.body());
    }

    private HttpResponse<String> body(final Door door, final byte[] bytes) {
        return front.send(front.to(door, "/v1/body")
                .POST(BodyPublishers.ofByteArray(bytes))
                .header("x-tenant", "fernway")
                .header("x-user", "bea"));
    }

    private HttpResponse<String> body(final Door door, final String json) {
        return body(door, json.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void shouldReadFieldsOfABodyThatEnvoyHasBuffered() {
        for (final Door door : List.of(Door.BODY, Door.PARTIAL, Door.BYTES)) {
            final HttpResponse<String> allowed = body(door, "{\"model\":\"small\",\"max_tokens\":17}");
            assertEquals(200, allowed.statusCode(), door + allowed.body());
            final JsonNode entry = gate.decided(header(allowed, "x-tollgate-decision-id"));
            assertEquals("17", entry.at("/request/usage/0/amount").asText(), entry.toString());
            final HttpResponse<String> large = body(door, "{\"model\":\"large\",\"max_tokens\":17}");
            assertTrue(Seen.denied(large, 403, "POLICY_DENY")
                    .get("detail")
                    .asText()
                    .contains("does not include this model"));
            for (final String bad : List.of(
                    "{\"model\":\"large\",\"model\":\"small\",\"max_tokens\":1}",
                    "{\"model\":\"small\",\"max_tokens\":1} {\"model\":\"large\"}",
                    "{\"model\":\"small\",\"max_tokens\":1}]",
                    "{\"model\":[\"small\"],\"max_tokens\":1}",
                    "{\"model\":\"small\",\"max_tokens\":-1}",
                    "{\"model\":\"small\",\"max_tokens\":1e2}",
                    "{\"model\":\"small\"}",
                    "model=small",
                    "")) {
                Seen.denied(body(door, bad), 400, "INVALID_REQUEST");
            }
        }
    }

    @Test
    void shouldRefuseBodiesInAnotherEncodingThanUtf8() {
        final String json = "{\"model\":\"small\",\"max_tokens\":1}";
        Seen.denied(body(Door.BYTES, "\ufeff" + json.substring(0, 3)), 400, "INVALID_REQUEST");
        final byte[] latin = "{\"model\":\"sm\u00e4ll\",\"max_tokens\":1}".getBytes(StandardCharsets.ISO_8859_1);
        Seen.denied(body(Door.BYTES, latin), 400, "INVALID_REQUEST");
        final byte[] utf16 = "{\"max_tokens\":1}".getBytes(StandardCharsets.UTF_16);
        Seen.denied(body(Door.BYTES, utf16), 400, "INVALID_REQUEST");
        Seen.denied(
                body(Door.BYTES, new byte[] {0, 0, 0, '{', 0x7f, -1, -1, -1, 0, 0, 0, '}'}), 400, "INVALID_REQUEST");
    }

    @Test
    void shouldRefuseABodyOfWhichEnvoySentAPartAndNobodyCanSayOtherwise() throws Exception {
        final String padded = "{\"model\":\"small\",\"max_tokens\":1}" + " ".repeat(2_000);
        final int before = gate.upstream.requests.get();
        for (final Door door : List.of(Door.PARTIAL, Door.BYTES)) {
            final HttpResponse<String> refused = body(door, padded);
            assertTrue(Seen.denied(refused, 400, "INVALID_REQUEST")
                    .get("detail")
                    .asText()
                    .contains("too long"));
            final HttpRequest.Builder lying = front.to(door, "/v1/body")
                    .POST(BodyPublishers.ofString(padded))
                    .header("x-tenant", "fernway")
                    .header("x-user", "bea")
                    .header("x-envoy-auth-partial-body", "false");
            Seen.denied(front.send(lying), 400, "INVALID_REQUEST");
        }
        final HttpResponse<String> tooLong = body(Door.BODY, padded);
        assertEquals(413, tooLong.statusCode(), "Envoy's own: " + tooLong.body());
        final HttpResponse<String> none = body(Door.OPEN, "{\"model\":\"small\",\"max_tokens\":1}");
        assertTrue(
                Seen.denied(none, 400, "INVALID_REQUEST").get("detail").asText().contains("no JSON body"));
        assertEquals(before, gate.upstream.requests.get(), "nothing of this came through");
    }

    /** The rule takes a GiB for each byte, so that the decision log and the quota show how many were counted. */
    private String counted(final Door door, final String head, final String body) {
        final RawHttp.Reply reply = raw(door, "POST /v1/upload HTTP/1.1\nx-tenant: lumen\nx-user: olga\n" + head, body);
        final JsonNode entry = gate.decided(reply.header("x-tollgate-decision-id"));
        final String amount = entry.at("/request/usage/0/amount").asText();
        return reply.status() + " " + (amount.isEmpty() ? reply.reason() : amount);
    }

    @Test
    void shouldCountTheBytesOfABodyOrSayThatItCannot() {
        final String hundred = "x".repeat(100);
        for (final Door door : List.of(Door.OPEN, Door.RAW, Door.BODY, Door.PARTIAL, Door.BYTES)) {
            assertEquals("200 100", counted(door, "content-length: 100\n", hundred), door.name());
        }
        final String chunked = "transfer-encoding: chunked\n";
        final String tenInChunks = "6\r\nxxxxxx\r\n4\r\nxxxx\r\n0\r\n\r\n";
        final String lie = "x-envoy-auth-partial-body: false\n";
        for (final Door door : List.of(Door.OPEN, Door.RAW)) {
            assertEquals("400 INVALID_REQUEST", counted(door, chunked, tenInChunks), "nobody knows yet");
            assertEquals("400 INVALID_REQUEST", counted(door, chunked + lie, tenInChunks), "whoever says otherwise");
            assertEquals("200 100", counted(door, lie + "content-length: 100\n", hundred), door.name());
        }
        for (final Door door : List.of(Door.BODY, Door.PARTIAL, Door.BYTES)) {
            assertEquals("200 10", counted(door, chunked, tenInChunks), door.name());
        }
        for (final Door door : List.of(Door.PARTIAL, Door.BYTES)) {
            assertEquals(
                    "400 INVALID_REQUEST",
                    counted(door, chunked, "64\r\n" + hundred + "\r\n0\r\n\r\n"),
                    "the part that fits is not its size: " + door);
        }
    }

    @Test
    void shouldReadAQueryThatSaysOneThing() {
        final String path = "/v1/models/small/invoke?";
        for (final String query : List.of("tokens=7", "%74okens=%37", "a=b&tokens=7&&c")) {
            final HttpResponse<String> allowed = front.send(front.as("ana", "lumen", Door.OPEN, path + query));
            assertEquals(200, allowed.statusCode(), allowed.body());
            assertEquals(
                    "7",
                    gate.decided(header(allowed, "x-tollgate-decision-id"))
                            .at("/request/usage/0/amount")
                            .asText());
        }
        for (final String query : List.of(
                "tokens=1&tokens=1",
                "tokens=1&%74okens=9",
                "tokens=1;tokens=9",
                "tokens=%ff",
                "tokens=%3",
                "tokens=+7")) {
            final RawHttp.Reply reply = raw(
                    Door.OPEN,
                    "POST " + path + query + " HTTP/1.1\ncontent-length: 0\nx-tenant: lumen\nx-user: ana\n",
                    "");
            assertEquals("400 INVALID_REQUEST", reply.status() + " " + reply.reason(), query);
        }
    }

    @Test
    void shouldReadWhatTheRouteSays() {
        final HttpResponse<String> allowed = front.send(front.as("ravi", "lumen", Door.OPEN, "/context/any/thing"));
        assertEquals(200, allowed.statusCode(), allowed.body());
        final JsonNode entry = gate.decided(header(allowed, "x-tollgate-decision-id"));
        assertEquals("vision", entry.at("/request/place/project").asText(), entry.toString());
        assertEquals(
                200,
                front.send(front.post(Door.OPEN, "/unguarded/x")).statusCode(),
                "where the route switches the filter off, nobody asks");
    }

    @Test
    void shouldKnowAnApiKeyAndTellNobodyWhatItIs() throws Exception {
        final String key = "demo-key-lumen-scout";
        final String unknown = "sk-nobody-knows-4711";
        for (final Door door : List.of(Door.OPEN, Door.RAW)) {
            final HttpResponse<String> warned = keyed(door, "vision", "Bearer " + key);
            assertEquals(200, warned.statusCode(), warned.body());
            assertTrue(header(warned, "x-tollgate-warning").startsWith("POLICY_WARN; "));
            final HttpResponse<String> nobody = keyed(door, "vision", "Bearer " + unknown);
            Seen.denied(nobody, 400, "UNKNOWN_ACTOR");
            assertFalse(nobody.body().contains(unknown), nobody.body());
            Seen.denied(keyed(door, "rag", "Bearer demo-key-lumen-rag-old"), 400, "ACTOR_DISABLED");
            Seen.denied(keyed(door, "vision", "Basic " + unknown), 400, "INVALID_REQUEST");
            Seen.denied(keyed(door, "vision", unknown), 400, "INVALID_REQUEST");
            gate.decided(header(nobody, "x-tollgate-decision-id"));
        }
        final String logs = gate.sidecar.output() + Files.readString(gate.decisionLog);
        assertTrue(logs.contains("apiKeySha256") || logs.contains("api_key_sha256"), "the decisions are logged");
        for (final String secret : List.of(key, unknown, "demo-key-lumen-rag-old")) {
            assertFalse(logs.contains(secret), secret);
        }
    }

    private HttpResponse<String> keyed(final Door door, final String project, final String authorization) {
        return front.send(front.post(door, "/v1/keyed/" + project)
                .header("authorization", authorization)
                .header("x-tenant", "lumen"));
    }

    @Test
    void shouldCorrelateByTheIdThatEnvoyGivesTheRequest() {
        for (final Door door : List.of(Door.OPEN, Door.RAW)) {
            final HttpResponse<String> allowed = front.invoke(door, "ana", "lumen");
            final String id = header(allowed, "x-tollgate-decision-id");
            final String request =
                    front.logged("/authz/decision_id", id).get("request_id").asText();
            assertFalse(request.isEmpty());
            assertEquals(
                    request, gate.decided(id).at("/request/correlationId").asText(), "the one of Envoy's access log");
            assertTrue(allowed.body().contains("x-request-id: " + request + "\n"), "and of the service's");
        }
    }
}
