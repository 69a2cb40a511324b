/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.tollgate.v1.LedgerProducer;
import io.tollgate.v1.LedgerRejection;
import io.tollgate.v1.LedgerView;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerTest {
    @TempDir
    Path folder;

    @Test
    void shouldCountEachRecordOnceHoweverOftenItComes() throws Exception {
        try (OpenLedger ledger = new OpenLedger(folder)) {
            for (int i = 0; i < 3; i++) {
                Receipt receipt = ledger.submit(Usage.run("a", "1", 1, 10));
                assertEquals(Receipt.Result.ACCEPTED, receipt.result());
                assertEquals(10, receipt.acceptedSequence());
                assertEquals(List.of(), receipt.rejected());
            }
            assertEquals(15, ledger.submit(Usage.run("a", "1", 6, 10)).acceptedSequence());

            assertEquals(15, ledger.events());
            assertEquals(BigInteger.valueOf(120), ledger.sum());
            assertEquals(25, ledger.ledger.status().getDuplicateCount());
            assertEquals(15, ledger.ledger.status().getAcceptedCount());
        }
    }

    @Test
    void shouldKeepRunsAndSidecarsApart() throws Exception {
        try (OpenLedger ledger = new OpenLedger(folder)) {
            assertEquals(3, ledger.submit(Usage.run("a", "1", 1, 3)).acceptedSequence());
            assertEquals(2, ledger.submit(Usage.run("a", "2", 1, 2)).acceptedSequence());
            assertEquals(4, ledger.submit(Usage.run("b", "1", 1, 4)).acceptedSequence());
            // "a" + "1x" is not "a1" + "x"
            assertEquals(1, ledger.submit(Usage.run("a", "1x", 1, 1)).acceptedSequence());
            assertEquals(2, ledger.submit(Usage.run("a1", "x", 1, 2)).acceptedSequence());

            assertEquals(12, ledger.events());
            assertEquals(
                    List.of("a1/x", "a/1x", "b/1", "a/2", "a/1"),
                    ledger.view(LedgerView.LEDGER_VIEW_PRODUCERS).getProducersList().stream()
                            .map(producer -> producer.getSidecarId() + "/" + producer.getBootId())
                            .toList());
        }
    }

    @Test
    void shouldTakeNothingAfterAGap() throws Exception {
        try (OpenLedger ledger = new OpenLedger(folder)) {
            ledger.submit(Usage.run("a", "1", 1, 3));

            Receipt receipt = ledger.submit(Usage.run("a", "1", 5, 3));

            assertEquals(Receipt.Result.GAP, receipt.result());
            assertEquals(3, receipt.acceptedSequence());
            assertTrue(receipt.message().contains("4 is expected next"), receipt.message());
            assertEquals(3, ledger.events());
            assertEquals(7, ledger.submit(Usage.run("a", "1", 4, 4)).acceptedSequence());
        }
    }

    @Test
    void shouldRejectOtherContentAtTheSamePlace() throws Exception {
        try (OpenLedger ledger = new OpenLedger(folder)) {
            ledger.submit(Usage.run("a", "1", 1, 3));

            for (int i = 0; i < 2; i++) {
                Receipt receipt = ledger.submit(Usage.batch("a", "1", 2, Usage.bytes("other", 7)));
                assertEquals(3, receipt.acceptedSequence());
                assertEquals(2, receipt.rejected().get(0).getSequence());
                assertTrue(receipt.rejected().get(0).getCause().contains("other content"));
            }

            assertEquals(BigInteger.valueOf(6), ledger.sum());
            assertEquals(1, ledger.ledger.status().getConflictCount());
            List<LedgerRejection> kept =
                    ledger.view(LedgerView.LEDGER_VIEW_REJECTED).getRejectionsList();
            assertEquals(1, kept.size());
            assertEquals(Usage.bytes("other", 7), kept.get(0).getRecord());
        }
    }

    @Test
    void shouldCountAnEventOnceThatComesFromSeveralRuns() throws Exception {
        try (OpenLedger ledger = new OpenLedger(folder)) {
            ledger.submit(Usage.batch("a", "1", 1, Usage.bytes("e", 5)));

            // Settled again after a crash: another time, the same use.
            ByteString again = Usage.record("e", 5)
                    .setTimestampMs(Usage.DAY_MS + 9_000)
                    .build()
                    .toByteString();
            Receipt same = ledger.submit(Usage.batch("a", "2", 1, again));
            assertEquals(1, same.acceptedSequence());
            assertEquals(List.of(), same.rejected());

            Receipt other = ledger.submit(Usage.batch("b", "1", 1, Usage.bytes("e", 6)));
            assertEquals(1, other.acceptedSequence());
            assertTrue(other.rejected().get(0).getCause().contains("event e"), other.toString());
            assertEquals(BigInteger.valueOf(5), ledger.sum());
            assertEquals(1, ledger.ledger.status().getConflictCount());
        }
    }

    @Test
    void shouldRejectWhatCanNeverBeAcceptedAndGoOn() throws Exception {
        ByteString broken = ByteString.copyFromUtf8("\u0007not a record");
        ByteString nameless = Usage.record("", 1).build().toByteString();
        ByteString negative = Usage.record("n", -1).build().toByteString();
        ByteString timeless = Usage.record("t", 1).setTimestampMs(0).build().toByteString();
        ByteString large =
                Usage.record("l", 1).setScopePath("x".repeat(5_000)).build().toByteString();
        ByteString huge =
                Usage.record("h", 1).setScopePath("x".repeat(140_000)).build().toByteString();
        try (OpenLedger ledger = new OpenLedger(folder)) {
            Receipt receipt = ledger.submit(Usage.batch(
                    "a",
                    "1",
                    1,
                    broken,
                    Usage.bytes("good", 3),
                    nameless,
                    negative,
                    timeless,
                    large,
                    huge,
                    Usage.bytes("last", 4)));

            assertEquals(8, receipt.acceptedSequence());
            assertEquals(
                    List.of(1L, 3L, 4L, 5L, 6L, 7L),
                    receipt.rejected().stream().map(r -> r.getSequence()).toList());
            assertEquals(BigInteger.valueOf(7), ledger.sum());
            // Said again to a sidecar that did not hear it.
            assertEquals(
                    receipt.rejected(),
                    ledger.submit(Usage.batch("a", "1", 1, broken)).rejected().isEmpty()
                            ? List.of()
                            : receipt.rejected());
            assertEquals(
                    1,
                    ledger.submit(Usage.batch("a", "1", 1, broken)).rejected().size());
            LedgerProducer producer =
                    ledger.view(LedgerView.LEDGER_VIEW_PRODUCERS).getProducers(0);
            assertEquals(6, producer.getRejectedCount());
            assertEquals(2, producer.getEventCount());
        }
    }

    @Test
    void shouldRemarkOnWhatIsNotKnownAndCountIt() throws Exception {
        KnownNames names = new KnownNames() {
            @Override
            public boolean dimension(String name) {
                return name.equals("tokens");
            }

            @Override
            public boolean customer(String externalId) {
                return externalId.equals("acme");
            }
        };
        try (OpenLedger ledger = new OpenLedger(folder, LedgerConfig.DEFAULT, names)) {
            ledger.submit(Usage.batch(
                    "a",
                    "1",
                    1,
                    Usage.bytes("1", 1),
                    Usage.record("2", 1).setDimension("").build().toByteString(),
                    Usage.record("3", 1)
                            .setDimension("odd")
                            .setCustomerExternalId("new")
                            .build()
                            .toByteString(),
                    Usage.record("4", 1)
                            .setCustomerExternalId("")
                            .setTimestampMs(Usage.DAY_MS * 2)
                            .build()
                            .toByteString()));

            assertEquals(
                    List.of(
                            List.of("no customer", "from the future"),
                            List.of("unknown dimension", "unknown customer"),
                            List.of("no dimension name"),
                            List.of()),
                    ledger.view(LedgerView.LEDGER_VIEW_EVENTS).getEntriesList().stream()
                            .map(entry -> List.copyOf(entry.getRemarksList()))
                            .toList());
            assertEquals(
                    "#3",
                    ledger.view(LedgerView.LEDGER_VIEW_EVENTS).getEntries(2).getDimension());
            assertEquals(4, ledger.events());
        }
    }

    @Test
    void shouldAddUpMoreThanALongHolds() throws Exception {
        try (OpenLedger ledger = new OpenLedger(folder)) {
            BigInteger expected = BigInteger.ZERO;
            for (int i = 1; i <= 20; i++) {
                ledger.submit(Usage.batch("a", "1", i, Usage.bytes("e" + i, Long.MAX_VALUE - i)));
                expected = expected.add(BigInteger.valueOf(Long.MAX_VALUE - i));
            }
            assertEquals(expected, ledger.sum());
        }
    }

    @Test
    void shouldAnswerManyBatchesOfOneGroup() throws Exception {
        try (OpenLedger ledger = new OpenLedger(folder)) {
            List<CompletableFuture<Receipt>> receipts = new ArrayList<>();
            for (int i = 0; i < 400; i++) {
                receipts.add(ledger.later(Usage.run("s" + i % 7, "1", 1 + i / 7 * 5, 5)));
            }
            for (int i = 0; i < 400; i++) {
                assertEquals(5 + i / 7 * 5, receipts.get(i).join().acceptedSequence());
            }
            assertEquals(2_000, ledger.events());
        }
    }

    @Test
    void shouldKeepEverythingAcrossAnOrderlyRestart() throws Exception {
        try (OpenLedger ledger = new OpenLedger(folder)) {
            ledger.submit(Usage.run("a", "1", 1, 100));
        }
        try (OpenLedger ledger = new OpenLedger(folder)) {
            assertEquals(100, ledger.events());
            assertEquals(100, ledger.submit(Usage.run("a", "1", 1, 0)).acceptedSequence());
            assertEquals(120, ledger.submit(Usage.run("a", "1", 91, 30)).acceptedSequence());
            assertEquals(120, ledger.events());
            assertEquals(120, ledger.ledger.status().getLedgerSequence());
        }
    }

    @Test
    void shouldRefuseASidecarThatWasToldOfMoreThanItHas() throws Exception {
        try (OpenLedger ledger = new OpenLedger(folder)) {
            ledger.submit(Usage.run("a", "1", 1, 5));
            Receipt receipt = ledger.submit(Usage.run("a", "1", 11, 5).toBuilder()
                    .setAcknowledgedSequence(10)
                    .build());
            assertEquals(Receipt.Result.REFUSED, receipt.result());
            assertTrue(receipt.message().contains("ledger.lost_reports"), receipt.message());
            assertEquals(5, ledger.events());
            assertEquals(7, ledger.submit(Usage.run("b", "1", 1, 7)).acceptedSequence());
        }
        try (OpenLedger ledger = new OpenLedger(folder, new LedgerConfig(true, LedgerLimits.DEFAULT), KnownNames.ALL)) {
            Receipt receipt = ledger.submit(Usage.run("a", "1", 11, 5).toBuilder()
                    .setAcknowledgedSequence(10)
                    .build());
            assertEquals(15, receipt.acceptedSequence());
            assertEquals(
                    5,
                    ledger.view(LedgerView.LEDGER_VIEW_PRODUCERS)
                            .getProducers(1)
                            .getLostCount());
            // Found after all: counted, once.
            ledger.submit(Usage.run("a", "1", 6, 5));
            ledger.submit(Usage.run("a", "1", 6, 5));
            assertEquals(22, ledger.events());
        }
    }

    @Test
    void shouldPassPlacesThatHoldNothing() throws Exception {
        ByteString nothing = io.tollgate.v1.UsageRecord.newBuilder()
                .setEventId("void:a:1:2")
                .build()
                .toByteString();
        ByteString named = Usage.record("void:d:0", 9).build().toByteString();
        try (OpenLedger ledger = new OpenLedger(folder)) {
            for (int i = 0; i < 2; i++) {
                Receipt receipt = ledger.submit(
                        Usage.batch("a", "1", 1, Usage.bytes("first", 1), nothing, Usage.bytes("third", 2), named));
                assertEquals(4, receipt.acceptedSequence());
                assertEquals(List.of(), receipt.rejected());
            }
            // Damaged after it was reported: it is in the ledger.
            assertEquals(
                    List.of(), ledger.submit(Usage.batch("a", "1", 1, nothing)).rejected());
            assertEquals(BigInteger.valueOf(12), ledger.sum());
            LedgerProducer producer =
                    ledger.view(LedgerView.LEDGER_VIEW_PRODUCERS).getProducers(0);
            assertEquals(1, producer.getLostCount());
            assertEquals(0, producer.getRejectedCount());
        }
    }

    @Test
    void shouldPassWhatIsDamagedInTheJournal() throws Exception {
        try (OpenLedger ledger = new OpenLedger(folder)) {
            ledger.submit(Usage.run("a", "1", 1, 5));
            Receipt receipt = ledger.submit(Usage.run("a", "1", 9, 2).toBuilder()
                    .setDamagedFromSequence(6)
                    .setAppendedSequence(50)
                    .build());
            assertEquals(10, receipt.acceptedSequence());
            LedgerProducer producer =
                    ledger.view(LedgerView.LEDGER_VIEW_PRODUCERS).getProducers(0);
            assertEquals(3, producer.getLostCount());
            assertEquals(50, producer.getAppendedSequence());
            // What is damaged begins later than what is expected: that is a gap.
            assertEquals(
                    Receipt.Result.GAP,
                    ledger.submit(Usage.run("a", "1", 20, 1).toBuilder()
                                    .setDamagedFromSequence(15)
                                    .build())
                            .result());
        }
    }
}
