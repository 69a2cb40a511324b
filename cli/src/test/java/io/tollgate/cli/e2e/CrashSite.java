/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.e2e;

import io.tollgate.client.DecisionRequest;
import io.tollgate.client.DecisionRequestBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A control plane and a sidecar of one small customer, to be killed: one counter that is never near its limit, so that all is counted. */
final class CrashSite {
    private final Path directory;
    private final Site site;

    CrashSite(final Path directory) throws IOException {
        this.directory = directory;
        writeBundle();
        site = new Site(directory, "site", "site", "");
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

    Site site() {
        return site;
    }
}
