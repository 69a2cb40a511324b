/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.core.Plane;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SidecarConfigTest {
    private static final String BYTES = "a whole number of bytes from 1024 to 16777216";

    @TempDir
    Path directory;

    @Test
    void shouldListenOnLoopbackUnlessToldOtherwise() {
        final SidecarConfig config = SidecarConfig.builder().build();

        assertEquals(new InetSocketAddress("127.0.0.1", 7070), config.listen().decisions());
        assertEquals(new InetSocketAddress("127.0.0.1", 7071), config.listen().admin());
        assertEquals(new InetSocketAddress("127.0.0.1", 7072), config.listen().http());
        assertNull(config.listen().unixSocket());
        assertEquals(65_536, config.limits().maxRequestBytes());
        assertEquals(1_024, config.limits().maxBatchSize());
        assertEquals(
                Runtime.getRuntime().availableProcessors(), config.transport().eventLoops());
        assertFalse(config.sidecarId().isEmpty());
        assertFalse(config.resetDamagedCounters());
        assertEquals(Map.of(), config.freshness().maxAgeMs());
    }

    @Test
    void shouldReadEveryKindOfValue() {
        final SidecarConfig config = read(
                """
                # comment
                sidecar_id: edge-7
                state_dir: /tmp/state
                on_counter_corruption: reset
                listen:
                  address: "[::1]:1234"
                  unix_socket: /run/tollgate.sock
                limits:
                  max_request_bytes: 32_768
                  allow_explain: false
                freshness:
                  max_age_ms:
                    policy: 5000
                """);

        assertEquals("edge-7", config.sidecarId());
        assertEquals(Path.of("/tmp/state"), config.stateDir());
        assertTrue(config.resetDamagedCounters());
        assertEquals(1_234, Objects.requireNonNull(config.listen().decisions()).getPort());
        assertEquals(Path.of("/run/tollgate.sock"), config.listen().unixSocket());
        assertEquals(32_768, config.limits().maxRequestBytes());
        assertFalse(config.limits().allowExplain());
        assertEquals(Map.of(Plane.POLICY, 5_000L), config.freshness().maxAgeMs());
    }

    @Test
    void shouldTakeAnEmptyFileForTheDefaults() {
        assertEquals(SidecarConfig.builder().build().sha256(), read("").sha256());
        assertEquals(
                SidecarConfig.builder().build().sha256(), read("# nothing\n").sha256());
    }

    @Test
    void shouldNameTheNearestKey() {
        assertProblems(
                "listen:\n  adress: 127.0.0.1:1\n",
                "sidecar.yaml:2:3: listen.adress: is not a known key; did you mean listen.address?");
        assertProblems(
                "something_else: 1\n",
                "sidecar.yaml:1:1: something_else: is not a known key; docs/configuration.md lists them all");
        assertProblems(
                "max_batch_size: 1\n",
                "sidecar.yaml:1:1: max_batch_size: is not a known key; did you mean limits.max_batch_size?");
    }

    @Test
    void shouldNameFileLineColumnValueAndWhatToWrite() {
        final String key = "sidecar.yaml:2:22: limits.max_request_bytes: ";
        assertProblems("limits:\n  max_request_bytes: 64k\n", key + "\"64k\" is a text; write " + BYTES);
        assertProblems("limits:\n  max_request_bytes: 12\n", key + "\"12\" is not " + BYTES);
        assertProblems("limits:\n  max_request_bytes: 1.5\n", key + "\"1.5\" is a fraction; write " + BYTES);
        assertProblems(
                "limits:\n  allow_explain: yep\n",
                "sidecar.yaml:2:18: limits.allow_explain: \"yep\" is a text; write true or false");
        assertProblems(
                "state_dir:\n",
                "sidecar.yaml:1:11: state_dir: has no value; write a path of the file system, or remove the line for the"
                        + " default");
        assertProblems(
                "state_dir: [a, b]\n", "sidecar.yaml:1:12: state_dir: is a list; write a path of the file system");
        assertProblems(
                "shed: 7\n",
                "sidecar.yaml:1:1: shed: is a group of keys and takes no value of its own; it has"
                        + " shed.max_loop_lag_ms, shed.probe_interval_ms, shed.retry_after_ms");
        assertProblems(
                "listen:\n  address: localhost\n",
                "sidecar.yaml:2:12: listen.address: \"localhost\" is not host:port with a port from 0 (any free one) to 65535");
        assertProblems(
                "listen:\n  address: ::1:7070\n",
                "sidecar.yaml:2:12: listen.address: \"::1:7070\" has an IPv6 address without brackets; write [::1]:7070");
        assertProblems(
                "on_counter_corruption: maybe\n",
                "sidecar.yaml:1:24: on_counter_corruption: \"maybe\" is not refuse or reset");
    }

    @Test
    void shouldShowAllProblemsOfAFileAtOnce() {
        final ConfigException e = assertThrows(
                ConfigException.class,
                () -> read(
                        "sidecar_id: edge 1\nsidecar_id: b\nshed:\n  max_loop_lag_ms: 0\nadmin:\n  threads: many\n"));
        assertEquals(
                List.of("sidecar_id", "sidecar_id", "shed.max_loop_lag_ms", "admin.threads"),
                e.problems().stream().map(ConfigProblem::key).toList());
        assertTrue(e.problems().get(1).what().contains("a second time"));
    }

    @Test
    void shouldSayWhereYamlBreaks() {
        final ConfigException e =
                assertThrows(ConfigException.class, () -> read("listen:\n  address: \"127.0.0.1:1\n"));
        assertEquals(1, e.problems().size());
        assertTrue(e.problems().get(0).what().startsWith("is not YAML"), e.getMessage());
        assertTrue(e.problems().get(0).line() >= 2, e.getMessage());
        assertProblems(
                "- a\n",
                "sidecar.yaml:1:1: is not a mapping of keys to values; start with, for instance, \"sidecar_id: edge-1\"");
        assertProblems("sidecar_id: a\n---\nsidecar_id: b\n", "sidecar.yaml:3:1: has a second document; keep one");
    }

    @Test
    void shouldRefuseToListenInTheOpenWithoutTls() {
        for (final String key : List.of("address", "admin_address", "http_address")) {
            for (final String address : List.of("0.0.0.0:1", "10.1.2.3:1", "[::]:1")) {
                final ConfigException e = assertThrows(
                        ConfigException.class, () -> read("listen:\n  " + key + ": \"" + address + "\"\n"));
                final ConfigProblem problem = e.problems().get(0);
                assertEquals("listen." + key, problem.key());
                assertEquals(2, problem.line(), "it names the line");
                assertTrue(problem.what().contains("listen.tls.client_ca_file"), problem.what());
            }
        }
        final SidecarConfig secured = read(
                """
                listen:
                  address: 0.0.0.0:7070
                  tls: {cert_file: c.pem, key_file: k.pem, client_ca_file: ca.pem}
                """);
        assertNotNull(
                secured.listen().tlsFor(Objects.requireNonNull(secured.listen().decisions())));
        assertNull(
                secured.listen().tlsFor(Objects.requireNonNull(secured.listen().admin())), "loopback stays plain");
    }

    @Test
    void shouldRefuseHalfOfTls() {
        assertKey("listen:\n  tls: {cert_file: c, key_file: k}\n", "listen.tls.cert_file");
        assertKey("listen:\n  tls: {cert_file: c, key_file: k, client_ca_file: a}\n", "listen.tls.cert_file");
        assertKey("control_plane:\n  address: 10.0.0.1:7080\n", "control_plane.address");
        assertKey("control_plane:\n  tls: {cert_file: c}\n", "control_plane.tls.cert_file");
    }

    @Test
    void shouldRefuseSettingsThatContradictEachOther() {
        assertKey("listen:\n  address: \"\"\n", "listen.address");
        assertKey("limits:\n  max_batch_bytes: 2048\n", "limits.max_batch_bytes");
        assertKey("listen:\n  unix_socket: /" + "x".repeat(100) + "\n", "listen.unix_socket");
        assertKey("control_plane:\n  address: \"\"\n", "control_plane.address");
    }

    @Test
    void shouldTakeSecretsFromFilesOrTheEnvironmentOnly() throws IOException {
        final Path token = Files.writeString(directory.resolve("token"), "s3cret-token\n");
        final SidecarConfig fromFile = read("control_plane:\n  token_file: " + token + "\n");
        assertEquals("s3cret-token", token(fromFile));
        assertFalse(fromFile.toString().contains("s3cret"), fromFile.toString());
        assertTrue(fromFile.yaml().contains("# control plane token: *** (from file " + token + ")"), fromFile.yaml());

        final SidecarConfig fromEnvironment = SidecarConfig.builder()
                .environment(Map.of(SidecarConfigBuilder.TOKEN_VARIABLE, "s3cret-token"))
                .build();
        assertEquals("s3cret-token", token(fromEnvironment));
        assertFalse(fromEnvironment.toString().contains("s3cret"));

        final ConfigException e =
                assertThrows(ConfigException.class, () -> read("control_plane:\n  token: s3cret-token\n"));
        assertFalse(
                e.getMessage().contains("s3cret"), "a secret in the wrong place is not repeated: " + e.getMessage());
        assertKey("control_plane:\n  token_file: " + directory.resolve("missing") + "\n", "control_plane.token_file");
        final Path broken = Files.writeString(directory.resolve("broken"), "two words");
        assertKey("control_plane:\n  token_file: " + broken + "\n", "control_plane.token_file");
    }

    @Test
    void shouldDumpWhatItWasBuiltFrom() {
        final SidecarConfig config =
                read("sidecar_id: \"a\"\nstate_dir: \"/tmp/with \\\"quotes\\\"\"\nshed:\n  retry_after_ms: 7\n");
        final SidecarConfig again =
                SidecarConfig.builder().yaml(config.yaml(), "dump").build();
        assertEquals(config, again);
        assertNotEquals(config.sha256(), SidecarConfig.builder().build().sha256());
        for (final ConfigKey key : ConfigKeys.all()) {
            final String name = key.name().substring(key.name().lastIndexOf('.') + 1);
            assertTrue(config.yaml().contains(name + ": "), name);
        }
    }

    @Test
    void shouldLetOverridesWinAndCheckThemAlike() {
        final SidecarConfig config = SidecarConfig.builder()
                .yaml("sidecar_id: a\n", "sidecar.yaml")
                .set("sidecar_id", "b")
                .build();
        assertEquals("b", config.sidecarId());
        final ConfigException e = assertThrows(ConfigException.class, () -> SidecarConfig.builder()
                .set("admin.threads", "0")
                .set("nope", "1")
                .build());
        assertEquals(
                "override: admin.threads: \"0\" is not a whole number of threads from 1 to 64",
                e.problems().get(0).toString());
        assertEquals("nope", e.problems().get(1).key());
    }

    @Test
    void shouldSayThatAFileIsMissing() {
        final Path missing = directory.resolve("missing.yaml");
        final ConfigException e = assertThrows(
                ConfigException.class,
                () -> SidecarConfig.builder().file(missing).build());
        assertTrue(e.getMessage().startsWith(missing + ": cannot be read: "), e.getMessage());
    }

    private static String token(final SidecarConfig config) {
        return Objects.requireNonNull(config.controlPlane().token()).reveal();
    }

    private static SidecarConfig read(final String yaml) {
        return SidecarConfig.builder().yaml(yaml, "sidecar.yaml").build();
    }

    private static void assertProblems(final String yaml, final String... problems) {
        final ConfigException e = assertThrows(ConfigException.class, () -> read(yaml));
        assertEquals(
                List.of(problems),
                e.problems().stream().map(ConfigProblem::toString).toList());
    }

    private static void assertKey(final String yaml, final String key) {
        final ConfigException e = assertThrows(ConfigException.class, () -> read(yaml));
        assertEquals(List.of(key), e.problems().stream().map(ConfigProblem::key).toList(), e.getMessage());
    }

    @Test
    void shouldReadWhereSnapshotsComeFromAndWhomToTrust() {
        assertNull(SidecarConfig.builder().build().snapshot().source());
        final SidecarConfig config = read("snapshot:\n  source: https://host/a.tgs?x=1\n  freshness: answer\n"
                + "  tls: { ca_file: /ca.pem }\n  token_file: /t\n"
                + "trust: { keys: /trust.pem, oldest_version: 1795219200000-12 }\n");
        assertEquals("https://host/a.tgs?x=1", String.valueOf(config.snapshot().source()));
        assertTrue(config.snapshot().byAnswer());
        assertEquals(1795219200000L, config.trust().oldestEpoch());
        assertEquals(12, config.trust().oldestVersion());
        assertFalse(config.trust().allowUnsigned());
        assertEquals(
                "file:///srv/a.tgs",
                String.valueOf(read("snapshot: { source: 'file:///srv/a.tgs' }")
                        .snapshot()
                        .source()));
    }

    @Test
    void shouldRefuseSourcesThatAreNone() {
        for (final String source : List.of(
                "http://host/a.tgs",
                "https://user:secret@host/a",
                "file:a.tgs",
                "file://host/a",
                "ftp://x/y",
                "",
                "a.tgs")) {
            final ConfigException e =
                    assertThrows(ConfigException.class, () -> read("snapshot: { source: '" + source + "' }\n"), source);
            assertTrue(String.valueOf(e.getMessage()).contains("snapshot.source"), e.getMessage());
        }
        assertTrue(String.valueOf(assertThrows(ConfigException.class, () -> read("snapshot: { token_file: /t }\n"))
                        .getMessage())
                .contains("is no https address"));
        assertThrows(
                ConfigException.class, () -> read("snapshot: { source: 'https://h/a', tls: { cert_file: /c } }\n"));
        assertThrows(ConfigException.class, () -> read("trust: { oldest_version: '12' }\n"));
        assertThrows(ConfigException.class, () -> read("trust: { unsigned: maybe }\n"));
    }
}
