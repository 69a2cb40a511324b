/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import static io.tollgate.server.decide.Limits.codes;
import static io.tollgate.server.decide.Limits.descriptor;
import static io.tollgate.server.decide.Limits.header;
import static io.tollgate.server.decide.Limits.hits;
import static io.tollgate.server.decide.Limits.request;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.tollgate.envoy.ratelimit.v3.RateLimitDescriptor;
import io.tollgate.envoy.ratelimit.v3.RateLimitRequest;
import io.tollgate.envoy.ratelimit.v3.RateLimitResponse;
import io.tollgate.envoy.ratelimit.v3.RateLimitResponse.Code;
import io.tollgate.envoy.ratelimit.v3.RateLimitResponse.RateLimit.Unit;
import io.tollgate.server.envoy.ratelimit.LimitCounts;
import io.tollgate.server.support.TestSnapshots;
import io.tollgate.v1.CeilingState;
import io.tollgate.v1.DecideMode;
import io.tollgate.v1.Usage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Envoy's rate limit service over real gRPC, against the real engine: project rag has 1,000 tokens a month. */
class RateLimitTest {
    @TempDir
    Path directory;

    private TestSnapshots snapshots;
    private EdgeHarness edge;
    private Limits limits;

    @BeforeEach
    void open() throws IOException {
        snapshots = new TestSnapshots(directory, 1);
        snapshots.activate(1);
        edge = new EdgeHarness(
                builder -> builder.set("envoy.mapping", Limits.mapping(directory))
                        .set("limits.max_batch_size", "8")
                        .set("shed.max_loop_lag_ms", "60000"),
                () -> new EngineEvaluator(snapshots.engine.newWorker(), "edge-1"));
        limits = new Limits(edge);
    }

    @AfterEach
    void close() {
        edge.close();
        snapshots.close();
    }

    private long remaining() {
        final CeilingState ceiling = edge.stub()
                .decide(EngineAnswersTest.question(
                                "ann",
                                Usage.newBuilder().setAmount(1).setUnit("token").build())
                        .setMode(DecideMode.DECIDE_MODE_CHECK)
                        .build())
                .getBindingCeiling();
        assertEquals("rag-tokens", ceiling.getId());
        assertEquals("monthly", ceiling.getPeriod());
        return ceiling.getRemaining();
    }

    /** {@return what was counted, without zeros: "edge/tokens ok 3"} */
    private List<String> counted() {
        final LimitCounts counts = edge.listeners.rateLimitCounts();
        final List<String> counted = new ArrayList<>();
        counts.slots().forEach(slot -> {
            for (final LimitCounts.Code code : LimitCounts.Code.values()) {
                if (counts.count(slot, code) > 0) {
                    counted.add(
                            slot.domain() + "/" + slot.rule() + " " + code.label() + " " + counts.count(slot, code));
                }
            }
        });
        return counted;
    }

    private static JsonNode problem(final RateLimitResponse response) throws IOException {
        assertEquals("application/problem+json", header(response, "content-type"));
        return new JsonMapper().readTree(response.getRawBody().toByteArray());
    }

    @Test
    void shouldTakeHitsAndTellWhatIsLeft() {
        final RateLimitResponse response = limits.ask(hits("tokens", "ann", 300));

        assertEquals(Code.OK, response.getOverallCode());
        assertEquals(1, response.getStatusesCount());
        final RateLimitResponse.DescriptorStatus status = response.getStatuses(0);
        assertEquals(Code.OK, status.getCode());
        assertEquals("rag-tokens", status.getCurrentLimit().getName());
        assertEquals(1_000, status.getCurrentLimit().getRequestsPerUnit());
        assertEquals(Unit.MONTH, status.getCurrentLimit().getUnit());
        assertEquals(700, status.getLimitRemaining());
        assertEquals(700, remaining());
        assertFalse(header(response, "x-tollgate-decision-id").isEmpty());
        assertEquals("", header(response, "x-tollgate-reason"));
        assertEquals("", header(response, "content-type"));
        assertTrue(header(response, "ratelimit").startsWith("\"rag-tokens\";r=700"), header(response, "ratelimit"));
        assertTrue(header(response, "ratelimit-policy").startsWith("\"rag-tokens\";q=1000"));
        assertTrue(response.getRawBody().isEmpty());
        assertEquals(List.of("edge/tokens ok 1"), counted());
    }

    @Test
    void shouldBeOverTheLimitAndSayWhy() throws Exception {
        final RateLimitResponse response = limits.ask(hits("tokens", "ann", 1_001));

        assertEquals(Code.OVER_LIMIT, response.getOverallCode());
        assertEquals(List.of(Code.OVER_LIMIT), codes(response));
        assertEquals(1_000, response.getStatuses(0).getLimitRemaining());
        assertEquals("QUOTA_EXHAUSTED", header(response, "x-tollgate-reason"));
        final JsonNode problem = problem(response);
        assertEquals("urn:tollgate:reason:quota-exhausted", problem.get("type").asText());
        assertEquals("Limit reached", problem.get("title").asText());
        assertEquals(
                header(response, "x-tollgate-decision-id"),
                problem.get("decision_id").asText());
        assertFalse(problem.get("retry").asBoolean(), "waiting does not help: it is more than a whole month has");
        assertEquals("", header(response, "retry-after"));
        assertEquals(1_000, remaining());
        assertEquals(
                "QUOTA_EXHAUSTED",
                response.getDynamicMetadata().getFieldsOrThrow("reason").getStringValue());
        assertEquals(List.of("edge/tokens over_limit 1"), counted());
    }

    @Test
    void shouldTakeAllOrNothingOfSeveralDescriptors() {
        final RateLimitResponse denied =
                limits.ask(hits("tokens", "ann", 600), hits("kilo", "ann", 5), hits("tokens", "ann", 100));
        assertEquals(Code.OVER_LIMIT, denied.getOverallCode());
        assertEquals(List.of(Code.OK, Code.OVER_LIMIT, Code.OK), codes(denied), "the others would have had room");
        assertEquals("QUOTA_EXHAUSTED", header(denied, "x-tollgate-reason"));
        assertEquals(1_000, remaining(), "a denied request takes from nobody");
        final RateLimitResponse taken = limits.ask(hits("tokens", "ann", 600), hits("kilo", "ann", 3));
        assertEquals(List.of(Code.OK, Code.OK), codes(taken));
        assertEquals(100, remaining());
        assertEquals(
                List.of("edge/tokens ok 1", "edge/tokens not_taken 2", "edge/kilo ok 1", "edge/kilo over_limit 1"),
                counted());
    }

    @Test
    void shouldAddUpDescriptorsThatAreTheSame() {
        assertEquals(
                List.of(Code.OK, Code.OVER_LIMIT),
                codes(limits.ask(hits("tokens", "ann", 600), hits("tokens", "ann", 600))));
        assertEquals(
                List.of(Code.OK, Code.OK), codes(limits.ask(hits("tokens", "ann", 500), hits("tokens", "ann", 500))));
        assertEquals(0, remaining());
    }

    @Test
    void shouldTakeNothingWhenAnotherDescriptorIsRefused() {
        for (final RateLimitDescriptor.Builder bad : List.of(
                descriptor("nobody-knows", "x"),
                hits("plain", "ann", 2),
                descriptor("tokens", "eve"),
                descriptor("tokens", "nobody"),
                descriptor("tokens", ""),
                hits("tokens", "ann", -1),
                hits("tokens", "eve", 0),
                RateLimitDescriptor.newBuilder())) {
            final RateLimitResponse response = limits.ask(hits("tokens", "ann", 600), bad);
            assertEquals(Code.OVER_LIMIT, response.getOverallCode(), bad.toString());
            assertEquals(List.of(Code.OK, Code.OVER_LIMIT), codes(response), bad.toString());
            assertEquals(1_000, remaining(), bad.toString());
        }
    }

    @Test
    void shouldCheckWithoutHits() {
        assertEquals(Code.OK, limits.ask(hits("tokens", "ann", 0)).getOverallCode());
        assertEquals(1_000, remaining());
        limits.ask(hits("tokens", "ann", 1_000));
        final RateLimitResponse none = limits.ask(hits("tokens", "ann", 0));
        assertEquals(Code.OVER_LIMIT, none.getOverallCode(), "there is no room for a hit");
        assertEquals(Code.OVER_LIMIT, limits.ask(hits("kilo", "ann", 0)).getOverallCode());
    }

    @Test
    void shouldTakeWhatIsLeftOfHitsThatHaveHappened() {
        assertEquals(Code.OK, limits.ask(hits("late", "ann", 900)).getOverallCode());
        assertEquals(100, remaining());
        final RateLimitResponse more = limits.ask(hits("late", "ann", 500));
        assertEquals(Code.OVER_LIMIT, more.getOverallCode(), "not all of it had room");
        assertEquals(0, remaining(), "and the next request finds nothing");
        assertEquals(Code.OVER_LIMIT, limits.ask(hits("late", "ann", 1)).getOverallCode());
        assertEquals(Code.OVER_LIMIT, limits.ask(hits("late", "ann", 0)).getOverallCode());
    }

    @Test
    void shouldGiveHitsBack() {
        limits.ask(hits("tokens", "ann", 300));
        final RateLimitResponse back = limits.ask(hits("tokens", "ann", 200).setIsNegativeHits(true));
        assertEquals(List.of(Code.OK), codes(back));
        assertEquals(900, back.getStatuses(0).getLimitRemaining());
        assertEquals(900, remaining());
        assertEquals(
                List.of(Code.OVER_LIMIT, Code.OK),
                codes(limits.ask(
                        hits("tokens", "ann", 950), hits("tokens", "ann", 50).setIsNegativeHits(true))),
                "what comes back comes after what is taken, and only when the request passes");
        assertEquals(900, remaining());
        assertEquals(
                List.of(Code.OK, Code.OK),
                codes(limits.ask(hits("tokens", "ann", 50).setIsNegativeHits(true), hits("tokens", "ann", 800))));
        assertEquals(150, remaining());
        assertEquals(
                Code.OVER_LIMIT,
                limits.ask(hits("tokens", "eve", 1).setIsNegativeHits(true)).getOverallCode());
        assertEquals(
                List.of(
                        "edge/tokens ok 2",
                        "edge/tokens over_limit 2",
                        "edge/tokens not_taken 1",
                        "edge/tokens refunded 2"),
                counted());
    }

    @Test
    void shouldLetTheShadowPassAndCountIt() {
        final RateLimitResponse response = limits.ask(hits("shadow", "ann", 5_000), hits("shadow", "eve", 1));
        assertEquals(List.of(Code.OK, Code.OK), codes(response));
        assertEquals(Code.OK, response.getOverallCode());
        assertFalse(response.getStatuses(0).hasCurrentLimit(), "nobody is limited by it");
        assertEquals("", header(response, "ratelimit"));
        limits.ask(hits("shadow", "ann", 5));
        assertEquals(1_000, remaining());
        assertEquals(List.of("edge/shadow shadow_ok 1", "edge/shadow shadow_over_limit 2"), counted());
    }

    @Test
    void shouldLetPassWhatIsUnlimitedOrNotKnownWhereThatIsWanted() {
        final RateLimitResponse free = limits.ask(descriptor("free", "x"));
        assertEquals(List.of(Code.OK), codes(free));
        assertEquals(-1, free.getStatuses(0).getLimitRemaining(), "2^32-1");
        assertEquals(0, free.getResponseHeadersToAddCount());
        final RateLimitResponse open = limits.ask(request("open", descriptor("what", "x"), hits("tokens", "ann", 10)));
        assertEquals(List.of(Code.OK, Code.OK), codes(open));
        assertEquals(990, remaining());
        assertEquals(List.of("edge/free ok 1", "open/tokens ok 1", "open/(unmatched) ok 1"), counted());
    }

    @Test
    void shouldRefuseWholeRequestsWithAsManyStatuses() throws Exception {
        final RateLimitRequest noDomain = request("", descriptor("free", "x"), descriptor("free", "y"));
        assertEquals(List.of(Code.OVER_LIMIT, Code.OVER_LIMIT), codes(limits.ask(noDomain)));
        assertTrue(problem(limits.ask(noDomain)).get("detail").asText().contains("no domain"));
        final RateLimitResponse empty = limits.ask();
        assertEquals(Code.OVER_LIMIT, empty.getOverallCode());
        assertEquals(0, empty.getStatusesCount());
        assertTrue(problem(empty).get("detail").asText().contains("no descriptors"));
        final RateLimitRequest.Builder many = RateLimitRequest.newBuilder().setDomain("edge");
        many.addAllDescriptors(Collections.nCopies(9, descriptor("free", "x").build()));
        final RateLimitResponse tooMany = limits.ask(many.build());
        assertEquals(Collections.nCopies(9, Code.OVER_LIMIT), codes(tooMany));
        final RateLimitResponse unknown = limits.ask(request("elsewhere", descriptor("free", "x")));
        assertEquals(List.of(Code.OVER_LIMIT), codes(unknown));
        assertEquals("UNKNOWN_ACTION", header(unknown, "x-tollgate-reason"));
        final RateLimitResponse nonsense = limits.askBytes(new byte[] {(byte) 0xff, (byte) 0xff, 1});
        assertEquals(Code.OVER_LIMIT, nonsense.getOverallCode());
        assertEquals("INVALID_REQUEST", header(nonsense, "x-tollgate-reason"));
        assertEquals(List.of("(unknown)/(unmatched) over_limit 6"), counted());
    }

    @Test
    void shouldBeOverTheLimitWhenTheDataIsStale() {
        snapshots.clock.advanceMs(3_600_000);
        final RateLimitResponse response =
                limits.ask(descriptor("tokens", "ann"), descriptor("free", "x"), hits("kilo", "ann", 0));
        assertEquals(Code.OVER_LIMIT, response.getOverallCode());
        assertEquals(List.of(Code.OVER_LIMIT, Code.OK, Code.OVER_LIMIT), codes(response));
        assertEquals("SNAPSHOT_STALE", header(response, "x-tollgate-reason"));
        assertFalse(header(response, "x-tollgate-decision-id").isEmpty());
    }

    @Test
    void shouldBeOverTheLimitWhileDraining() {
        edge.listeners.drainEdge();
        final RateLimitResponse response = limits.ask(descriptor("tokens", "ann"), descriptor("plain", "ann"));
        assertEquals(List.of(Code.OVER_LIMIT, Code.OVER_LIMIT), codes(response));
        assertEquals("OVERLOADED", header(response, "x-tollgate-reason"));
        assertFalse(header(response, "retry-after").isEmpty());
    }

    @Test
    void shouldNameEveryDescriptorInTheMetadata() {
        final RateLimitResponse response =
                limits.ask(hits("tokens", "ann", 1), descriptor("free", "x"), descriptor("shadow", "ann"));
        assertEquals(
                List.of("tokens ok", "free ok", "shadow shadow_ok"),
                response.getDynamicMetadata().getFieldsOrThrow("descriptors").getListValue().getValuesList().stream()
                        .map(each -> each.getStructValue()
                                        .getFieldsOrThrow("rule")
                                        .getStringValue() + " "
                                + each.getStructValue().getFieldsOrThrow("code").getStringValue())
                        .collect(Collectors.toList()));
    }
}
