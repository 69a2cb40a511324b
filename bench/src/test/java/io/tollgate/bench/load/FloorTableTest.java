/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Status;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.Outcome;
import io.tollgate.v1.Reason;
import java.io.ByteArrayInputStream;
import java.util.List;
import org.junit.jupiter.api.Test;

class FloorTableTest {
    private static final FloorCase CASE = new FloorCase(LoadPlan.Call.UNARY, 1, 8, false);

    @Test
    void shouldCompareMedians() {
        final FloorTable.Row row = new FloorTable.Row(CASE);
        for (final int us : new int[] {10, 90, 20}) {
            row.empty.add(run(us, TypicalAnswer.make()));
        }
        for (final int us : new int[] {25, 24, 1_000}) {
            row.sidecar.add(run(us, TypicalAnswer.make()));
        }
        final FloorTable table = new FloorTable();
        table.add(row);
        assertEquals(1.25, row.ratio(LoadResult::serverUsPerCall), 1e-9);
        assertTrue(table.markdown().contains("| unary | 8 | tcp | 1,000 / 1,000 |"), table::markdown);
        assertTrue(table.markdown().contains("| 20.0 / 25.0 | 1.25 | 1.00 |"), table::markdown);
        assertEquals(List.of(), table.failures());
        assertEquals(40_000, table.decisionsPerCpuSecond(LoadPlan.Call.UNARY, 8), 1e-6);
    }

    @Test
    void shouldTakeTheMiddleOfAnEvenNumberOfRuns() {
        final List<LoadResult> runs = List.of(run(10, TypicalAnswer.make()), run(30, TypicalAnswer.make()));
        assertEquals(20, FloorTable.median(runs, LoadResult::serverUsPerCall), 1e-9);
    }

    @Test
    void shouldTellFailuresAndDenials() {
        final FloorTable.Row row = new FloorTable.Row(CASE);
        final DecideResponse denied = DecideResponse.newBuilder()
                .setOutcome(Outcome.OUTCOME_DENY)
                .setReason(Reason.REASON_RATE_LIMITED)
                .build();
        row.sidecar.add(run(10, denied));
        final LoadResult failed = run(10, TypicalAnswer.make());
        failed.tally().failed(Status.UNAVAILABLE);
        row.empty.add(failed);
        final FloorTable table = new FloorTable();
        table.add(row);
        assertEquals(
                List.of("empty server, unary: 1 UNAVAILABLE", "sidecar, unary: 1000 answered DENY RATE_LIMITED"),
                table.failures());
    }

    /** A second with a thousand calls of 5 ms that cost the server so much each. */
    private static LoadResult run(final long serverUs, final DecideResponse response) {
        final Tally tally = new Tally();
        for (int i = 0; i < 1_000; i++) {
            tally.completed(Answer.ofDecision().parse(new ByteArrayInputStream(response.toByteArray())));
            tally.latency(5_000_000);
        }
        return new LoadResult(
                CASE.plan(LocalAddress.parse("127.0.0.1:1"), LoadPlan.Span.ofSeconds(1, 1)),
                tally,
                1_000_000_000L,
                new LoadResult.Usage(serverUs * 1_000 * 1_000, 1),
                new LoadResult.Usage(1, 1),
                null);
    }
}
