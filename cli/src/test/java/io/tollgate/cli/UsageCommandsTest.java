/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.tollgate.v1.JournalStatusResponse;
import io.tollgate.v1.LedgerEntry;
import io.tollgate.v1.LedgerProducer;
import io.tollgate.v1.LedgerRejection;
import io.tollgate.v1.LedgerStatus;
import io.tollgate.v1.LedgerTotal;
import io.tollgate.v1.LedgerView;
import io.tollgate.v1.QueryLedgerRequest;
import io.tollgate.v1.QueryLedgerResponse;
import io.tollgate.v1.ReportingState;
import io.tollgate.v1.ReportingStatus;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code tollgate ledger} and {@code tollgate journal}. */
class UsageCommandsTest {
    private static final long AT_MS = 1_795_219_200_000L;

    private FakeSidecar sidecar;

    @BeforeEach
    void start() throws Exception {
        sidecar = new FakeSidecar();
    }

    @AfterEach
    void stop() {
        sidecar.close();
    }

    private static LedgerStatus.Builder accepting() {
        return LedgerStatus.newBuilder()
                .setAccepting(true)
                .setFile("/var/lib/tollgate/ledger/ledger.db")
                .setLengthBytes(1_048_576)
                .setLedgerSequence(1_234)
                .setAcceptedCount(34)
                .setDuplicateCount(5);
    }

    @Test
    void shouldShowTotals() {
        sidecar.ledger = QueryLedgerResponse.newBuilder()
                .setStatus(accepting())
                .addTotals(LedgerTotal.newBuilder()
                        .setCustomerExternalId("acme")
                        .setFeature("chat")
                        .setDimension("tokens")
                        .setScopePath("org:acme/project:rag")
                        .setAmount("92233720368547758070")
                        .setEventCount(1_234))
                .build();
        Run.of("ledger", "--address", sidecar.address()).exits(ExitCode.OK).printsGolden("ledger-totals.txt");
        Run.of("ledger", "totals", "--address", sidecar.address(), "--output", "json")
                .exits(ExitCode.OK)
                .prints("\"amount\": \"92233720368547758070\"", "\"accepting\": true");
    }

    @Test
    void shouldAskForWhatTheOptionsSay() {
        Run.of(
                        "ledger",
                        "events",
                        "--address",
                        sidecar.address(),
                        "--customer",
                        "acme",
                        "--scope",
                        "org:acme",
                        "--dimension",
                        "tokens",
                        "--feature",
                        "chat",
                        "--sidecar",
                        "sc-1",
                        "--from",
                        "2026-11-21",
                        "--to",
                        "2026-11-21T08:00:00+02:00",
                        "--limit",
                        "7")
                .exits(ExitCode.OK)
                .prints("Nothing matches.");
        assertEquals(
                QueryLedgerRequest.newBuilder()
                        .setView(LedgerView.LEDGER_VIEW_EVENTS)
                        .setCustomerExternalId("acme")
                        .setScopePath("org:acme")
                        .setDimension("tokens")
                        .setFeature("chat")
                        .setSidecarId("sc-1")
                        .setFromMs(AT_MS)
                        .setToMs(AT_MS + 6 * 3_600_000)
                        .setPageSize(7)
                        .build(),
                Objects.requireNonNull(sidecar.ledgerAsked));
    }

    @Test
    void shouldShowEventsSidecarsAndWhatWasRejected() {
        sidecar.ledger = QueryLedgerResponse.newBuilder()
                .setStatus(accepting().setRejectedCount(2).setConflictCount(1))
                .addEntries(LedgerEntry.newBuilder()
                        .setTimestampMs(AT_MS)
                        .setScopePath("org:acme")
                        .setDimension("#3")
                        .setAmount(4_200)
                        .setEventId("sc-1:d-7:0")
                        .setProducer("sc-1/boot-1")
                        .setSequence(17)
                        .addRemarks("no customer")
                        .addRemarks("no dimension name"))
                .setNextPageToken("9")
                .build();
        Run.of("ledger", "events", "--address", sidecar.address(), "--limit", "1")
                .exits(ExitCode.OK)
                .printsGolden("ledger-events.txt");
        sidecar.ledger = QueryLedgerResponse.newBuilder()
                .setStatus(accepting())
                .addProducers(LedgerProducer.newBuilder()
                        .setSidecarId("sc-1")
                        .setBootId("boot-1")
                        .setAcceptedSequence(1_000)
                        .setAppendedSequence(1_250)
                        .setEventCount(990)
                        .setRejectedCount(2)
                        .setLostCount(8))
                .build();
        Run.of("ledger", "sidecars", "--address", sidecar.address())
                .exits(ExitCode.OK)
                .prints("sc-1", "boot-1", "1,000", "250", "990", "> ");
        sidecar.ledger = QueryLedgerResponse.newBuilder()
                .setStatus(accepting())
                .addRejections(LedgerRejection.newBuilder()
                        .setReceivedAtMs(AT_MS)
                        .setSidecarId("sc-1")
                        .setBootId("boot-1")
                        .setSequence(12)
                        .setRecord(ByteString.copyFromUtf8("xyz"))
                        .setCause("amount -1 is negative"))
                .build();
        Run.of("ledger", "rejected", "--address", sidecar.address())
                .exits(ExitCode.OK)
                .prints("amount -1 is negative", "2026-11-21 00:00:00 UTC");
    }

    @Test
    void shouldSayWhatIsWrong() throws Exception {
        Run.of("ledger", "--address", sidecar.address(), "--from", "yesterday")
                .exits(ExitCode.USAGE)
                .complains("--from 'yesterday' is no time", "2026-11-01T08:00:00Z");
        Run.of("ledger", "--address", sidecar.address(), "--limit", "0").exits(ExitCode.USAGE);
        Run.of("ledger", "nonsense").exits(ExitCode.USAGE).complains("totals, events, sidecars, rejected");
        Run.of("ledger", "--address", "nowhere").exits(ExitCode.USAGE).complains("HOST:PORT");
        final String gone = FakeSidecar.nowhere();
        Run.of("ledger", "--address", gone)
                .exits(ExitCode.UNREACHABLE)
                .complains("no control plane answers at " + gone);
        sidecar.failure = Status.UNAVAILABLE.withDescription("the ledger /x/ledger.db is damaged. Put a backup back");
        Run.of("ledger", "--address", sidecar.address()).exits(ExitCode.NO).complains("is damaged", "backup");
        sidecar.failure = Status.UNIMPLEMENTED;
        Run.of("ledger", "--address", sidecar.address())
                .exits(ExitCode.UNREACHABLE)
                .complains("is not a control plane");
    }

    @Test
    void shouldShowTheJournal() {
        final JournalStatusResponse.Builder journal = JournalStatusResponse.newBuilder()
                .setEnabled(true)
                .setPendingCount(1_500)
                .setLengthBytes(8 << 20)
                .setMaxBytes(256 << 20)
                .setAppendedSequence(2_000)
                .setAcknowledgedSequence(500)
                .setDurability("power")
                .setOldRunCount(1)
                .setOldestBootId("boot-0")
                .setOldestAcknowledgedSequence(70)
                .setReporting(ReportingStatus.newBuilder()
                        .setState(ReportingState.REPORTING_STATE_FAILING)
                        .setAddress("cp:7080")
                        .setReportedCount(570)
                        .setConsecutiveFailures(3)
                        .setLastError("UNAVAILABLE: connection refused")
                        .setLagMs(61_000));
        sidecar.journal = journal.build();
        Run.of("journal", "--address", sidecar.address()).exits(ExitCode.OK).printsGolden("journal-failing.txt");
        Run.of("journal", "--address", sidecar.address(), "--output", "json")
                .exits(ExitCode.OK)
                .prints("\"pendingCount\": \"1500\"", "REPORTING_STATE_FAILING");

        journal.getReportingBuilder().setRejectedCount(1).setRejectedFile("/var/lib/tollgate/rejected/usage.jsonl");
        sidecar.journal = journal.build();
        Run.of("journal", "--address", sidecar.address())
                .exits(ExitCode.NO)
                .prints("1 by the ledger, kept in /var/lib/tollgate/rejected/usage.jsonl");
        sidecar.status = Samples.status("ready.txtpb").toBuilder()
                .setJournal(sidecar.journal)
                .build();
        Run.of("status", "--address", sidecar.address())
                .exits(ExitCode.OK)
                .prints("Usage journal", "1,500, the oldest for 1 min 1 s", "FAILING, 3 tries in a row", "kept in");

        sidecar.journal = JournalStatusResponse.getDefaultInstance();
        Run.of("journal", "--address", sidecar.address()).exits(ExitCode.OK).prints("journal.enabled: false");
        sidecar.journal = JournalStatusResponse.newBuilder()
                .setEnabled(true)
                .setFailed(true)
                .setReporting(ReportingStatus.newBuilder().setState(ReportingState.REPORTING_STATE_NOBODY))
                .build();
        Run.of("journal", "--address", sidecar.address())
                .exits(ExitCode.NO)
                .prints("FAILED: nothing billable is allowed", "NOBODY to report to");
    }
}
