/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** What figures came from: without it they mean nothing. */
public final class Machine {
    private Machine() {}

    /** {@return one line: processor, cores, memory, system, Java, checkout, day} */
    public static String describe() {
        return String.format(
                Locale.ROOT,
                "%s, %d cores, %d GiB, Linux %s; Java %s (%s); commit %s; %s.",
                field("/proc/cpuinfo", "model name"),
                Runtime.getRuntime().availableProcessors(),
                Math.round(kib("/proc/meminfo", "MemTotal") / 1024.0 / 1024.0),
                System.getProperty("os.version"),
                System.getProperty("java.runtime.version"),
                System.getProperty("java.vendor"),
                commit(),
                LocalDate.now(ZoneOffset.UTC));
    }

    /** {@return how busy the machine is now, /proc/loadavg's first figure; figures from a busy machine are worthless} */
    public static double load() {
        try {
            return Double.parseDouble(Files.readString(Path.of("/proc/loadavg")).split(" ")[0]);
        } catch (final IOException e) {
            return Double.NaN;
        }
    }

    private static double kib(final String file, final String name) {
        final String digits = field(file, name).replaceAll("[^0-9]", "");
        return digits.isEmpty() ? 0 : Double.parseDouble(digits);
    }

    private static String field(final String file, final String name) {
        try {
            for (final String line : Files.readAllLines(Path.of(file), StandardCharsets.UTF_8)) {
                if (line.startsWith(name)) {
                    return line.substring(line.indexOf(':') + 1).trim();
                }
            }
        } catch (final IOException e) {
            return "unknown (" + e.getMessage() + ")";
        }
        return "unknown";
    }

    private static String commit() {
        try {
            final Process git = new ProcessBuilder("git", "describe", "--always", "--dirty")
                    .directory(Path.of(System.getProperty("tollgate.root", ".")).toFile())
                    .redirectErrorStream(true)
                    .start();
            final String text = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim();
            return git.waitFor(10, TimeUnit.SECONDS) && git.exitValue() == 0 ? text : "unknown";
        } catch (final IOException e) {
            return "unknown";
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            return "unknown";
        }
    }
}
