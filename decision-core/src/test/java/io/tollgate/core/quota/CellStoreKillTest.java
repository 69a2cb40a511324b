/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.quota;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that takes, allocates and rolls periods over as fast as it can is killed; another opens its store. */
class CellStoreKillTest {
    private static final long NOW_NS = 1_800_000_000_000_000_000L;
    private static final int WORKERS = 2;
    private static final int TAKES_PER_PERIOD = 1_000;

    @TempDir
    Path folder;

    /** The process that dies: says on its output what it has taken for good, now and then. */
    static final class Victim {
        private Victim() {}

        public static void main(String[] arguments) throws IOException {
            CellStore store = CellStore.open(Path.of(arguments[0]), 77);
            InFlight inFlight = new InFlight(WORKERS);
            for (int worker = 0; worker < WORKERS; worker++) {
                int number = worker;
                long own = store.findOrAllocate(worker, 1, CellKind.PERIOD);
                long shared = store.findOrAllocate(100, 1, CellKind.PERIOD);
                new Thread(() -> take(new Taker(store.cells(), inFlight, number), own, shared, System.out)).start();
            }
            for (long i = 1_000; ; i++) {
                store.findOrAllocate(i, i, CellKind.PERIOD);
                if (i % 1_000 == 0) {
                    System.out.println("cells " + i);
                }
            }
        }

        private static void take(Taker taker, long own, long shared, PrintStream out) {
            TakePlan plan = new TakePlan();
            long taken = 0;
            for (long count = 0; ; count++) {
                plan.begin(NOW_NS);
                plan.addPeriod(shared, Long.MAX_VALUE, 1, 1 + count / TAKES_PER_PERIOD, Long.MAX_VALUE, TakePlan.HARD);
                plan.addPeriod(own, Long.MAX_VALUE, 1, 9, Long.MAX_VALUE, TakePlan.HARD);
                taken += taker.take(plan) == Taker.TAKEN ? 1 : 0;
                if (count % 500 == 0) {
                    out.println("taken " + own + " " + taken);
                }
            }
        }
    }

    private static List<String> command(Path folder) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("@" + Path.of(System.getProperty("tollgate.root", "."), "config", "jvm.options"));
        command.add("-Xmx64m");
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(Victim.class.getName());
        command.add(folder.toString());
        return command;
    }

    /** Lets the victim live until it has said a number of lines, kills it and returns the last word on each subject. */
    private Map<String, Long> killAfter(int lines) throws IOException, InterruptedException {
        Process victim =
                new ProcessBuilder(command(folder)).redirectErrorStream(true).start();
        Map<String, Long> said = new TreeMap<>();
        List<String> all = new ArrayList<>();
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(victim.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                all.add(line);
                if (all.size() == lines) {
                    // not Process.destroyForcibly, which closes our end of the pipe
                    victim.toHandle().destroyForcibly();
                }
                int space = line.lastIndexOf(' ');
                if (line.matches("(cells|taken \\d+) \\d+")) {
                    said.put(line.substring(0, space), Long.parseLong(line.substring(space + 1)));
                }
            }
        }
        victim.waitFor();
        assertTrue(all.size() >= lines, () -> "the victim died by itself: " + all);
        return said;
    }

    @Test
    void shouldLoseNothingThatWasTakenBeforeTheKill() throws IOException, InterruptedException {
        Map<String, Long> before = Map.of();
        for (int kill = 0; kill < 4; kill++) {
            Map<String, Long> said = killAfter(200 + 150 * kill);
            try (CellStore store = CellStore.open(folder, 1)) {
                assertEquals(77, store.id());
                assertTrue(store.count() >= said.getOrDefault("cells", 0L) - 1_000);
                for (int worker = 0; worker < WORKERS; worker++) {
                    long own = store.find(worker, 1);
                    String subject = "taken " + own;
                    long used = store.cells().readUsed(own, 9);
                    long least = before.getOrDefault(subject, 0L) + said.getOrDefault(subject, 0L);
                    assertTrue(used >= least, subject + " but the cell counts " + used + " of " + least);
                    before = new TreeMap<>(before);
                    before.put(subject, used);
                }
                takesOn(store);
            }
        }
    }

    /** Whatever state the shared cell was left in, its periods open and count. */
    private static void takesOn(CellStore store) throws IOException {
        long shared = store.find(100, 1);
        Taker taker = new Taker(store.cells(), new InFlight(1), 0);
        TakePlan plan = new TakePlan();
        long ordinal = Math.max(1, store.cells().readOrdinal(shared));
        long used = store.cells().readUsed(shared, ordinal);
        plan.begin(NOW_NS);
        plan.addPeriod(shared, Long.MAX_VALUE, 1, ordinal, Long.MAX_VALUE, TakePlan.HARD);
        assertEquals(Taker.TAKEN, taker.take(plan));
        assertEquals(used + 1, store.cells().readUsed(shared, ordinal));
        plan.begin(NOW_NS);
        plan.addPeriod(shared, 1, 1, ordinal + 1, Long.MAX_VALUE, TakePlan.HARD);
        assertEquals(Taker.TAKEN, taker.take(plan));
        assertEquals(1, store.cells().readUsed(shared, ordinal + 1));
    }
}
