/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ClientCalls;
import io.tollgate.envoy.auth.v3.AttributeContext;
import io.tollgate.envoy.auth.v3.AuthorizationGrpc;
import io.tollgate.envoy.auth.v3.CheckRequest;
import io.tollgate.envoy.auth.v3.CheckResponse;
import io.tollgate.server.config.SidecarConfigBuilder;
import io.tollgate.server.decisionlog.TestLog;
import io.tollgate.v1.DecideMode;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecisionLogEntry;
import io.tollgate.v1.Outcome;
import io.tollgate.v1.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Envoy asks is in the decision log like all else: allowed, denied, refused by the mapping, failed and shed. */
class LoggedChecksTest {
    private static final CallOptions PATIENT = CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS);
    private static final String KEY = "tgk_SECRET-of-ana";

    @TempDir
    Path folder;

    private final FakeEvaluator evaluator = new FakeEvaluator();

    private interface Asking {
        void ask(EdgeHarness edge);
    }

    private List<DecisionLogEntry> logged(final UnaryOperator<SidecarConfigBuilder> settings, final Asking asking)
            throws IOException {
        try (TestLog log = new TestLog(folder, settings);
                EdgeHarness edge = new EdgeHarness(() -> evaluator, log.lanes())) {
            asking.ask(edge);
            log.turn();
            return log.entries();
        }
    }

    private static AttributeContext.Builder context() {
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
                .getHttpBuilder()
                .setMethod("GET")
                .setPath("/v1/models")
                .putHeaders("x-request-id", "r-7");
        return attributes;
    }

    private static CheckResponse ask(final EdgeHarness edge, final AttributeContext.Builder attributes) {
        return ClientCalls.blockingUnaryCall(
                edge.tcp(),
                AuthorizationGrpc.getCheckMethod(),
                PATIENT,
                CheckRequest.newBuilder().setAttributes(attributes).build());
    }

    private static CheckResponse askBytes(final EdgeHarness edge, final byte[] bytes) {
        final MethodDescriptor<byte[], CheckResponse> method = AuthorizationGrpc.getCheckMethod().toBuilder(
                        new EdgeHarness.RawMarshaller(),
                        AuthorizationGrpc.getCheckMethod().getResponseMarshaller())
                .build();
        return ClientCalls.blockingUnaryCall(edge.tcp(), method, PATIENT, bytes);
    }

    private static String decisionId(final CheckResponse response) {
        return response.getDynamicMetadata().getFieldsOrThrow("decision_id").getStringValue();
    }

    @Test
    void shouldLogTheQuestionThatACheckBecame() throws Exception {
        final String[] id = {""};
        final DecisionLogEntry entry =
                logged(c -> c, edge -> id[0] = decisionId(ask(edge, context()))).get(0);

        assertEquals("ext_authz", entry.getFace());
        assertEquals(id[0], entry.getResponse().getDecisionId());
        assertEquals(Outcome.OUTCOME_ALLOW, entry.getResponse().getOutcome());
        final DecideRequest question = entry.getRequest();
        assertEquals("acme", question.getPlace().getOrganization());
        assertEquals("ana", question.getActor().getId());
        assertEquals("invoke", question.getTarget().getAction());
        assertEquals("r-7", question.getCorrelationId());
        assertEquals(DecideMode.DECIDE_MODE_CONSUME, question.getMode());
    }

    @Test
    void shouldMaskAsEverywhereAndNeverKeepAKey() throws Exception {
        final List<DecisionLogEntry> entries =
                logged(c -> c.set("decision_log.mask", "actor.id, correlation_id"), edge -> {
                    ask(edge, context());
                    final AttributeContext.Builder byKey =
                            context().removeContextExtensions("actor_type").removeContextExtensions("actor_id");
                    byKey.getRequestBuilder().getHttpBuilder().putHeaders("x-api-key", KEY);
                    ask(edge, byKey);
                });

        assertEquals(2, entries.size());
        assertEquals("", entries.get(0).getRequest().getActor().getId());
        assertEquals("", entries.get(0).getRequest().getCorrelationId());
        assertTrue(entries.get(0).getMaskedCount() > 0, entries.get(0)::toString);
        assertEquals("acme", entries.get(0).getRequest().getPlace().getOrganization());
        assertEquals("ext_authz", entries.get(1).getFace());
        assertTrue(evaluator.answered.get() == 2);
        final String second = entries.get(1).toString();
        assertFalse(second.contains("SECRET"), second);
        assertEquals("", entries.get(1).getRequest().getActor().getApiKey());
    }

    @Test
    void shouldLogWhatTheMappingRefuses() throws Exception {
        final String[] ids = {"", ""};
        final List<DecisionLogEntry> entries = logged(c -> c, edge -> {
            final AttributeContext.Builder unsafe = context();
            unsafe.getRequestBuilder().getHttpBuilder().setPath("/a/%2e%2e/b");
            ids[0] = decisionId(ask(edge, unsafe));
            ids[1] = decisionId(askBytes(edge, new byte[] {(byte) 0xff, (byte) 0xff, 1}));
        });

        assertEquals(2, entries.size());
        for (int i = 0; i < 2; i++) {
            assertEquals("ext_authz", entries.get(i).getFace());
            assertEquals(
                    Reason.REASON_INVALID_REQUEST, entries.get(i).getResponse().getReason());
            assertEquals(ids[i], entries.get(i).getResponse().getDecisionId());
            assertFalse(entries.get(i).getResponse().getMessage().isEmpty());
            assertFalse(entries.get(i).hasReadings(), "nothing was read");
            assertFalse(entries.get(i).getRequest().hasActor(), "there was no question");
        }
        assertEquals(0, evaluator.answered.get());
    }

    @Test
    void shouldLogWhatFailsAndWhatIsShed() throws Exception {
        final String[] ids = {"", ""};
        final List<DecisionLogEntry> entries = logged(c -> c, edge -> {
            evaluator.before = request -> {
                throw new IllegalStateException("for the test");
            };
            ids[0] = decisionId(ask(edge, context()));
            edge.listeners.drainEdge();
            ids[1] = decisionId(ask(edge, context()));
        });

        assertEquals(
                List.of(Reason.REASON_INTERNAL, Reason.REASON_OVERLOADED),
                entries.stream().map(entry -> entry.getResponse().getReason()).toList());
        for (int i = 0; i < 2; i++) {
            assertEquals("ext_authz", entries.get(i).getFace());
            assertEquals(ids[i], entries.get(i).getResponse().getDecisionId());
            assertEquals("ana", entries.get(i).getRequest().getActor().getId());
        }
    }
}
