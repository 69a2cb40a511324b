/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.vectors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.protobuf.ByteString;
import io.tollgate.server.envoy.ExtAuthz;
import io.tollgate.server.envoy.wire.WireCheck;
import io.tollgate.v1.DecideMode;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.Outcome;
import io.tollgate.v1.Reason;
import io.tollgate.v1.ReasonClass;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** How much of what can be asked can be asked through ext_authz, and that it is the same question. */
class CheckMappingTest {
    private static final int MAPPINGS = 30;
    private static final int REQUESTS = 12;

    private static List<CheckedVectors.Asked> asked() {
        final List<CheckedVectors.Asked> asked = new ArrayList<>();
        VectorFile.all().forEach(file -> file.cases().forEach(each -> asked.addAll(CheckedVectors.asked(each))));
        return asked;
    }

    /** What is left out goes through DecisionService in the same cases. Nothing may be added here without a thought. */
    @Test
    void shouldExpressNearlyEveryDecisionOfTheVectors() {
        final List<CheckedVectors.Asked> asked = asked();
        final Map<String, Integer> obstacles = new TreeMap<>();
        for (CheckedVectors.Asked each : asked) {
            final String obstacle = AsCheck.obstacle(each.request());
            if (obstacle != null) {
                obstacles.merge(obstacle, 1, Integer::sum);
            }
        }
        assertEquals(
                Map.of(
                        "an actor and a key at once: a mapping asks about the key",
                        1,
                        "the hash of a key: a mapping hashes keys itself",
                        3,
                        "nobody asks: the mapping refuses that itself, before there is a question",
                        2,
                        "no action: a mapping without one does not start",
                        1,
                        "an amount below 1: a mapping leaves out 0 and refuses what is no whole number",
                        2,
                        "a registry version above 2^63 - 1",
                        1),
                obstacles);
        final int left = obstacles.values().stream().mapToInt(Integer::intValue).sum();
        assertTrue(left * 10 < asked.size(), () -> left + " of " + asked.size());
    }

    @Test
    void shouldSeeEveryOutcomeClassAndReasonThroughExtAuthz() {
        final Set<Outcome> outcomes = EnumSet.of(Outcome.UNRECOGNIZED, Outcome.OUTCOME_UNSPECIFIED);
        final Set<ReasonClass> classes = EnumSet.of(ReasonClass.UNRECOGNIZED);
        // Leases are not there yet; the others need a failing sidecar (ExtAuthzTest), a client, or an atomic batch.
        final Set<Reason> reasons = EnumSet.of(
                Reason.UNRECOGNIZED,
                Reason.REASON_UNSPECIFIED,
                Reason.REASON_LEASE_EXPIRED,
                Reason.REASON_JOURNAL_FULL,
                Reason.REASON_OVERLOADED,
                Reason.REASON_INTERNAL,
                Reason.REASON_AUDIT_UNAVAILABLE,
                Reason.REASON_BATCH_DENIED,
                Reason.REASON_NEAR_LIMIT,
                Reason.REASON_UNREACHABLE);
        final Set<Reason> warnings = EnumSet.noneOf(Reason.class);
        for (CheckedVectors.Asked each : asked()) {
            if (each.isExpressible()) {
                final DecideResponse answer =
                        (DecideResponse) Vectors.parse(each.step().get("expect"), DecideResponse.newBuilder());
                outcomes.add(answer.getOutcome());
                classes.add(answer.getReasonClass());
                reasons.add(answer.getReason());
                answer.getWarningsList().forEach(warning -> warnings.add(warning.getReason()));
            }
        }
        assertEquals(EnumSet.allOf(Outcome.class), outcomes);
        assertEquals(EnumSet.allOf(ReasonClass.class), classes);
        assertEquals(EnumSet.allOf(Reason.class), reasons);
        assertTrue(warnings.contains(Reason.REASON_NEAR_LIMIT), warnings::toString);
    }

    @Test
    void shouldMakeTheSameQuestionOfAnyRequestInAnyDisguise() {
        final long seed = System.nanoTime();
        final SplittableRandom random = new SplittableRandom(seed);
        final WireCheck wire = new WireCheck();
        final RandomRequests requests = new RandomRequests(random);
        final Set<String> places = new TreeSet<>();
        for (int i = 0; i < MAPPINGS; i++) {
            final List<DecideRequest> some = new ArrayList<>();
            while (some.size() < REQUESTS) {
                some.add(requests.next());
            }
            final CheckMapping checks = new CheckMapping(some, random.nextLong());
            final ExtAuthz ext = new ExtAuthz(checks.mapping(), () -> 0);
            for (DecideRequest request : some) {
                final AsCheck check = Objects.requireNonNull(checks.find(request));
                final ExtAuthz.Asked asked = ext.read(check.check());
                assertEquals(asked, ext.read(check.check().toByteArray(), wire), () -> "seed " + seed + ": " + check);
                assertNull(asked.refusal(), () -> "seed " + seed + ": " + asked.refusal() + " to " + check);
                assertEquals(expected(request), asked.question(), () -> "seed " + seed + ": " + check);
                assertEquals(check.rule().get("name").getAsString(), asked.rule());
                assertEquals(check.isGrpc(), asked.isGrpc());
                kinds(check.rule().get("request"), places);
            }
        }
        final Set<String> missing = new TreeSet<>(Set.of(
                "body", "claim", "context", "credential", "header", "metadata", "path", "principal", "query", "value"));
        missing.removeAll(places);
        assertEquals(Set.of(), missing, () -> "seed " + seed);
    }

    private static void kinds(JsonElement element, Set<String> kinds) {
        if (element instanceof JsonObject object) {
            kinds.addAll(object.keySet());
            object.asMap().values().forEach(each -> kinds(each, kinds));
        } else if (element.isJsonArray()) {
            element.getAsJsonArray().forEach(each -> kinds(each, kinds));
        }
    }

    /** The same request in the words of a mapping: keys hashed, no mode is CHECK. */
    private static DecideRequest expected(DecideRequest request) {
        final DecideRequest.Builder expected = request.toBuilder();
        if (request.getMode() == DecideMode.DECIDE_MODE_UNSPECIFIED) {
            expected.setMode(DecideMode.DECIDE_MODE_CHECK);
        }
        if (!request.getActor().getApiKey().isEmpty()) {
            expected.getActorBuilder()
                    .clearApiKey()
                    .setApiKeySha256(sha256(request.getActor().getApiKey()));
        }
        return expected.build();
    }

    private static ByteString sha256(String key) {
        try {
            return ByteString.copyFrom(
                    MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
