/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.e2e;

import io.tollgate.client.DecisionRequest;
import io.tollgate.client.DecisionRequestBuilder;
import io.tollgate.control.signing.KeyFiles;
import io.tollgate.core.signing.SigningKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;

/** A control plane and a sidecar of one small customer, to be killed: one counter that is never near its limit, so that all is counted. */
final class CrashSite {
    private final Path directory;
    private final int controlPort = freePort();
    private final int controlHttpPort = freePort();
    private final int decidePort = freePort();
    private final int adminPort = freePort();
    private final int httpPort = freePort();

    CrashSite(final Path directory) throws IOException {
        this.directory = directory;
        writeBundle();
        final Path trust = KeyFiles.write(SigningKey.generate(), directory.resolve("signing.key"));
        Files.writeString(
                directory.resolve("control-plane.yaml"),
                """
                listen: { grpc: "127.0.0.1:%d", http: "127.0.0.1:%d" }
                state_dir: control-state
                bundles: [ { dir: site } ]
                signing: { keys: [ { file: signing.key } ] }
                """
                        .formatted(controlPort, controlHttpPort));
        Files.writeString(
                directory.resolve("sidecar.yaml"),
                """
                state_dir: %s
                control_plane: { address: "127.0.0.1:%d", bundle: site, heartbeat_ms: 100 }
                trust: { keys: '%s' }
                listen:
                  address: "127.0.0.1:%d"
                  admin_address: "127.0.0.1:%d"
                  http_address: "127.0.0.1:%d"
                """
                        .formatted(
                                directory.resolve("sidecar-state"),
                                controlPort,
                                trust,
                                decidePort,
                                adminPort,
                                httpPort));
    }

    private void writeBundle() throws IOException {
        write("tollgate.yaml", "bundle: site\n");
        write(
                "registry/registry.yaml",
                """
                version: 1
                units: { token: {}, request: {} }
                dimensions:
                  jobs.tokens: { family: jobs, unit: token, kind: period }
                  jobs.all_tokens: { family: jobs, unit: token, kind: period }
                actor_types: [user]
                products:
                  jobs:
                    resource_types:
                      job:
                        actions:
                          run:
                            units: [token]
                            usage_required: true
                            charges: { jobs.tokens: usage, jobs.all_tokens: usage }
                """);
        write(
                "directory/acme.yaml",
                """
                organizations:
                  acme:
                    projects: { rag: {} }
                    principals:
                      user:ana: { roles: [engineer] }
                """);
        write(
                "policies/all.yaml",
                """
                scope: global
                rules:
                  - { id: everybody, effect: allow, what: { products: ["*"] } }
                """);
        write(
                "limits/limits.yaml",
                """
                limits:
                  org:acme/project:rag:
                    tokens: { dimension: jobs.tokens, limit: 1_000_000_000_000, per: never }
                  org:acme:
                    tokens: { dimension: jobs.all_tokens, limit: 1_000_000_000_000, per: never }
                """);
    }

    private void write(final String file, final String text) throws IOException {
        final Path path = directory.resolve("site").resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    static DecisionRequestBuilder question(final long tokens) {
        return DecisionRequest.builder()
                .organization("acme")
                .project("rag")
                .actor("user", "ana")
                .action("jobs", "job", "run")
                .usage(tokens, "token");
    }

    RealProcess startControlPlane() {
        return start("control-plane");
    }

    RealProcess startSidecar() {
        return start("sidecar");
    }

    private RealProcess start(final String command) {
        return RealProcess.start(
                command,
                directory,
                command,
                "--config",
                directory.resolve(command + ".yaml").toString());
    }

    String decideAddress() {
        return "127.0.0.1:" + decidePort;
    }

    String controlAddress() {
        return "127.0.0.1:" + controlPort;
    }

    String adminAddress() {
        return "127.0.0.1:" + adminPort;
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }
}
