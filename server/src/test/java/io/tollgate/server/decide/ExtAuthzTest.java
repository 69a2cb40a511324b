/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.tollgate.envoy.auth.v3.AttributeContext;
import io.tollgate.envoy.auth.v3.AuthorizationGrpc;
import io.tollgate.envoy.auth.v3.CheckRequest;
import io.tollgate.envoy.auth.v3.CheckResponse;
import io.tollgate.envoy.core.v3.HeaderValueOption;
import io.tollgate.server.support.LogWatch;
import io.tollgate.v1.CeilingState;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.DimensionKind;
import io.tollgate.v1.Outcome;
import io.tollgate.v1.Reason;
import io.tollgate.v1.ReasonClass;
import io.tollgate.v1.Severity;
import io.tollgate.v1.Warning;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** ext_authz over real gRPC: every answer is one that Envoy's failure_mode_allow does not open. */
class ExtAuthzTest {
    private static final CallOptions PATIENT = CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS);

    @TempDir
    Path folder;

    private static CheckRequest check() {
        return check("GET", "/v1/models", builder -> builder);
    }

    private static CheckRequest check(
            final String method, final String path, final UnaryOperator<AttributeContext.HttpRequest.Builder> more) {
        final AttributeContext.Builder attributes = AttributeContext.newBuilder()
                .putContextExtensions("organization", "acme")
                .putContextExtensions("project", "rag")
                .putContextExtensions("actor_type", "user")
                .putContextExtensions("actor_id", "ana")
                .putContextExtensions("product", "llm")
                .putContextExtensions("resource_type", "model")
                .putContextExtensions("action", "invoke");
        attributes
                .getRequestBuilder()
                .setHttp(more.apply(AttributeContext.HttpRequest.newBuilder()
                        .setMethod(method)
                        .setPath(path)
                        .setId("req-7")));
        return CheckRequest.newBuilder().setAttributes(attributes).build();
    }

    private static CheckRequest grpcCall() {
        return check("POST", "/pkg.Service/Call", http -> http.putHeaders("content-type", "application/grpc+proto"));
    }

    private static CheckResponse ask(final EdgeHarness harness, final CheckRequest check) {
        return ClientCalls.blockingUnaryCall(harness.tcp(), AuthorizationGrpc.getCheckMethod(), PATIENT, check);
    }

    private static CheckResponse askBytes(final EdgeHarness harness, final byte[] bytes) {
        final MethodDescriptor<byte[], CheckResponse> method = AuthorizationGrpc.getCheckMethod().toBuilder(
                        new EdgeHarness.RawMarshaller(),
                        AuthorizationGrpc.getCheckMethod().getResponseMarshaller())
                .build();
        return ClientCalls.blockingUnaryCall(harness.tcp(), method, PATIENT, bytes);
    }

    private static String header(final List<HeaderValueOption> headers, final String name) {
        final List<HeaderValueOption> found = headers.stream()
                .filter(each -> each.getHeader().getKey().equals(name))
                .toList();
        assertTrue(found.size() <= 1, () -> name + " comes twice: " + headers);
        if (found.isEmpty()) {
            return "";
        }
        assertTrue(found.get(0).hasAppend(), name);
        assertFalse(found.get(0).getAppend().getValue(), name);
        return found.get(0).getHeader().getValue();
    }

    private static JsonNode body(final CheckResponse response) throws Exception {
        return new JsonMapper().readTree(response.getDeniedResponse().getBody());
    }

    @Test
    void shouldLetPassWhatIsAllowed() {
        try (EdgeHarness harness = new EdgeHarness()) {
            final CheckResponse response = ask(harness, check());
            assertEquals(0, response.getStatus().getCode());
            assertTrue(response.hasOkResponse());
            assertTrue(response.getOkResponse().getHeadersToRemoveList().contains("x-api-key"));
            final String id = header(response.getOkResponse().getResponseHeadersToAddList(), "x-tollgate-decision-id");
            assertFalse(id.isEmpty());
            assertEquals(
                    id,
                    response.getDynamicMetadata()
                            .getFieldsOrThrow("decision_id")
                            .getStringValue());
        }
    }

    @Test
    void shouldDenyAndNotFailWhatIsLongerThanItReads() {
        try (EdgeHarness harness = new EdgeHarness()) {
            final CheckResponse response = ask(harness, check("POST", "/x", http -> http.setBody("x".repeat(3 << 20))));
            assertEquals(400, response.getDeniedResponse().getStatus().getCode());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "POLICY_DENY, POLICY, 403, PERMISSION_DENIED",
        "ENTITLEMENT_MISSING, ENTITLEMENT, 403, PERMISSION_DENIED",
        "QUOTA_EXHAUSTED, QUOTA, 429, RESOURCE_EXHAUSTED",
        "CREDIT_EXHAUSTED, CREDIT, 402, FAILED_PRECONDITION",
        "CAPACITY_UNAVAILABLE, CAPACITY, 503, UNAVAILABLE",
        "SNAPSHOT_STALE, FRESHNESS, 503, UNAVAILABLE",
        "SNAPSHOT_MISSING, FRESHNESS, 503, UNAVAILABLE",
        "UNKNOWN_ACTOR, REQUEST, 400, INVALID_ARGUMENT",
        "OVERLOADED, SYSTEM, 503, UNAVAILABLE",
        "JOURNAL_FULL, SYSTEM, 503, UNAVAILABLE",
        "INTERNAL, SYSTEM, 503, UNAVAILABLE",
    })
    void shouldDenyWithTheStatusOfTheClass(
            final String reason, final String className, final int status, final Status.Code grpcStatus)
            throws Exception {
        final Reason code = Reason.valueOf("REASON_" + reason);
        final DecideResponse answer = DecideResponse.newBuilder()
                .setOutcome(Outcome.OUTCOME_DENY)
                .setReason(code)
                .setReasonClass(ReasonClass.valueOf("REASON_CLASS_" + className))
                .setMessage("Words for the user.")
                .setRetryAfterNs(1_500_000_000L)
                .build();
        try (EdgeHarness harness = new EdgeHarness(builder -> builder, () -> new FixedEvaluator(answer))) {
            final CheckResponse response = ask(harness, check());
            assertTrue(response.getStatus().getCode() != 0);
            assertTrue(response.hasDeniedResponse());
            assertEquals(status, response.getDeniedResponse().getStatus().getCode());
            final List<HeaderValueOption> headers = response.getDeniedResponse().getHeadersList();
            assertEquals("2", header(headers, "retry-after"));
            assertEquals("application/problem+json", header(headers, "content-type"));
            final JsonNode problem = body(response);
            assertEquals(status, problem.get("status").asInt());
            assertEquals("Words for the user.", problem.get("detail").asText());
            assertEquals(
                    header(headers, "x-tollgate-decision-id"),
                    problem.get("decision_id").asText());
            assertEquals(
                    header(headers, "x-tollgate-reason"), problem.get("reason").asText());
            assertEquals("", header(headers, "grpc-status"), "nothing of gRPC for others");

            final CheckResponse grpc = ask(harness, grpcCall());
            assertEquals(
                    Integer.toString(grpcStatus.value()),
                    header(grpc.getDeniedResponse().getHeadersList(), "grpc-status"));
        }
    }

    @Test
    void shouldTellLimitsAndWarnings() {
        final DecideResponse answer = DecideResponse.newBuilder()
                .setOutcome(Outcome.OUTCOME_WARN)
                .setReason(Reason.REASON_NEAR_LIMIT)
                .setReasonClass(ReasonClass.REASON_CLASS_QUOTA)
                .addWarnings(Warning.newBuilder()
                        .setReason(Reason.REASON_NEAR_LIMIT)
                        .setSeverity(Severity.SEVERITY_WARNING)
                        .setMessage("Nearly \"all\" is used."))
                .setBindingCeiling(CeilingState.newBuilder()
                        .setId("tokens")
                        .setUnit("token")
                        .setKind(DimensionKind.DIMENSION_KIND_PERIOD)
                        .setLimit(100)
                        .setRemaining(5))
                .build();
        try (EdgeHarness harness = new EdgeHarness(builder -> builder, () -> new FixedEvaluator(answer))) {
            final CheckResponse response = ask(harness, check());
            assertTrue(response.hasOkResponse());
            final List<HeaderValueOption> headers = response.getOkResponse().getResponseHeadersToAddList();
            assertEquals("\"tokens\";q=100;qu=\"token\"", header(headers, "ratelimit-policy"));
            assertEquals("\"tokens\";r=5", header(headers, "ratelimit"));
            assertEquals("NEAR_LIMIT; \"Nearly \\\"all\\\" is used.\"", header(headers, "x-tollgate-warning"));
        }
    }

    @Test
    void shouldDenyWhatCannotBeRead() {
        try (EdgeHarness harness = new EdgeHarness()) {
            final CheckResponse nonsense = askBytes(harness, new byte[] {(byte) 0xff, (byte) 0xff, 1});
            assertEquals(400, nonsense.getDeniedResponse().getStatus().getCode());
            final CheckResponse unsafe = ask(harness, check("GET", "/a/%2e%2e/b", builder -> builder));
            assertEquals(400, unsafe.getDeniedResponse().getStatus().getCode());
            assertEquals(0, harness.evaluator.answered.get(), "nothing was asked");
        }
    }

    @Test
    void shouldDenyWhenSomethingBreaks() {
        try (LogWatch log = new LogWatch();
                EdgeHarness harness = new EdgeHarness()) {
            harness.evaluator.before = request -> {
                throw new IllegalStateException("a bug");
            };
            final CheckResponse response = ask(harness, check());
            assertEquals(503, response.getDeniedResponse().getStatus().getCode());
            assertEquals("INTERNAL", header(response.getDeniedResponse().getHeadersList(), "x-tollgate-reason"));
            assertFalse(log.all().isEmpty(), "the bug is told");
        }
    }

    @Test
    void shouldDenyWhileDraining() {
        try (EdgeHarness harness = new EdgeHarness()) {
            harness.listeners.drainEdge();
            final CheckResponse response = ask(harness, check());
            assertEquals(503, response.getDeniedResponse().getStatus().getCode());
            assertFalse(header(response.getDeniedResponse().getHeadersList(), "retry-after")
                    .isEmpty());
        }
    }

    @Test
    void shouldSpeakToGrpcClientsInWords() {
        final DecideResponse answer = DecideResponse.newBuilder()
                .setOutcome(Outcome.OUTCOME_DENY)
                .setReason(Reason.REASON_POLICY_DENY)
                .setReasonClass(ReasonClass.REASON_CLASS_POLICY)
                .setMessage("Words for the user.")
                .build();
        try (EdgeHarness harness = new EdgeHarness(builder -> builder, () -> new FixedEvaluator(answer))) {
            final CheckResponse response = ask(harness, grpcCall());
            assertEquals("Words for the user.", response.getDeniedResponse().getBody());
            assertEquals("", header(response.getDeniedResponse().getHeadersList(), "content-type"));
        }
    }

    @Test
    void shouldReadTheMappingThatIsConfigured() throws Exception {
        final Path mapping = Files.writeString(
                folder.resolve("envoy.yaml"),
                """
                upstream: { identity: { actor_id: x-actor, organization: x-org } }
                rules:
                  - name: models
                    match: { path: "/v1/{project}/models" }
                    request:
                      actor_type: user
                      actor_id: { context: actor_id }
                      project: { path: project }
                      product: llm
                      resource_type: model
                      action: invoke
                """);
        try (EdgeHarness harness = new EdgeHarness(builder -> builder.set("envoy.mapping", mapping.toString()))) {
            final CheckResponse response = ask(harness, check("GET", "/v1/rag/models", builder -> builder));
            assertTrue(response.hasOkResponse());
            assertEquals("ana", header(response.getOkResponse().getHeadersList(), "x-actor"));
            assertEquals(
                    List.of("x-org"),
                    response.getOkResponse().getHeadersToRemoveList(),
                    "there is none: a client's is removed");
            assertEquals(
                    "models",
                    response.getDynamicMetadata().getFieldsOrThrow("rule").getStringValue());
            assertEquals(
                    400,
                    ask(harness, check("GET", "/other", builder -> builder))
                            .getDeniedResponse()
                            .getStatus()
                            .getCode());
        }
    }
}
