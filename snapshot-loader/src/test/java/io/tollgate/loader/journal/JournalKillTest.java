/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.core.reservation.EndOutcome;
import io.tollgate.v1.UsageRecord;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that consumes and settles as fast as it can is killed; another opens what it left: all that was acknowledged is in the journal
 * once, what was begun is there once after it was asked again, and nothing else is.
 */
class JournalKillTest {
    private static final long MOST = 100;

    @TempDir
    Path folder;

    /** The process that dies. Says what it is about to do before, and what it has done after. */
    static final class Victim {
        private Victim() {}

        public static void main(String[] arguments) throws IOException {
            KillSite site = new KillSite(Path.of(arguments[0]), arguments[1]);
            site.journal.forgetSettled();
            long seed = Long.parseLong(arguments[2]);
            for (int number = 0; number < KillSite.WORKERS; number++) {
                int worker = number;
                new Thread(() -> work(
                                new KillSite.Worker(site, worker),
                                arguments[1] + "-" + worker + "-",
                                new SplittableRandom(seed + worker)))
                        .start();
            }
            new Thread(() -> {
                        while (true) {
                            site.journal.work();
                            Thread.onSpinWait();
                        }
                    })
                    .start();
        }

        private static void work(KillSite.Worker worker, String name, SplittableRandom random) {
            List<String> open = new ArrayList<>();
            for (long i = 0; ; i++) {
                long tokens = random.nextLong(1, MOST);
                if (random.nextInt(3) == 0) {
                    System.out.println("asking " + name + i + " " + tokens);
                    if (worker.consume(name + i, tokens)) {
                        System.out.println("took " + name + i + " " + tokens);
                    }
                }
                String id = open.size() < 100 ? worker.reserve(tokens) : "";
                if (!id.isEmpty()) {
                    open.add(id);
                    System.out.println("reserved " + id + " " + tokens);
                }
                if (open.size() > 20 && random.nextInt(3) > 0) {
                    String ending = open.remove(random.nextInt(open.size()));
                    long used = random.nextLong(1, 2 * MOST);
                    System.out.println("settling " + ending + " " + used);
                    EndOutcome outcome = worker.settle(ending, used);
                    System.out.println("settled " + ending + " " + outcome);
                }
            }
        }
    }

    private final Map<String, Long> asking = new LinkedHashMap<>();
    private final Map<String, Long> took = new LinkedHashMap<>();
    private final Map<String, Long> reserved = new LinkedHashMap<>();
    private final Map<String, Long> settling = new LinkedHashMap<>();
    private final Set<String> settled = new HashSet<>();

    private void killAfter(int lines, String boot, long seed) throws IOException, InterruptedException {
        Process victim = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "@" + Path.of(System.getProperty("tollgate.root", "."), "config", "jvm.options"),
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Victim.class.getName(),
                        folder.toString(),
                        boot,
                        Long.toString(seed)))
                .redirectErrorStream(true)
                .start();
        int count = 0;
        List<String> first = new ArrayList<>();
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(victim.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                if (++count == lines) {
                    victim.toHandle().destroyForcibly();
                }
                if (first.size() < 20) {
                    first.add(line);
                }
                note(line);
            }
        }
        victim.waitFor();
        assertTrue(count >= lines, "the victim died by itself: " + first);
    }

    private void note(String line) {
        String[] words = line.split(" ");
        if (line.matches("asking \\S+ \\d+")) {
            asking.put(words[1], Long.parseLong(words[2]));
        } else if (line.matches("took \\S+ \\d+")) {
            took.put(words[1], Long.parseLong(words[2]));
        } else if (line.matches("reserved [0-9a-f]{32} \\d+")) {
            reserved.put(words[1], Long.parseLong(words[2]));
        } else if (line.matches("settling [0-9a-f]{32} \\d+")) {
            settling.put(words[1], Long.parseLong(words[2]));
        } else if (line.matches("settled [0-9a-f]{32} (SETTLED|OVERRUN)")) {
            settled.add(words[1]);
        }
    }

    @Test
    void shouldHaveWhatWasAcknowledgedInTheJournalOnce() throws IOException, InterruptedException {
        int inDoubt = 0;
        for (int kill = 0; kill < 6; kill++) {
            long seed = System.nanoTime();
            String run = "seed " + seed + ", kill " + kill;
            killAfter(300 + 900 * kill, "victim-" + kill, seed);
            try (KillSite site = new KillSite(folder, "reader-" + kill)) {
                site.journal.forgetSettled();
                assertEquals(0, site.store.damaged(), run);
                assertEquals(0, site.journal.facts().damagedCount(), run);
                // what was begun may be completed first, or asked again first
                if (kill % 2 == 0) {
                    site.sweep();
                }
                KillSite.Worker again = new KillSite.Worker(site, 0);
                for (Map.Entry<String, Long> begun : settling.entrySet()) {
                    EndOutcome outcome = again.settle(begun.getKey(), begun.getValue());
                    assertTrue(outcome == EndOutcome.SETTLED || outcome == EndOutcome.OVERRUN, run + ": " + outcome);
                    inDoubt += settled.contains(begun.getKey()) ? 0 : 1;
                }
                site.sweep();
                for (String id : reserved.keySet()) {
                    if (!settling.containsKey(id)) {
                        assertEquals(EndOutcome.RELEASED, again.release(id), run);
                    }
                }
                site.journal.work();
                check(site, run);
            }
            reserved.clear();
        }
        assertTrue(inDoubt <= 6 * KillSite.WORKERS * 2, inDoubt + " settles were in doubt");
    }

    private void check(KillSite site, String run) throws IOException {
        Map<String, Long> amounts = new HashMap<>();
        while (true) {
            Producer producer = site.journal.oldest();
            if (producer == null) {
                break;
            }
            long[] last = {0};
            List<UsageRecord> records = new ArrayList<>();
            int given;
            do {
                given = site.journal.read(producer, last[0], 1_000, 1 << 20, (sequence, bytes, offset, length) -> {
                    assertEquals(last[0] == 0 ? sequence : last[0] + 1, sequence, run + ": a gap");
                    last[0] = sequence;
                    byte[] copy = new byte[length];
                    bytes.getBytes(offset, copy);
                    try {
                        records.add(UsageRecord.parseFrom(copy));
                    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
                        throw new AssertionError(run, e);
                    }
                });
            } while (given > 0);
            for (UsageRecord record : records) {
                if (!record.getEventId().startsWith(UsageSource.VOID_PREFIX)) {
                    assertEquals(null, amounts.put(record.getEventId(), record.getAmount()), run + ": twice " + record);
                }
            }
            site.journal.acknowledged(producer, last[0]);
        }
        compare(amounts, run);
    }

    private void compare(Map<String, Long> amounts, String run) {
        for (Map.Entry<String, Long> taken : took.entrySet()) {
            assertEquals(
                    taken.getValue(), amounts.get(KillSite.SIDECAR + ":" + taken.getKey() + ":0"), run + ": a take");
        }
        for (Map.Entry<String, Long> ended : settling.entrySet()) {
            assertEquals(
                    ended.getValue(), amounts.get(KillSite.SIDECAR + ":" + ended.getKey() + ":0"), run + ": a settle");
        }
        // besides those that were not told, at most one take of each worker, which was asked for
        assertTrue(amounts.size() <= asking.size() + settling.size(), run);
        assertTrue(
                amounts.size() - took.size() - settling.size() <= KillSite.WORKERS, run + ": records nobody asked for");
        took.clear();
        asking.clear();
        settling.clear();
        settled.clear();
    }
}
