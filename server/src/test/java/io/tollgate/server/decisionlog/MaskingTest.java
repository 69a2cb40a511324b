/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decisionlog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.tollgate.v1.AttributeValue;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.DecisionLogEntry;
import io.tollgate.v1.DecisionReadings;
import io.tollgate.v1.ExtendRequest;
import io.tollgate.v1.Outcome;
import io.tollgate.v1.StringList;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nothing of what is masked is in the bytes of the file. */
class MaskingTest {
    @TempDir
    Path folder;

    private String logged(final String mask, final DecideRequest request, final DecideResponse answer)
            throws IOException {
        try (LogHarness harness = new LogHarness(folder, c -> c.set("decision_log.mask", mask))) {
            harness.decided(request, answer, false);
            harness.turn();
            return Files.readString(harness.file);
        }
    }

    private static AttributeValue text(final String value) {
        return AttributeValue.newBuilder().setStringValue(value).build();
    }

    @Test
    void shouldLeaveOutNamedFieldsAndStrikeThemFromTheAnswer() throws IOException {
        final DecideRequest.Builder request = LogHarness.question()
                .setCorrelationId("SECRET-correlation")
                .setIdempotencyKey("SECRET-key")
                .putAttributes("plain", text("seen"))
                .putAttributes("note", text("SECRET-note"));
        request.getActorBuilder()
                .setId("SECRET-ana")
                .addRoles("SECRET-role")
                .putAttributes(
                        "badge",
                        AttributeValue.newBuilder().setIntValue(77_001_234).build());
        request.getTargetBuilder()
                .setResourceId("SECRET-resource")
                .putResourceAttributes("ssn", text("SECRET-ssn"))
                .putResourceAttributes(
                        "tags",
                        AttributeValue.newBuilder()
                                .setStringList(StringList.newBuilder().addValues("SECRET-tag"))
                                .build());
        final DecideResponse.Builder answer = LogHarness.answer(Outcome.OUTCOME_DENY, "d-1")
                .setCorrelationId("SECRET-correlation")
                .setMessage("SECRET-ana with SECRET-note and badge 77001234 may not use SECRET-resource.");
        answer.getBindingCeilingBuilder().getScopeBuilder().setPath("org:acme/user:SECRET-ana");
        answer.addWarningsBuilder().setSubject("SECRET-tag").setMessage("SECRET-ssn");

        final String line = logged(
                "correlation_id, idempotency_key, actor.id, actor.roles, actor.attributes.*, target.resource_id,"
                        + " resource_attributes.*, attributes.note",
                request.build(),
                answer.build());

        assertFalse(line.contains("SECRET"), line);
        assertFalse(line.contains("77001234"), line);
        final DecisionLogEntry entry = LogHarness.entries(line).get(0);
        assertEquals("seen", entry.getRequest().getAttributesOrThrow("plain").getStringValue());
        assertEquals("acme", entry.getRequest().getPlace().getOrganization());
        assertEquals(
                "org:acme/user:***",
                entry.getResponse().getBindingCeiling().getScope().getPath());
        assertEquals("d-1", entry.getResponse().getDecisionId());
        assertEquals(
                List.of(
                        "correlation_id",
                        "idempotency_key",
                        "actor.id",
                        "actor.roles",
                        "actor.attributes.*",
                        "target.resource_id",
                        "resource_attributes.*",
                        "attributes.note"),
                entry.getMaskedList());
    }

    @Test
    void shouldNameOnlyWhatWasThere() throws IOException {
        final String line = logged(
                "idempotency_key, actor.id, attributes.none",
                LogHarness.question().build(),
                LogHarness.answer(Outcome.OUTCOME_DENY, "d").build());
        assertEquals(List.of("actor.id"), LogHarness.entries(line).get(0).getMaskedList());
    }

    @Test
    void shouldNeverHoldAnApiKeyButTheFirstBytesOfItsHash() throws Exception {
        final String key = "tg_live_0123456789abcdef";
        final byte[] hash = MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
        final DecideRequest.Builder byKey = LogHarness.question();
        byKey.getActorBuilder().clearType().clearId().setApiKey(key);
        final DecideRequest.Builder byHash = LogHarness.question();
        byHash.getActorBuilder().clearType().clearId().setApiKeySha256(ByteString.copyFrom(hash));
        try (LogHarness harness = new LogHarness(folder)) {
            harness.decided(
                    byKey.build(), LogHarness.answer(Outcome.OUTCOME_DENY, "a").build(), false);
            harness.decided(
                    byHash.build(), LogHarness.answer(Outcome.OUTCOME_DENY, "b").build(), false);
            harness.turn();
            final String text = Files.readString(harness.file);
            assertFalse(text.contains(key));
            assertFalse(text.contains(Base64.getEncoder().encodeToString(hash).substring(0, 14)), text);
            for (final DecisionLogEntry entry : harness.entries()) {
                assertEquals(
                        ByteString.copyFrom(Arrays.copyOf(hash, Masker.HASH_PREFIX_BYTES)),
                        entry.getRequest().getActor().getApiKeySha256());
            }
            final var ring = Objects.requireNonNull(harness.lane.ring());
            final byte[] memory = new byte[ring.buffer().capacity()];
            ring.buffer().getBytes(0, memory);
            assertFalse(new String(memory, StandardCharsets.ISO_8859_1).contains(key), "wiped from the ring too");
        }
    }

    @Test
    void shouldLeaveOutTheHashTooWhereAsked() throws IOException {
        final DecideRequest.Builder byKey = LogHarness.question();
        byKey.getActorBuilder().clearType().clearId().setApiKey("tg_live");
        final String line = logged(
                "actor.api_key",
                byKey.build(),
                LogHarness.answer(Outcome.OUTCOME_DENY, "a").build());
        final DecisionLogEntry entry = LogHarness.entries(line).get(0);
        assertTrue(entry.getRequest().getActor().getApiKeySha256().isEmpty());
        assertEquals(List.of("actor.api_key"), entry.getMaskedList());
    }

    @Test
    void shouldMaskWhatAReservationKnowsOfItsAsker() throws IOException {
        final DecideRequest.Builder known = LogHarness.question();
        known.getActorBuilder().setId("SECRET-ana").setApiKeySha256(ByteString.copyFrom(new byte[32]));
        try (LogHarness harness = new LogHarness(folder, c -> c.set("decision_log.mask", "actor.id"))) {
            harness.lane.log(
                    Face.EXTEND,
                    ExtendRequest.getDefaultInstance(),
                    LogHarness.answer(Outcome.OUTCOME_DENY, "a")
                            .setMessage("not SECRET-ana")
                            .build(),
                    false,
                    DecisionReadings.newBuilder().setExtended(known).build());
            harness.turn();
            final DecisionLogEntry entry = harness.entries().get(0);
            assertFalse(entry.toString().contains("SECRET"), entry.toString());
            assertEquals(
                    Masker.HASH_PREFIX_BYTES,
                    entry.getReadings()
                            .getExtended()
                            .getActor()
                            .getApiKeySha256()
                            .size());
            assertEquals(List.of("actor.id"), entry.getMaskedList());
        }
    }

    @Test
    void shouldDropFieldsThatItDoesNotKnow() throws IOException {
        final DecideRequest.Builder request = LogHarness.question();
        request.setUnknownFields(com.google.protobuf.UnknownFieldSet.newBuilder()
                .addField(
                        900,
                        com.google.protobuf.UnknownFieldSet.Field.newBuilder()
                                .addLengthDelimited(ByteString.copyFromUtf8("SECRET-of-tomorrow"))
                                .build())
                .build());
        try (LogHarness harness = new LogHarness(folder)) {
            final Pipe pipe = new Pipe();
            harness.log.follow(io.tollgate.v1.TailDecisionsRequest.getDefaultInstance(), pipe);
            harness.turn();
            harness.decided(
                    request.build(),
                    LogHarness.answer(Outcome.OUTCOME_DENY, "a").build(),
                    false);
            harness.turn();
            assertFalse(new String(pipe.sent.get(0).toByteArray(), StandardCharsets.ISO_8859_1).contains("SECRET"));
        }
    }
}
