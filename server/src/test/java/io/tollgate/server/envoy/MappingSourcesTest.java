/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.server.envoy.mapping.MappingReader;
import io.tollgate.v1.DecideRequest;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What Envoy sends where it is not as plain as one would think; EnvoySourcesTest has the real one. */
class MappingSourcesTest {
    private static final String MAPPING =
            """
            trusted_headers: [x-user]
            request: { organization: acme, actor_type: user, actor_id: { header: x-user } }
            rules:
              - name: upload
                match: { path: /upload }
                request: { product: storage, resource_type: bucket, action: write,
                  usage: [ { unit: byte, amount: { body_size: true } } ] }
              - name: ask
                match: { path: /ask }
                request: { product: llm, resource_type: model, action: invoke, idempotency_key: { request_id: true },
                  resource_attributes: { model: { body: /model } } }
              - name: search
                match: { path: /search }
                request: { product: llm, resource_type: model, action: list, attributes: { q: { query: q } } }
              - name: plain
                request: { product: llm, resource_type: model, action: list }
            """;
    private final ExtAuthz ext = new ExtAuthz(MappingReader.read(MAPPING, "envoy.yaml"), () -> 0);

    private static Checks check(final String path) {
        return Checks.of("POST", path).header("x-user", "ana");
    }

    private DecideRequest ask(final Checks checks) {
        final ExtAuthz.Asked asked = ext.read(checks.check());
        return assertNotNullQuestion(asked);
    }

    private static DecideRequest assertNotNullQuestion(final ExtAuthz.Asked asked) {
        final DecideRequest question = asked.question();
        assertNotNull(question, () -> String.valueOf(asked.refusal()));
        return java.util.Objects.requireNonNull(question);
    }

    private String refusal(final Checks checks) {
        final ExtAuthz.Asked asked = ext.read(checks.check());
        assertNotNull(asked.refusal(), () -> String.valueOf(asked.question()));
        return java.util.Objects.requireNonNull(asked.refusal()).getMessage();
    }

    private static byte[] bytes(final String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void shouldCountAWholeBodyAndTrustContentLengthOtherwise() {
        assertEquals(5, ask(check("/upload").body("h\u00e4ll")).getUsage(0).getAmount(), "bytes");
        assertEquals(
                3,
                ask(check("/upload").rawBody(new byte[] {1, -1, 0})).getUsage(0).getAmount());
        assertEquals(0, ask(check("/upload").body("")).getUsageCount());
        final Checks unbuffered = check("/upload").size(0).header("content-length", "77");
        assertEquals(77, ask(unbuffered).getUsage(0).getAmount());
        final Checks partial =
                check("/upload").header("x-envoy-auth-partial-body", "true").body("abc");
        assertEquals(77, ask(partial.header("content-length", "77")).getUsage(0).getAmount());
    }

    @Test
    void shouldNotTakeWhatHasArrivedForTheWhole() {
        assertTrue(refusal(check("/upload").size(0)).contains("length of the body"));
        assertTrue(refusal(check("/upload")
                        .header("x-envoy-auth-partial-body", "true")
                        .body("abc"))
                .contains("length of the body"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"model\":\"small\"} {\"model\":\"large\"}",
                "{\"model\":\"small\"}]",
                "{\"model\":\"small\"} x"
            })
    void shouldRefuseABodyThatGoesOnAfterItsJson(final String body) {
        assertEquals("The body is not JSON.", refusal(check("/ask").body(body)));
        assertEquals("The body is not JSON.", refusal(check("/ask").rawBody(bytes(body))));
    }

    @Test
    void shouldGuessNoEncodings() {
        final String json = "{\"model\":\"small\"}";
        assertEquals(
                "small",
                ask(check("/ask").rawBody(bytes(json)))
                        .getTarget()
                        .getResourceAttributesOrThrow("model")
                        .getStringValue());
        assertEquals("The body is not UTF-8.", refusal(check("/ask").rawBody(json.getBytes(StandardCharsets.UTF_16))));
        assertEquals("The body is not JSON.", refusal(check("/ask").rawBody(json.getBytes(StandardCharsets.UTF_16BE))));
        assertEquals(
                "The body is not UTF-8.",
                refusal(check("/ask").rawBody(new byte[] {0, 0, 0, '{', 0x7f, -1, -1, -1, 0, 0, 0, '}'})));
    }

    @Test
    void shouldRefuseAHeaderThatComesTwiceOrIsNoText() {
        assertEquals(
                "ana",
                ask(check("/list").rawHeader("x-user", bytes("ana"))).getActor().getId());
        assertEquals(
                "The header x-user comes twice.",
                refusal(check("/list").rawHeader("x-user", bytes("ana")).rawHeader("x-user", bytes("ana"))));
        assertEquals(
                "The header x-user is not UTF-8.",
                refusal(check("/list").rawHeader("x-user", new byte[] {'a', (byte) 0xe4})));
    }

    @Test
    void shouldCorrelateByTheIdOfTheLogsAndNeverTakeItForOnesOwn() {
        assertEquals("req-1", ask(check("/ask").body("{}")).getCorrelationId());
        final DecideRequest question =
                ask(check("/ask").header("x-request-id", "4711").body("{}"));
        assertEquals("4711", question.getCorrelationId());
        assertEquals("req-1", question.getIdempotencyKey(), "a client may choose the other one");
    }

    @Test
    void shouldRefuseWhatEnvoyWritesForBytesThatAreNoText() {
        assertTrue(refusal(check("/li!st")).contains("exclamation mark"));
        assertTrue(refusal(check("/search?q=a!")).contains("exclamation mark"));
        assertEquals("a!", text(ask(check("/search?q=a%21&other=b!"))));
        assertEquals("The path is not UTF-8.", refusal(raw("/li\u00e4st", StandardCharsets.ISO_8859_1)));
        assertEquals("The query is not UTF-8.", refusal(raw("/search?q=\u00e4", StandardCharsets.ISO_8859_1)));
        assertEquals("a!\u00e4", text(ask(raw("/search?q=a!\u00e4", StandardCharsets.UTF_8))));
    }

    private static Checks raw(final String path, final Charset charset) {
        return Checks.of("POST", path.replace('\u00e4', '!'))
                .rawHeader("x-user", bytes("ana"))
                .rawHeader(":path", path.getBytes(charset));
    }

    private static String text(final DecideRequest question) {
        return question.getAttributesOrThrow("q").getStringValue();
    }

    @Test
    void shouldRefuseAFragment() {
        assertEquals("The path has a fragment.", refusal(check("/list#x")));
        assertEquals("The path has a fragment.", refusal(check("/list?x#y")));
    }
}
