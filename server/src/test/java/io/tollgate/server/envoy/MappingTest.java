/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Struct;
import io.tollgate.server.config.ConfigException;
import io.tollgate.server.envoy.mapping.MappingReader;
import io.tollgate.v1.DecideMode;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.Outcome;
import io.tollgate.v1.Reason;
import io.tollgate.v1.ReservationState;
import io.tollgate.v1.Usage;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is asked about a request, by the rules of a mapping; and the mistakes that a mapping may have. */
class MappingTest {
    private static final String MAPPING =
            """
            trusted_headers: [x-tenant]
            upstream:
              identity: { organization: x-org, decision_id: x-decision }
              remove: [x-api-key]
            request:
              organization: [ { claim: org }, { header: x-tenant } ]
              actor_type: user
              actor_id: [ { claim: sub }, { principal: "spiffe://acme/sa/{actor}" } ]
              api_key: { credential: x-api-key }
            rules:
              - name: health
                match: { path: /healthz }
                pass: true
              - name: launch
                match: { methods: [POST], path: "/v1/projects/{project}/launch", hosts: ["*.acme.com"] }
                request:
                  product: compute
                  resource_type: gpu_instance
                  action: launch
                  project: { path: project }
                  mode: reserve
                  ttl: 5m
                  usage:
                    - { unit: gpu_hour, amount: { query: hours }, default: 1, max: 24 }
                    - { unit: mebibyte, amount: { body_size: true }, divide: 1_048_576, default: 0 }
                  attributes: { urgent: { query: urgent, type: bool } }
                  resource_attributes: { region: { body: /region } }
                settle:
                  usage: [ { unit: gpu_hour, header: x-used-hours } ]
              - name: by-route
                match: { context: { gate: models } }
                request:
                  product: llm
                  resource_type: model
                  action: { context: action }
            """;
    private final ExtAuthz ext = new ExtAuthz(MappingReader.read(MAPPING, "envoy.yaml"), () -> 0);

    private DecideRequest ask(final Checks checks) {
        final ExtAuthz.Asked asked = ext.read(checks.check());
        assertNull(asked.refusal(), () -> String.valueOf(asked.refusal()));
        return Assertions.assertDoesNotThrow(() -> java.util.Objects.requireNonNull(asked.question()));
    }

    private DecideResponse refuse(final Checks checks) {
        final ExtAuthz.Asked asked = ext.read(checks.check());
        assertNull(asked.question(), () -> String.valueOf(asked.question()));
        return Assertions.assertDoesNotThrow(() -> java.util.Objects.requireNonNull(asked.refusal()));
    }

    private static Checks launch(final String query, final String body) {
        return Checks.of("POST", "/v1/projects/rag/launch" + query)
                .claims(Map.of("org", "acme", "sub", "ana"))
                .body(body);
    }

    @Test
    void shouldTakeEachValueFromWhereItComes() {
        final DecideRequest question = ask(launch("?hours=3&urgent=true", "{\"region\": \"eu-1\"}"));
        assertEquals("acme", question.getPlace().getOrganization());
        assertEquals("rag", question.getPlace().getProject());
        assertEquals("user", question.getActor().getType());
        assertEquals("ana", question.getActor().getId());
        assertEquals("launch", question.getTarget().getAction());
        assertEquals(DecideMode.DECIDE_MODE_RESERVE, question.getMode());
        assertEquals(300_000, question.getReservation().getTtlMs());
        assertEquals(3, question.getUsage(0).getAmount());
        assertEquals("mebibyte", question.getUsage(1).getUnit());
        assertEquals(1, question.getUsage(1).getAmount(), "rounded up");
        assertTrue(question.getAttributesOrThrow("urgent").getBoolValue());
        assertEquals(
                "eu-1",
                question.getTarget().getResourceAttributesOrThrow("region").getStringValue());
        assertEquals("req-1", question.getCorrelationId());
    }

    @Test
    void shouldTakeTheDefaultAndTheBound() {
        assertEquals(1, ask(launch("", "{}")).getUsage(0).getAmount());
        assertEquals(24, ask(launch("?hours=1000", "{}")).getUsage(0).getAmount());
    }

    @Test
    void shouldTakeTheFirstSourceThatHasAValue() {
        final DecideRequest question = ask(Checks.of("GET", "/anything")
                .context("gate", "models")
                .context("action", "invoke")
                .header("x-tenant", "lumen")
                .principal("spiffe://acme/sa/indexer"));
        assertEquals("lumen", question.getPlace().getOrganization());
        assertEquals("indexer", question.getActor().getId());
        assertEquals("invoke", question.getTarget().getAction());
        assertEquals(DecideMode.DECIDE_MODE_CONSUME, question.getMode());
    }

    @Test
    void shouldSendOnlyTheHashOfAnApiKey() throws Exception {
        final DecideRequest question = ask(Checks.of("GET", "/x")
                .context("gate", "models")
                .context("action", "invoke")
                .header("x-api-key", "secret-key"));
        assertEquals("", question.getActor().getApiKey());
        Assertions.assertArrayEquals(
                MessageDigest.getInstance("SHA-256").digest("secret-key".getBytes(StandardCharsets.UTF_8)),
                question.getActor().getApiKeySha256().toByteArray());
    }

    @Test
    void shouldLetPassWhatARuleLetsPass() {
        final ExtAuthz.Asked asked = ext.read(Checks.of("GET", "/healthz").check());
        assertNull(asked.question());
        assertNull(asked.refusal());
        assertTrue(ext.pass(asked).hasOkResponse());
        assertTrue(
                ext.pass(asked).getOkResponse().getHeadersToRemoveList().contains("x-org"),
                "nobody sends our headers through");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET|/v1/projects/rag/launch|UNKNOWN_ACTION",
                "POST|/v1/projects/rag/launch/more|UNKNOWN_ACTION",
                "POST|/v1/projects/rag%2f..%2fother/launch|INVALID_REQUEST",
                "POST|/v1/projects/../admin/launch|INVALID_REQUEST",
                "POST|/v1/projects/rag/launch?hours=-1|INVALID_REQUEST",
                "POST|/v1/projects/rag/launch?hours=1&hours=2|INVALID_REQUEST",
                "POST|/v1/projects/rag/launch?hours=%zz|INVALID_REQUEST",
                "POST|/v1/projects/rag/launch?hours=99999999999999999999|INVALID_REQUEST",
                "POST|/v1/projects/rag/launch?urgent=perhaps|INVALID_REQUEST",
            })
    void shouldRefuseWhatMakesNoQuestion(final String method, final String path, final String reason) {
        final DecideResponse refusal = refuse(Checks.of(method, path)
                .claims(Map.of("org", "acme", "sub", "ana"))
                .body("{}"));
        assertEquals(Reason.valueOf("REASON_" + reason), refusal.getReason());
    }

    @Test
    void shouldRefuseAPartialBody() {
        assertTrue(refuse(launch("", "{\"region\"").header("x-envoy-auth-partial-body", "true"))
                .getMessage()
                .contains("too long"));
        assertTrue(refuse(launch("", "{\"region\"")).getMessage().contains("not JSON"));
        assertTrue(refuse(launch("", "{\"region\": \"a\", \"region\": \"b\"}"))
                .getMessage()
                .contains("not JSON"));
    }

    @Test
    void shouldRefuseWhoSaysNothingOfHimself() {
        final DecideResponse refusal = refuse(Checks.of("GET", "/x").context("gate", "models"));
        assertEquals(Reason.REASON_INVALID_REQUEST, refusal.getReason());
    }

    @Test
    void shouldRefuseATrustedHeaderThatComesTwice() {
        refuse(Checks.of("GET", "/x")
                .context("gate", "models")
                .context("action", "invoke")
                .header("x-tenant", "lumen,acme")
                .principal("spiffe://acme/sa/indexer"));
    }

    @Test
    void shouldTellWhatWasReservedWhereTheAccessLogSettles() {
        final DecideResponse granted = DecideResponse.newBuilder()
                .setOutcome(Outcome.OUTCOME_ALLOW)
                .setReservation(ReservationState.newBuilder().setId("r-1"))
                .addGranted(Usage.newBuilder().setUnit("gpu_hour").setAmount(9_007_199_254_740_993L))
                .build();
        final Struct metadata =
                ext.answer(ext.read(launch("", "{}").check()), granted).getDynamicMetadata();
        assertEquals("r-1", metadata.getFieldsOrThrow("reservation_id").getStringValue());
        assertEquals(
                "9007199254740993",
                metadata.getFieldsOrThrow("reserved")
                        .getStructValue()
                        .getFieldsOrThrow("gpu_hour")
                        .getStringValue(),
                "no double would hold it");
        final ExtAuthz.Asked byRoute = ext.read(Checks.of("GET", "/x")
                .context("gate", "models")
                .context("action", "a")
                .principal("spiffe://acme/sa/x")
                .check());
        assertTrue(ext.answer(byRoute, granted).getDynamicMetadata().containsFields("reservation_id"));
        assertFalse(
                ext.answer(byRoute, granted).getDynamicMetadata().containsFields("reserved"),
                "the application settles");
    }

    @Test
    void shouldKnowHowReservationsEnd() {
        assertNotNull(ext.mapping().settlement("launch"));
        assertNull(ext.mapping().settlement("by-route"));
        assertNull(ext.mapping().settlement("no such rule"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|needs at least rules",
                "rules: []|without a rule nothing passes",
                "rule: []|is not a known key",
                "rules: [ { name: a, pass: maybe } ]|must be true",
                "rules: [ { name: a } ]|says no product",
                "rules: [ { name: a, request: { actor_id: { query: user } } } ]|which any client can write",
                "rules: [ { name: a, request: { organization: { header: x-org } } } ]|which any client can send",
                "rules: [ { name: a, match: { path: \"/a/{b}\" }, request: { project: { path: c } } } ]|the rule's path does not have",
                "rules: [ { name: a, match: { path: a } } ]|must start with a slash",
                "rules: [ { name: a, match: { path: /a/**/b } } ]|before its end",
                "rules: [ { name: a, pass: true }, { name: b, pass: true } ]|is never reached",
                "rules: [ { name: a, pass: true, match: {path: /a} }, { name: a, pass: true } ]|names are unique",
                "rules: [ { name: a, request: { ttl: 5 } } ]|write a duration",
                "rules: [ { name: a, request: { usage: [ { unit: t } ] } } ]|needs amount",
                "rules: [ { name: a, request: { usage: [ { unit: t, amount: 1, divide: 0 } ] } } ]|at least 1",
                "rules: [ { name: a, request: { project: { claim: a, query: b } } } ]|has two sources",
                "rules: [ { name: a, request: { project: {} } } ]|names no source",
                "rules: [ { name: a, request: { project: { body: model } } } ]|JSON pointer",
                "rules: [ { name: a, settle: { on_missing: never } } ]|write one of",
                "rules: [ { name: a, settle: { usage: [ { unit: t } ] } } ]|must say one of",
                "rules: [ { name: a, settle: {} } ]|its mode is consume; write mode: reserve",
                "rules: [ { name: a, request: { mode: check }, settle: {} } ]|its mode is check; write mode: reserve",
                "rules: [ { name: a, pass: true, settle: {} } ]|nothing to settle",
                "rules: [ { name: a, request: { mode: reserve }, settle: { on_missing: actual } } ]|what is missing",
                "rules: [ { name: a, settle: { usage: [ { unit: t, header: x } ] } } ]|which the rule does not reserve",
                "rules: [ { name: a, settle: { usage: [ { unit: t, metadata: x } ] } } ]|needs metadata and key together",
                "rules: [{name: a, request: {usage: [{unit: t, amount: 1}]}, "
                        + "settle: {usage: [{unit: t, header: x}, {unit: t, header: y}]}}]|second time",
                "upstream: { remove: [x-org], identity: { organization: x-org } }|would be lost",
                "rules: [ { name: a, name: b } ]|stands here twice",
                "rules: [ {|is not YAML",
            })
    void shouldTellEveryMistakeWithItsPlace(final String yaml, final String words) {
        final ConfigException problems =
                Assertions.assertThrows(ConfigException.class, () -> MappingReader.read(yaml, "envoy.yaml"));
        assertTrue(problems.getMessage().contains(words), problems.getMessage());
        assertTrue(problems.getMessage().startsWith("envoy.yaml:"), problems.getMessage());
    }
}
