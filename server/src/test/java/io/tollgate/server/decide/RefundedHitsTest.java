/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.envoy.ratelimit.v3.RateLimitDescriptor;
import io.tollgate.envoy.ratelimit.v3.RateLimitResponse;
import io.tollgate.envoy.ratelimit.v3.RateLimitResponse.Code;
import io.tollgate.server.decisionlog.TestLog;
import io.tollgate.server.support.TestSnapshots;
import io.tollgate.v1.BeyondReplay;
import io.tollgate.v1.DecisionLogEntry;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Negative hits of Envoy's rate limit service, on the real engine: project rag has 1,000 tokens a month. */
class RefundedHitsTest {
    @TempDir
    Path directory;

    private static RateLimitDescriptor.Builder back(final String actor, final long hits) {
        final RateLimitDescriptor.Builder descriptor = Limits.hits("tokens", actor, hits);
        return descriptor.setIsNegativeHits(true);
    }

    private static long left(final RateLimitResponse response) {
        assertEquals(Code.OK, response.getOverallCode(), response::toString);
        assertEquals("rag-tokens", response.getStatuses(0).getCurrentLimit().getName());
        return response.getStatuses(0).getLimitRemaining();
    }

    @Test
    void shouldComeBackAndBeToldApartInTheLog() throws Exception {
        final List<DecisionLogEntry> entries;
        try (TestSnapshots snapshots = new TestSnapshots(directory, 1);
                TestLog log = new TestLog(directory.resolve("log"), c -> c);
                EdgeHarness edge = new EdgeHarness(
                        builder -> builder.set("envoy.mapping", Limits.mapping(directory))
                                .set("shed.max_loop_lag_ms", "60000"),
                        () -> new EngineEvaluator(snapshots.engine.newWorker(), "edge-1"),
                        log.lanes())) {
            snapshots.activate(1);
            final Limits limits = new Limits(edge);
            assertEquals(700, left(limits.ask(Limits.hits("tokens", "ann", 300))));
            assertEquals(800, left(limits.ask(back("ann", 100))));
            assertEquals(1_000, left(limits.ask(back("ann", 10_000))), "no more than was used");
            assertEquals(999, left(limits.ask(Limits.hits("tokens", "ann", 1))));
            assertEquals(Code.OVER_LIMIT, limits.ask(back("nobody", 1)).getOverallCode());
            assertEquals(998, left(limits.ask(Limits.hits("tokens", "ann", 1))), "who is unknown gives nothing back");
            log.turn();
            entries = log.entries();
        }

        assertTrue(entries.stream().allMatch(entry -> entry.getFace().equals("rate_limit")), entries::toString);
        assertEquals(
                List.of(
                        "OUTCOME_ALLOW Allowed.",
                        "OUTCOME_ALLOW Given back.",
                        "OUTCOME_ALLOW Given back.",
                        "OUTCOME_ALLOW Allowed.",
                        "OUTCOME_DENY The actor is not known in this organization: 'user:nobody'.",
                        "OUTCOME_ALLOW Allowed."),
                entries.stream()
                        .map(entry -> entry.getResponse().getOutcome() + " "
                                + entry.getResponse().getMessage())
                        .toList());
        assertEquals(
                List.of(1, 2, 4),
                java.util.stream.IntStream.range(0, entries.size())
                        .filter(i -> entries.get(i).getReadings().getBeyond() == BeyondReplay.BEYOND_REPLAY_REFUND)
                        .boxed()
                        .toList(),
                "what cannot be replayed");
        assertEquals(0, entries.get(1).getResponse().getGrantedCount());
    }
}
