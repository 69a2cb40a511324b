/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.InvalidProtocolBufferException;
import io.tollgate.envoy.auth.v3.CheckResponse;
import io.tollgate.server.envoy.mapping.Mapping;
import io.tollgate.server.envoy.mapping.MappingReader;
import io.tollgate.v1.CeilingState;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.Outcome;
import io.tollgate.v1.Reason;
import io.tollgate.v1.ReasonClass;
import io.tollgate.v1.Usage;
import io.tollgate.v1.Warning;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The generated class is the judge: what is written as bytes is the message that its builders make. */
class WireAnswerTest {
    private static final int ANSWERS = 5_000;
    private static final Mapping MAPPING = MappingReader.read(
            """
            upstream:
              identity:
                organization: x-org-id
                project: x-project
                actor_id: x-actor
                decision_id: x-decision
                granted: x-granted
              remove: [authorization, x-api-key]
            rules:
              - name: launch
                match: { path: /launch }
                request: { organization: o, actor_type: user, actor_id: a, product: p, resource_type: r, action: launch }
              - name: open
                match: { path: /open }
                pass: true
            """,
            "test");
    private static final List<String> TEXTS = List.of(
            "",
            "a",
            "POLICY",
            "say \"no\" \\ /",
            "\u00fcber",
            "\u65e5\u672c",
            "\ud83d\ude00",
            "\ud83d alone",
            "line\nbreak",
            "x".repeat(127),
            "x".repeat(128),
            "y".repeat(20_000),
            "\u00e9".repeat(100));

    private final WireAnswer wire = new WireAnswer();
    private final ExtAuthz ext = new ExtAuthz(MAPPING, () -> 1_000);

    private static String text(final Random random) {
        return TEXTS.get(random.nextInt(TEXTS.size()));
    }

    private static DecideRequest question(final Random random) {
        final DecideRequest.Builder question = DecideRequest.newBuilder();
        question.getPlaceBuilder().setOrganization(text(random)).setProject(text(random));
        question.getActorBuilder().setType("user").setId(text(random));
        for (int i = random.nextInt(3); i > 0; i--) {
            question.addUsage(Usage.newBuilder().setUnit(text(random)).setAmount(random.nextLong() >>> 1));
        }
        return question.build();
    }

    private static DecideResponse answer(final Random random) {
        final DecideResponse.Builder answer = DecideResponse.newBuilder()
                .setOutcomeValue(1 + random.nextInt(3))
                .setReason(random(Reason.values(), random))
                .setReasonClass(random(ReasonClass.values(), random))
                .setMessage(text(random))
                .setDecisionId(text(random))
                .setRetryAfterNs(random.nextInt(3) == 0 ? random.nextLong() >>> 1 >>> random.nextInt(60) : 0)
                .setRetryNever(random.nextInt(4) == 0);
        answer.getEvidenceBuilder()
                .setBundle(text(random))
                .setSnapshotVersion(random.nextLong() >>> 1)
                .setSnapshotDigest(text(random))
                .setDeltaSequence(random.nextInt(3));
        if (random.nextBoolean()) {
            answer.setBindingCeiling(CeilingState.newBuilder()
                    .setId(text(random))
                    .setUnit(text(random))
                    .setLimit(random.nextInt())
                    .setRemaining(random.nextInt())
                    .setPeriodMs(random.nextInt(100_000))
                    .setResetsAtMs(random.nextInt(100_000))
                    .setUnlimited(random.nextInt(5) == 0));
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            answer.addWarnings(Warning.newBuilder()
                    .setReason(random(Reason.values(), random))
                    .setMessage(text(random)));
            answer.addGranted(Usage.newBuilder().setUnit(text(random)).setAmount(random.nextLong() >>> 1));
        }
        if (random.nextBoolean()) {
            answer.getReservationBuilder().setId(text(random));
        }
        return answer.build();
    }

    private static <E extends Enum<E>> E random(final E[] values, final Random random) {
        return values[random.nextInt(values.length - 1)]; // the last is UNRECOGNIZED
    }

    @Test
    void shouldWriteWhatTheGeneratedClassBuilds() throws InvalidProtocolBufferException {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        for (int i = 0; i < ANSWERS; i++) {
            final String what = "seed " + seed + ", answer " + i;
            final ExtAuthz.Asked asked = new ExtAuthz.Asked(text(random), question(random), null, random.nextBoolean());
            final DecideResponse answer = answer(random);
            // through bytes: a builder keeps what is no text, bytes cannot
            final CheckResponse judge =
                    CheckResponse.parseFrom(ext.answer(asked, answer).toByteArray());
            final CheckBytes bytes = ext.answer(asked, answer, wire);
            assertEquals(judge, CheckResponse.parseFrom(bytes.message()), what);
            assertEquals(judge.hasDeniedResponse(), bytes.denies(), what);
        }
    }

    @Test
    void shouldWriteTheSettlingRulesReservation() throws InvalidProtocolBufferException {
        final Random random = new Random(1);
        final DecideResponse.Builder answer = answer(random).toBuilder().setOutcome(Outcome.OUTCOME_ALLOW);
        answer.getReservationBuilder().setId("res-1");
        final MessageAnswer message = new MessageAnswer();
        final ExtAuthz.Asked asked = new ExtAuthz.Asked("launch", question(random), null, false);
        new CheckAnswer(MAPPING.upstream()).tell(asked, true, answer.build(), 5, message);
        new CheckAnswer(MAPPING.upstream()).tell(asked, true, answer.build(), 5, wire);
        assertEquals(
                CheckResponse.parseFrom(message.message().toByteArray()),
                CheckResponse.parseFrom(wire.bytes().message()));
    }

    @Test
    void shouldWriteWhatPasses() throws InvalidProtocolBufferException {
        final ExtAuthz.Asked asked = new ExtAuthz.Asked("open", null, null, false);
        assertEquals(
                ext.pass(asked), CheckResponse.parseFrom(ext.pass(asked, wire).message()));
        assertArrayEquals(
                ext.pass(asked, wire).message(),
                ext.pass(asked, new WireAnswer()).message(),
                "nothing is left of the answer before");
    }
}
