/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.publish;

import io.tollgate.control.compiler.BundleCompiler;
import io.tollgate.control.compiler.CompileResult;
import io.tollgate.control.compiler.CompiledBundle;
import io.tollgate.control.compiler.TinyBundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** A bundle that is edited at random: organizations, plans, principals, limits, policies, wallets and pools come, change and go. */
final class RandomBundle {
    private static final List<String> USERS = List.of("ana", "ben", "cem", "dia", "eli", "fay");

    private final Random random;
    private final Path dir;
    /** Organization to its users, each with a level. */
    private final Map<String, Map<String, Integer>> organizations = new TreeMap<>();

    private final Map<String, Integer> limits = new TreeMap<>();
    private final TreeSet<String> plans = new TreeSet<>();
    private final Map<String, Integer> pools = new TreeMap<>();
    private final Map<String, Integer> policies = new TreeMap<>();
    private int wallet = 40;
    private int minutes = 2;
    private int each = 9;
    private int registryVersion = 3;

    RandomBundle(Random random, Path dir) {
        this.random = random;
        this.dir = dir;
    }

    /** Makes one edit, or some at once. {@return what was done} */
    String edit() {
        int edits = random.nextInt(4) == 0 ? 1 + random.nextInt(6) : 1;
        StringBuilder done = new StringBuilder();
        for (int i = 0; i < edits; i++) {
            done.append(one()).append("; ");
        }
        return done.toString();
    }

    private String one() {
        String organization = "o" + random.nextInt(5);
        String user = USERS.get(random.nextInt(USERS.size()));
        int number = 1 + random.nextInt(1_000);
        switch (random.nextInt(20)) {
            case 0, 1 -> {
                if (organizations.remove(organization) == null) {
                    organizations.put(organization, new TreeMap<>(Map.of(user, number)));
                    return "new " + organization;
                }
                limits.remove(organization);
                policies.remove(organization);
                return "no " + organization;
            }
            case 2, 3, 4, 5 -> {
                Map<String, Integer> users = organizations.computeIfAbsent(organization, ignored -> new TreeMap<>());
                users.merge(user, number, (old, next) -> next);
                return organization + "/" + user + " level " + number;
            }
            case 6, 7 -> {
                Map<String, Integer> users = organizations.get(organization);
                return users == null ? "nothing" : "no " + user + " of " + organization + users.remove(user);
            }
            case 8, 9, 10, 11 -> {
                if (organizations.containsKey(organization)) {
                    limits.put(organization, number);
                }
                return "limit of " + organization + " " + number;
            }
            case 12 -> {
                limits.remove(organization);
                return "no limit of " + organization;
            }
            case 13 -> {
                String plan = "p" + random.nextInt(3);
                return plans.add(plan) ? "new " + plan : "no " + plan + plans.remove(plan);
            }
            case 14 -> {
                pools.merge("r" + random.nextInt(3), number, (old, next) -> number % 2 == 0 ? null : next);
                return "pools";
            }
            case 15, 16 -> {
                if (organizations.containsKey(organization)) {
                    policies.merge(organization, number, (old, next) -> number % 3 == 0 ? null : next);
                }
                return "policies of " + organization;
            }
            case 17 -> {
                wallet = number;
                return "wallet " + number;
            }
            case 18 -> {
                each = number;
                return "a limit for each " + number;
            }
            default -> {
                if (random.nextBoolean()) {
                    minutes = 2 + random.nextInt(5);
                } else {
                    registryVersion++;
                }
                return "settings or registry";
            }
        }
    }

    CompiledBundle compile() throws IOException {
        if (Files.exists(dir)) {
            try (Stream<Path> files = Files.walk(dir)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
        TinyBundle bundle = new TinyBundle()
                .edit("tollgate.yaml", "policy: 2m", "policy: " + minutes + "m")
                .edit("registry/registry.yaml", "version: 3", "version: " + registryVersion)
                .edit("billing/billing.yaml", "credits_available: 40", "credits_available: " + Math.min(wallet, 100));
        StringBuilder directory = new StringBuilder();
        organizations.forEach((organization, users) -> {
            directory.append("  ").append(organization).append(":\n    name: ").append(organization);
            directory.append("\n    attributes: {tier: gold}\n    principals:\n      service:x: {}\n");
            users.forEach((user, level) -> directory
                    .append("      user:")
                    .append(user)
                    .append(": {attributes: {level: ")
                    .append(level)
                    .append("}}\n"));
        });
        bundle.append("directory/directory.yaml", directory.toString());
        StringBuilder below = new StringBuilder();
        limits.forEach((organization, limit) -> below.append("  org:")
                .append(organization)
                .append(":\n    tpm: {dimension: llm.tpm, limit: ")
                .append(limit)
                .append(", per: 1m}\n"));
        bundle.append("limits/limits.yaml", below.toString());
        bundle.file(
                "limits/z-each.yaml",
                "limits:\n  global:\n    own: {dimension: gpu.time, limit: " + each
                        + " gpu_hour, per: daily, each: organization}\n");
        policies.forEach((organization, n) -> bundle.file(
                "policies/z-" + organization + ".yaml",
                "scope: org:" + organization + "\nrules:\n  - {id: r" + n
                        + ", effect: allow, what: {products: [llm]}}\n"));
        StringBuilder billing = new StringBuilder();
        plans.forEach(plan -> billing.append("  ").append(plan).append(":\n    entitlements:\n      sso: {}\n"));
        if (billing.length() > 0) {
            bundle.edit("billing/billing.yaml", "customers:\n", billing + "customers:\n");
        }
        StringBuilder capacity = new StringBuilder();
        pools.forEach((pool, free) -> capacity.append("  ")
                .append(pool)
                .append(": {dimension: gpu.free, available: ")
                .append(free)
                .append(", observed_at: 2026-11-01}\n"));
        bundle.append("capacity/pools.yaml", capacity.toString());
        CompileResult result = BundleCompiler.compile(bundle.write(dir));
        return result.bundle().orElseThrow(() -> new AssertionError(result.diagnostics()));
    }
}
