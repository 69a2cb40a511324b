/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The smallest bundle that has everything, without any finding, and edits of it. A '«' in an edit marks where a finding is expected; it is
 * taken out before the file is written.
 */
public final class TinyBundle {
    private static final char MARK = '«';

    private final Map<String, String> files = new TreeMap<>();
    private final Map<String, byte[]> rawFiles = new TreeMap<>();

    /** Starts with a bundle that compiles. */
    public TinyBundle() {
        files.put("tollgate.yaml", "bundle: tiny\nfreshness:\n  policy: 2m\n");
        files.put("registry/registry.yaml", REGISTRY);
        files.put("directory/directory.yaml", DIRECTORY);
        files.put("billing/billing.yaml", BILLING);
        files.put(
                "policies/a-global.yaml",
                "scope: global\nrules:\n  - {id: all, effect: delegate, what: {products: ['*']}}\n");
        files.put(
                "policies/b-plan.yaml",
                "scope: plan:pro\nrules:\n  - {id: all, effect: delegate, what: {products: ['*']}}\n");
        files.put("policies/c-acme.yaml", POLICY);
        files.put("limits/limits.yaml", LIMITS);
        files.put("capacity/pools.yaml", CAPACITY);
        files.put("tests/tests.yaml", TESTS);
    }

    private static final String REGISTRY =
            """
            version: 3
            units:
              token: {}
              gpu_ms: {}
              gpu_hour: {equals: 3_600_000 gpu_ms}
              gpu: {}
            dimensions:
              llm.tpm: {family: llm, unit: token, kind: rate}
              llm.tokens: {family: llm, unit: token, kind: period}
              gpu.time: {family: compute, unit: gpu_ms, kind: period}
              gpu.free: {family: compute, unit: gpu, kind: capacity}
              gpu.held: {family: compute, unit: gpu, kind: gauge}
            actor_types: [user, service]
            roles: [engineer, admin]
            attributes:
              actor.level: int
              place.since: timestamp
              place.tags: string_list
              place.tier: string
              resource.model: string
            products:
              llm:
                resource_types:
                  model:
                    actions:
                      invoke:
                        units: [token]
                        charges: {llm.tpm: usage, llm.tokens: usage}
                        feature: tokens
              gpu:
                resource_types:
                  machine:
                    actions:
                      launch:
                        units: [gpu_hour]
                        charges: {gpu.time: usage}
                      hold:
                        charges: {gpu.free: 1}
            """;

    private static final String DIRECTORY =
            """
            organizations:
              acme:
                name: Acme
                attributes: {tier: gold}
                departments:
                  lab: {}
                projects:
                  rag: {department: lab}
                principals:
                  user:ana: {roles: [engineer], attributes: {level: 3}}
                  service:bot: {roles: [admin]}
                api_keys:
                  prod:
                    sha256: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
                    project: rag
                    owner: service:bot
            """;

    private static final String BILLING =
            """
            features:
              tokens: {type: metered, dimension: llm.tokens}
              sso: {type: boolean}
              support: {type: static}
              terms: {type: config}
            plans:
              pro:
                entitlements:
                  tokens: {usage_limit: 1_000}
                  sso: {}
                  support: {static_value: day}
                  terms: {config_value: {size: 8, models: [s, m]}}
                credit_grants:
                  - {name: monthly, credits: 10, cadence: RECURRING, period: MONTHLY, expiration_type: BILLING_CYCLE}
            customers:
              acme: {}
            subscriptions:
              sub-acme: {customer: acme, plan: pro, start_date: 2026-01-31}
            wallets:
              w1:
                customer: acme
                currency: usd
                credits:
                  - {id: c1, credits: 100, credits_available: 40, priority: 2}
                alert_settings: {warning: {threshold: 5}}
            price_books:
              list:
                currency: usd
                version: 1
                prices:
                  - {feature: tokens, amount: 0.5, billing_model: PACKAGE, transform_quantity: {divide_by: 1000}}
            """;

    private static final String POLICY =
            """
            scope: org:acme
            rules:
              - id: engineers
                effect: allow
                who: {roles_any: [engineer]}
                what: {products: [llm]}
              - id: machines
                effect: allow
                who: {actor_ids: [bot]}
                what: {products: [gpu], resource_types: [mach*], actions: [launch]}
                when: place.tier == 'gold' || 'admin' in actor.roles && usage['gpu.held'] < 5
            """;

    private static final String LIMITS =
            """
            limits:
              org:acme:
                tpm: {dimension: llm.tpm, limit: 600, per: 1m, burst: 60}
                day: {dimension: gpu.time, limit: 5 gpu_hour, per: daily}
              org:acme/project:rag:
                tpm: {dimension: llm.tpm, limit: 60, per: 1m}
            """;

    private static final String CAPACITY =
            """
            pools:
              eu: {dimension: gpu.free, available: 3, observed_at: 2026-11-01, reserved_for: org:acme}
            """;

    private static final String TESTS =
            """
            tests:
              - name: ana calls
                request:
                  actor: {type: user, id: ana}
                  place: {organization: acme, project: rag}
                  target: {product: llm, resource_type: model, action: invoke}
                  usage: {token: 5}
                expect: {outcome: allow}
            """;

    /** Replaces the first occurrence of a text in a file. */
    public TinyBundle edit(String file, String old, String replacement) {
        String content = files.get(file);
        if (content == null || !content.contains(old)) {
            throw new IllegalArgumentException(file + " does not contain '" + old + "'");
        }
        int at = content.indexOf(old);
        files.put(file, content.substring(0, at) + replacement + content.substring(at + old.length()));
        return this;
    }

    /** Adds or replaces a file. */
    public TinyBundle file(String name, String content) {
        files.put(name, content);
        return this;
    }

    /** Adds a file of bytes. */
    public TinyBundle raw(String name, byte[] content) {
        rawFiles.put(name, content);
        return this;
    }

    /** Appends to a file. */
    public TinyBundle append(String name, String content) {
        files.merge(name, content, String::concat);
        return this;
    }

    /** Takes a file away. */
    public TinyBundle without(String name) {
        files.remove(name);
        return this;
    }

    /** {@return names of the files} */
    public List<String> names() {
        return new ArrayList<>(files.keySet());
    }

    /** {@return the content of a file, without marks} */
    public String content(String name) {
        return String.valueOf(files.get(name)).replace(String.valueOf(MARK), "");
    }

    /** {@return where the marks are, "limits/limits.yaml:4:7", in order} */
    public List<String> marks() {
        List<String> marks = new ArrayList<>();
        files.forEach((name, content) -> {
            int line = 1;
            int column = 1;
            for (int i = 0; i < content.length(); i++) {
                char c = content.charAt(i);
                if (c == MARK) {
                    marks.add(name + ":" + line + ":" + column);
                } else if (c == '\n') {
                    line++;
                    column = 1;
                } else {
                    column++;
                }
            }
        });
        return marks;
    }

    /** Writes all files below a directory. */
    public Path write(Path dir) {
        try {
            for (String name : files.keySet()) {
                Path path = dir.resolve(name);
                Files.createDirectories(path.getParent());
                Files.writeString(path, content(name), StandardCharsets.UTF_8);
            }
            for (Map.Entry<String, byte[]> file : rawFiles.entrySet()) {
                Path path = dir.resolve(file.getKey());
                Files.createDirectories(path.getParent());
                Files.write(path, file.getValue());
            }
            return dir;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
