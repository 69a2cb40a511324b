/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.load;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What Linux counts for a process: processor time from /proc/PID/stat (utime + stime, all threads, also ended ones) and memory from
 * /proc/PID/status.
 */
public final class ProcessStat {
    /** The kernel's USER_HZ: processor time is shown in hundredths of a second on every Linux that Java runs on. */
    private static final long NS_PER_TICK = 10_000_000L;

    private static final int UTIME_AFTER_NAME = 11;
    private static final int STIME_AFTER_NAME = 12;

    private final Path folder;

    private ProcessStat(final Path folder) {
        this.folder = folder;
    }

    /** {@return the counters of a process} */
    public static ProcessStat of(final long pid) {
        return new ProcessStat(Path.of("/proc", Long.toString(pid)));
    }

    /** {@return the counters of this process} */
    public static ProcessStat self() {
        return new ProcessStat(Path.of("/proc/self"));
    }

    /**
     * {@return processor time used so far, nanoseconds, to the next 10 ms below}
     *
     * @throws IOException when the process is gone
     */
    public long cpuNs() throws IOException {
        return cpuNs(Files.readString(folder.resolve("stat"), StandardCharsets.ISO_8859_1));
    }

    /** Reads a line of /proc/PID/stat; the name in brackets may hold blanks and brackets itself. */
    static long cpuNs(final String stat) {
        final String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[UTIME_AFTER_NAME]) + Long.parseLong(fields[STIME_AFTER_NAME])) * NS_PER_TICK;
    }

    /**
     * {@return resident anonymous memory in KiB: what is not of files}
     *
     * @throws IOException when the process is gone
     */
    long residentAnonymousKib() throws IOException {
        for (final String line : Files.readAllLines(folder.resolve("status"), StandardCharsets.ISO_8859_1)) {
            if (line.startsWith("RssAnon:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", ""));
            }
        }
        return 0;
    }
}
