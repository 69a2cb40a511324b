/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import io.tollgate.control.ControlPlane;
import io.tollgate.control.ControlPlaneConfig;
import io.tollgate.control.ControlPlaneListener;
import io.tollgate.server.Sidecar;
import io.tollgate.server.SidecarAddresses;
import io.tollgate.server.config.SidecarConfig;
import io.tollgate.server.config.SidecarConfigBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A control plane and a sidecar in this process, talking over real gRPC. Used and closed by one thread. */
final class DevServers implements AutoCloseable {
    private final DevPorts ports;
    private final Path state;
    private final DevEnvoy envoy;
    private final ControlPlane plane;
    private @Nullable Sidecar sidecar;
    private String bundle = "";

    private DevServers(DevPorts ports, DevEnvoy envoy, Path state, ControlPlane plane) {
        this.ports = ports;
        this.envoy = envoy;
        this.state = state;
        this.plane = plane;
    }

    /** Starts the control plane. @throws CommandFailure if it cannot start */
    static DevServers start(Path bundle, Path state, DevPorts ports, DevEnvoy envoy, ControlPlaneListener listener) {
        try {
            final ControlPlaneConfig config = ControlPlaneConfig.of(bundle, state.resolve("control-plane"))
                    .listeningOn(ports.control(), ports.controlHttp());
            return new DevServers(ports, envoy, state, ControlPlane.start(config, listener));
        } catch (IOException e) {
            throw CommandFailure.usage("the control plane cannot start: " + e.getMessage());
        }
    }

    /** Starts the sidecar for what the control plane serves. */
    Sidecar startSidecar(String ofBundle) {
        bundle = ofBundle;
        return start(ports.decisions(), ports.admin(), ports.http());
    }

    /** Ends the sidecar and starts one that reads its files anew, on the same ports. */
    Sidecar restartSidecar() {
        final SidecarAddresses before = addresses();
        final Sidecar old = Objects.requireNonNull(sidecar);
        sidecar = null;
        old.close();
        return start(
                Objects.requireNonNull(before.decisions()),
                Objects.requireNonNull(before.admin()),
                Objects.requireNonNull(before.http()));
    }

    private Sidecar start(InetSocketAddress decisions, InetSocketAddress admin, InetSocketAddress http) {
        final SidecarConfigBuilder config = SidecarConfig.builder()
                .set("sidecar_id", "dev")
                .set("state_dir", state.resolve("sidecar").toString())
                .set("control_plane.address", text(plane.grpcAddress()))
                .set("control_plane.bundle", bundle)
                .set("trust.unsigned", "allow")
                .set("decision_log.file", state.resolve("decisions.jsonl").toString())
                .set("control_plane.heartbeat_ms", "200")
                .set("listen.address", text(decisions))
                .set("listen.admin_address", text(admin))
                .set("listen.http_address", text(http))
                .set("shutdown.lame_duck_ms", "0");
        envoy.into(config);
        final Sidecar started = Sidecar.start(config.build());
        sidecar = started;
        return started;
    }

    String controlAddress() {
        return text(plane.grpcAddress());
    }

    String controlHttpAddress() {
        return plane.httpAddress().map(DevServers::text).orElse("");
    }

    String decisionsAddress() {
        return text(Objects.requireNonNull(addresses().decisions()));
    }

    @Nullable
    String unixSocket() {
        final Path socket = addresses().unixSocket();
        return socket == null ? null : socket.toString();
    }

    String adminAddress() {
        return text(Objects.requireNonNull(addresses().admin()));
    }

    String httpAddress() {
        return text(Objects.requireNonNull(addresses().http()));
    }

    private SidecarAddresses addresses() {
        return Objects.requireNonNull(sidecar, "startSidecar first").addresses();
    }

    private static String text(InetSocketAddress address) {
        return address.getAddress().getHostAddress() + ":" + address.getPort();
    }

    @Override
    public void close() {
        if (sidecar != null) {
            sidecar.close();
        }
        plane.close();
    }
}
