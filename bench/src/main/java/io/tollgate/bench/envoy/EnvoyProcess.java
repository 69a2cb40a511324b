/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.envoy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.concurrent.TimeUnit;

/** A real Envoy. Belongs to one thread. */
final class EnvoyProcess implements AutoCloseable {
    private static final long START_MS = 20_000;

    private final Process process;

    private EnvoyProcess(final Process process) {
        this.process = process;
    }

    /**
     * {@return the binary of a version, fetched by examples/envoy/get-envoy where it is not there yet}
     *
     * @throws IOException saying what is missing
     */
    static Path binary(final String version) throws IOException, InterruptedException {
        final Path script = Path.of(System.getProperty("tollgate.root", "."), "examples", "envoy", "get-envoy");
        final Process fetch = new ProcessBuilder(script.toString(), version)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(fetch.getInputStream(), StandardCharsets.UTF_8))) {
            final String path = out.readLine();
            if (fetch.waitFor() != 0 || path == null) {
                throw new IOException("there is no Envoy " + version + ": get-envoy ended with " + fetch.exitValue());
            }
            return Path.of(path);
        }
    }

    /**
     * Starts it and waits until its ports are open.
     *
     * @throws IOException when it does not come up; the message has its log
     */
    static EnvoyProcess start(
            final Path binary, final int threads, final Path work, final String yaml, final Collection<Integer> ports)
            throws IOException, InterruptedException {
        final Path config = Files.writeString(work.resolve("envoy.yaml"), yaml);
        final Path log = work.resolve("envoy.log");
        final Process process = new ProcessBuilder(
                        binary.toString(),
                        "-c",
                        config.toString(),
                        "--use-dynamic-base-id",
                        "--concurrency",
                        Integer.toString(threads),
                        "--log-level",
                        "error")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        final EnvoyProcess envoy = new EnvoyProcess(process);
        final long untilNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(START_MS);
        for (final int port : ports) {
            while (!isOpen(port)) {
                if (!process.isAlive() || System.nanoTime() - untilNs > 0) {
                    envoy.close();
                    throw new IOException("Envoy did not start:\n" + Files.readString(log));
                }
                TimeUnit.MILLISECONDS.sleep(20);
            }
        }
        return envoy;
    }

    private static boolean isOpen(final int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 500);
            return true;
        } catch (final IOException e) {
            return false;
        }
    }

    long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (final InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
