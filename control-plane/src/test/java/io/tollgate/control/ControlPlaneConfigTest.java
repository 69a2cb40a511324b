/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The configuration file: read completely, or refused with the place and the way to mend it. */
class ControlPlaneConfigTest {
    @TempDir
    Path dir;

    private ControlPlaneConfig read(String text) throws IOException {
        return ControlPlaneConfig.read(Files.writeString(dir.resolve("control-plane.yaml"), text));
    }

    @Test
    void shouldReadEveryKey() throws IOException {
        ControlPlaneConfig config = read(
                """
                listen: {grpc: "127.0.0.1:7180", http: "[::1]:7181"}
                tls: {certificate_file: tls/cert.pem, key_file: /etc/key.pem}
                state_dir: state
                bundles: [{dir: bundles/a}, {dir: bundles/b}]
                watch: {enabled: false, interval_ms: 250}
                limits:
                  {max_snapshot_streams: 3, max_waiting_polls: 4, max_wait_ms: 5, max_connections: 6, max_calls_per_connection: 7,
                   max_usage_streams: 8}
                ledger: {lost_reports: pass}
                """);

        assertEquals(7180, config.grpcAddress().getPort());
        assertTrue(config.httpAddress() != null
                && config.httpAddress().getAddress().isLoopbackAddress());
        assertEquals(new ControlPlaneConfig.Tls(dir.resolve("tls/cert.pem"), Path.of("/etc/key.pem")), config.tls());
        assertEquals(dir.resolve("state"), config.stateDir(), "relative paths start at the file");
        assertEquals(dir.resolve("bundles/b"), config.bundles().get(1).dir());
        assertFalse(config.watch());
        assertEquals(250, config.watchIntervalMs());
        assertEquals(
                "ServiceLimits[maxPulls=3, maxWaits=4, maxWaitMs=5, maxConnections=6, maxCallsPerConnection=7, maxReports=8]",
                config.limits().toString());
        assertTrue(config.ledger().passLost());
    }

    @Test
    void shouldHaveDefaults() throws IOException {
        ControlPlaneConfig config = read("state_dir: s\nbundles:\n  - dir: b\n");

        assertFalse(config.ledger().passLost());
        assertEquals("/127.0.0.1:7080", config.grpcAddress().toString());
        assertEquals("/127.0.0.1:7081", String.valueOf(config.httpAddress()));
        assertTrue(config.watch());
        assertEquals(100, config.watchIntervalMs());
        assertTrue(config.tls() == null);
    }

    @Test
    void shouldServeNoHttpWhenToldSo() throws IOException {
        assertTrue(read("listen: {http: none}\nstate_dir: s\nbundles: [{dir: b}]\n")
                        .httpAddress()
                == null);
    }

    static List<Arguments> mistakes() {
        return List.of(
                arguments(
                        "state_dirs: s\nbundles: []\n",
                        ":1:1: error: unknown key 'state_dirs' in a control plane configuration [unknown-key]: did you mean 'state_dir'?"),
                arguments(
                        "state_dir: s\nbundles: []\nlisten: {gprc: x}\n",
                        ":3:10: error: unknown key 'gprc' in a set of addresses [unknown-key]: did you mean 'grpc'?"),
                arguments(
                        "state_dir: s\nbundles: []\nstate_dir: t\n",
                        ":3:1: error: the key 'state_dir' is already at line 1"),
                arguments("state_dir: [\n", "error: not YAML"),
                arguments(
                        "state_dir: s\nbundles: []\nwatch: {interval_ms: soon}\n",
                        ":3:22: error: 'soon' is no whole number"),
                arguments("bundles: [{dir: b}]\n", "needs the key 'state_dir'"),
                arguments("state_dir: s\nbundles: []\n", "bundles: there is none"),
                arguments("state_dir: s\nbundles: [{}]\n", ":2:11: error: a served bundle needs the key 'dir'"),
                arguments("state_dir: s\nbundles: [{dir: b}, {dir: ./x/../b}]\n", "is listed twice"),
                arguments(
                        "state_dir: s\nbundles: [{dir: b}]\nlisten: {grpc: '0.0.0.0:7080'}\n",
                        "is reachable from other hosts; set tls.certificate_file"),
                arguments(
                        "state_dir: s\nbundles: [{dir: b}]\nlisten: {http: '0.0.0.0:7081'}\n",
                        "health over HTTP is for this host"),
                arguments("state_dir: s\nbundles: [{dir: b}]\nlisten: {grpc: '7080'}\n", "'7080' is no address"),
                arguments(
                        "state_dir: s\nbundles: [{dir: b}]\nlisten: {grpc: '127.0.0.1:x'}\n",
                        "'127.0.0.1:x' is no address"),
                arguments(
                        "state_dir: s\nbundles: [{dir: b}]\ntls: {key_file: k}\n", "needs the key 'certificate_file'"),
                arguments(
                        "state_dir: s\nbundles: [{dir: b}]\nwatch: {interval_ms: 1}\n",
                        ":3:22: error: '1' is out of range: from 10 to 60000"),
                arguments(
                        "state_dir: s\nbundles: [{dir: b}]\nlimits: {max_connections: 0}\n",
                        ":3:27: error: '0' is out of range"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void shouldRefuseMistakes(String text, String message) {
        ConfigException e = assertThrows(ConfigException.class, () -> read(text));

        assertTrue(String.valueOf(e.getMessage()).contains(message), e::getMessage);
        assertTrue(String.valueOf(e.getMessage()).contains("control-plane.yaml"), e::getMessage);
    }

    @Test
    void shouldRefuseAnEmptyFile() {
        assertThrows(ConfigException.class, () -> read(""));
    }
}
