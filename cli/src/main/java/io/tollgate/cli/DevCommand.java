/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import io.tollgate.server.Sidecar;
import io.tollgate.server.config.ConfigException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tollgate dev} */
@Command(
        name = "dev",
        description = {
            "Runs a control plane and a sidecar in one process, and reloads the bundle (and Envoy's mapping) on save.",
            "Without DIR: the sample organisation. With --output json: a JSON object per line for each event."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  tollgate dev",
            "  tollgate dev my-bundle --port-base 9070",
            "  tollgate dev --port-base 0 --output json",
            "  tollgate dev --envoy-mapping examples/envoy/http.mapping.yaml"
        })
final class DevCommand implements Callable<Integer> {
    private static final long LOOK_MS = 20;
    private static final long READY_WAIT_MS = 100;
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(15);

    @Parameters(
            arity = "0..1",
            paramLabel = "DIR",
            description = "Holds tollgate.yaml; default: the sample organisation.")
    @Nullable
    Path directory;

    @Mixin
    DevPorts ports;

    @Option(names = "--state-dir", paramLabel = "DIR", description = "Snapshots and counters; default .tollgate/dev.")
    @Nullable
    Path stateDirectory;

    @Mixin
    DevEnvoy envoy;

    @Mixin
    OutputOptions output;

    @Override
    public Integer call() {
        final Session session = output.session();
        final BundleFiles bundle = BundleFiles.in(session, directory == null ? sample(session) : directory);
        ports.check();
        envoy.check(session);
        final Path state = state(session, bundle.directory());
        session.stop().listenToProcess();
        Logs.showOnlyErrors();
        final BlockingQueue<DevEvent> events = new LinkedBlockingQueue<>();
        final DevConsole console = new DevConsole(output, bundle, state);
        try (DevServers servers =
                DevServers.start(bundle.directory(), state, ports, envoy, new DevEvent.Listener(events))) {
            serve(session.stop(), servers, events, console);
        }
        console.stopped();
        return ExitCode.OK;
    }

    private void serve(StopSignal stop, DevServers servers, BlockingQueue<DevEvent> events, DevConsole console) {
        final DevEvent first = awaitBundle(stop, events, console);
        if (first == null) {
            return;
        }
        final Sidecar sidecar = servers.startSidecar(first.bundle());
        if (!awaitReady(stop, sidecar, console)) {
            return;
        }
        console.ready(servers, first);
        while (!stop.await(LOOK_MS)) {
            final DevEvent event = events.poll();
            if (event != null) {
                console.reloaded(stop, servers, event);
            }
            if (envoy.wasSaved()) {
                reloadMapping(stop, servers, console);
            }
        }
    }

    /** A sidecar reads its mapping when it starts; here that is another sidecar on the same ports. */
    private void reloadMapping(StopSignal stop, DevServers servers, DevConsole console) {
        final long startNs = System.nanoTime();
        try {
            if (!envoy.readAgain()) {
                console.mappingUnchanged(envoy.name());
            } else if (awaitReady(stop, servers.restartSidecar(), console)) {
                console.mappingReloaded(envoy.name(), System.nanoTime() - startNs);
            }
        } catch (ConfigException e) {
            console.mappingRefused(envoy.name(), e.getMessage());
        }
    }

    /** A bundle that does not compile yet may be mended; until then there is nothing to serve. */
    private static @Nullable DevEvent awaitBundle(StopSignal stop, BlockingQueue<DevEvent> events, DevConsole console) {
        while (!stop.await(LOOK_MS)) {
            final DevEvent event = events.poll();
            if (event != null && !event.bundle().isEmpty()) {
                return event;
            } else if (event != null) {
                console.notYet(event);
            }
        }
        return null;
    }

    private static boolean awaitReady(StopSignal stop, Sidecar sidecar, DevConsole console) {
        final long startNs = System.nanoTime();
        boolean told = false;
        try {
            while (!stop.isAsked()) {
                if (sidecar.awaitReady(READY_WAIT_MS)) {
                    return true;
                }
                if (!told && System.nanoTime() - startNs > PATIENCE_NS) {
                    told = true;
                    console.notReady(sidecar.stateCause());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return false;
    }

    static Path sample(Session session) {
        if (session.home() == null) {
            throw CommandFailure.usage("which bundle? Give the directory that holds its tollgate.yaml");
        }
        return session.home().resolve("examples").resolve("acme");
    }

    /** One folder per bundle directory, so that switching between bundles never mixes their versions. */
    private Path state(Session session, Path bundle) {
        final Path parent = session.resolve(stateDirectory == null ? Path.of(".tollgate", "dev") : stateDirectory);
        final CRC32C hash = new CRC32C();
        hash.update(bundle.toString().getBytes(StandardCharsets.UTF_8));
        final Path state = parent.resolve(String.format("%s-%08x", bundle.getFileName(), hash.getValue()));
        try {
            Files.createDirectories(state);
            return state;
        } catch (IOException e) {
            throw CommandFailure.usage("state directory " + state + " cannot be made: " + e + "; see --state-dir");
        }
    }
}
