/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The sample organisation's control plane, its sidecar, a service, and real Envoys between the service and its clients. One thread. */
final class Gate implements AutoCloseable {
    final Path directory;
    final Site site;
    final Upstream upstream;
    final Path decisionLog;
    RealProcess controlPlane;
    RealProcess sidecar;
    private final Certificates certificates;
    private final Map<String, Front> fronts = new LinkedHashMap<>();

    /**
     * Writes everything; nothing runs yet.
     *
     * @param maxAgeS of evidence
     * @param more    of the sidecar's configuration, YAML
     */
    Gate(final String mapping, final long maxAgeS, final String more) throws IOException {
        directory = Files.createTempDirectory("gate");
        certificates = new Certificates(directory);
        decisionLog = directory.resolve("decisions.json");
        Site.copyAcme(directory, maxAgeS);
        final Path file = Files.writeString(directory.resolve("mapping.yaml"), mapping);
        site = new Site(
                directory,
                "acme",
                "acme",
                "envoy: { mapping: '" + file + "' }\ndecision_log: { file: '" + decisionLog + "' }\n" + more);
        upstream = new Upstream();
    }

    /** Adds what the sample has no need of, before the control plane starts: text after a line of one of its files. */
    Gate with(final String file, final String after, final String lines) throws IOException {
        final Path path = directory.resolve("acme").resolve(file);
        final String text = Files.readString(path);
        if (!text.contains(after)) {
            throw new AssertionError(file + " has no " + after);
        }
        Files.writeString(path, text.replace(after, after + lines));
        return this;
    }

    Gate start() throws Exception {
        controlPlane = site.startControlPlane();
        startSidecar();
        final Front newest = front(RealEnvoy.VERSIONS.get(0));
        sidecar.await("an open gate", () -> newest.isOpen(Door.OPEN));
        return this;
    }

    /** Starts it; from then on somebody answers. */
    void startSidecar() {
        sidecar = site.startSidecar();
        sidecar.awaitOutput("answers:");
    }

    /** {@return the Envoy of a version, with all doors, started when it is first asked for} */
    Front front(final String version) throws Exception {
        final Front running = fronts.get(version);
        if (running != null) {
            return running;
        }
        if (fronts.isEmpty()) {
            certificates.authority("authority");
            certificates.server("envoy", "authority", "ip:127.0.0.1", "-validity", "30");
        }
        final Front front =
                new Front(version, directory, EnumSet.allOf(Door.class), upstream.port(), site.decidePort());
        fronts.put(version, front);
        if (sidecar != null) {
            sidecar.await("Envoy " + version, () -> {
                if (!front.alive()) {
                    throw new AssertionError(front.output());
                }
                return front.invoke(Door.OPEN, "ana", "lumen").statusCode() != 0;
            });
        }
        return front;
    }

    /** {@return the decision log's entry of a decision, as soon as it is there} */
    JsonNode decided(final String decisionId) {
        final List<JsonNode> found = new ArrayList<>();
        sidecar.await("an entry of " + decisionId, () -> {
            try (Stream<String> lines = Files.lines(decisionLog)) {
                lines.filter(line -> line.contains(decisionId) && line.endsWith("}"))
                        .forEach(line -> found.add(Seen.json(line)));
            } catch (final IOException ex) {
                throw new UncheckedIOException(ex);
            }
            return !found.isEmpty();
        });
        return found.get(0);
    }

    /** {@return a client of its own connection, HTTP/2 where it can be agreed upon} */
    HttpClient http2() throws Exception {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_2)
                .sslContext(certificates.client(null, "authority"))
                .build();
    }

    Front newest() {
        return fronts.get(RealEnvoy.VERSIONS.get(0));
    }

    @Override
    public void close() throws IOException {
        fronts.values().forEach(Front::close);
        upstream.close();
        if (sidecar != null) {
            sidecar.close();
        }
        if (controlPlane != null) {
            controlPlane.close();
        }
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        }
    }
}
