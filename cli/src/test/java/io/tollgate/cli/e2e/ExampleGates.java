/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.control.ControlPlane;
import io.tollgate.control.ControlPlaneConfig;
import io.tollgate.control.ControlPlaneListener;
import io.tollgate.server.Sidecar;
import io.tollgate.server.config.SidecarConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/**
 * The configurations of examples/envoy as they are, each with a real Envoy and a sidecar that has its mapping; one control plane for all.
 * Changed are ports, folders, and how long Envoy waits for an answer.
 */
final class ExampleGates implements AutoCloseable {
    /** Of ext_authz. */
    static final String TIMEOUT = "timeout: 0.25s }";

    private static final long READY_MS = 60_000;
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
    private static final String VERSION = RealEnvoy.VERSIONS.get(0);

    final Upstream service = new Upstream();
    final GrpcUpstream grpcService = new GrpcUpstream();
    private final Path directory;
    private final ControlPlane plane;
    private final Map<String, Sidecar> sidecars = new LinkedHashMap<>();
    private final List<RealEnvoy> envoys = new ArrayList<>();

    /** A running Envoy. */
    record Gate(RealEnvoy envoy, int port, int adminPort, HttpClient client) {
        /** {@return a page of Envoy's admin address} */
        String admin(final String page) throws IOException, InterruptedException {
            return client.send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + adminPort + page))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        }

        /** {@return the value of a counter or gauge} */
        long stat(final String name) throws IOException, InterruptedException {
            for (final String line :
                    admin("/stats?filter=" + name.replace(".", "%5C.")).split("\n", -1)) {
                if (line.startsWith(name + ": ")) {
                    return Long.parseLong(line.substring(name.length() + 2));
                }
            }
            throw new AssertionError("Envoy has no " + name);
        }
    }

    ExampleGates(final Path directory) throws IOException {
        this.directory = directory;
        plane = ControlPlane.start(
                ControlPlaneConfig.of(Path.of(System.getProperty("tollgate.root"), "examples", "acme"), control())
                        .listeningOn(new InetSocketAddress(LOOPBACK, 0), null),
                new ControlPlaneListener() {});
    }

    private Path control() {
        return directory.resolve("control-plane");
    }

    static Path example(final String file) {
        return Path.of(System.getProperty("tollgate.root"), "examples", "envoy", file);
    }

    Path socket() {
        return directory.resolve("decisions.sock");
    }

    /** Starts the sidecar of an example; it need not be ready yet. */
    void startSidecar(final String name) {
        final boolean byPort = !name.equals("uds");
        sidecars.put(
                name,
                Sidecar.start(SidecarConfig.builder()
                        .set("sidecar_id", name)
                        .set("state_dir", directory.resolve(name).toString())
                        .set(
                                "control_plane.address",
                                "127.0.0.1:" + plane.grpcAddress().getPort())
                        .set("control_plane.bundle", "acme")
                        .set("trust.unsigned", "allow")
                        .set("control_plane.heartbeat_ms", "200")
                        .set("transport.event_loops", "1")
                        .set("listen.address", byPort ? "127.0.0.1:0" : "")
                        .set("listen.unix_socket", byPort ? "" : socket().toString())
                        .set("listen.admin_address", "")
                        .set("listen.http_address", "")
                        .set("shutdown.lame_duck_ms", "0")
                        .set("warm_up.decisions", "0")
                        .set("envoy.mapping", example(name + ".mapping.yaml").toString())
                        .build()));
    }

    /** Starts the Envoy of an example as it is. */
    Gate startEnvoy(final String name) throws Exception {
        final Sidecar sidecar = sidecars.get(name);
        assertTrue(sidecar.awaitReady(READY_MS), () -> name + ": " + sidecar.stateCause());
        return startEnvoy(name, decisionsPort(sidecar), text -> text);
    }

    /** Starts the Envoy of an example with a change; {@return it, when it listens} */
    Gate startEnvoy(final String name, final UnaryOperator<String> change) throws Exception {
        return startEnvoy(name, decisionsPort(sidecars.get(name)), change);
    }

    private static int decisionsPort(final Sidecar sidecar) {
        final InetSocketAddress address = sidecar.addresses().decisions();
        return address == null ? 0 : address.getPort();
    }

    /** The same, asking whoever listens at a port. */
    Gate startEnvoy(final String name, final int tollgatePort, final UnaryOperator<String> change) throws Exception {
        final int port = Site.freePort();
        final int adminPort = Site.freePort();
        final String text = Files.readString(example(name + ".yaml"))
                .replace("port_value: 10000", "port_value: " + port)
                .replace("port_value: 9901", "port_value: " + adminPort)
                .replace(
                        "port_value: 8080",
                        "port_value: " + (name.equals("grpc") ? grpcService.port() : service.port()))
                .replace("port_value: 7070", "port_value: " + tollgatePort)
                .replace("/etc/envoy/", directory + "/")
                .replace("/run/tollgate/decisions.sock", socket().toString())
                .replace(TIMEOUT, "timeout: 10s }");
        final String changed = change.apply(text);
        if (changed.equals(text)) {
            validate(name, text);
        }
        final RealEnvoy envoy = RealEnvoy.start(VERSION, directory, changed);
        envoys.add(envoy);
        awaitListener(name, envoy, port);
        return new Gate(envoy, port, adminPort, HttpClient.newHttpClient());
    }

    /** As an operator would before a roll-out: envoy --mode validate. */
    void validate(final String name, final String text) throws Exception {
        final Path file = Files.writeString(directory.resolve("validate-" + name + ".yaml"), text);
        final Process process = new ProcessBuilder(
                        RealEnvoy.binary(VERSION).toString(), "--mode", "validate", "-c", file.toString())
                .redirectErrorStream(true)
                .start();
        final String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
        assertTrue(!said.contains("deprecated") && !said.contains("[warning]"), said);
    }

    private static void awaitListener(final String name, final RealEnvoy envoy, final int port) throws Exception {
        final long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (true) {
            try (Socket socket = new Socket(LOOPBACK, port)) {
                assertTrue(socket.isConnected());
                return;
            } catch (final IOException ex) {
                assertTrue(envoy.alive() && System.nanoTime() < end, () -> name + ": " + envoy.output());
                RealProcess.pause();
            }
        }
    }

    @Override
    public void close() {
        envoys.forEach(RealEnvoy::close);
        sidecars.values().forEach(Sidecar::close);
        plane.close();
        service.close();
        grpcService.close();
    }
}
