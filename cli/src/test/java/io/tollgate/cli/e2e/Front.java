/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A running Envoy with its doors, and a client of it that looks at what comes back, at its access log and at its statistics. */
final class Front implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final JsonMapper JSON = new JsonMapper();

    final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final GateConfig config;
    private final Path accessLog;
    private final RealEnvoy envoy;

    Front(
            final String version,
            final Path directory,
            final Iterable<Door> doors,
            final int servicePort,
            final int tollgatePort)
            throws IOException, InterruptedException {
        accessLog = directory.resolve("access-" + version + ".json");
        config = new GateConfig(accessLog, directory, doors);
        envoy = RealEnvoy.start(version, directory, config.yaml(servicePort, tollgatePort));
    }

    boolean alive() {
        return envoy.alive();
    }

    String output() {
        return envoy.output();
    }

    int port(final Door door) {
        return config.ports.get(door);
    }

    HttpRequest.Builder to(final Door door, final String pathAndQuery) {
        return HttpRequest.newBuilder(
                        URI.create((door == Door.TLS ? "https" : "http") + "://127.0.0.1:" + port(door) + pathAndQuery))
                .timeout(PATIENCE);
    }

    HttpRequest.Builder post(final Door door, final String pathAndQuery) {
        return to(door, pathAndQuery).POST(HttpRequest.BodyPublishers.ofString("{}"));
    }

    /** As somebody of an organization, in headers that the mapping trusts. */
    HttpRequest.Builder as(final String user, final String organization, final Door door, final String pathAndQuery) {
        return post(door, pathAndQuery).header("x-user", user).header("x-tenant", organization);
    }

    /** {@return the answer; one of status 0 where none came} */
    HttpResponse<String> send(final HttpRequest.Builder request) {
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (final IOException ex) {
            return new NoAnswer(ex);
        } catch (final InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new AssertionError(ex);
        }
    }

    HttpResponse<String> invoke(final Door door, final String user, final String organization) {
        return send(as(user, organization, door, "/v1/models/small/invoke"));
    }

    /** By a decision, and not because Envoy reaches nobody and lets everything pass. */
    boolean isOpen(final Door door) {
        if (!alive()) {
            throw new AssertionError(output());
        }
        final HttpResponse<String> response = invoke(door, "ana", "lumen");
        return response.statusCode() == 200
                && response.headers().firstValue("x-tollgate-decision-id").isPresent();
    }

    /** {@return ok, denied, error, disabled, failure_mode_allowed of a door's ext_authz since the start} */
    Map<String, Long> stats(final Door door) {
        // of the connection manager; the cluster counts them too, for all doors together
        final String prefix = "http." + door.word() + ".ext_authz.";
        final Map<String, Long> stats = new TreeMap<>();
        send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + config.adminPort + "/stats?filter=ext_authz"))
                        .timeout(PATIENCE))
                .body()
                .lines()
                .filter(line -> line.startsWith(prefix))
                .map(line -> line.substring(prefix.length()).split(": "))
                .filter(line -> line.length == 2 && line[1].matches("\\d+"))
                .forEach(line -> stats.put(line[0], Long.parseLong(line[1])));
        return stats;
    }

    /** {@return what the access log has, an entry a request} */
    List<JsonNode> accessLog() {
        try {
            final List<JsonNode> entries = new ArrayList<>();
            final String text = Files.exists(accessLog) ? Files.readString(accessLog, StandardCharsets.ISO_8859_1) : "";
            // the last line may be on its way
            for (final String line :
                    text.substring(0, text.lastIndexOf('\n') + 1).split("\n")) {
                if (!line.isEmpty()) {
                    entries.add(JSON.readTree(line));
                }
            }
            return entries;
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /** {@return the access log's entry of a field and value, as soon as it is there} */
    JsonNode logged(final String field, final String value) {
        final long end = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < end) {
            for (final JsonNode entry : accessLog()) {
                if (entry.at(field).asText().equals(value)) {
                    return entry;
                }
            }
            RealProcess.pause();
        }
        throw new AssertionError("no entry with " + field + " " + value + " in " + accessLog());
    }

    @Override
    public void close() {
        envoy.close();
    }
}
