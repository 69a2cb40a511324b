/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.tollgate.v1.AdministrationServiceGrpc;
import io.tollgate.v1.LedgerEntry;
import io.tollgate.v1.LedgerView;
import io.tollgate.v1.QueryLedgerRequest;
import io.tollgate.v1.QueryLedgerResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** The control plane's ledger after a series of kills, against what callers were told: every acknowledged use once, nothing twice. */
final class CrashLedger implements AutoCloseable {
    private static final String DIMENSION = "jobs.tokens";
    private static final int PAGE = 1_000;
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(60);

    private final ManagedChannel channel;

    CrashLedger(final String controlAddress) {
        channel = NettyChannelBuilder.forTarget(controlAddress).usePlaintext().build();
    }

    /** Waits until all that was acknowledged has arrived, then compares. */
    void check(final CrashLoad load, final String what) {
        final long end = System.nanoTime() + PATIENCE_NS;
        Found found = read();
        while (!found.holds(load) && System.nanoTime() < end) {
            RealProcess.pause();
            found = read();
        }
        found.compare(load, what);
    }

    private Found read() {
        final Found found = new Found();
        String page = "";
        do {
            final QueryLedgerResponse response = AdministrationServiceGrpc.newBlockingStub(channel)
                    .withWaitForReady()
                    .withDeadlineAfter(20, TimeUnit.SECONDS)
                    .queryLedger(QueryLedgerRequest.newBuilder()
                            .setView(LedgerView.LEDGER_VIEW_EVENTS)
                            .setDimension(DIMENSION)
                            .setPageSize(PAGE)
                            .setPageToken(page)
                            .build());
            response.getEntriesList().forEach(found::add);
            page = response.getNextPageToken();
        } while (!page.isEmpty());
        return found;
    }

    private static final class Found {
        private final Map<String, List<Long>> byDecision = new HashMap<>();
        private final Map<String, List<Long>> byReservation = new HashMap<>();
        private final Set<String> events = new HashSet<>();
        private int entries;

        void add(final LedgerEntry entry) {
            entries++;
            events.add(entry.getEventId());
            final boolean settled = !entry.getReservationId().isEmpty();
            (settled ? byReservation : byDecision)
                    .computeIfAbsent(
                            settled ? entry.getReservationId() : entry.getDecisionId(), key -> new ArrayList<>())
                    .add(entry.getAmount());
        }

        boolean holds(final CrashLoad load) {
            return byDecision.keySet().containsAll(load.consumed.keySet())
                    && load.settled.entrySet().stream()
                            .allMatch(each -> each.getValue() == 0 || byReservation.containsKey(each.getKey()));
        }

        void compare(final CrashLoad load, final String what) {
            assertEquals(entries, events.size(), what + ": an event is there twice");
            load.consumed.forEach((id, amount) ->
                    assertEquals(List.of(amount), byDecision.getOrDefault(id, List.of()), what + ": decision " + id));
            load.settled.forEach((id, amount) -> assertEquals(
                    amount == 0 ? List.of() : List.of(amount),
                    byReservation.getOrDefault(id, List.of()),
                    what + ": reservation " + id));
            load.released.forEach(id ->
                    assertEquals(List.of(), byReservation.getOrDefault(id, List.of()), what + ": released " + id));
            byDecision.keySet().removeAll(load.consumed.keySet());
            final long unanswered = byDecision.values().stream()
                    .flatMap(List::stream)
                    .mapToLong(Long::longValue)
                    .sum();
            assertTrue(
                    unanswered <= load.maybeConsumed.get(),
                    what + ": " + unanswered + " in the ledger that nobody was told of, asked without an answer were "
                            + load.maybeConsumed);
            byReservation.keySet().removeAll(load.settled.keySet());
            assertEquals(Map.of(), byReservation, what + ": settled by nobody");
        }
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
