/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.load;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.v1.DecideBatchRequest;
import io.tollgate.v1.DecideBatchResponse;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.Outcome;
import io.tollgate.v1.Reason;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class LoadPartsTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1:7070", "127.9.9.9:1", "localhost:65535", "[::1]:7070", "unix:/run/x.sock"})
    void shouldTakeAddressesOfThisHost(final String text) {
        assertEquals(text, LocalAddress.parse(text).display());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.0.0.1:7070",
                "0.0.0.0:7070",
                "192.0.2.1:80",
                "7070",
                ":7070",
                "127.0.0.1:",
                "127.0.0.1:0",
                "127.0.0.1:65536",
                "unix:relative"
            })
    void shouldRefuseOtherAddressesAndSayWhy(final String text) {
        final String message = messageOf(() -> LocalAddress.parse(text));
        assertTrue(message.contains("'" + text + "'"), message);
    }

    @Test
    void shouldReadProcessorTimeBesideANameWithBrackets() {
        final String stat = "12 (java (x) y) S 1 12 12 0 -1 4194560 1 0 0 0 250 125 7 8 20 0 30 0 100 1000 10";
        assertEquals(3_750_000_000L, ProcessStat.cpuNs(stat));
    }

    @Test
    void shouldSeeItsOwnProcessorTimeGrow() throws Exception {
        final long before = ProcessStat.self().cpuNs();
        long sink = 1;
        while (ProcessStat.self().cpuNs() == before) {
            for (int i = 0; i < 1_000_000; i++) {
                sink = sink * 31 + i;
            }
        }
        assertTrue(ProcessStat.self().residentAnonymousKib() > 0 || sink == 0);
    }

    @Test
    void shouldReadOutcomeAndReasonOfEveryAnswer() {
        final DecideResponse denied = TypicalAnswer.make().toBuilder()
                .setOutcome(Outcome.OUTCOME_DENY)
                .setReason(Reason.REASON_RATE_LIMITED)
                .build();
        final byte[] batch = DecideBatchResponse.newBuilder()
                .addResponses(TypicalAnswer.make())
                .addResponses(denied)
                .addResponses(DecideResponse.getDefaultInstance())
                .build()
                .toByteArray();
        final Answer answer = Answer.ofBatch().parse(new ByteArrayInputStream(batch));
        assertEquals(3, answer.size());
        assertEquals(Outcome.OUTCOME_ALLOW_VALUE, answer.outcome(0));
        assertEquals(Reason.REASON_OK_VALUE, answer.reason(0));
        assertEquals(Outcome.OUTCOME_DENY_VALUE, answer.outcome(1));
        assertEquals(Reason.REASON_RATE_LIMITED_VALUE, answer.reason(1));
        assertEquals(0, answer.outcome(2));
        final Answer single = Answer.ofDecision().parse(new ByteArrayInputStream(denied.toByteArray()));
        assertEquals(Reason.REASON_RATE_LIMITED_VALUE, single.reason(0));
    }

    @Test
    void shouldMeasureOnlyInsideItsWindowAndItsBudget() {
        final MeasuredWindow window = new MeasuredWindow(1_000, new LoadPlan.Span(100, 50, 2, 0));
        assertFalse(window.holds(1_099));
        assertTrue(window.holds(1_100));
        assertTrue(window.holds(1_149));
        assertFalse(window.holds(1_150));
        assertTrue(window.mayStart(1_050), "warm-up does not use the budget");
        assertTrue(window.mayStart(1_100));
        assertTrue(window.mayStart(1_101));
        assertFalse(window.mayStart(1_102), "the budget is used up");
        assertTrue(window.isOver(1_102));
    }

    @Test
    void shouldKeepThePaceWithoutDrift() {
        assertEquals(0, Pacer.dueAfterNs(0, 3));
        assertEquals(333_333_333, Pacer.dueAfterNs(1, 3));
        assertEquals(1_000_000_000, Pacer.dueAfterNs(3, 3));
        assertEquals(TimeUnit.DAYS.toNanos(1), Pacer.dueAfterNs(86_400L * 999_983, 999_983));
    }

    @Test
    void shouldUseEveryRequestInOrder() throws Exception {
        final DecideRequest first =
                DecideRequest.newBuilder().setCorrelationId("1").build();
        final DecideRequest second =
                DecideRequest.newBuilder().setCorrelationId("2").build();
        final RequestPool single = RequestPool.ofDecisions(List.of(first, second));
        assertArrayEquals(first.toByteArray(), single.next());
        assertArrayEquals(second.toByteArray(), single.next());
        assertArrayEquals(first.toByteArray(), single.next());
        final RequestPool batches = RequestPool.ofBatches(List.of(first, second), 3);
        assertEquals(1, batches.size());
        assertEquals(
                List.of(first, second, first),
                DecideBatchRequest.parseFrom(batches.next()).getRequestsList());
    }

    @Test
    void shouldReadRequestsFromAFileAndNameABadLine() throws Exception {
        final Path file = folder.resolve("requests.jsonl");
        Files.writeString(
                file, "# a comment\n\n{\"correlationId\":\"a\",\"usage\":[{\"amount\":\"5\",\"unit\":\"token\"}]}\n");
        assertEquals(5, RequestSource.file(file).get(0).getUsage(0).getAmount());
        Files.writeString(file, "{}\n{\"no_such_field\":1}\n");
        final String message = messageOf(() -> RequestSource.file(file));
        assertTrue(message.startsWith(file + ":2: "), message);
    }

    @Test
    void shouldRefuseBadOptionsWithAMessageAndUsageCode() {
        assertUsage(
                "in-flight 1: must be at least the number of connections", "--in-flight", "1", "--connections", "2");
        assertUsage("is not a loopback address", "--target", "192.0.2.1:1");
        assertUsage("batch 3: only with --call batch", "--batch", "3");
        assertUsage("rate 2000000: must be from 0 to 1000000", "--rate", "2000000");
    }

    private static String messageOf(final Executable bad) {
        return String.valueOf(assertThrows(IllegalArgumentException.class, bad).getMessage());
    }

    private static void assertUsage(final String expected, final String... options) {
        final CommandLine command = Load.commandLine();
        final StringWriter err = new StringWriter();
        command.setErr(new PrintWriter(err));
        final String[] args = options[0].equals("--target")
                ? options
                : Stream.concat(Stream.of("--target", "127.0.0.1:1"), Arrays.stream(options))
                        .toArray(String[]::new);
        assertEquals(2, command.execute(args), err.toString());
        assertTrue(err.toString().contains(expected), err.toString());
    }
}
