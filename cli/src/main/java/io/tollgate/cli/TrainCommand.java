/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import io.tollgate.client.Decision;
import io.tollgate.client.DecisionRequest;
import io.tollgate.client.TollgateClient;
import io.tollgate.server.Sidecar;
import io.tollgate.v1.DecideRequest;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * {@code tollgate train}: does for a moment what the program does all day, so that the JVM can archive the classes for
 * it (the launcher runs it with -XX:ArchiveClassesAtExit). Free ports, a temporary state directory, exit code 0.
 */
@Command(
        name = "train",
        hidden = true,
        description = "Loads the classes of a typical run, for the launcher's class archive.")
final class TrainCommand implements Callable<Integer> {
    private static final long READY_LIMIT_MS = 60_000;
    private static final long ASK_NS = TimeUnit.SECONDS.toNanos(1);

    @Spec
    CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        final Session session = Session.of(spec);
        final BundleFiles bundle = BundleFiles.in(session, DevCommand.sample(session));
        final Path state = Files.createTempDirectory("tollgate-train-");
        final LinkedBlockingQueue<DevEvent> events = new LinkedBlockingQueue<>();
        final DevPorts ports = new DevPorts();
        try (DevServers servers =
                DevServers.start(bundle.directory(), state, ports, new DevEnvoy(), new DevEvent.Listener(events))) {
            final DevEvent first = events.poll(READY_LIMIT_MS, TimeUnit.MILLISECONDS);
            if (first == null
                    || first.result() == null
                    || first.result().bundle().isEmpty()) {
                throw CommandFailure.no("the sample organisation does not compile: tollgate check says why");
            }
            final Sidecar sidecar = servers.startSidecar(first.bundle());
            if (!sidecar.awaitReady(READY_LIMIT_MS)) {
                throw CommandFailure.no("the sidecar did not become ready");
            }
            try (TollgateClient client = TollgateClient.connect(servers.decisionsAddress())) {
                final DecideRequest request = SampleCall.find(
                                first.result().bundle().get(), client)
                        .orElseThrow(() -> CommandFailure.no("the sample organisation has no test to ask"));
                decide(client, request);
                ask(session, servers, request);
            }
        } finally {
            delete(state);
        }
        return ExitCode.OK;
    }

    private static void decide(TollgateClient client, DecideRequest request) {
        final DecisionRequest question = DecisionRequest.of(request);
        final long endNs = System.nanoTime() + ASK_NS;
        Decision last = client.decide(question);
        while (System.nanoTime() - endNs < 0) {
            last = client.decide(question);
        }
        if (!last.allowed()) {
            throw CommandFailure.no("the sample call is denied: " + last);
        }
    }

    /** The commands that people run most, each as they would run it. */
    private static void ask(Session session, DevServers servers, DecideRequest request) {
        final String sample =
                SampleCall.commandLine("", request, servers.adminAddress()).strip();
        for (List<String> arguments : List.of(
                List.of(sample.split(" ")),
                List.of("status", "--address", servers.adminAddress()),
                List.of("health", "--address", servers.adminAddress(), "--output", "json"),
                List.of("check", DevCommand.sample(session).toString()),
                List.of("--help"))) {
            final CommandLine line = Tollgate.commandLine(session);
            final StringWriter out = new StringWriter();
            line.setOut(new PrintWriter(out));
            final int exitCode = line.execute(arguments.toArray(String[]::new));
            if (exitCode != ExitCode.OK) {
                throw CommandFailure.no(String.join(" ", arguments) + " ended with " + exitCode);
            }
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> {
                try {
                    Files.deleteIfExists(file);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
