/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.tollgate.cli.ratelimit.Choices;
import io.tollgate.cli.ratelimit.Migration;
import io.tollgate.cli.ratelimit.Migration.Source;
import io.tollgate.cli.ratelimit.RandomConfig;
import io.tollgate.cli.ratelimit.ReferenceServer;
import io.tollgate.cli.ratelimit.ReferenceServer.Entry;
import io.tollgate.cli.ratelimit.ReferenceServer.Line;
import io.tollgate.envoy.ratelimit.v3.RateLimitDescriptor;
import io.tollgate.envoy.ratelimit.v3.RateLimitRequest;
import io.tollgate.envoy.ratelimit.v3.RateLimitResponse;
import io.tollgate.envoy.ratelimit.v3.RateLimitResponse.Code;
import io.tollgate.envoy.ratelimit.v3.RateLimitServiceGrpc;
import io.tollgate.envoy.ratelimit.v3.RateLimitServiceGrpc.RateLimitServiceBlockingStub;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Converted configurations in a real process, asked over gRPC as Envoy asks. */
class RatelimitMigrationTest {
    private static final long HOUR_MS = 3_600_000;
    private static final String VALUES = "a: [x, xy, xyz, y, z]\nb: [x, xy, xyz, y, z]\n";
    /** Beside what is drawn: two limits that one request asks at once, and one that only counts. */
    private static final String FIXED =
            """
            domain: fixed
            descriptors:
              - { key: path, value: /all, rate_limit: { unit: day, requests_per_unit: 3, name: all } }
              - { key: a, rate_limit: { unit: day, requests_per_unit: 1, name: each } }
              - { key: soft, value: "yes", rate_limit: { unit: day, requests_per_unit: 1 }, shadow_mode: true }
            """;

    /** What the guide's Envoy asks about. */
    private static final String EDGE =
            """
            domain: edge
            descriptors:
              - { key: path, value: /login, rate_limit: { unit: day, requests_per_unit: 2 } }
            """;

    private static final String AROUND =
            """
            {"admin": {"address": {"socket_address": {"address": "127.0.0.1", "port_value": %d}}},
             "static_resources": {"listeners": [{"address": {"socket_address": {"address": "127.0.0.1", "port_value": %d}},
              "filter_chains": [{"filters": [{"name": "connections", "typed_config": {
               "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
               "stat_prefix": "x", "http_filters": [%s,
                {"name": "router", "typed_config": {"@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"}}],
               "route_config": {"virtual_hosts": [{"name": "all", "domains": ["*"], "routes": [{"match": {"prefix": "/"}, "route": {
                "cluster": "service",
                "rate_limits": [{"actions": [{"request_headers": {"header_name": ":path", "descriptor_key": "path"}}]}]}}]}]}}}]}]}],
              "clusters": [%s, {"name": "service", "load_assignment": {"cluster_name": "service", "endpoints": [{"lb_endpoints": [
               {"endpoint": {"address": {"socket_address": {"address": "127.0.0.1", "port_value": %d}}}}]}]}}]}}
            """;

    @TempDir
    Path directory;

    private final int port = Site.freePort();
    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void shouldAnswerEnvoyAsTheReferenceServerDid() throws Exception {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        RandomConfig config = new RandomConfig(random, true);
        List<Line> lines = config.lines();
        Migration migration = convert(lines);
        while (!migration.writable()) {
            config = new RandomConfig(random, true);
            lines = config.lines();
            migration = convert(lines);
        }
        write(migration);
        try (RealProcess process = dev()) {
            process.awaitOutput("Tollgate is ready");
            final ManagedChannel channel = Grpc.newChannelBuilder(
                            "127.0.0.1:" + port, InsecureChannelCredentials.create())
                    .build();
            try {
                compare(lines, config, seed, RateLimitServiceGrpc.newBlockingStub(channel));
                askSeveral(RateLimitServiceGrpc.newBlockingStub(channel));
            } finally {
                channel.shutdownNow();
            }
            driveTheGuidesEnvoy(process);
        }
    }

    private static Migration convert(final List<Line> lines) {
        return Migration.of(
                List.of(
                        new Source("d.yaml", RandomConfig.yaml(lines)),
                        new Source("fixed.yaml", FIXED),
                        new Source("edge.yaml", EDGE)),
                new Source("values.yaml", VALUES),
                new Choices("edge", "a", "", Map.of("b", "user"), 1, false, false));
    }

    private void write(final Migration migration) throws Exception {
        for (final Map.Entry<String, String> file : migration.bundle("edge").entrySet()) {
            final Path path = directory.resolve("edge").resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.writeString(path, file.getValue());
        }
        Files.writeString(directory.resolve("mapping.yaml"), migration.mapping());
    }

    private RealProcess dev() {
        return RealProcess.start(
                "dev",
                directory,
                "dev",
                directory.resolve("edge").toString(),
                "--envoy-mapping",
                directory.resolve("mapping.yaml").toString(),
                "--unix-socket",
                directory.resolve("s").toString(),
                "--state-dir",
                directory.resolve("state").toString(),
                "--port",
                Integer.toString(port),
                "--admin-port",
                Integer.toString(Site.freePort()),
                "--http-port",
                Integer.toString(Site.freePort()),
                "--control-port",
                Integer.toString(Site.freePort()),
                "--control-http-port",
                Integer.toString(Site.freePort()));
    }

    /** The clock goes on here: only units that count by periods, and once more should an hour end in between. */
    private void compare(
            final List<Line> lines,
            final RandomConfig config,
            final long seed,
            final RateLimitServiceBlockingStub envoy) {
        final ReferenceServer reference = new ReferenceServer(lines);
        final long hour = System.currentTimeMillis() / HOUR_MS;
        for (int i = 0; i < 300; i++) {
            final List<Entry> descriptor = config.descriptor();
            final Code expected = reference.ok(descriptor) ? Code.OK : Code.OVER_LIMIT;
            final RateLimitResponse answer = ask(envoy, "d", descriptor);
            if (System.currentTimeMillis() / HOUR_MS != hour) {
                return; // what was compared so far was equal; the limits begin anew
            }
            assertEquals(
                    expected,
                    answer.getOverallCode(),
                    () -> "seed " + seed + "\n" + RandomConfig.yaml(lines) + descriptor + answer);
            assertEquals(expected, answer.getStatuses(0).getCode(), answer.toString());
        }
    }

    /** What is different on purpose: who is denied takes nothing from the other limits, and who is not known is denied. */
    private void askSeveral(final RateLimitServiceBlockingStub envoy) {
        final Entry all = new Entry("path", "/all");
        assertEquals(
                Code.OK,
                ask(envoy, "fixed", List.of(all), List.of(new Entry("a", "x"))).getOverallCode());
        for (int i = 0; i < 5; i++) {
            final RateLimitResponse denied = ask(envoy, "fixed", List.of(all), List.of(new Entry("a", "x")));
            assertEquals(Code.OVER_LIMIT, denied.getOverallCode(), denied.toString());
            assertEquals(2, denied.getStatusesCount());
            assertEquals("each", denied.getStatuses(1).getCurrentLimit().getName(), denied.toString());
        }
        final RateLimitResponse left = ask(envoy, "fixed", List.of(all));
        assertEquals(Code.OK, left.getOverallCode(), "the five denied took nothing");
        assertEquals("all", left.getStatuses(0).getCurrentLimit().getName());
        assertEquals(3, left.getStatuses(0).getCurrentLimit().getRequestsPerUnit());
        assertEquals(
                RateLimitResponse.RateLimit.Unit.DAY,
                left.getStatuses(0).getCurrentLimit().getUnit());
        assertEquals(1, left.getStatuses(0).getLimitRemaining());
        for (int i = 0; i < 3; i++) {
            assertEquals(
                    Code.OK,
                    ask(envoy, "fixed", List.of(new Entry("soft", "yes"))).getOverallCode());
        }
        assertEquals(
                Code.OVER_LIMIT,
                ask(envoy, "fixed", List.of(new Entry("a", "stranger"))).getOverallCode());
        assertEquals(
                Code.OK, ask(envoy, "fixed", List.of(new Entry("other", "x"))).getOverallCode());
        assertTrue(ask(envoy, "nowhere", List.of(all)).getOverallCode() == Code.OVER_LIMIT, "an unknown domain");
    }

    /** Side by side, then switched, then without Tollgate: the two configurations that docs/ratelimit-migration.md shows. */
    private void driveTheGuidesEnvoy(final RealProcess tollgate) throws Exception {
        final List<Map<?, ?>> shown = shown();
        final String cluster = Manifests.json(
                        Manifests.list(shown.get(0), "clusters").get(0))
                .replace("/run/tollgate/decisions.sock", directory.resolve("s").toString());
        final List<String> filters = shown.stream()
                .map(each -> Manifests.json(Manifests.list(each, "http_filters").get(0))
                        .replace("0.1s", "10s"))
                .toList();
        try (Upstream service = new Upstream()) {
            final int admin = Site.freePort();
            final int gate = Site.freePort();
            try (RealEnvoy envoy = start(AROUND.formatted(admin, gate, filters.get(0), cluster, service.port()))) {
                tollgate.await("an Envoy", () -> status(gate, "/") == 200);
                for (int i = 0; i < 4; i++) {
                    assertEquals(200, status(gate, "/login"), () -> "only counted: " + envoy.output());
                }
                final String stats = get(admin, "/stats").body();
                assertTrue(stats.contains("cluster.service.ratelimit.tollgate.over_limit: 2\n"), stats);
            }
            try (RealEnvoy envoy = start(AROUND.formatted(admin, gate, filters.get(1), cluster, service.port()))) {
                tollgate.await("an Envoy", () -> status(gate, "/") == 200);
                assertEquals(429, status(gate, "/login"), () -> "both of the day are used: " + envoy.output());
                tollgate.kill();
                assertEquals(503, status(gate, "/login"), "nobody to ask: shut");
            }
        }
    }

    /** {@return the YAML blocks of the guide that configure Envoy, in order} */
    private static List<Map<?, ?>> shown() throws Exception {
        final String guide =
                Files.readString(Path.of(System.getProperty("tollgate.root"), "docs", "ratelimit-migration.md"));
        final List<Map<?, ?>> shown = new ArrayList<>();
        for (final Matcher block =
                        Pattern.compile("(?s)```yaml\n(http_filters:.*?)```").matcher(guide);
                block.find(); ) {
            shown.add(Manifests.parse(block.group(1)));
        }
        assertEquals(2, shown.size());
        return shown;
    }

    private RealEnvoy start(final String yaml) throws Exception {
        return RealEnvoy.start(RealEnvoy.VERSIONS.get(0), directory, yaml);
    }

    private int status(final int at, final String path) {
        try {
            return get(at, path).statusCode();
        } catch (final UncheckedIOException notThere) {
            return 0;
        }
    }

    private HttpResponse<String> get(final int at, final String path) {
        try {
            return http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + at + path))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        } catch (final InterruptedException ex) {
            throw new IllegalStateException(ex);
        }
    }

    @SafeVarargs
    private static RateLimitResponse ask(
            final RateLimitServiceBlockingStub envoy, final String domain, final List<Entry>... descriptors) {
        final RateLimitRequest.Builder request = RateLimitRequest.newBuilder().setDomain(domain);
        for (final List<Entry> entries : descriptors) {
            final RateLimitDescriptor.Builder descriptor = request.addDescriptorsBuilder();
            entries.forEach(
                    each -> descriptor.addEntriesBuilder().setKey(each.key()).setValue(each.value()));
        }
        return envoy.withDeadlineAfter(20, TimeUnit.SECONDS).shouldRateLimit(request.build());
    }
}
