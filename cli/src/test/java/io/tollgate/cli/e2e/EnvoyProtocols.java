/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.e2e;

import static io.tollgate.cli.e2e.Seen.header;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Other ways to speak HTTP: the answers are the same. */
abstract class EnvoyProtocols {
    private static final String ANA = "x-user: ana\nx-tenant: lumen\n";
    private static final String NOBODY = "x-user: nobody\nx-tenant: lumen\n";

    private final Gate gate = EnvoyGateTest.gate();
    private final Front front = gate.newest();

    private RawHttp.Reply raw(final Door door, final String head) throws IOException {
        return RawHttp.exchange(front.port(door), head, "");
    }

    @Test
    void shouldAnswerClientsOfHttp2AlikeOnOneConnection() throws Exception {
        final HttpClient http2 = gate.http2();
        for (int i = 0; i < 3; i++) {
            final HttpResponse<String> allowed = http2.send(
                    front.as("ana", "lumen", Door.TLS, "/v1/models/small/invoke")
                            .build(),
                    BodyHandlers.ofString());
            assertEquals(HttpClient.Version.HTTP_2, allowed.version());
            assertEquals(200, allowed.statusCode(), allowed.body());
            assertFalse(header(allowed, "x-tollgate-decision-id").isEmpty());
            final HttpResponse<String> denied = http2.send(
                    front.as("tom", "lumen", Door.TLS, "/v1/projects/vision/launch")
                            .build(),
                    BodyHandlers.ofString());
            assertEquals(HttpClient.Version.HTTP_2, denied.version());
            Seen.denied(denied, 403, "POLICY_DENY");
        }
    }

    @Test
    void shouldKeepAConnectionThroughDeniesButNotThroughBadRequests() throws Exception {
        final String request = "GET /v1/objects/x HTTP/1.1\nhost: gate.test\n";
        final String pipelined = "GET /v1/federation HTTP/1.1\nhost: gate.test\nx-user: bea\nx-tenant: fernway\n\n"
                + request + ANA + "\n" + request + NOBODY + "\n" + request + ANA + "\n";
        final List<RawHttp.Reply> replies = RawHttp.exchangeAll(front.port(Door.OPEN), pipelined.replace("\n", "\r\n"));
        assertEquals(
                List.of(403, 200, 400),
                replies.stream().map(RawHttp.Reply::status).toList(),
                "after a 400 Envoy hangs up on HTTP/1.1");
        assertEquals("ENTITLEMENT_MISSING", replies.get(0).reason());
        assertEquals("", replies.get(0).header("connection"));
        assertEquals("close", replies.get(2).header("connection"));
    }

    @Test
    void shouldAnswerHeadAndOptions() throws Exception {
        for (final String method : List.of("HEAD", "OPTIONS")) {
            final RawHttp.Reply allowed = raw(Door.OPEN, method + " /v1/objects/x HTTP/1.1\n" + ANA);
            assertEquals(200, allowed.status(), allowed.toString());
            assertFalse(allowed.header("x-tollgate-decision-id").isEmpty());
            final RawHttp.Reply denied = raw(Door.OPEN, method + " /v1/objects/x HTTP/1.1\n" + NOBODY);
            assertEquals(400, denied.status(), denied.toString());
            assertEquals("UNKNOWN_ACTOR", denied.reason());
            assertEquals("application/problem+json", denied.header("content-type"));
            assertTrue(Integer.parseInt(denied.header("content-length")) > 0, denied.toString());
            assertEquals(method.equals("HEAD"), denied.body().isEmpty(), "HEAD has no body");
        }
        final RawHttp.Reply all = raw(Door.OPEN, "OPTIONS * HTTP/1.1\n" + ANA);
        assertEquals(404, all.status(), "no route: Envoy asks nobody and forwards nothing");
        assertEquals("", all.reason());
    }

    @Test
    void shouldRefuseToTunnelByHttp1AndHttp2() throws Exception {
        final RawHttp.Reply http1 = raw(Door.OPEN, "CONNECT gate.test:80 HTTP/1.1\n" + ANA);
        assertEquals(400, http1.status(), http1.toString());
        assertEquals("INVALID_REQUEST", http1.reason());
        final RawHttp.Reply http2 = RawHttp2.exchange(
                front.port(Door.OPEN), new String[][] {{":method", "CONNECT"}, {":authority", "gate.test:80"}}, "");
        assertEquals(400, http2.status(), http2.toString());
        assertEquals("INVALID_REQUEST", http2.reason());
    }

    @Test
    void shouldDecideBeforeAConnectionIsUpgraded() throws Exception {
        final String upgrade = "GET /v1/objects/x HTTP/1.1\nupgrade: websocket\n";
        final int before = gate.upstream.requests.get();
        final RawHttp.Reply denied = upgraded(upgrade + NOBODY);
        assertEquals(400, denied.status(), denied.toString());
        assertEquals("UNKNOWN_ACTOR", denied.reason());
        assertEquals(before, gate.upstream.requests.get());
        final RawHttp.Reply allowed = upgraded(upgrade + ANA);
        assertEquals(200, allowed.status(), "the service speaks no WebSocket: " + allowed);
        assertFalse(allowed.header("x-tollgate-decision-id").isEmpty(), allowed.toString());
        assertEquals(before + 1, gate.upstream.requests.get());
    }

    private RawHttp.Reply upgraded(final String head) throws IOException {
        final String request = head + "connection: upgrade\nhost: gate.test\n\n";
        return RawHttp.exchange(front.port(Door.RAW), request.replace("\n", "\r\n"));
    }

    @Test
    void shouldTakeNothingFromTrailers() throws Exception {
        final String[][] head =
                RawHttp2.get("/v1/body", new String[] {"x-tenant", "fernway"}, new String[] {"x-user", "bea"});
        head[0][1] = "POST";
        final String body = "{\"model\":\"small\",\"max_tokens\":1}";
        for (final Door door : List.of(Door.BODY, Door.BYTES)) {
            final RawHttp.Reply reply =
                    RawHttp2.exchange(front.port(door), head, body, new String[] {"x-user", "carl"});
            assertEquals(200, reply.status(), reply.toString());
            assertTrue(reply.body().contains("x-actor-id: bea\n"), reply.body());
        }
    }
}
