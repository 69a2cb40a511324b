/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tollgate.v1.Reason;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The processes open no connection but the configured ones: no telemetry, no look-up of names, nothing at the start, under load, while
 * the control plane is away or at the end.
 */
class ConnectionsTest {
    private static final int LOAD = 500;

    @TempDir
    Path directory;

    @BeforeEach
    void needStrace() {
        assumeTrue(SystemCalls.available(), "strace is not here, or may not trace");
    }

    /** Without the one call by which the transport finds out whether this machine has IPv6: a socket of its own, which never listens. */
    private static Set<String> seen(Path calls) {
        Set<String> seen = SystemCalls.of(calls).addresses();
        seen.remove("bind [::1]:0");
        return seen;
    }

    private static Set<String> set(String... lines) {
        return new TreeSet<>(Set.of(lines));
    }

    @Test
    void shouldSeeADeliberateConnectionADatagramAndALookUp() throws Exception {
        Path calls = directory.resolve("calls");
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                RealProcess chatty = RealProcess.startUnder(
                        SystemCalls.prefix(calls),
                        Chatty.class.getName(),
                        "chatty",
                        directory,
                        Integer.toString(listener.getLocalPort()))) {
            chatty.awaitEnd();
            Set<String> seen = SystemCalls.of(calls).addresses();
            assertTrue(seen.contains("connect 127.0.0.1:" + listener.getLocalPort()), seen::toString);
            assertTrue(seen.contains("sendto 127.0.0.2:9"), seen::toString);
            assertTrue(seen.stream().anyMatch(line -> line.endsWith(":53")), seen::toString);
        }
    }

    @Test
    void shouldTalkToTheControlPlaneAlone() {
        Path sidecarCalls = directory.resolve("sidecar-calls");
        Path controlCalls = directory.resolve("control-calls");
        try (Stage stage = new Stage(directory)) {
            stage.traced("control-plane", controlCalls);
            stage.traced("edge", sidecarCalls);
            stage.startControlPlane();
            Stage.Sidecar sidecar = stage.startSidecar("edge", stage.controlPort);
            sidecar.awaitAllowed();
            for (int i = 0; i < LOAD; i++) {
                sidecar.ask();
            }
            assertTrue(sidecar.statusText().contains("connected"));
            stage.controlPlane().kill();
            sidecar.awaitReason(Reason.REASON_SNAPSHOT_STALE);
            for (int i = 0; i < LOAD; i++) {
                sidecar.ask();
            }
            stage.startControlPlane();
            sidecar.awaitAllowed();
            sidecar.process.terminate();
            stage.controlPlane().terminate();

            assertEquals(
                    set(
                            "bind 127.0.0.1:" + sidecar.decidePort,
                            "bind 127.0.0.1:" + sidecar.adminPort,
                            "bind 127.0.0.1:" + sidecar.httpPort,
                            "connect 127.0.0.1:" + stage.controlPort),
                    seen(sidecarCalls));
            assertEquals(
                    set("bind 127.0.0.1:" + stage.controlPort, "bind 127.0.0.1:" + stage.controlHttpPort),
                    seen(controlCalls),
                    "a control plane calls nobody");
        }
    }

    @Test
    void shouldTalkToItselfAloneInDevelopment() {
        Path calls = directory.resolve("dev-calls");
        try (Stage stage = new Stage(directory)) {
            int decide = Site.freePort();
            int admin = Site.freePort();
            int http = Site.freePort();
            int control = Site.freePort();
            int controlHttp = Site.freePort();
            RealProcess dev = stage.closing(RealProcess.startUnder(
                    SystemCalls.prefix(calls),
                    "io.tollgate.cli.Tollgate",
                    "dev",
                    directory,
                    "dev",
                    "acme",
                    "--state-dir",
                    directory.resolve("dev-state").toString(),
                    "--port",
                    "" + decide,
                    "--admin-port",
                    "" + admin,
                    "--http-port",
                    "" + http,
                    "--control-port",
                    "" + control,
                    "--control-http-port",
                    "" + controlHttp));
            Stage.Sidecar sidecar = stage.closing(new Stage.Sidecar(dev, decide, admin, http, directory));
            sidecar.awaitAllowed();
            for (int i = 0; i < LOAD; i++) {
                sidecar.ask();
            }
            dev.terminate();
            assertEquals(
                    set(
                            "bind 127.0.0.1:" + decide,
                            "bind 127.0.0.1:" + admin,
                            "bind 127.0.0.1:" + http,
                            "bind 127.0.0.1:" + control,
                            "bind 127.0.0.1:" + controlHttp,
                            "connect 127.0.0.1:" + control),
                    seen(calls));
        }
    }
}
