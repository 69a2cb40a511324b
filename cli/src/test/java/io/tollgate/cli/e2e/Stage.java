/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.e2e;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.tollgate.cli.render.Paint;
import io.tollgate.cli.render.StatusText;
import io.tollgate.client.Decision;
import io.tollgate.client.DecisionRequest;
import io.tollgate.client.TollgateClient;
import io.tollgate.control.signing.KeyFiles;
import io.tollgate.core.signing.SigningKey;
import io.tollgate.v1.DiagnosticsServiceGrpc;
import io.tollgate.v1.Reason;
import io.tollgate.v1.StatusRequest;
import io.tollgate.v1.StatusResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A control plane and sidecars, all processes of their own, with evidence that may be 3 s old. One thread. */
final class Stage implements AutoCloseable {
    static final long MAX_AGE_MS = 3_000;
    static final Duration DEADLINE = Duration.ofSeconds(5);

    final Path directory;
    final int controlPort = Site.freePort();
    final int controlHttpPort = Site.freePort();
    private final Map<String, Path> traced = new HashMap<>();
    private final Path trust;
    private final List<AutoCloseable> opened = new ArrayList<>();
    private RealProcess controlPlane;

    Stage(Path directory) {
        this.directory = directory;
        try {
            copyAcme();
            trust = KeyFiles.write(SigningKey.generate(), directory.resolve("signing.key"));
            writeControlPlane("");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A running sidecar and a client of it. */
    static final class Sidecar implements AutoCloseable {
        final RealProcess process;
        final TollgateClient client;
        final int decidePort;
        final int adminPort;
        final int httpPort;
        final Path stateDir;
        private final ManagedChannel admin;

        Sidecar(RealProcess process, int decidePort, int adminPort, int httpPort, Path stateDir) {
            this.process = process;
            this.decidePort = decidePort;
            this.adminPort = adminPort;
            this.httpPort = httpPort;
            this.stateDir = stateDir;
            client = TollgateClient.connect("127.0.0.1:" + decidePort);
            admin = Grpc.newChannelBuilder("127.0.0.1:" + adminPort, InsecureChannelCredentials.create())
                    .build();
        }

        Decision ask() {
            return client.decide(
                    DecisionRequest.builder()
                            .organization("lumen")
                            .actor("user", "ana")
                            .action("llm", "model", "invoke")
                            .usage(5, "input_token")
                            .build(),
                    DEADLINE);
        }

        StatusResponse status() {
            return DiagnosticsServiceGrpc.newBlockingStub(admin)
                    .withDeadlineAfter(DEADLINE.toSeconds(), TimeUnit.SECONDS)
                    .status(StatusRequest.getDefaultInstance());
        }

        /** What {@code tollgate status} prints. */
        String statusText() {
            return StatusText.of(status(), Paint.PLAIN);
        }

        void awaitAllowed() {
            process.await("an allowed decision", () -> ask().allowed());
        }

        void awaitReason(Reason reason) {
            process.await(reason.name(), () -> ask().reason() == reason);
        }

        void awaitStatus(String part) {
            process.await("status with '" + part + "'", () -> statusText().contains(part));
        }

        @Override
        public void close() {
            client.close();
            admin.shutdownNow();
            process.close();
        }
    }

    /** From now on the process of this name is started under a watch of its system calls. */
    void traced(String name, Path calls) {
        traced.put(name, calls);
    }

    private RealProcess start(String name, String... arguments) {
        Path calls = traced.get(name);
        // a second start is not to write over what the first one did
        List<String> prefix = calls == null ? List.of() : SystemCalls.appending(calls);
        return RealProcess.startUnder(prefix, "io.tollgate.cli.Tollgate", name, directory, arguments);
    }

    RealProcess controlPlane() {
        return controlPlane;
    }

    /** Starts it, again if it was killed. */
    RealProcess startControlPlane() {
        controlPlane = start(
                "control-plane",
                "control-plane",
                "--config",
                directory.resolve("control-plane.yaml").toString());
        opened.add(controlPlane);
        return controlPlane;
    }

    /** @param more lines of YAML, such as "tls: { ... }" */
    void writeControlPlane(String more) throws IOException {
        Files.writeString(
                directory.resolve("control-plane.yaml"),
                """
                listen: { grpc: "127.0.0.1:%d", http: "127.0.0.1:%d" }
                state_dir: control-state
                bundles: [ { dir: acme } ]
                signing: { keys: [ { file: signing.key } ] }
                %s
                """
                        .formatted(controlPort, controlHttpPort, more));
    }

    Sidecar startSidecar(String name, int towards) {
        return startSidecar(name, "127.0.0.1:" + towards, "", "");
    }

    /**
     * Starts one, in a state folder of its own.
     *
     * @param towards where it finds its control plane
     * @param tls of its control plane, such as ", tls: { ca_file: x }"
     * @param more lines of YAML
     */
    Sidecar startSidecar(String name, String towards, String tls, String more) {
        int decidePort = Site.freePort();
        int adminPort = Site.freePort();
        int httpPort = Site.freePort();
        Path state = directory.resolve(name + "-state");
        Path config = directory.resolve(name + ".yaml");
        try {
            Files.writeString(
                    config,
                    """
                    sidecar_id: %s
                    state_dir: %s
                    control_plane: { address: "%s", bundle: acme, heartbeat_ms: 200%s }
                    trust: { keys: '%s' }
                    shutdown: { lame_duck_ms: 0 }
                    listen:
                      address: "127.0.0.1:%d"
                      admin_address: "127.0.0.1:%d"
                      http_address: "127.0.0.1:%d"
                    %s
                    """
                            .formatted(name, state, towards, tls, trust, decidePort, adminPort, httpPort, more));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        RealProcess process = start(name, "sidecar", "--config", config.toString());
        Sidecar sidecar = new Sidecar(process, decidePort, adminPort, httpPort, state);
        opened.add(sidecar);
        process.awaitOutput("answers:");
        return sidecar;
    }

    /** Closed with the stage. */
    <T extends AutoCloseable> T closing(T part) {
        opened.add(part);
        return part;
    }

    /** Changes one policy of the bundle, so that there is a delta. */
    void edit(String word) throws IOException {
        Path policy = directory.resolve("acme/policies/00-global.yaml");
        String text = Files.readString(policy);
        Files.writeString(
                policy, text.replace("Your plan does not include", "Your plan, " + word + ", does not include"));
    }

    @Override
    public void close() {
        for (int i = opened.size() - 1; i >= 0; i--) {
            try {
                opened.get(i).close();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
    }

    /** The sample organisation, with bounds short enough to wait for. */
    private void copyAcme() throws IOException {
        Path source = Path.of(System.getProperty("tollgate.root"), "examples", "acme");
        Path target = directory.resolve("acme");
        try (Stream<Path> files = Files.walk(source)) {
            for (Path file : files.toList()) {
                Path copy = target.resolve(source.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(copy);
                } else {
                    Files.copy(file, copy);
                }
            }
        }
        Path settings = target.resolve("tollgate.yaml");
        Files.writeString(settings, Files.readString(settings).replace(": 5m", ": " + MAX_AGE_MS / 1_000 + "s"));
    }
}
