/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reservation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that reserves, settles and releases as fast as it can is killed; another opens what it left. */
class ReservationKillTest {
    private static final int WORKERS = 2;
    private static final long MOST = 100;

    @TempDir
    Path folder;

    private long usedBefore;
    private long heldBefore;

    /** The process that dies. Says what it has done once it was done, and what it is about to end before it ends it. */
    static final class Victim {
        private Victim() {}

        public static void main(String[] arguments) throws IOException {
            HeldCells held = new HeldCells(Path.of(arguments[0]), WORKERS);
            long seed = Long.parseLong(arguments[1]);
            for (int number = 0; number < WORKERS; number++) {
                int worker = number;
                new Thread(() -> work(held.worker(worker), new SplittableRandom(seed + worker), System.out)).start();
            }
            // what is overdue by a clock of its own comes back at the same time
            new Thread(() -> {
                        while (true) {
                            held.sweeper.doWork(HeldCells.NOW_NS, null);
                        }
                    })
                    .start();
        }

        private static void work(HeldCells.Worker worker, SplittableRandom random, PrintStream out) {
            List<String> open = new ArrayList<>();
            while (true) {
                long tokens = random.nextLong(1, MOST);
                if (open.size() < 300 && worker.reserve(tokens)) {
                    open.add(worker.id());
                    out.println("reserved " + worker.id() + " " + tokens);
                }
                if (open.size() > 50 && random.nextInt(3) > 0) {
                    String id = open.remove(random.nextInt(open.size()));
                    long used = random.nextLong(2 * MOST);
                    boolean release = random.nextInt(4) == 0;
                    out.println("ending " + id + " " + (release ? 0 : used));
                    EndOutcome outcome = release ? worker.release(id) : worker.settle(id, used);
                    out.println("ended " + id + " " + outcome);
                }
            }
        }
    }

    private List<String> command(long seed) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + Path.of(System.getProperty("tollgate.root", "."), "config", "jvm.options"),
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                Victim.class.getName(),
                folder.toString(),
                Long.toString(seed));
    }

    /** What the victim has said of its reservations: last words by id. */
    private record Said(Map<String, Long> reserved, Map<String, Long> ending, Map<String, EndOutcome> ended) {}

    private Said killAfter(int lines, long seed) throws IOException, InterruptedException {
        Process victim =
                new ProcessBuilder(command(seed)).redirectErrorStream(true).start();
        Said said = new Said(new LinkedHashMap<>(), new LinkedHashMap<>(), new LinkedHashMap<>());
        List<String> all = new ArrayList<>();
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(victim.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                all.add(line);
                if (all.size() == lines) {
                    victim.toHandle().destroyForcibly();
                }
                String[] words = line.split(" ");
                if (line.matches("reserved [0-9a-f]{32} \\d+")) {
                    said.reserved.put(words[1], Long.parseLong(words[2]));
                } else if (line.matches("ending [0-9a-f]{32} \\d+")) {
                    said.ending.put(words[1], Long.parseLong(words[2]));
                } else if (line.matches("ended [0-9a-f]{32} (SETTLED|OVERRUN|RELEASED)")) {
                    said.ended.put(words[1], EndOutcome.valueOf(words[2]));
                }
            }
        }
        victim.waitFor();
        assertTrue(all.size() >= lines, () -> "the victim died by itself: " + all);
        return said;
    }

    @Test
    void shouldLoseNoReservationAndNoSettlementAndNeverCountLower() throws IOException, InterruptedException {
        for (int kill = 0; kill < 5; kill++) {
            long seed = System.nanoTime();
            Said said = killAfter(500 + 900 * kill, seed);
            try (HeldCells held = new HeldCells(folder, WORKERS)) {
                check(held, said, "seed " + seed + ", kill " + kill);
            }
        }
    }

    /** Everything that was open is ended here, so that each kill starts with counters whose remains are known. */
    private void check(HeldCells held, Said said, String run) {
        assertEquals(0, held.store.damaged(), run);
        held.sweep(0);
        HeldCells.Worker worker = held.worker(0);
        long least = held.used();
        long counted = 0;
        long inDoubt = 0;
        for (Map.Entry<String, Long> reserved : said.reserved.entrySet()) {
            String id = reserved.getKey();
            EndOutcome acknowledged = said.ended.get(id);
            if (acknowledged != null) {
                assertEquals(acknowledged, worker.release(id), run + ": an acknowledged end of " + id);
                counted += acknowledged == EndOutcome.RELEASED ? 0 : said.ending.getOrDefault(id, 0L);
            } else if (said.ending.containsKey(id)) {
                inDoubt++;
                EndOutcome outcome = worker.release(id);
                assertTrue(outcome != EndOutcome.UNKNOWN && outcome != EndOutcome.BUSY, run + ": " + outcome);
                counted += outcome == EndOutcome.RELEASED ? 0 : said.ending.getOrDefault(id, 0L);
            } else {
                assertEquals(EndOutcome.RELEASED, worker.release(id), run + ": open " + id);
            }
        }
        assertTrue(inDoubt <= WORKERS, run + ": " + inDoubt + " ends in doubt");
        releaseWhatWasNotSaid(held, worker);
        long settled = held.used();
        assertTrue(least >= settled, run);
        long more = settled - usedBefore - counted;
        assertTrue(more >= 0, run + ": the counter lost " + -more);
        // takes without a reservation, a give-back that was marked and not done, a debt done twice: once each worker
        assertTrue(more <= WORKERS * 4 * MOST, run + ": the counter has " + more + " too many");
        assertTrue(held.held() >= 0 && held.held() <= heldBefore + WORKERS * 2, run + ": held " + held.held());
        usedBefore = settled;
        heldBefore = held.held();
    }

    private static void releaseWhatWasNotSaid(HeldCells held, HeldCells.Worker worker) {
        ReservationList list = held.store.list();
        for (ReservationList.Item item = list.after(0, false);
                item != null;
                item = list.after(item.position(), false)) {
            assertEquals(EndOutcome.RELEASED, worker.release(item.id()));
        }
    }
}
