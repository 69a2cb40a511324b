/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Element;

class TestCommandTest {
    private static final Path ACME =
            Path.of(System.getProperty("tollgate.root")).resolve("examples/acme");

    /** Dora's requests: five at once, then one every three seconds. */
    private static final String REQUEST =
            """
                request:
                  mode: consume
                  actor: { type: user, id: dora }
                  place: { organization: tidepool, project: notebook }
                  target: { product: llm, resource_type: model, action: invoke }
                  usage: { input_token: 10 }
            """;

    @TempDir
    Path directory;

    private Path bundle;

    @BeforeEach
    void copyBundle() throws IOException {
        bundle = directory.resolve("acme");
        try (var paths = Files.walk(ACME)) {
            for (Path path : (Iterable<Path>) paths::iterator) {
                final Path target = bundle.resolve(ACME.relativize(path).toString());
                if (Files.isDirectory(path)) {
                    Files.createDirectories(target);
                } else if (!path.startsWith(ACME.resolve("tests"))) {
                    Files.copy(path, target);
                }
            }
        }
    }

    private void tests(String yaml) throws IOException {
        Files.writeString(bundle.resolve("tests/some.yaml"), "tests:\n" + yaml);
    }

    private Run test(String... options) {
        final String[] arguments = new String[options.length + 2];
        arguments[0] = "test";
        arguments[1] = bundle.toString();
        System.arraycopy(options, 0, arguments, 2, options.length);
        return Run.of(arguments);
    }

    private static String sequence(String steps) {
        return "  - name: a sequence\n    at: 2026-11-20T12:00:00Z\n" + REQUEST.indent(0) + "    steps:\n" + steps;
    }

    private static String single(String expect) {
        return "  - name: a question\n    at: 2026-11-20T12:00:00Z\n" + REQUEST + "    expect: " + expect + "\n";
    }

    @Test
    void shouldPassStepsOverTheSameCountersAndBeginEachTestAnew() throws IOException {
        final String steps =
                """
                      - { request: {}, repeat: 4 }
                      - { request: {}, expect: { outcome: allow, remaining: 0, limit: requests, limit_scope: "org:tidepool" } }
                      - { request: {}, expect: { outcome: deny, reason: RATE_LIMITED, retry_after: 3s, retry_never: false } }
                      - { after: 2999ms, request: {}, expect: { outcome: deny, retry_after: 1ms } }
                      - { after: 1ms, request: { usage: { input_token: 7 } }, expect: { outcome: allow, granted: { input_token: 7 } } }
                      - { at: 2026-11-20T13:00:00Z, request: { mode: check }, expect: { outcome: allow, warnings: [] } }
                """;
        tests(sequence(steps) + sequence(steps).replace("a sequence", "the same again"));
        test().exits(0)
                .prints("ok    a sequence (6 steps)", "ok    the same again (6 steps)", "2 tests passed, 0 failed.");
    }

    private static final String STORAGE =
            """
              - name: a reservation
                at: 2026-11-20T12:00:00Z
                request:
                  actor: { type: user, id: dora }
                  place: { organization: tidepool, project: notebook }
                  target: { product: storage, resource_type: bucket, action: write }
                  usage: { byte: 1 }
                steps:
            """;

    @Test
    void shouldReserveExtendSettleAndRelease() throws IOException {
        tests(
                STORAGE
                        + """
                      - { request: { mode: reserve, ttl: 1m, usage: { byte: 1_000 } }, reservation: upload, expect: { outcome: allow } }
                      - { request: {}, expect: { outcome: allow, used: 1_000 } }
                      - { after: 30s, extend: { reservation: upload, usage: { byte: 500 }, ttl: 1m }, expect: { outcome: allow } }
                      - { request: {}, expect: { outcome: allow, used: 1_500 } }
                      - { after: 59s, settle: { reservation: upload, actual: { byte: 700 } }, expect: { outcome: settled } }
                      - { request: {}, expect: { outcome: allow, used: 700 } }
                      - { request: { mode: reserve, usage: { byte: 10 } }, reservation: other, expect: { outcome: allow, used: 710 } }
                      - { release: { reservation: other }, expect: { outcome: released, message: "Released: all of it went back." } }
                      - { request: {}, expect: { outcome: allow, used: 700 } }
                """);
        test().exits(0).prints("ok    a reservation (9 steps)");
    }

    @Test
    void shouldShowWhatBecameOfAReservationInstead() throws IOException {
        tests(
                STORAGE
                        + """
                      - { request: { mode: reserve, usage: { byte: 10 } }, reservation: r }
                      - { release: { reservation: r } }
                      - { settle: { reservation: r }, expect: { outcome: settled } }
                """);
        test().exits(1).prints("FAIL  a reservation (3 steps)", "step 3", "outcome  settled", "released");
    }

    @Test
    void shouldShowWhatIsDifferentAndWhy() throws IOException {
        tests(
                sequence(
                        """
                      - { request: {}, repeat: 5, expect: { outcome: allow } }
                      - { request: {}, expect: { outcome: allow } }
                      - { request: {}, expect: { outcome: warn } }
                """));
        test().exits(1)
                .prints(
                        "FAIL  a sequence (3 steps)",
                        "step 2, tests/some.yaml:12:9",
                        "outcome  allow     deny",
                        "DENIED by quota (RATE_LIMITED): user:dora may not llm/model/invoke",
                        "Too fast: org:tidepool has 0 of 5",
                        "ceiling     requests on llm.requests, hard, inherited from org:tidepool",
                        "chain       global > plan:free > org:tidepool",
                        "0 tests passed, 1 failed.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{ outcome: warn }",
                "{ outcome: allow, reason: NEAR_LIMIT }",
                "{ outcome: allow, message: Denied. }",
                "{ outcome: allow, rules: [owner] }",
                "{ outcome: allow, rules: [hand-down, models-and-storage, owner, more] }",
                "{ outcome: allow, limit: free-customer }",
                "{ outcome: allow, limit_scope: 'plan:free' }",
                "{ outcome: allow, used: 5 }",
                "{ outcome: allow, remaining: 5 }",
                "{ outcome: allow, granted: { input_token: 9 } }",
                "{ outcome: allow, granted: { output_token: 10 } }",
                "{ outcome: allow, retry_after: 1ms }",
                "{ outcome: allow, retry_never: true }",
                "{ outcome: allow, warnings: [{ reason: NEAR_LIMIT }] }",
                "{ outcome: allow, obligations: { llm.tokens: { max: 1 } } }",
                "{ outcome: allow, cost: 1.00 }",
            })
    void shouldFailWhenAnyKeyIsDifferent(String expect) throws IOException {
        tests(single(expect));
        test().exits(1).prints("FAIL  a question");
    }

    @Test
    void shouldFailOnAWarningThatNobodyExpects() throws IOException {
        tests(
                """
                  - name: expects none
                    request:
                      actor: { api_key: scout }
                      place: { organization: lumen, project: vision }
                      target: { product: llm, resource_type: model, action: invoke }
                    expect: { outcome: warn, warnings: [] }
                  - name: expects it
                    request:
                      actor: { api_key: scout }
                      place: { organization: lumen, project: vision }
                      target: { product: llm, resource_type: model, action: invoke }
                    expect: { outcome: warn, warnings: [{ reason: POLICY_WARN, subject: agents-are-watched, severity: warning }] }
                """);
        test().exits(1)
                .prints("FAIL  expects none", "POLICY_WARN warning about agents-are-watched", "ok    expects it");
    }

    @Test
    void shouldKnowOldEvidence() throws IOException {
        tests("""
                  - name: old
                    evidence_age: { quota: 301s }
                """
                + REQUEST + "    expect: { outcome: deny, reason: SNAPSHOT_STALE }\n");
        test().exits(0);
    }

    @Test
    void shouldCountRulesAndFailBelowTheShareDemanded() throws IOException {
        tests(single("{ outcome: allow }"));
        test().exits(0).prints("Rules matched: 3 of ", " %). No test matches:", "policies/fernway.yaml:4:5");
        test("--min-coverage", "1").exits(0);
        test("--min-coverage", "99.5").exits(1).complains(" % of the rules", "--min-coverage demands 99.5 %");
    }

    @Test
    void shouldRunOnlyWhatIsAskedFor() throws IOException {
        tests(single("{ outcome: allow }") + single("{ outcome: deny }").replace("a question", "Another one"));
        final Run run = test("--filter", "a QUEST").exits(0).prints("1 test passed, 0 failed.");
        assertFalse(run.out().contains("Rules matched"), run.out());
        test("--filter", "nothing").exits(2).complains("none of the 2 tests has 'nothing'");
        test("--filter", "a", "--min-coverage", "1").exits(2).complains("--min-coverage needs all tests");
        test("--min-coverage", "101").exits(2);
    }

    @Test
    void shouldTellPrograms() throws IOException {
        tests(single("{ outcome: allow }") + single("{ outcome: deny }").replace("a question", "another"));
        final JsonObject json =
                JsonParser.parseString(test("--output", "json").exits(1).out()).getAsJsonObject();
        assertEquals(1, json.get("passed").getAsInt());
        assertEquals(1, json.get("failed").getAsInt());
        final JsonObject failed = json.getAsJsonArray("tests").get(1).getAsJsonObject();
        assertEquals("another", failed.get("name").getAsString());
        assertEquals("tests/some.yaml", failed.get("file").getAsString());
        final JsonObject failure = failed.getAsJsonObject("failure");
        assertEquals(
                "allow",
                failure.getAsJsonArray("differences")
                        .get(0)
                        .getAsJsonObject()
                        .get("actual")
                        .getAsString());
        assertTrue(failure.getAsJsonObject("response").has("explanation"));
        final JsonObject coverage = json.getAsJsonObject("coverage");
        assertEquals(
                coverage.get("rules").getAsInt() - 3,
                coverage.getAsJsonArray("unmatched").size());
    }

    @Test
    void shouldTellContinuousIntegration() throws Exception {
        tests(single("{ outcome: allow }").replace("a question", "'<a> & \"b\"'")
                + single("{ outcome: deny }").replace("a question", "another"));
        final Path file = directory.resolve("report.xml");
        test("--junit", file.toString()).exits(1);
        final Element root = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(file.toFile())
                .getDocumentElement();
        assertEquals("2", root.getAttribute("tests"));
        assertEquals("1", root.getAttribute("failures"));
        final var cases = root.getElementsByTagName("testcase");
        assertEquals("<a> & \"b\"", ((Element) cases.item(0)).getAttribute("name"));
        assertEquals(
                0, ((Element) cases.item(0)).getElementsByTagName("failure").getLength());
        assertTrue(((Element) ((Element) cases.item(1))
                        .getElementsByTagName("failure")
                        .item(0))
                .getAttribute("message")
                .contains("outcome: expected deny, was allow"));
        test("--junit", directory.resolve("no/where.xml").toString()).exits(2).complains("does not exist");
    }

    @Test
    void shouldShowMistakesOfTheBundleAsCheckDoes() throws IOException {
        tests(single("{ outcome: allow }").replace("organization: tidepool", "organization: tidepol"));
        test().exits(1)
                .complains(
                        "tests/some.yaml:7:30: error: unknown organization 'tidepol' [unknown-reference]",
                        "= did you mean 'tidepool'?",
                        "no test was run: 2 errors");
        Run.of("test", directory.resolve("nowhere").toString()).exits(2);
    }

    @Test
    void shouldPassOnABundleWithoutTests() {
        test().exits(0).prints("0 tests passed, 0 failed.");
    }
}
