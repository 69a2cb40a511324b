/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.tollgate.v1.DecideMode;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.GetConfigResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code tollgate decide --from-check} */
@Timeout(120)
class FromCheckTest {
    private static final String MAPPING =
            """
            upstream: { identity: { organization: x-org }, remove: [x-api-key] }
            request:
              organization: { context: org }
              actor_type: user
              actor_id: { claim: sub }
              api_key: { credential: x-api-key }
            rules:
              - { name: health, match: { path: /healthz }, pass: true }
              - name: invoke
                match: { path: "/v1/models/{model}" }
                request: { product: llm, resource_type: model, action: invoke, resource_id: { path: model }, mode: reserve }
            """;

    private static final String SNAKE =
            """
            {
              "attributes": {
                "source": { "address": { "socket_address": { "address": "10.0.0.7", "port_value": 4711 } }, "certificate": "x" },
                "request": {
                  "time": "2026-11-20T08:00:00Z",
                  "http": { "id": "9", "method": "POST", "path": "/v1/models/large", "headers": { ":path": "/v1/models/large" },
                            "host": "api", "size": "-1", "protocol": "HTTP/1.1", "made_up": [ 1 ] }
                },
                "context_extensions": { "org": "acme" },
                "metadata_context": {
                  "filter_metadata": { "envoy.filters.http.jwt_authn": { "idp": { "sub": "ana" } } },
                  "typed_filter_metadata": { "x": { "@type": "type.googleapis.com/unknown.Thing", "a": 1 } }
                },
                "tls_session": { "sni": "api" }
              }
            }
            """;

    private FakeSidecar sidecar;

    @TempDir
    Path directory;

    @BeforeEach
    void start() throws Exception {
        sidecar = new FakeSidecar();
        sidecar.decision = Samples.decision("allow.txtpb");
        Files.writeString(directory.resolve("mapping.yaml"), MAPPING);
    }

    @AfterEach
    void stop() {
        sidecar.close();
    }

    private Run from(String check, String... more) throws Exception {
        return at(sidecar.address(), check, more);
    }

    private Run at(String address, String check, String... more) throws Exception {
        Files.writeString(directory.resolve("check"), check);
        final List<String> arguments =
                new ArrayList<>(List.of("decide", "--from-check", "check", "--address", address, "--admin", address));
        arguments.addAll(List.of(more));
        return Run.in(Run.session(directory, Map.of(), check), arguments.toArray(String[]::new));
    }

    private Run mapped(String check, String... more) throws Exception {
        final List<String> arguments = new ArrayList<>(List.of("--mapping", "mapping.yaml"));
        arguments.addAll(List.of(more));
        return from(check, arguments.toArray(String[]::new));
    }

    private DecideRequest asked() {
        return Objects.requireNonNull(sidecar.asked);
    }

    @Test
    void shouldShowTheWholeWayAndTakeNothing() throws Exception {
        mapped(SNAKE)
                .exits(ExitCode.OK)
                .prints(
                        "Rule invoke\n",
                        "mapping     mapping.yaml",
                        "through Envoy it is RESERVE",
                        "\"resourceId\": \"large\"",
                        "ALLOWED: ",
                        "Envoy gets",
                        "lets it pass",
                        "to service  x-org: acme",
                        "removes     x-api-key",
                        "to client   x-tollgate-decision-id: ",
                        "\"rule\":\"invoke\"");
        assertEquals(DecideMode.DECIDE_MODE_CHECK, asked().getMode());
        assertEquals("ana", asked().getActor().getId());
        mapped(SNAKE, "--take").exits(ExitCode.OK);
        assertEquals(DecideMode.DECIDE_MODE_RESERVE, asked().getMode());
    }

    @Test
    void shouldShowADenyAsEnvoyGetsIt() throws Exception {
        sidecar.decision = Samples.decision("quota-deny.txtpb");
        mapped(SNAKE)
                .exits(ExitCode.NO)
                .prints("DENIED by quota", "status      429", "x-tollgate-reason: ", "\"detail\":");
        sidecar.decision = Samples.decision("stale-deny.txtpb");
        mapped(SNAKE).exits(ExitCode.STALE).prints("status      503");
        final Run json = mapped(SNAKE, "--output", "json").exits(ExitCode.STALE);
        final JsonObject way = JsonParser.parseString(json.out()).getAsJsonObject();
        assertEquals("invoke", way.get("rule").getAsString());
        assertEquals(
                "DECIDE_MODE_RESERVE",
                way.getAsJsonObject("question").get("mode").getAsString());
        assertEquals("DECIDE_MODE_CHECK", way.get("askedAs").getAsString());
        assertEquals(
                "OUTCOME_DENY", way.getAsJsonObject("decision").get("outcome").getAsString());
        assertEquals(
                503,
                way.getAsJsonObject("response")
                        .getAsJsonObject("deniedResponse")
                        .getAsJsonObject("status")
                        .get("code")
                        .getAsInt());
    }

    @Test
    void shouldReadCamelCaseBareAttributesAndTheTextOfALog() throws Exception {
        final String camel = SNAKE.replace("context_extensions", "contextExtensions")
                .replace("metadata_context", "metadataContext")
                .replace("filter_metadata", "filterMetadata");
        final String bare = JsonParser.parseString(SNAKE)
                .getAsJsonObject()
                .get("attributes")
                .toString();
        final String text =
                """
                attributes {
                  source { certificate: "x" service: "" }
                  request {
                    http { method: "POST" headers { key: ":path" value: "/v1/models/large" } path: "/v1/models/large" size: -1 }
                  }
                  context_extensions { key: "org" value: "acme" }
                  metadata_context {
                    filter_metadata {
                      key: "envoy.filters.http.jwt_authn"
                      value { fields { key: "idp" value { struct_value { fields { key: "sub" value { string_value: "ana" } } } } } }
                    }
                  }
                }
                """;
        // As Envoy 1.40.0 logs it.
        final String entry = "[2026-11-21 09:28:45.401][1535][trace][ext_authz] [source/extensions/x.cc:108] ";
        final String log = entry + "ext_authz filter calling authorization server.\n"
                + entry + "Sending CheckRequest: goo.gle/debugproto    \n" + text.replace("ana", "older") + "\n"
                + entry + "Sending CheckRequest: goo.gle/debugproto    \n" + text + "\n"
                + entry + "Received CheckResponse: goo.gle/debugproto    \nstatus {\n}\n";
        for (String each : List.of(SNAKE, camel, bare, text, log)) {
            sidecar.asked = null;
            mapped(each).exits(ExitCode.OK);
            assertEquals("ana", asked().getActor().getId(), each);
            assertEquals("acme", asked().getPlace().getOrganization(), each);
            assertEquals("large", asked().getTarget().getResourceId(), each);
        }
        Run.in(
                        Run.session(directory, Map.of(), SNAKE),
                        "decide",
                        "--from-check",
                        "-",
                        "--mapping",
                        "mapping.yaml",
                        "--question-only")
                .exits(ExitCode.OK)
                .prints("Rule invoke");
    }

    @Test
    void shouldNeverShowAKey() throws Exception {
        final Run run = mapped(SNAKE.replace("\"headers\": {", "\"headers\": { \"x-api-key\": \"hush-hush\","))
                .exits(ExitCode.OK)
                .prints("apiKeySha256", "only its SHA-256 goes on");
        assertFalse(run.out().contains("hush-hush"), run.out());
        assertEquals("", asked().getActor().getApiKey());
    }

    @Test
    void shouldTellWhatMakesNoQuestion() throws Exception {
        mapped(SNAKE.replace("/v1/models/large", "/nowhere"))
                .exits(ExitCode.NO)
                .prints("No rule makes a question of it", "status      400", "UNKNOWN_ACTION");
        mapped(SNAKE.replace("/v1/models/large", "/v1/models/%2e%2e"))
                .exits(ExitCode.NO)
                .prints("dot segment", "INVALID_REQUEST");
        mapped(SNAKE.replace("/v1/models/large", "/healthz"))
                .exits(ExitCode.OK)
                .prints("Rule health", "the rule lets it pass", "lets it pass");
        assertNull(sidecar.asked);
    }

    @Test
    void shouldTakeTheMappingOfTheRunningSidecarElseTheBuiltInOne() throws Exception {
        sidecar.config = GetConfigResponse.newBuilder().setEnvoyMapping(MAPPING).build();
        from(SNAKE).exits(ExitCode.OK).prints("Rule invoke", "that of the sidecar at " + sidecar.address());
        final String builtIn = SNAKE.replace(
                "\"org\": \"acme\"",
                "\"organization\": \"acme\", \"actor_type\": \"user\", \"product\": \"p\","
                        + " \"resource_type\": \"r\", \"action\": \"a\"");
        at(FakeSidecar.nowhere(), builtIn, "--question-only")
                .exits(ExitCode.OK)
                .prints("Rule context", "the built-in one", "\"id\": \"ana\"");
    }

    @Test
    void shouldExitWith3WhenNobodyAnswers() throws Exception {
        at(FakeSidecar.nowhere(), SNAKE, "--mapping", "mapping.yaml")
                .exits(ExitCode.UNREACHABLE)
                .complains("no sidecar answers");
        at(FakeSidecar.nowhere(), SNAKE, "--mapping", "mapping.yaml", "--question-only")
                .exits(ExitCode.OK);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "{}",
                "{ \"attributes\": 7 }",
                "attributes {",
                "GET /v1/models",
                "{ \"attributes\": {} }"
            })
    void shouldExitWith2WhenItIsNoCheck(String check) throws Exception {
        final Run run = mapped(check).exits(ExitCode.USAGE);
        assertTrue(run.err().contains("check"), run.err());
        assertFalse(run.err().contains("Exception"), run.err());
    }

    @Test
    void shouldExitWith2WhenOptionsMakeNoSense() throws Exception {
        mapped(SNAKE, "--org", "acme").exits(ExitCode.USAGE).complains("--from-check", "--org");
        mapped(SNAKE, "--take", "--question-only").exits(ExitCode.USAGE).complains("--take");
        Run.of("decide", "--take").exits(ExitCode.USAGE).complains("--from-check FILE");
        Files.writeString(directory.resolve("mapping.yaml"), "rules: [ { name: a, match: { path: b } } ]");
        mapped(SNAKE).exits(ExitCode.USAGE).complains("mapping.yaml:1:", "must start with a slash");
        from(SNAKE, "--mapping", "missing.yaml").exits(ExitCode.USAGE).complains("cannot be read");
    }
}
