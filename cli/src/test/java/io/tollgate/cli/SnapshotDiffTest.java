/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.tollgate.control.ControlPlane;
import io.tollgate.control.ControlPlaneConfig;
import io.tollgate.control.ControlPlaneListener;
import io.tollgate.control.service.ServiceLimits;
import io.tollgate.control.signing.KeyFiles;
import io.tollgate.control.signing.SigningConfig;
import io.tollgate.core.signing.SigningKey;
import io.tollgate.server.Sidecar;
import io.tollgate.server.config.SidecarConfig;
import io.tollgate.server.config.SidecarConfigBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code snapshot diff}, and {@code snapshot verify live}: against files and against a real sidecar. */
class SnapshotDiffTest {
    @TempDir
    Path directory;

    private Path bundle = Path.of("");

    @BeforeEach
    void copyTheSample() throws IOException {
        final Path source = Path.of(System.getProperty("tollgate.root"), "examples", "acme");
        bundle = directory.resolve("acme");
        try (Stream<Path> files = Files.walk(source)) {
            for (final Path file : files.toList()) {
                final Path copy = bundle.resolve(source.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(copy);
                } else {
                    Files.copy(file, copy);
                }
            }
        }
    }

    private void compile(String file, String version) {
        run("compile", "acme", "-o", file, "--snapshot-version", version).exits(ExitCode.OK);
    }

    /** Edits the first file below the bundle's folder that holds the text. */
    private void edit(String folder, String what, String with) throws IOException {
        try (Stream<Path> files = Files.walk(bundle.resolve(folder))) {
            for (final Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                final String text = Files.readString(file);
                if (text.contains(what)) {
                    Files.writeString(file, text.replaceFirst(java.util.regex.Pattern.quote(what), with));
                    return;
                }
            }
        }
        throw new IOException("nothing in " + folder + " says " + what);
    }

    private static List<String> keys(JsonObject diff, String kind, String change) {
        final List<String> keys = new ArrayList<>();
        for (final JsonElement element : diff.getAsJsonArray("changes")) {
            final JsonObject one = element.getAsJsonObject();
            if (one.get("kind").getAsString().equals(kind)
                    && one.get("change").getAsString().equals(change)) {
                keys.add(one.get("key").getAsString());
            }
        }
        return keys;
    }

    @Test
    void shouldCallSnapshotsOfTheSameContentTheSame() {
        compile("a.tgs", "1");
        compile("b.tgs", "2");
        run("snapshot", "diff", "a.tgs", "b.tgs").exits(ExitCode.OK).prints("SAME", "version 1", "version 2");
        assertTrue(json(run("snapshot", "diff", "a.tgs", "b.tgs", "--output", "json"))
                .get("same")
                .getAsBoolean());
    }

    @Test
    void shouldTellALimitFromARuleAndAScope() throws Exception {
        compile("a.tgs", "1");
        edit("limits", "limit: ", "limit: 9");
        edit("policies", "  - id: ", "  - id: renamed-");
        compile("b.tgs", "2");

        final Run run = run("snapshot", "diff", "a.tgs", "b.tgs").exits(ExitCode.NO);
        run.prints(
                "from acme version 1",
                "to acme version 2",
                "Limits: 1 changed",
                "Rules: 1 added, 1 removed",
                "~",
                "limit");
        final JsonObject json = json(
                run("snapshot", "diff", "a.tgs", "b.tgs", "--output", "json").exits(ExitCode.NO));
        assertEquals(1, keys(json, "limit", "changed").size());
        assertEquals(1, keys(json, "rule", "removed").size());
        assertTrue(keys(json, "rule", "added").get(0).contains("renamed-"), json.toString());
        assertEquals(List.of(), keys(json, "scope", "changed"), "a limit of a scope is no change of the scope");
        final JsonObject field = json.getAsJsonArray("changes").asList().stream()
                .map(JsonElement::getAsJsonObject)
                .filter(one -> one.get("kind").getAsString().equals("limit"))
                .findFirst()
                .orElseThrow()
                .getAsJsonArray("fields")
                .get(0)
                .getAsJsonObject();
        assertEquals(
                "9" + field.get("before").getAsString().replace(",", ""),
                field.get("after").getAsString().replace(",", ""));
    }

    @Test
    void shouldFollowNamesAndNotNumbersWhenTheRegistryGrows() throws Exception {
        compile("a.tgs", "1");
        edit("registry", "units:\n", "units:\n  a_first_unit: {}\n");
        compile("b.tgs", "2");
        final JsonObject json = json(
                run("snapshot", "diff", "a.tgs", "b.tgs", "--output", "json").exits(ExitCode.NO));
        assertEquals(List.of("a_first_unit"), keys(json, "unit", "added"));
        assertEquals(List.of(), keys(json, "limit", "changed"), json.toString());
        assertEquals(List.of(), keys(json, "operation", "changed"), json.toString());
    }

    @Test
    void shouldCallMovedLinesByTheirName() throws Exception {
        compile("a.tgs", "1");
        try (Stream<Path> files = Files.walk(bundle.resolve("limits"))) {
            for (final Path file : files.filter(Files::isRegularFile).toList()) {
                Files.writeString(file, "# a line more\n" + Files.readString(file));
            }
        }
        compile("b.tgs", "2");
        run("snapshot", "diff", "a.tgs", "b.tgs")
                .exits(ExitCode.NO)
                .prints("Moved in the sources, otherwise the same: ");
        final JsonObject json = json(run("snapshot", "diff", "a.tgs", "b.tgs", "--output", "json"));
        assertEquals(0, json.getAsJsonArray("changes").size(), json.toString());
        assertTrue(json.get("movedLines").getAsLong() > 0);
        assertFalse(json.get("same").getAsBoolean());
    }

    @Test
    void shouldSayWhatCannotBeCompared() {
        compile("a.tgs", "1");
        run("snapshot", "diff", "a.tgs", "none.tgs").exits(ExitCode.USAGE).complains("none.tgs does not exist");
        run("snapshot", "diff", "a.tgs").exits(ExitCode.USAGE);
        run("snapshot", "diff", "a.tgs", "live", "--address", "127.0.0.1:1").exits(ExitCode.UNREACHABLE);
        run("snapshot", "verify", "live", "--address", "127.0.0.1:1").exits(ExitCode.UNREACHABLE);
    }

    @Test
    void shouldCompareAndVerifyTheLiveSnapshotOfARealSidecar() throws Exception {
        final Path trust = KeyFiles.write(SigningKey.generate(), directory.resolve("signing.key"));
        final Path stranger = KeyFiles.write(SigningKey.generate(), directory.resolve("other.key"));
        final InetSocketAddress any = new InetSocketAddress("127.0.0.1", 0);
        // Not watched: the edit below is for comparing, not for publishing.
        final ControlPlaneConfig plane = new ControlPlaneConfig(
                        any,
                        null,
                        null,
                        directory.resolve("control"),
                        List.of(new ControlPlaneConfig.Bundle(bundle)),
                        false,
                        ControlPlaneConfig.DEFAULT_WATCH_INTERVAL_MS,
                        ServiceLimits.DEFAULT)
                .signedBy(new SigningConfig(
                        List.of(new SigningConfig.Key(directory.resolve("signing.key"), null, true))));
        try (ControlPlane control = ControlPlane.start(plane, ControlPlaneListener.NONE);
                Sidecar sidecar = Sidecar.start(config(control, trust).build())) {
            assertTrue(sidecar.awaitReady(60_000), sidecar.stateCause());
            final String admin =
                    address(Objects.requireNonNull(sidecar.addresses().admin()));
            compile("same.tgs", "7");
            run("snapshot", "diff", "live", "same.tgs", "--address", admin)
                    .exits(ExitCode.OK)
                    .prints("SAME");
            edit("limits", "limit: ", "limit: 9");
            compile("next.tgs", "8");
            run("snapshot", "diff", "live", "next.tgs", "--address", admin)
                    .exits(ExitCode.NO)
                    .prints("Limits: 1 changed");
            run("snapshot", "verify", "live", "--address", admin, "--trust", trust.toString())
                    .exits(ExitCode.OK)
                    .prints("WHOLE", "the sidecar at " + admin, "signed by ed25519-");
            run("snapshot", "verify", "live", "--address", admin, "--trust", stranger.toString())
                    .exits(ExitCode.NO)
                    .prints("REFUSED: not trusted");
            run("status", "--address", admin).exits(ExitCode.OK).prints("verified, key ed25519-");
        }
    }

    @Test
    void shouldServeFromAConfirmedFileWithoutAControlPlane() throws Exception {
        final Path trust = KeyFiles.write(SigningKey.generate(), directory.resolve("signing.key"));
        run("compile", "acme", "-o", "acme.tgs", "--sign-key", "signing.key").exits(ExitCode.OK);
        run("snapshot", "confirm", "acme.tgs", "--sign-key", "signing.key")
                .exits(ExitCode.OK)
                .prints("acme.tgs.fresh", "is the newest, signed by ed25519-");
        final SidecarConfigBuilder config = base(trust)
                .set("snapshot.source", "file://" + directory.resolve("acme.tgs"))
                .set("snapshot.poll_interval_ms", "50");
        try (Sidecar sidecar = Sidecar.start(config.build())) {
            assertTrue(sidecar.awaitReady(60_000), sidecar.stateCause());
            final String admin =
                    address(Objects.requireNonNull(sidecar.addresses().admin()));
            run("status", "--address", admin)
                    .exits(ExitCode.OK)
                    .prints("Snapshot source", "acme.tgs, readable", "by the freshness statement");
            run("snapshot", "diff", "live", "acme.tgs", "--address", admin).exits(ExitCode.OK);
        }
    }

    private SidecarConfigBuilder config(ControlPlane control, Path trust) {
        return base(trust)
                .set("control_plane.address", address(control.grpcAddress()))
                .set("control_plane.heartbeat_ms", "100");
    }

    private SidecarConfigBuilder base(Path trust) {
        return SidecarConfig.builder()
                .set("sidecar_id", "diffed")
                .set("state_dir", directory.resolve("sidecar").toString())
                .set("control_plane.bundle", "acme")
                .set("trust.keys", trust.toString())
                .set("listen.address", "127.0.0.1:0")
                .set("listen.admin_address", "127.0.0.1:0")
                .set("listen.http_address", "")
                .set("warm_up.decisions", "0")
                .set("shutdown.lame_duck_ms", "0");
    }

    private static String address(InetSocketAddress address) {
        return address.getAddress().getHostAddress() + ":" + address.getPort();
    }

    private Run run(String... arguments) {
        return Run.in(Run.session(directory, Map.of("SOURCE_DATE_EPOCH", "1795219200"), ""), arguments);
    }

    private static JsonObject json(Run run) {
        return JsonParser.parseString(run.out()).getAsJsonObject();
    }
}
