/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** What a client of the service sees. */
final class Seen {
    private static final JsonMapper JSON = new JsonMapper();
    /** Of Envoy, and of every deny. */
    private static final Set<String> ALWAYS = Set.of(
            "content-length",
            "content-type",
            "date",
            "server",
            "cache-control",
            "x-tollgate-decision-id",
            "x-tollgate-reason");

    /** Envoy closes an HTTP/1.1 connection when it has answered before it has seen all of the request. */
    private static final Set<String> SOMETIMES =
            Set.of("retry-after", "ratelimit", "ratelimit-policy", "connection", ":status");

    private Seen() {}

    static String header(final HttpResponse<String> response, final String name) {
        return response.headers().firstValue(name).orElse("");
    }

    /** {@return the problem of a deny by Tollgate, after all that is the same of every deny was looked at} */
    static JsonNode denied(final HttpResponse<String> response, final int status, final String reason) {
        final String all = response.statusCode() + " " + response.headers().map() + " " + response.body();
        assertEquals(status, response.statusCode(), all);
        assertEquals(reason, header(response, "x-tollgate-reason"), all);
        assertEquals("no-store", header(response, "cache-control"), all);
        final String type = header(response, "content-type");
        assertEquals("application/problem+json", type, all);
        final Set<String> names = new TreeSet<>(response.headers().map().keySet());
        assertTrue(names.containsAll(ALWAYS), all);
        names.removeAll(ALWAYS);
        names.removeAll(SOMETIMES);
        assertEquals(Set.of(), names, "nothing else is told: " + all);
        response.headers().map().forEach((name, values) -> assertEquals(1, values.size(), name + " once: " + all));
        assertEquals(
                header(response, "ratelimit").isEmpty(),
                header(response, "ratelimit-policy").isEmpty(),
                all);
        final JsonNode problem = json(response.body());
        assertProblem(problem, response, all);
        return problem;
    }

    private static void assertProblem(final JsonNode problem, final HttpResponse<String> response, final String all) {
        final String reason = header(response, "x-tollgate-reason");
        assertEquals(
                "urn:tollgate:reason:" + reason.replace('_', '-').toLowerCase(Locale.ROOT),
                problem.get("type").asText(),
                all);
        assertEquals(response.statusCode(), problem.get("status").asInt(), all);
        assertEquals(reason, problem.get("reason").asText(), all);
        assertFalse(problem.get("detail").asText().isEmpty(), all);
        final String id = header(response, "x-tollgate-decision-id");
        assertFalse(id.isEmpty(), all);
        assertEquals(id, problem.get("decision_id").asText(), all);
        final Set<String> keys = new HashSet<>();
        problem.fieldNames().forEachRemaining(keys::add);
        final Set<String> expected =
                new HashSet<>(Set.of("type", "title", "status", "reason", "detail", "decision_id"));
        final String retryAfter = header(response, "retry-after");
        if (!retryAfter.isEmpty()) {
            expected.add("retry_after_s");
            assertEquals(retryAfter, problem.path("retry_after_s").asText(), all);
            assertTrue(Integer.parseInt(retryAfter) >= 1, all);
        } else if (problem.has("retry")) {
            expected.add("retry");
            assertFalse(problem.get("retry").asBoolean(), all);
        }
        assertEquals(expected, keys, all);
    }

    static JsonNode json(final String text) {
        try {
            return JSON.readTree(text);
        } catch (final IOException ex) {
            throw new UncheckedIOException(text, ex);
        }
    }
}
