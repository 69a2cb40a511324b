/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import static io.tollgate.control.source.Code.BAD_ID;
import static io.tollgate.control.source.Code.BAD_VALUE;
import static io.tollgate.control.source.Code.CHILD_ABOVE_PARENT;
import static io.tollgate.control.source.Code.CYCLE;
import static io.tollgate.control.source.Code.DUPLICATE_ID;
import static io.tollgate.control.source.Code.KIND_MISMATCH;
import static io.tollgate.control.source.Code.MISSING_KEY;
import static io.tollgate.control.source.Code.OUT_OF_RANGE;
import static io.tollgate.control.source.Code.OVERFLOW;
import static io.tollgate.control.source.Code.RATE_RANGE;
import static io.tollgate.control.source.Code.TOO_LARGE;
import static io.tollgate.control.source.Code.UNIT_MISMATCH;
import static io.tollgate.control.source.Code.UNKNOWN_REFERENCE;
import static io.tollgate.control.source.Code.WRONG_LEVEL;

import io.tollgate.control.source.Code;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Errors in what the parts of a bundle mean together: registry, directory, policies, limits, capacity, tests. */
final class MeaningFindings {
    private static final String LIMITS = "limits/limits.yaml";
    private static final String POLICY = "policies/c-acme.yaml";
    private static final String DIRECTORY = "directory/directory.yaml";
    private static final String REGISTRY = "registry/registry.yaml";
    private static final String TESTS = "tests/tests.yaml";
    private static final String POOLS = "capacity/pools.yaml";

    private MeaningFindings() {}

    static final List<Finding> REGISTRY_AND_DIRECTORY = List.of(
            Finding.of("no version", MISSING_KEY, "which 'version'", b -> b.edit(REGISTRY, "version: 3\n", "")),
            Finding.of("two versions", DUPLICATE_ID, "already at", b -> b.file("registry/z.yaml", "version: «4\n")),
            Finding.of(
                    OUT_OF_RANGE, "above version", REGISTRY, "version: 3", "version: 3\noldest_supported_version: «4"),
            Finding.of(
                    "unit twice",
                    DUPLICATE_ID,
                    "unit 'token'",
                    b -> b.file("registry/z.yaml", "units: {«token: {}}\n")),
            Finding.of(DUPLICATE_ID, "role 'admin'", REGISTRY, "[engineer, admin]", "[engineer, admin, «admin]"),
            Finding.of(DUPLICATE_ID, "twice", REGISTRY, "units: [token]", "units: [token, «token]"),
            Finding.of(
                    CYCLE, "a -> b -> a", REGISTRY, "  gpu: {}", "  gpu: {}\n  a: {equals: «2 b}\n  b: {equals: 2 a}"),
            Finding.of(CYCLE, "s -> s", REGISTRY, "  gpu: {}", "  gpu: {}\n  s: {equals: «2 s}"),
            Finding.of(
                    OVERFLOW,
                    "beyond 64 bits",
                    REGISTRY,
                    "  gpu: {}",
                    "  gpu: {}\n  eon: {equals: «9_000_000_000_000 gpu_hour}"),
            Finding.of(BAD_VALUE, "positive amount of another unit", REGISTRY, "3_600_000 gpu_ms", "«3_600_000"),
            Finding.of(
                    UNKNOWN_REFERENCE,
                    "did you mean 'token'?",
                    REGISTRY,
                    "unit: token, kind: rate",
                    "unit: «tokn, kind: rate"),
            Finding.of(UNKNOWN_REFERENCE, "did you mean 'gpu_ms'?", REGISTRY, "3_600_000 gpu_ms", "«3_600_000 gpu_mss"),
            Finding.of(
                    UNIT_MISMATCH,
                    "is derived",
                    REGISTRY,
                    "unit: gpu, kind: capacity",
                    "unit: «gpu_hour, kind: capacity"),
            Finding.of(
                    UNKNOWN_REFERENCE,
                    "did you mean 'llm.tokens'?",
                    REGISTRY,
                    "llm.tokens: usage",
                    "«llm.tokns: usage"),
            Finding.of(UNKNOWN_REFERENCE, "did you mean 'tokens'?", REGISTRY, "feature: tokens", "feature: «token"),
            Finding.of(UNIT_MISMATCH, "never charge anything", REGISTRY, "gpu.time: usage", "llm.tokens: «usage"),
            Finding.of(
                    UNIT_MISMATCH,
                    "does not accept the unit",
                    REGISTRY,
                    "gpu.time: usage",
                    "gpu.time: «usage in gpu_ms"),
            Finding.of(UNIT_MISMATCH, "does not convert", REGISTRY, "gpu.time: usage", "gpu.time: «5 token"),
            Finding.of(
                    UNIT_MISMATCH,
                    "the unit of the dimension",
                    REGISTRY,
                    "units: [token]\n            charges: {llm.tpm: usage,",
                    "units: [token, gpu_ms]\n            charges: {llm.tpm: «usage in gpu_ms,"),
            Finding.of(
                    KIND_MISMATCH,
                    "accepts no unit",
                    REGISTRY,
                    "units: [gpu_hour]\n            charges: {gpu.time: usage}",
                    "usage_required: «true"),
            Finding.of(BAD_ID, "names other scopes", REGISTRY, "[user, service]", "[user, service, «key]"),
            Finding.of(
                    BAD_ID, "whose it is", REGISTRY, "  place.tier: string", "  place.tier: string\n  «tier: string"),
            Finding.of(
                    TOO_LARGE,
                    "65 elements, at most 64",
                    DIRECTORY,
                    "attributes: {tier: gold}",
                    "attributes: {tags: «[" + "x,".repeat(64) + "x]}"),
            Finding.of(
                    TOO_LARGE,
                    "of 257 bytes, at most 256",
                    DIRECTORY,
                    "attributes: {tier: gold}",
                    "attributes: {tags: «[" + "x".repeat(257) + "]}"),
            Finding.of(
                    OUT_OF_RANGE,
                    "years 1 to 9999",
                    DIRECTORY,
                    "attributes: {tier: gold}",
                    "attributes: {since: «'0000-12-31T00:00:00Z'}"),
            Finding.of(
                    "attributes beyond number",
                    TOO_LARGE,
                    "at most 4096",
                    b -> b.edit(
                            REGISTRY,
                            "  actor.level: int\n",
                            IntStream.range(0, 4_092)
                                            .mapToObj(i -> (i == 0 ? "  «actor.a" : "  actor.a") + i + ": int\n")
                                            .collect(Collectors.joining())
                                    + "  actor.level: int\n")),
            Finding.of(UNKNOWN_REFERENCE, "department 'labb'", DIRECTORY, "department: lab", "department: «labb"),
            Finding.of(
                    UNKNOWN_REFERENCE,
                    "actor type 'usr'",
                    DIRECTORY,
                    "      service:bot:",
                    "      «usr:eva: {}\n      service:bot:"),
            Finding.of(UNKNOWN_REFERENCE, "project 'rga'", DIRECTORY, "project: rag", "project: «rga"),
            Finding.of(
                    UNKNOWN_REFERENCE, "org:acme/service:bit", DIRECTORY, "owner: service:bot", "owner: «service:bit"),
            Finding.of(UNKNOWN_REFERENCE, "attribute 'place.tear'", DIRECTORY, "{tier: gold}", "{«tear: gold}"),
            Finding.of(KIND_MISMATCH, "is no int", DIRECTORY, "{level: 3}", "{level: «high}"),
            Finding.of(
                    "key twice",
                    DUPLICATE_ID,
                    "API key with this hash",
                    b -> b.append(DIRECTORY, "      spare: {sha256: «" + "a".repeat(64) + "}\n")),
            Finding.of(
                    "project twice",
                    DUPLICATE_ID,
                    "org:acme/project:rag",
                    b -> b.file("directory/z.yaml", "organizations: {acme: {projects: {«rag: {}}}}\n")),
            Finding.of(
                    "name twice",
                    DUPLICATE_ID,
                    "name of organization acme",
                    b -> b.file("directory/z.yaml", "organizations: {acme: {name: «Other}}\n")));

    static final List<Finding> POLICIES_AND_LIMITS = List.of(
            Finding.of(UNKNOWN_REFERENCE, "organization 'acne'", POLICY, "scope: org:acme", "scope: «org:acne"),
            Finding.of(UNKNOWN_REFERENCE, "did you mean 'llm'?", POLICY, "products: [llm]", "products: [«lm]"),
            Finding.of(UNKNOWN_REFERENCE, "did you mean 'launch'?", POLICY, "actions: [launch]", "actions: [«lunch]"),
            Finding.of(
                    UNKNOWN_REFERENCE,
                    "did you mean 'service'?",
                    POLICY,
                    "{actor_ids: [bot]}",
                    "{actor_types: [«servce]}"),
            Finding.of(MISSING_KEY, "names nothing", POLICY, "what: {products: [llm]}", "what: «{}"),
            Finding.of(
                    "rule twice",
                    DUPLICATE_ID,
                    "rule 'engineers'",
                    b -> b.file(
                            "policies/d.yaml",
                            "scope: org:acme\nrules:\n"
                                    + "  - {id: «engineers, effect: deny, who: {actor_ids: [ana]}, what: {products: [gpu]}}\n")),
            Finding.of(
                    UNKNOWN_REFERENCE,
                    "dimension 'llm.tpn'",
                    LIMITS,
                    "{dimension: llm.tpm, limit: 600",
                    "{dimension: «llm.tpn, limit: 600"),
            Finding.of(
                    UNKNOWN_REFERENCE,
                    "did you mean 'org:acme/project:rag'?",
                    LIMITS,
                    "org:acme/project:rag:",
                    "«org:acme/project:rug:"),
            Finding.of(
                    MISSING_KEY,
                    "needs the key 'per'",
                    LIMITS,
                    "{dimension: llm.tpm, limit: 60, per: 1m}",
                    "«{dimension: llm.tpm, limit: 60}"),
            Finding.of(KIND_MISMATCH, "not a period", LIMITS, "limit: 60, per: 1m", "limit: 60, per: «daily"),
            Finding.of(KIND_MISMATCH, "is for rates", LIMITS, "per: daily", "per: «1m"),
            Finding.of(KIND_MISMATCH, "has a burst", LIMITS, "per: daily", "per: daily, burst: «5"),
            Finding.of(KIND_MISMATCH, "'time_zone' of its own", LIMITS, "per: 1m}", "per: 1m, time_zone: «UTC}"),
            Finding.of(RATE_RANGE, "one token a nanosecond", LIMITS, "limit: 600", "limit: «600_000_000_000"),
            Finding.of(
                    RATE_RANGE,
                    "burst of the rate",
                    LIMITS,
                    "limit: 600, per: 1m, burst: 60",
                    "limit: «600, per: 1m, burst: 0"),
            Finding.of(OVERFLOW, "beyond 64 bits", LIMITS, "5 gpu_hour", "«5_000_000_000_000 gpu_hour"),
            Finding.of(UNIT_MISMATCH, "does not convert", LIMITS, "5 gpu_hour", "«5 token"),
            Finding.of(WRONG_LEVEL, "no organization below", LIMITS, "per: daily", "per: daily, each: «organization"),
            Finding.of(
                    WRONG_LEVEL,
                    "principals belong to organizations",
                    LIMITS,
                    "limit: 60, per: 1m}",
                    "limit: 60, per: 1m, each: «principal}"),
            Finding.of(
                    KIND_MISMATCH,
                    "has pools, no limits",
                    LIMITS,
                    "{dimension: gpu.time, limit: 5 gpu_hour, per: daily}",
                    "{dimension: «gpu.free, limit: 5}"),
            Finding.of(
                    KIND_MISMATCH,
                    "a gauge has no 'per'",
                    LIMITS,
                    "{dimension: gpu.time, limit: 5 gpu_hour, per: daily}",
                    "{dimension: gpu.held, limit: 5, per: «daily}"),
            Finding.of(BAD_ID, "comes from an entitlement", LIMITS, "    day:", "    «entitlement:day:"),
            Finding.of(
                    OUT_OF_RANGE,
                    "nothing could be raised",
                    LIMITS,
                    "per: daily",
                    "per: daily, delegable_up_to: «4 gpu_hour"),
            Finding.of(
                    "limit twice",
                    DUPLICATE_ID,
                    "limit 'day'",
                    b -> b.file(
                            "limits/z.yaml",
                            "limits: {org:acme: {«day: {dimension: gpu.time, limit: 1, per: never}}}\n")),
            Finding.of(
                    CHILD_ABOVE_PARENT,
                    "of org:acme (600, limits/limits.yaml:3:5)",
                    LIMITS,
                    "    tpm: {dimension: llm.tpm, limit: 60,",
                    "    «tpm: {dimension: llm.tpm, limit: 601,"),
            Finding.of(
                    "too many limits",
                    TOO_LARGE,
                    "at most 32 limits have room",
                    b -> b.edit(
                            LIMITS,
                            "  org:acme:\n",
                            "  «org:acme:\n"
                                    + IntStream.range(0, 31)
                                            .mapToObj(i ->
                                                    "    x" + i + ": {dimension: gpu.time, limit: 1, per: never}\n")
                                            .collect(Collectors.joining()))),
            Finding.of(KIND_MISMATCH, "of kind capacity", POOLS, "dimension: gpu.free", "dimension: «gpu.time"),
            Finding.of(
                    UNKNOWN_REFERENCE,
                    "organization 'acne'",
                    POOLS,
                    "reserved_for: org:acme",
                    "reserved_for: «org:acne"),
            Finding.of(
                    UNKNOWN_REFERENCE,
                    "attribute 'resource.modl'",
                    POOLS,
                    "available: 3",
                    "match: {«resource.modl: a}, available: 3"),
            Finding.of(
                    UNKNOWN_REFERENCE,
                    "resource type 'nosuch'",
                    POOLS,
                    "available: 3",
                    "match: {«resource.type: nosuch}, available: 3"),
            Finding.of(
                    BAD_VALUE,
                    "is no canonical int",
                    POOLS,
                    "available: 3",
                    "match: {actor.level: «'03'}, available: 3"),
            Finding.of(
                    BAD_VALUE,
                    "is no canonical string_list",
                    POOLS,
                    "available: 3",
                    "match: {place.tags: «a}, available: 3"),
            Finding.of(OUT_OF_RANGE, "is not accepted", POOLS, "observed_at: 2026-11-01", "observed_at: «2019-12-31"),
            Finding.of(
                    UNKNOWN_REFERENCE,
                    "action 'llm/model/invok'",
                    TESTS,
                    "{product: llm, resource_type: model, action: invoke}",
                    "«{product: llm, resource_type: model, action: invok}"),
            Finding.of(UNKNOWN_REFERENCE, "project 'rug'", TESTS, "project: rag", "project: «rug"),
            Finding.of(UNKNOWN_REFERENCE, "principal 'eva'", TESTS, "id: ana", "id: «eva"),
            Finding.of(UNKNOWN_REFERENCE, "unit 'tok'", TESTS, "{token: 5}", "{«tok: 5}"),
            Finding.of(UNKNOWN_REFERENCE, "API key 'prud'", TESTS, "{type: user, id: ana}", "{api_key: «prud}"),
            Finding.of(
                    MISSING_KEY,
                    "says nothing without its organization",
                    TESTS,
                    "{type: user, id: ana}\n      place: {organization: acme, project: rag}",
                    "{api_key: «prod}\n      place: {}"),
            Finding.of(
                            MISSING_KEY,
                            "needs the key 'expect', or steps",
                            TESTS,
                            "- name: ana calls",
                            "- «name: ana calls")
                    .with(TESTS, "    expect: {outcome: allow}\n", ""),
            test(MISSING_KEY, "a step asks nothing", "steps: [«{repeat: 2}]"),
            test(KIND_MISMATCH, "a step does one thing", "steps: [«{request: {}, release: {reservation: r}}]"),
            test(KIND_MISMATCH, "not both", "steps: [{at: 2026-12-01, after: «1s, request: {}}]"),
            test(OUT_OF_RANGE, "time goes back", "at: 2026-12-01\n    steps: [{at: «2026-11-01, request: {}}]"),
            test(KIND_MISMATCH, "'repeat' of its own", "repeat: «2\n    steps: [{request: {}}]"),
            test(UNKNOWN_REFERENCE, "unknown unit 'tok'", "steps: [{request: {usage: {«tok: 1}}}]"),
            test(KIND_MISMATCH, "outcome 'settled' is none of a question", "expect: {outcome: «settled}"),
            Finding.of(MISSING_KEY, "needs the key 'target'", TESTS, "      actor:", "      «actor:")
                    .with(TESTS, "      target: {product: llm, resource_type: model, action: invoke}\n", ""));

    /** Something else than an expected answer. */
    private static Finding test(Code code, String message, String instead) {
        return Finding.of(code, message, TESTS, "expect: {outcome: allow}", instead);
    }
}
