/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.e2e;

import static io.tollgate.cli.e2e.Seen.header;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a client of the service sees of each kind of answer. */
abstract class EnvoyAnswers {
    private final Gate gate = EnvoyGateTest.gate();

    static List<String> versions() {
        return RealEnvoy.VERSIONS;
    }

    @ParameterizedTest
    @MethodSource("versions")
    void shouldAllowAndTellTheServiceWhoItIs(final String version) throws Exception {
        final Front front = gate.front(version);
        for (final Door door : List.of(Door.OPEN, Door.SHUT, Door.RAW)) {
            final HttpResponse<String> allowed = front.send(front.as("ana", "lumen", door, "/v1/models/small/invoke")
                    .header("x-org-id", "spoofed")
                    .header("X-Decision-ID", "spoofed")
                    .header("x-api-key", "secret"));
            assertEquals(200, allowed.statusCode(), allowed.body());
            assertTrue(allowed.body().contains("x-org-id: lumen\n"), allowed.body());
            assertTrue(allowed.body().contains("x-actor-id: ana\n"), allowed.body());
            final String id = header(allowed, "x-tollgate-decision-id");
            assertFalse(id.isEmpty());
            assertTrue(allowed.body().contains("x-decision-id: " + id + "\n"), allowed.body());
            assertFalse(allowed.body().contains("spoofed"), allowed.body());
            assertFalse(allowed.body().contains("x-api-key"), allowed.body());
            assertTrue(header(allowed, "ratelimit").matches("\"[^\"]+\";r=\\d+.*"), header(allowed, "ratelimit"));
            assertTrue(header(allowed, "ratelimit-policy").contains(";q="), header(allowed, "ratelimit-policy"));

            final HttpResponse<String> open = front.send(front.post(door, "/open")
                    .header("x-org-id", "spoofed")
                    .header("x-decision-id", "spoofed")
                    .header("x-actor-id", "spoofed"));
            assertEquals(200, open.statusCode());
            assertFalse(open.body().contains("spoofed"), "nobody sends our headers through: " + open.body());
        }
    }

    /** Who, where, status, reason, part of the detail. None of these takes anything. */
    private static final String DENIES =
            """
            nobody@lumen   | /v1/models/small/invoke                              | 400 | UNKNOWN_ACTOR         | user:nobody
            gone@lumen     | /v1/models/small/invoke                              | 400 | ACTOR_DISABLED        | disabled
            ana@nowhere    | /v1/models/small/invoke                              | 400 | UNKNOWN_SCOPE         | nowhere
            ana@lumen      | /v1/projects/rags/chat                               | 400 | UNKNOWN_SCOPE         | rags
            ana@lumen      | /v1/x                                                | 400 | UNKNOWN_ACTION        | this address
            ana@lumen      | /v1/models/small/invoke?tokens=x                     | 400 | INVALID_REQUEST       | whole number
            tom@lumen      | /v1/projects/vision/launch                           | 403 | POLICY_DENY           | Interns ask
            ravi@lumen     | /v1/projects/rag/launch                              | 403 | POLICY_NO_GRANT       | .
            ana@lumen      | /v1/projects/launch-film/chat                        | 403 | POLICY_RESTRICTED     | but its team
            hana@brightside| /v1/projects/triage/store?gib=1                      | 403 | POLICY_ERROR          | .
            bea@fernway    | /v1/federation                                       | 403 | ENTITLEMENT_MISSING   | .
            carl@fernway   | /v1/projects/layout/film                             | 403 | ENTITLEMENT_DISABLED  | .
            edgar@quarry   | /v1/projects/survey/chat                             | 403 | SUBSCRIPTION_INACTIVE | .
            ana@lumen      | /v1/projects/rag/tune/small?tokens=1000000000000     | 402 | CREDIT_EXHAUSTED      | .
            ana@lumen      | /v1/projects/rag/tune/huge?tokens=10                 | 402 | PRICE_UNKNOWN         | .
            dora@tidepool  | /v1/projects/notebook/store?gib=2                    | 429 | QUOTA_EXHAUSTED       | .
            dora@tidepool  | /v1/models/small/invoke?tokens=20001                 | 429 | RATE_LIMITED          | .
            ravi@lumen     | /v1/projects/vision/provision?gpus=129               | 503 | CAPACITY_UNAVAILABLE  | .
            """;

    private static final Map<Integer, Set<String>> TITLES = Map.of(
            400, Set.of("The request cannot be judged"),
            403, Set.of("Not allowed", "Not part of the subscription"),
            402, Set.of("Credit exhausted"),
            429, Set.of("Limit reached"),
            503, Set.of("No capacity"));

    @ParameterizedTest
    @MethodSource("versions")
    void shouldDenyWithTheStatusOfTheClassAndTellWhy(final String version) throws Exception {
        final Front front = gate.front(version);
        final int before = gate.upstream.requests.get();
        assertAll(DENIES.lines().map(line -> () -> {
            final String[] cells = line.split("\\|", 5);
            final String[] who = cells[0].strip().split("@");
            final HttpResponse<String> response = front.send(front.as(who[0], who[1], Door.OPEN, cells[1].strip()));
            final int status = Integer.parseInt(cells[2].strip());
            final JsonNode problem = Seen.denied(response, status, cells[3].strip());
            assertTrue(TITLES.get(status).contains(problem.get("title").asText()), response.body());
            assertTrue(problem.get("detail").asText().contains(cells[4].strip()), response.body());
            assertEquals(status == 429, !header(response, "ratelimit").isEmpty(), line);
        }));
        assertEquals(before, gate.upstream.requests.get(), "nothing of this came through");
    }

    @Test
    void shouldSayWhenToComeBackOrThatItNeverHelps() throws Exception {
        final Front front = gate.newest();
        HttpResponse<String> last = front.invoke(Door.OPEN, "dora", "tidepool");
        for (int i = 0; i < 20 && last.statusCode() == 200; i++) {
            last = front.invoke(Door.OPEN, "dora", "tidepool");
        }
        Seen.denied(last, 429, "RATE_LIMITED");
        final int wait = Integer.parseInt(header(last, "retry-after"));
        assertTrue(wait >= 1 && wait <= 3, "one comes back in 3 s, not " + wait);
        assertTrue(
                header(last, "ratelimit-policy").contains(";q=20;qu=\"request\";w=60"),
                header(last, "ratelimit-policy"));
        assertTrue(header(last, "ratelimit").contains(";r=0"), header(last, "ratelimit"));

        final HttpResponse<String> never =
                front.send(front.as("dora", "tidepool", Door.OPEN, "/v1/models/small/invoke?tokens=20001"));
        assertFalse(Seen.denied(never, 429, "RATE_LIMITED").get("retry").asBoolean(true), never.body());
        assertEquals("", header(never, "retry-after"));
    }

    @Test
    void shouldDenyWhatIsHeldByOthersWithoutGuessingAWait() throws Exception {
        final Front front = gate.newest();
        for (int i = 0; i < 2; i++) {
            final HttpResponse<String> held = front.send(front.as("edgar", "quarry", Door.OPEN, "/v1/session"));
            assertEquals(200, held.statusCode(), held.body());
            final JsonNode entry = front.logged("/authz/decision_id", header(held, "x-tollgate-decision-id"));
            assertFalse(entry.at("/authz/reservation_id").asText().isEmpty(), entry.toString());
        }
        final HttpResponse<String> third = front.send(front.as("edgar", "quarry", Door.OPEN, "/v1/session"));
        Seen.denied(third, 429, "CONCURRENCY_EXHAUSTED");
        assertEquals("", header(third, "retry-after"));
        assertEquals("\"sessions\";q=2;qu=\"concurrent-requests\"", header(third, "ratelimit-policy"));
    }

    @ParameterizedTest
    @MethodSource("versions")
    void shouldWarnAndLetPass(final String version) throws Exception {
        final Front front = gate.front(version);
        final HttpResponse<String> policy = front.send(front.as("bea", "fernway", Door.OPEN, "/v1/budget"));
        assertEquals(200, policy.statusCode(), policy.body());
        assertEquals(
                List.of("POLICY_WARN; \"Changes of budgets are reviewed by Fernway's board at the end of the month.\""),
                policy.headers().allValues("x-tollgate-warning"));

        final HttpResponse<String> soft =
                front.send(front.as("bea", "fernway", Door.OPEN, "/v1/projects/archive/launch?hours=201"));
        assertEquals(200, soft.statusCode(), soft.body());
        final List<String> warnings = soft.headers().allValues("x-tollgate-warning");
        assertEquals(1, warnings.size(), "one header for all: " + warnings);
        assertTrue(warnings.get(0).contains("OVER_SOFT_LIMIT; \""), warnings.toString());
        assertEquals(
                "WARN",
                front.logged("/authz/decision_id", header(soft, "x-tollgate-decision-id"))
                        .at("/authz/outcome")
                        .asText());
    }

    @ParameterizedTest
    @MethodSource("versions")
    void shouldTellTheAccessLogOfAllowAndDeny(final String version) throws Exception {
        final Front front = gate.front(version);
        final JsonNode allow = logged(front, front.invoke(Door.SHUT, "ana", "lumen"));
        assertEquals("ALLOW", allow.at("/authz/outcome").asText());
        assertEquals("OK", allow.at("/authz/reason").asText());
        assertEquals("via_upstream", allow.get("details").asText());
        assertEvidence(allow, "invoke");

        final JsonNode deny =
                logged(front, front.send(front.as("tom", "lumen", Door.SHUT, "/v1/projects/vision/launch")));
        assertEquals("DENY", deny.at("/authz/outcome").asText());
        assertEquals("POLICY_DENY", deny.at("/authz/reason").asText());
        assertEquals("POLICY", deny.at("/authz/reason_class").asText());
        assertEquals("ext_authz_denied", deny.get("details").asText());
        assertEvidence(deny, "launch");

        final JsonNode refused = logged(front, front.send(front.post(Door.SHUT, "/v1/x")));
        assertEquals("UNKNOWN_ACTION", refused.at("/authz/reason").asText());
        assertEquals("DENY", refused.at("/authz/outcome").asText());

        assertEquals(200, front.send(front.post(Door.SHUT, "/open?metadata")).statusCode());
        assertEquals(
                "open",
                front.logged("/path", "/open?metadata").at("/authz/rule").asText());
    }

    private static JsonNode logged(final Front front, final HttpResponse<String> response) {
        final JsonNode entry = front.logged("/authz/decision_id", header(response, "x-tollgate-decision-id"));
        assertEquals(response.statusCode(), entry.get("status").asInt(), entry.toString());
        return entry;
    }

    private static void assertEvidence(final JsonNode entry, final String rule) {
        assertEquals(rule, entry.at("/authz/rule").asText(), entry.toString());
        assertEquals("acme", entry.at("/authz/bundle").asText(), entry.toString());
        assertTrue(entry.at("/authz/snapshot_version").asText().matches("\\d+"), entry.toString());
        assertTrue(entry.at("/authz/snapshot_digest").asText().length() >= 16, entry.toString());
    }
}
