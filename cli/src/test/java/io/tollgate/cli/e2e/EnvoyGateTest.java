/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;

/**
 * Real Envoys in front of a real service, asking a real sidecar. One {@link Gate} for all that breaks nothing of it: starting one takes
 * longer than most of what is asked of it. {@link EnvoyFaultsTest} has the rest.
 */
class EnvoyGateTest {
    static final String MAPPING =
            """
            trusted_headers: [x-user, x-tenant, x-late]
            upstream:
              identity: { organization: x-org-id, actor_id: x-actor-id, decision_id: x-decision-id }
              remove: [x-api-key]
            request:
              organization: { header: x-tenant }
              actor_type: user
              actor_id: { header: x-user }
            rules:
              - { name: open, match: { path: /open }, pass: true }
              - { name: files, match: { path: "/files/{rest**}" }, pass: true }
              - name: invoke
                match: { methods: [POST], path: "/v1/models/{model}/invoke" }
                request: { product: llm, resource_type: model, action: invoke, resource_attributes: { model: { path: model } },
                  usage: [ { unit: input_token, amount: { query: tokens }, default: 1 } ] }
              - name: list
                match: { path: "/v1/models" }
                request: { product: llm, resource_type: model, action: list }
              - name: federate
                match: { path: /v1/federation }
                request: { product: account, resource_type: member, action: federate }
              - name: budget
                match: { path: /v1/budget }
                request: { product: account, resource_type: budget, action: change }
              - name: launch
                match: { methods: [POST], path: "/v1/projects/{project}/launch" }
                request: { product: compute, resource_type: gpu_instance, action: launch, project: { path: project },
                  mode: check, usage: [ { unit: gpu_hour, amount: { query: hours }, default: 1 } ] }
              - name: provision
                match: { methods: [POST], path: "/v1/projects/{project}/provision" }
                request: { product: compute, resource_type: gpu_instance, action: provision, project: { path: project },
                  usage: [ { unit: gpu, amount: { query: gpus } } ], resource_attributes: { region: eu-1 } }
              - name: tune
                match: { methods: [POST], path: "/v1/projects/{project}/tune/{model}" }
                request: { product: llm, resource_type: model, action: tune, project: { path: project },
                  usage: [ { unit: token, amount: { query: tokens } } ], resource_attributes: { model: { path: model } } }
              - name: store
                match: { methods: [POST], path: "/v1/projects/{project}/store" }
                request: { product: storage, resource_type: bucket, action: write, project: { path: project },
                  usage: [ { unit: gib, amount: { query: gib } } ] }
              - name: film
                match: { methods: [POST], path: "/v1/projects/{project}/film" }
                request: { product: video, resource_type: clip, action: generate, project: { path: project },
                  usage: [ { unit: video_second, amount: 10 } ] }
              - name: chat
                match: { methods: [POST], path: "/v1/projects/{project}/chat" }
                request: { product: llm, resource_type: model, action: invoke, project: { path: project } }
              - name: session
                match: { methods: [POST], path: /v1/session }
                request: { product: llm, resource_type: model, action: converse, mode: reserve, ttl: 10m }
              - name: keyed
                match: { methods: [POST], path: "/v1/keyed/{project}" }
                request: { product: llm, resource_type: model, action: invoke, project: { path: project },
                  api_key: { credential: authorization, scheme: Bearer }, usage: [ { unit: input_token, amount: 500 } ] }
              - name: body
                match: { methods: [POST], path: /v1/body }
                request: { product: llm, resource_type: model, action: invoke, mode: check,
                  resource_attributes: { model: { body: /model } },
                  usage: [ { unit: input_token, amount: { body: /max_tokens } } ] }
              - name: upload
                match: { methods: [POST], path: "/v1/upload" }
                request: { product: storage, resource_type: bucket, action: write, mode: check,
                  usage: [ { unit: gib, amount: { body_size: true } } ] }
              - name: context
                match: { path: "/context/{rest**}", context: { gate: compute } }
                request: { product: compute, resource_type: gpu_instance, action: launch, project: { context: project },
                  mode: check, usage: [ { unit: gpu_hour, amount: 1 } ] }
              - name: late
                match: { path: /v1/late }
                request: { product: llm, resource_type: model, action: list, actor_id: { header: x-late } }
              - name: read
                match: { methods: [GET, HEAD, OPTIONS], path: "/v1/objects/{rest**}" }
                request: { product: storage, resource_type: bucket, action: read }
            """;

    private static @Nullable Gate gate;

    static Gate gate() {
        return Objects.requireNonNull(gate);
    }

    @BeforeAll
    static void start() throws Exception {
        gate = new Gate(MAPPING, 300, "");
        gate.with(
                        "registry/dimensions.yaml",
                        "dimensions:\n",
                        "  llm.sessions: { family: llm, unit: request, kind: gauge }\n")
                .with(
                        "registry/products.yaml",
                        "          list: {}\n",
                        "          converse: { charges: { llm.sessions: 1 } }\n")
                .with(
                        "limits/customers.yaml",
                        "  org:quarry:\n",
                        "    sessions: { dimension: llm.sessions, limit: 2 }\n")
                .start();
        gate.front(RealEnvoy.VERSIONS.get(1));
    }

    @Nested
    class Answers extends EnvoyAnswers {}

    @Nested
    class Sources extends EnvoySources {}

    @Nested
    class Paths extends EnvoyPaths {}

    @Nested
    class Protocols extends EnvoyProtocols {}

    /** While the sidecar runs, no answer of it is an error to Envoy: those let requests pass where failure_mode_allow is on. */
    @AfterAll
    static void shouldNeverHaveFailedInEnvoysEyes() throws Exception {
        try (Gate ending = gate()) {
            final Map<String, Long> open = ending.newest().stats(Door.OPEN);
            assertTrue(open.get("ok") > 0 && open.get("denied") > 0, "all of it was counted: " + open);
            for (final String version : RealEnvoy.VERSIONS) {
                for (final Door door : Door.values()) {
                    final Map<String, Long> stats = ending.front(version).stats(door);
                    assertEquals(0, stats.get("error"), version + " " + door + " " + stats);
                    assertEquals(0, stats.get("invalid"), version + " " + door + " " + stats);
                    assertEquals(0, stats.get("failure_mode_allowed"), version + " " + door + " " + stats);
                }
            }
        }
    }
}
