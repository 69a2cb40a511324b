/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.cli.e2e.Manifests.Manifest;
import io.tollgate.control.ControlPlaneConfig;
import io.tollgate.control.compiler.BundleCompiler;
import io.tollgate.control.compiler.CompileResult;
import io.tollgate.server.config.SidecarConfig;
import io.tollgate.server.envoy.mapping.MappingReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** examples/kubernetes, as far as there is no cluster: each file by the program that reads it, and all of them by one another. */
class KubernetesExampleTest {
    private static final Path ROOT = Path.of(System.getProperty("tollgate.root"));
    private static final Path EXAMPLE = ROOT.resolve("examples/kubernetes");
    private static final String SOCKET = "/run/tollgate/decisions.sock";

    @TempDir
    Path directory;

    private final Manifests all = Manifests.read(EXAMPLE);

    @Test
    void shouldNameOnlyWhatIsThere() {
        for (final String each : Manifests.texts(all.one("Kustomization", "").value(), "resources")) {
            assertTrue(Files.isRegularFile(EXAMPLE.resolve(each)), each);
        }
        final Set<String> made = new TreeSet<>();
        for (final Matcher matcher = Pattern.compile("create secret (?:generic|tls) ([a-z-]+)")
                        .matcher(read("README.md"));
                matcher.find(); ) {
            made.add("Secret " + matcher.group(1));
        }
        all.objects().forEach(each -> made.add(each.kind() + " " + each.name()));
        for (final Manifest pod : all.pods()) {
            for (final var volume : Manifests.list(pod.value(), "volumes")) {
                final String config = Manifests.text(volume, "configMap", "name");
                final String secret = Manifests.text(volume, "secret", "secretName");
                assertTrue(config.isEmpty() || made.contains("ConfigMap " + config), config);
                assertTrue(
                        secret.isEmpty() || made.contains("Secret " + secret),
                        secret + " is made by no command of the README");
            }
        }
    }

    @Test
    void shouldMountWhatContainersRead() {
        for (final Manifest pod : all.pods()) {
            final Set<String> volumes = new HashSet<>();
            Manifests.list(pod.value(), "volumes").forEach(each -> volumes.add(Manifests.text(each, "name")));
            for (final var container : Manifests.containers(pod.value())) {
                for (final var mount : Manifests.list(container, "volumeMounts")) {
                    assertTrue(volumes.contains(Manifests.text(mount, "name")), pod.name() + ": " + mount);
                }
                if (Manifests.text(container, "image").startsWith("tollgate:")) {
                    assertEquals("true", Manifests.text(container, "securityContext", "readOnlyRootFilesystem"));
                    assertEquals("false", Manifests.text(container, "securityContext", "allowPrivilegeEscalation"));
                    assertFalse(Manifests.text(container, "resources", "limits", "memory")
                            .isEmpty());
                    assertTrue(mounted(container, "/tmp"), "a JVM writes to /tmp");
                    assertTrue(mounted(container, "/var/lib/tollgate"), "state");
                }
            }
        }
    }

    private static boolean mounted(final Map<?, ?> container, final String path) {
        return Manifests.list(container, "volumeMounts").stream()
                .anyMatch(each -> path.equals(Manifests.text(each, "mountPath")));
    }

    @Test
    void shouldAgreeOnPortsAndPaths() {
        final String sidecar = all.data("tollgate-sidecar", "sidecar.yaml");
        final String envoy = all.data("envoy", "envoy.yaml");
        assertTrue(sidecar.contains("unix_socket: " + SOCKET));
        assertTrue(envoy.contains("path: " + SOCKET));
        assertTrue(sidecar.contains("bundle: shop"));
        assertTrue(all.data("tollgate-bundle", "tollgate.yaml").contains("bundle: shop"));

        final String grpc = Manifests.text(all.first("Service", "tollgate-control-plane", "spec", "ports"), "port");
        assertTrue(sidecar.contains("address: tollgate-control-plane.tollgate.svc:" + grpc + "\n"));
        assertTrue(all.data("tollgate-control-plane", "control-plane.yaml").contains("grpc: \"0.0.0.0:" + grpc + '"'));
        assertEquals(grpc, Manifests.text(port("tollgate-control-plane", "control-plane"), "containerPort"));
        assertEquals("grpc", Manifests.text(port("tollgate-control-plane", "control-plane"), "name"));

        assertEquals("http", Manifests.text(all.first("Service", "shop", "spec", "ports"), "targetPort"));
        final String gate = Manifests.text(port("shop", "envoy"), "containerPort");
        assertEquals("http", Manifests.text(port("shop", "envoy"), "name"));
        assertTrue(envoy.contains("address: 0.0.0.0, port_value: " + gate + " "));
        assertTrue(envoy.contains(
                "address: 127.0.0.1, port_value: " + Manifests.text(port("shop", "app"), "containerPort")));
        assertTrue(envoy.contains("exact: /envoy-ready"));

        for (final String file : List.of("envoy-gateway/gateway.yaml", "envoy-gateway/rate-limit.yaml")) {
            assertTrue(read(file).contains("path: " + SOCKET), file);
        }
        final String policy = read("istio/policy.yaml");
        assertTrue(sidecar.contains("address: 127.0.0.1:7070"));
        assertTrue(policy.contains("number: 7070") && policy.contains("outbound|7070||tollgate.local"));
        assertTrue(read("istio/mesh-config.yaml").contains("port: 7070"));
        assertTrue(read("istio/mesh-config.yaml").contains("service: tollgate.local"));
    }

    private Map<?, ?> port(final String deployment, final String container) {
        return Manifests.list(all.container(deployment, container), "ports").get(0);
    }

    @Test
    void shouldHoldABundleThatCompilesAndMappingsThatAreRead() throws Exception {
        final Path bundle = mount("tollgate-control-plane", "bundle");
        final CompileResult compiled = BundleCompiler.compile(bundle);
        assertEquals(List.of(), compiled.diagnostics());
        assertEquals(2, compiled.bundle().orElseThrow().tests().size());
        final var mapping = MappingReader.read(all.data("tollgate-sidecar", "mapping.yaml"), "mapping.yaml");
        assertEquals(3, mapping.size());
    }

    @Test
    void shouldHoldConfigurationsThatOurProgramsAccept() throws Exception {
        final Path mapping =
                Files.writeString(directory.resolve("mapping.yaml"), all.data("tollgate-sidecar", "mapping.yaml"));
        final Path sidecar = Files.writeString(
                directory.resolve("sidecar.yaml"),
                all.data("tollgate-sidecar", "sidecar.yaml")
                        .replace("/etc/tollgate/config/mapping.yaml", mapping.toString()));
        final SidecarConfig config =
                SidecarConfig.builder().file(sidecar).environment(Map.of()).build();
        assertTrue(config.yaml().contains(SOCKET), config.yaml());
        final Path control = Files.writeString(
                directory.resolve("control-plane.yaml"), all.data("tollgate-control-plane", "control-plane.yaml"));
        assertEquals(1, ControlPlaneConfig.read(control).bundles().size());
    }

    @Test
    void shouldHoldAnEnvoyConfigurationThatEnvoyAccepts() throws Exception {
        validate("envoy", all.data("envoy", "envoy.yaml"));
        final List<String> filters = new ArrayList<>();
        final List<String> clusters = new ArrayList<>();
        for (final var patch : Manifests.list(
                all.one("EnvoyPatchPolicy", "tollgate-rate-limit").value(), "spec", "jsonPatches")) {
            final var value = Manifests.at(patch, "operation", "value");
            final String type = Manifests.text(patch, "type");
            (type.endsWith("Cluster") ? clusters : type.endsWith("Listener") ? filters : new ArrayList<String>())
                    .add(Manifests.json(value));
        }
        validate(
                "envoy-gateway",
                listener("\"http_filters\": [" + String.join(",", filters) + "," + ROUTER + "]", clusters));
        final var patch = Manifests.list(
                        all.one("EnvoyFilter", "tollgate-settle").value(), "spec", "configPatches")
                .get(0);
        final String connections = Manifests.json(Manifests.at(patch, "patch", "value", "typed_config"));
        validate(
                "istio",
                listener(
                        connections.substring(1, connections.length() - 1) + ", \"http_filters\": [" + ROUTER + "]",
                        List.of("{\"name\": \"outbound|7070||tollgate.local\"}")));
    }

    private static final String ROUTER =
            "{\"name\": \"router\", \"typed_config\": {\"@type\": \"type.googleapis.com/envoy.extensions.filters.http.router.v3.Router\"}}";

    /** What a patch adds, in the least around it that is a configuration. */
    private static String listener(final String connections, final List<String> clusters) {
        final String type =
                "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";
        return "{\"static_resources\": {\"clusters\": [" + String.join(",", clusters)
                + "], \"listeners\": [{\"address\": {\"socket_address\": {\"address\": \"127.0.0.1\", \"port_value\": 0}},"
                + " \"filter_chains\": [{\"filters\": [{\"name\": \"connections\", \"typed_config\": {"
                + (connections.contains(type) ? "" : "\"@type\": \"" + type + "\", ")
                + connections + ", \"stat_prefix\": \"x\", \"route_config\": {}}}]}]}]}}";
    }

    private void validate(final String name, final String yaml) throws Exception {
        final Path file = Files.writeString(directory.resolve(name + ".yaml"), yaml);
        final Process envoy = new ProcessBuilder(
                        RealEnvoy.binary(RealEnvoy.VERSIONS.get(0)).toString(),
                        "--mode",
                        "validate",
                        "-c",
                        file.toString())
                .redirectErrorStream(true)
                .start();
        final String said = new String(envoy.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, envoy.waitFor(), () -> said + yaml);
    }

    @Test
    void shouldProbeARealSidecarAsTheKubeletWould() throws Exception {
        Site.copyAcme(directory, 30);
        final Site site = new Site(directory, "acme", "acme", "");
        final String port = site.httpPort();
        final List<String> ready = probe("shop", "tollgate", "startupProbe");
        final List<String> alive = probe("shop", "tollgate", "livenessProbe");
        assertFalse(passes(ready, port), "nobody there");
        try (RealProcess sidecar = site.startSidecar()) {
            sidecar.await("a sidecar that is alive", () -> passes(alive, port));
            assertFalse(passes(ready, port), "alive without a snapshot");
            try (RealProcess control = site.startControlPlane()) {
                sidecar.await("a sidecar that is ready", () -> passes(ready, port));
                control.kill();
            }
        }
        assertFalse(passes(alive, port), "gone");
        assertEquals(
                probe("shop", "tollgate", "livenessProbe"),
                Manifests.texts(
                        all.container("envoy-gateway-system/tollgate", "tollgate"),
                        "livenessProbe",
                        "exec",
                        "command"));
    }

    private List<String> probe(final String deployment, final String container, final String probe) {
        return Manifests.texts(all.container(deployment, container), probe, "exec", "command");
    }

    private static boolean passes(final List<String> command, final String port) {
        try {
            final List<String> words = command.stream()
                    .map(each -> each.replace("/127.0.0.1/7072", "/127.0.0.1/" + port))
                    .toList();
            return new ProcessBuilder(words)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        } catch (final InterruptedException ex) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Test
    void shouldBuildTheImageOfWhatIsInTheRepository() {
        final String file = read("Dockerfile");
        for (final Matcher from = Pattern.compile("(?m)^FROM (\\S+)").matcher(file); from.find(); ) {
            final String image = from.group(1);
            assertTrue(image.contains(":"), image + " has a version");
            assertFalse(image.contains("/"), image + " names no host");
            assertTrue(image.contains("17"), image + " is of the JDK that the class archive is made with");
        }
        for (final Matcher copy = Pattern.compile("/opt/tollgate/([\\w./-]+) ").matcher(file); copy.find(); ) {
            final String source = copy.group(1);
            assertTrue(source.equals(".tollgate") || Files.exists(ROOT.resolve(source)), source);
        }
        assertTrue(
                file.contains("USER " + Manifests.text(all.pod("shop").value(), "securityContext", "runAsUser") + ":"));
        for (final Manifest pod : all.pods()) {
            for (final var container : Manifests.containers(pod.value())) {
                final String image = Manifests.text(container, "image");
                assertFalse(image.contains("/") && image.split("/")[0].contains("."), image);
            }
        }
    }

    /** Lays a volume out as the kubelet does: the files in a hidden folder, and links to it. */
    private Path mount(final String deployment, final String volume) throws IOException {
        final Path mount = Files.createDirectories(directory.resolve("mount"));
        final Path data = Files.createDirectories(mount.resolve("..2026_01_01"));
        Files.createSymbolicLink(mount.resolve("..data"), data.getFileName());
        for (final var each : Manifests.list(all.pod(deployment).value(), "volumes")) {
            if (!volume.equals(Manifests.text(each, "name"))) {
                continue;
            }
            for (final var item : Manifests.list(each, "configMap", "items")) {
                final Path path = Path.of(Manifests.text(item, "path"));
                final Path file = data.resolve(path);
                Files.createDirectories(file.getParent());
                Files.writeString(
                        file, all.data(Manifests.text(each, "configMap", "name"), Manifests.text(item, "key")));
                final Path link = mount.resolve(path.getName(0));
                if (!Files.exists(link)) {
                    Files.createSymbolicLink(link, Path.of("..data").resolve(path.getName(0)));
                }
            }
        }
        return mount;
    }

    private static String read(final String file) {
        try {
            return Files.readString(EXAMPLE.resolve(file));
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }
}
