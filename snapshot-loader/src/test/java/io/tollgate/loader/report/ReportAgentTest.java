/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.loader.journal.Producer;
import io.tollgate.loader.report.ReportFacts.State;
import io.tollgate.v1.RejectedUsage;
import io.tollgate.v1.UsageBatch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportAgentTest {
    private static final Producer OLD = new Producer("sc", "boot-1");
    private static final Producer NOW = new Producer("sc", "boot-2");
    private static final ReportSettings SETTINGS = new ReportSettings(10, 100_000, 3, 1_000, 20, 500, 100, 1_600, 0);

    @TempDir
    Path folder;

    private final MemoryUsage usage = new MemoryUsage();
    private final ScriptedLedger ledger = new ScriptedLedger();
    private long nowNs = 5_000_000_000L;

    private ReportAgent agent() {
        return new ReportAgent(
                usage,
                ledger,
                new RejectedFile(folder.resolve("rejected").resolve("usage.jsonl")),
                SETTINGS,
                () -> nowNs,
                () -> 7_000,
                new Random(1));
    }

    private void after(long ms, ReportAgent agent) {
        nowNs += ms * 1_000_000;
        run(agent);
    }

    private static void run(ReportAgent agent) {
        for (int i = 0; i < 10; i++) {
            agent.doWork();
        }
    }

    @Test
    void shouldSendTheOldestRunFirstAndVerbatimWithinItsWindow() {
        usage.append(OLD, 45);
        usage.append(NOW, 3);
        ReportAgent agent = agent();
        run(agent);

        assertEquals(List.of(1L, 11L, 21L), ledger.last().firsts());
        UsageBatch first = ledger.last().batches.get(0);
        assertEquals("boot-1", first.getProducer().getBootId());
        for (int i = 0; i < 10; i++) {
            assertArrayEquals(usage.record(OLD, i + 1), first.getRecords(i).toByteArray());
        }
        assertEquals(State.SENDING, agent.facts().state());
        assertEquals(7_000 - 1_001, agent.facts().lagMs(7_000));

        ledger.last().acknowledge(OLD, 10);
        run(agent);
        assertEquals(List.of(1L, 11L, 21L, 31L), ledger.last().firsts());
        ledger.last().acknowledge(OLD, 40);
        run(agent);
        assertEquals(41L, ledger.last().batches.get(4).getFirstSequence());
        assertEquals(5, ledger.last().batches.get(4).getRecordsCount());
        ledger.last().acknowledge(OLD, 45);
        after(20, agent);
        UsageBatch next = ledger.last().batches.get(5);
        assertEquals("boot-2", next.getProducer().getBootId());
        assertEquals(3, next.getAppendedSequence());
        ledger.last().acknowledge(NOW, 3);
        run(agent);

        assertNull(usage.oldest());
        assertEquals(1, ledger.calls.size());
        assertEquals(48, agent.facts().reported());
        assertEquals(State.IDLE, agent.facts().state());
        after(600, agent);
        assertEquals("ended", ledger.last().end);
    }

    @Test
    void shouldFillBatchesOfABusySidecar() {
        usage.append(NOW, 1);
        ReportAgent agent = agent();
        run(agent);
        usage.append(NOW, 5);
        run(agent);
        assertEquals(List.of(1L), ledger.last().firsts(), "the pause is not over");
        after(20, agent);
        assertEquals(List.of(1L, 2L), ledger.last().firsts());
        assertEquals(5, ledger.last().batches.get(1).getRecordsCount());
    }

    @Test
    void shouldResumeBehindTheLastAcknowledgementAfterACut() {
        usage.append(NOW, 30);
        ReportAgent agent = agent();
        run(agent);
        ledger.last().acknowledge(NOW, 14);
        run(agent);
        ledger.last().fail("UNAVAILABLE: cut");
        run(agent);

        assertEquals(State.FAILING, agent.facts().state());
        assertTrue(agent.facts().lastError().contains("cut"));
        assertEquals(1, ledger.calls.size(), "backoff");
        after(100, agent);

        assertEquals(2, ledger.calls.size());
        assertEquals(List.of(15L), ledger.last().firsts(), "one at a time after a failure");
        assertEquals(14, ledger.last().batches.get(0).getAcknowledgedSequence());
        ledger.last().acknowledge(NOW, 24);
        run(agent);
        assertEquals(List.of(15L, 25L), ledger.last().firsts());
        assertEquals(0, agent.facts().failures());
    }

    @Test
    void shouldGiveUpAReportThatIsSilent() {
        usage.append(NOW, 5);
        ReportAgent agent = agent();
        run(agent);
        after(999, agent);
        assertEquals("", ledger.last().end);
        after(1, agent);
        assertTrue(ledger.last().end.contains("no acknowledgement within 1000 ms"), ledger.last().end);
        after(100, agent);
        assertEquals(2, ledger.calls.size());
        assertEquals(List.of(1L), ledger.last().firsts());
    }

    @Test
    void shouldComeBackLessAndLessOftenWhileNobodyAnswers() {
        usage.append(NOW, 5);
        ReportAgent agent = agent();
        run(agent);
        for (int i = 0; i < 500; i++) {
            ledger.last().fail("UNAVAILABLE: down");
            after(100, agent);
        }
        // 50 s with a longest backoff of 0.8 to 1.6 s, after about 3 s of growing ones.
        assertTrue(ledger.calls.size() > 25 && ledger.calls.size() < 75, "calls: " + ledger.calls.size());
        assertEquals(0, usage.acknowledged(NOW));
    }

    @Test
    void shouldSurviveDuplicatedLateAndForeignAcknowledgements() {
        usage.append(OLD, 10);
        usage.append(NOW, 25);
        ReportAgent agent = agent();
        run(agent);
        ScriptedLedger.Call call = ledger.last();
        call.acknowledge(OLD, 10);
        call.acknowledge(OLD, 10);
        after(20, agent);
        assertEquals("boot-2", call.batches.get(1).getProducer().getBootId());

        call.acknowledge(OLD, 25);
        call.acknowledge(new Producer("other", "boot-2"), 25);
        run(agent);
        assertEquals(0, usage.acknowledged(NOW), "of another run, of another sidecar");
        call.acknowledge(NOW, 7);
        call.acknowledge(NOW, 3);
        run(agent);
        assertEquals(7, usage.acknowledged(NOW));
        // Older than what this sidecar has sent: it believes only in what it sent.
        call.acknowledge(NOW, 1_000_000);
        run(agent);
        assertEquals(25, usage.acknowledged(NOW));
        assertEquals(35, agent.facts().reported());
    }

    @Test
    void shouldHoldOnToWhatWasNeverSent() {
        usage.append(NOW, 100);
        ledger.ready = true;
        ReportAgent agent = agent();
        run(agent);
        ledger.last().acknowledge(NOW, 100);
        agent.doWork();
        assertEquals(30, usage.acknowledged(NOW), "a window of 3 batches was sent");
    }

    @Test
    void shouldKeepWhatTheLedgerRejects() throws Exception {
        usage.append(NOW, 5);
        ReportAgent agent = agent();
        run(agent);
        ledger.last()
                .acknowledge(
                        NOW,
                        5,
                        RejectedUsage.newBuilder()
                                .setSequence(2)
                                .setCause("amount \"x\" is \\ odd\n")
                                .build());
        run(agent);

        assertEquals(5, usage.acknowledged(NOW));
        assertEquals(1, agent.facts().rejected());
        List<String> lines = Files.readAllLines(Path.of(agent.facts().rejectedFile()));
        assertEquals(1, lines.size());
        assertTrue(
                lines.get(0).contains("\"sequence\":2,\"cause\":\"amount \\\"x\\\" is \\\\ odd\\u000a\""),
                lines.get(0));
        assertTrue(lines.get(0).contains(Base64.getEncoder().encodeToString(usage.record(NOW, 2))));
    }

    @Test
    void shouldNotLetGoOfARejectedRecordThatCannotBeKept() throws Exception {
        Files.writeString(folder.resolve("rejected"), "a file where a folder must be");
        usage.append(NOW, 5);
        ReportAgent agent = agent();
        run(agent);
        RejectedUsage rejected =
                RejectedUsage.newBuilder().setSequence(2).setCause("odd").build();
        ledger.last().acknowledge(NOW, 5, rejected);
        run(agent);
        assertEquals(0, usage.acknowledged(NOW));
        assertTrue(
                agent.facts().lastError().contains("cannot be kept"),
                agent.facts().lastError());

        Files.delete(folder.resolve("rejected"));
        after(100, agent);
        ledger.last().acknowledge(NOW, 5, rejected);
        run(agent);
        assertEquals(5, usage.acknowledged(NOW));
        assertEquals(
                1, Files.readAllLines(Path.of(agent.facts().rejectedFile())).size());
    }

    @Test
    void shouldWaitForTheTransport() {
        usage.append(NOW, 30);
        ReportAgent agent = agent();
        ledger.ready = false;
        run(agent);
        assertEquals(List.of(1L), ledger.last().firsts(), "the first one goes out with the call");
        ledger.ready = true;
        run(agent);
        assertEquals(List.of(1L, 11L, 21L), ledger.last().firsts());
    }

    @Test
    void shouldIgnoreTheEndOfAReportThatItGaveUp() {
        usage.append(NOW, 5);
        ReportAgent agent = agent();
        run(agent);
        ScriptedLedger.Call first = ledger.last();
        after(1_000, agent);
        after(100, agent);
        assertEquals(2, ledger.calls.size());
        first.fail("CANCELLED");
        first.acknowledge(NOW, 5);
        run(agent);
        assertEquals(5, usage.acknowledged(NOW), "what it says is true all the same");
        assertEquals("", ledger.last().end);
    }

    @Test
    void shouldSayWhenThereIsNobody() {
        try (UsageReporter reporter =
                UsageReporter.start(usage, null, folder.resolve("r"), ReportSettings.DEFAULT, new Random(1))) {
            assertEquals(State.NOBODY, reporter.facts().state());
            assertFalse(Files.exists(folder.resolve("r")));
        }
        assertTrue(Objects.requireNonNull(folder).toFile().exists());
    }
}
