/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * A {@code tollgate} process as an operator starts it: same JVM flags, same class path, output kept for failure
 * messages.
 */
final class RealProcess implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final String name;
    private final Process process;
    private final Path output;

    private RealProcess(final String name, final Process process, final Path output) {
        this.name = name;
        this.process = process;
        this.output = output;
    }

    static RealProcess start(final String name, final Path directory, final String... arguments) {
        return startUnder(List.of(), "io.tollgate.cli.Tollgate", name, directory, arguments);
    }

    /**
     * Starts a program of this class path under another one.
     *
     * @param prefix the other program and its arguments; it must become this process's child, or start it as one
     */
    static RealProcess startUnder(
            final List<String> prefix,
            final String mainClass,
            final String name,
            final Path directory,
            final String... arguments) {
        try {
            final Path output = directory.resolve(name + "-" + System.nanoTime() + ".log");
            final List<String> command = new ArrayList<>(prefix);
            command.addAll(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "@" + Path.of(System.getProperty("tollgate.root"), "config", "jvm.options"),
                    "-Xmx256m",
                    "-XX:TieredStopAtLevel=1",
                    "-Dtollgate.home=" + System.getProperty("tollgate.root"),
                    "-cp",
                    System.getProperty("java.class.path"),
                    mainClass));
            command.addAll(List.of(arguments));
            final ProcessBuilder builder = new ProcessBuilder(command);
            builder.environment().put("TOLLGATE_HOME", System.getProperty("tollgate.root"));
            builder.directory(directory.toFile());
            builder.redirectErrorStream(true).redirectOutput(output.toFile());
            return new RealProcess(name, builder.start(), output);
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    String output() {
        try {
            return Files.readString(output, StandardCharsets.UTF_8);
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    boolean alive() {
        return process.isAlive();
    }

    /** Waits until the output has a text. */
    void awaitOutput(final String text) {
        await("'" + text + "' in the output of " + name, () -> output().contains(text));
    }

    /** Waits until something holds, as long as the process lives. */
    void await(final String what, final BooleanSupplier condition) {
        final long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (!alive() || System.nanoTime() > end) {
                throw new AssertionError((alive() ? "waited a minute for " : name + " ended before ") + what
                        + "; its output:\n" + output());
            }
            pause();
        }
    }

    long pid() {
        return process.pid();
    }

    /** Sends a signal by name: STOP, CONT. */
    void signal(final String name) {
        try {
            final int code = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .start()
                    .waitFor();
            if (code != 0 && alive()) {
                throw new AssertionError("kill -" + name + " failed");
            }
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        } catch (final InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new AssertionError(ex);
        }
    }

    /** kill -9. */
    void kill() {
        process.destroyForcibly();
        waitForEnd();
    }

    /** SIGTERM; {@return the exit code}. */
    int terminate() {
        process.destroy();
        return waitForEnd();
    }

    /** Waits until it ends by itself; {@return the exit code}. */
    int awaitEnd() {
        return waitForEnd();
    }

    private int waitForEnd() {
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError(name + " did not end; its output:\n" + output());
            }
            return process.exitValue();
        } catch (final InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new AssertionError(ex);
        }
    }

    static void pause() {
        try {
            Thread.sleep(50);
        } catch (final InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new AssertionError(ex);
        }
    }

    @Override
    public void close() {
        if (alive()) {
            process.destroyForcibly();
            waitForEnd();
        }
    }
}
