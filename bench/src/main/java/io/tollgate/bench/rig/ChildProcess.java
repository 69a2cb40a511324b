/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.rig;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A real JVM with the flags of config/jvm.options and this process's class path. Ends with {@link #close}, or when this process does, since
 * its standard input ends then. Belongs to one thread.
 */
public final class ChildProcess implements AutoCloseable {
    private static final long END_S = 20;

    private final Process process;
    private final Map<String, String> facts;

    private ChildProcess(final Process process, final Map<String, String> facts) {
        this.process = process;
        this.facts = facts;
    }

    /**
     * Starts a main class and waits for its {@link ReadyLine}.
     *
     * @param main     class
     * @param jvmFlags besides those of config/jvm.options
     * @param options  of the program
     * @param log      takes its standard error
     * @param withinS  seconds that it may take to be ready
     * @throws IOException when it does not come up; the message has the end of its log
     */
    public static ChildProcess start(
            final Class<?> main,
            final List<String> jvmFlags,
            final List<String> options,
            final Path log,
            final long withinS)
            throws IOException, InterruptedException {
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("@" + Path.of(System.getProperty("tollgate.root", "."), "config", "jvm.options"));
        command.addAll(jvmFlags);
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(main.getName());
        command.addAll(options);
        final Process process =
                new ProcessBuilder(command).redirectError(log.toFile()).start();
        try {
            return new ChildProcess(process, awaitReady(process, withinS));
        } catch (final ExecutionException | TimeoutException e) {
            process.destroyForcibly();
            throw new IOException(
                    main.getSimpleName() + " was not ready within " + withinS + " s (" + e + "):\n" + tail(log), e);
        }
    }

    private static Map<String, String> awaitReady(final Process process, final long withinS)
            throws InterruptedException, ExecutionException, TimeoutException {
        final CompletableFuture<Map<String, String>> ready = new CompletableFuture<>();
        final Thread reader = new Thread(() -> read(process, ready), "child-output");
        reader.setDaemon(true);
        reader.start();
        return ready.get(withinS, TimeUnit.SECONDS);
    }

    private static void read(final Process process, final CompletableFuture<Map<String, String>> ready) {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                final Map<String, String> facts = ReadyLine.parse(line);
                if (!facts.isEmpty()) {
                    ready.complete(facts);
                }
            }
            ready.completeExceptionally(new IOException("it ended"));
        } catch (final IOException e) {
            ready.completeExceptionally(e);
        }
    }

    private static String tail(final Path log) throws IOException {
        final List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8);
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
    }

    /** {@return its process id} */
    public long pid() {
        return process.pid();
    }

    /** {@return a fact of its ready line} */
    public String fact(final String name) {
        final String value = facts.get(name);
        if (value == null) {
            throw new IllegalStateException("the process said " + facts + ", nothing about " + name);
        }
        return value;
    }

    /** Lets it end; forces it after {@value #END_S} seconds. */
    @Override
    public void close() {
        try {
            process.getOutputStream().close();
            if (!process.waitFor(END_S, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (final IOException e) {
            process.destroyForcibly();
        } catch (final InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
