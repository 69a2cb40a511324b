/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.e2e;

import io.tollgate.control.signing.KeyFiles;
import io.tollgate.core.signing.SigningKey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/** A control plane of one bundle and a sidecar of it: their files and ports below one folder, and the processes when they are started. */
final class Site {
    private static final int LOWEST_PORT = 12_000;
    private static final int HIGHEST_PORT = 32_000;
    private static final int MAX_PORTS_TRIED = 100;

    private final Path directory;
    private final int controlPort = freePort();
    private final int decidePort = freePort();
    private final int adminPort = freePort();
    private final int httpPort = freePort();

    /**
     * Writes the configurations.
     *
     * @param bundle folder of the bundle below the directory
     * @param id     of the bundle
     * @param more   more of the sidecar's configuration, YAML
     */
    Site(final Path directory, final String bundle, final String id, final String more) throws IOException {
        this.directory = directory;
        final Path trust = KeyFiles.write(SigningKey.generate(), directory.resolve("signing.key"));
        Files.writeString(
                directory.resolve("control-plane.yaml"),
                """
                listen: { grpc: "127.0.0.1:%d", http: "127.0.0.1:%d" }
                state_dir: control-state
                bundles: [ { dir: %s } ]
                signing: { keys: [ { file: signing.key } ] }
                """
                        .formatted(controlPort, freePort(), bundle));
        Files.writeString(
                directory.resolve("sidecar.yaml"),
                """
                state_dir: %s
                control_plane: { address: "127.0.0.1:%d", bundle: %s, heartbeat_ms: 100 }
                trust: { keys: '%s' }
                listen:
                  address: "127.0.0.1:%d"
                  admin_address: "127.0.0.1:%d"
                  http_address: "127.0.0.1:%d"
                %s
                """
                        .formatted(
                                directory.resolve("sidecar-state"),
                                controlPort,
                                id,
                                trust,
                                decidePort,
                                adminPort,
                                httpPort,
                                more));
    }

    /** Copies the sample organisation to the folder acme, with evidence that is too old after so many seconds. */
    static void copyAcme(final Path directory, final long maxAgeS) throws IOException {
        final Path source = Path.of(System.getProperty("tollgate.root"), "examples", "acme");
        final Path target = directory.resolve("acme");
        try (Stream<Path> files = Files.walk(source)) {
            for (final Path file : files.toList()) {
                final Path copy = target.resolve(source.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(copy);
                } else {
                    Files.copy(file, copy);
                }
            }
        }
        final Path settings = target.resolve("tollgate.yaml");
        Files.writeString(settings, Files.readString(settings).replace(": 5m", ": " + maxAgeS + "s"));
    }

    RealProcess startControlPlane() {
        return start("control-plane");
    }

    RealProcess startSidecar() {
        return start("sidecar");
    }

    private RealProcess start(final String command) {
        return RealProcess.start(
                command,
                directory,
                command,
                "--config",
                directory.resolve(command + ".yaml").toString());
    }

    int decidePort() {
        return decidePort;
    }

    String decideAddress() {
        return "127.0.0.1:" + decidePort;
    }

    String controlAddress() {
        return "127.0.0.1:" + controlPort;
    }

    String adminAddress() {
        return "127.0.0.1:" + adminPort;
    }

    String httpPort() {
        return Integer.toString(httpPort);
    }

    /**
     * {@return a port that nobody listens on now} From below those that the system gives to outgoing connections, so that none of these
     * takes it before the process that is told to listen there.
     */
    static int freePort() {
        for (int attempt = 0; attempt < MAX_PORTS_TRIED; attempt++) {
            final int port = ThreadLocalRandom.current().nextInt(LOWEST_PORT, HIGHEST_PORT);
            try (ServerSocket socket = new ServerSocket()) {
                socket.setReuseAddress(false);
                socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1);
                return port;
            } catch (final IOException taken) {
                // another one
            }
        }
        throw new IllegalStateException("found no free port from " + LOWEST_PORT + " to " + HIGHEST_PORT);
    }
}
