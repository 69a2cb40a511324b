/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import static io.tollgate.control.source.Code.BAD_ID;
import static io.tollgate.control.source.Code.BAD_VALUE;
import static io.tollgate.control.source.Code.DUPLICATE_KEY;
import static io.tollgate.control.source.Code.ENCODING;
import static io.tollgate.control.source.Code.MISSING_KEY;
import static io.tollgate.control.source.Code.OUT_OF_RANGE;
import static io.tollgate.control.source.Code.STRAY_FILE;
import static io.tollgate.control.source.Code.SYNTAX;
import static io.tollgate.control.source.Code.TOO_LARGE;
import static io.tollgate.control.source.Code.UNKNOWN_KEY;
import static io.tollgate.control.source.Code.WRONG_TYPE;
import static io.tollgate.control.source.Code.YAML_FEATURE;

import io.tollgate.control.source.SourceLimits;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Mistakes that are found while reading: bytes, YAML, keys and single values. */
final class ReadingFindings {
    private static final String LIMITS = "limits/limits.yaml";
    private static final String POLICY = "policies/c-acme.yaml";
    private static final String DIRECTORY = "directory/directory.yaml";
    private static final String REGISTRY = "registry/registry.yaml";
    private static final String ROOT = "tollgate.yaml";

    private ReadingFindings() {}

    static final List<Finding> ALL = List.of(
            Finding.of(
                    "not UTF-8",
                    ENCODING,
                    "byte 0xff",
                    b -> b.raw("limits/z.yaml", new byte[] {'a', ':', (byte) 0xff})),
            Finding.of(
                    "only a comment",
                    MISSING_KEY,
                    "the file is empty",
                    b -> b.edit(ROOT, "bundle: tiny\nfreshness:\n  policy: 2m\n", "# bundle: tiny\n")),
            Finding.of(BAD_ID, "usage ledger", ROOT, "bundle: tiny", "bundle: «ledger"),
            Finding.of(SYNTAX, "not YAML", LIMITS, "limits:\n  org:acme:", "limits: {a: b\n  org:acme«:"),
            Finding.of("tab", SYNTAX, "cannot start any token", b -> b.edit(ROOT, "  policy: 2m", "«\tpolicy: 2m")),
            Finding.of("control character", SYNTAX, "U+0007", b -> b.edit(ROOT, "tiny", "tin«\u0007y")),
            Finding.of(
                    YAML_FEATURE,
                    "anchor",
                    LIMITS,
                    "{dimension: llm.tpm, limit: 60,",
                    "«&a {dimension: llm.tpm, limit: 60,"),
            Finding.of(YAML_FEATURE, "alias", POLICY, "[engineer]", "«*a"),
            Finding.of(YAML_FEATURE, "tag", POLICY, "scope: org:acme", "scope: «!!str org:acme"),
            Finding.of(YAML_FEATURE, "second document", ROOT, "  policy: 2m\n", "  policy: 2m\n«---\nbundle: b\n"),
            Finding.of(YAML_FEATURE, "as a key", LIMITS, "    day:", "    «{a: b}: 1\n    day:"),
            Finding.of(
                    "deep nesting",
                    TOO_LARGE,
                    "inside one another",
                    b -> b.file("limits/z.yaml", "limits: " + "{a: ".repeat(SourceLimits.MAX_DEPTH - 1) + "«{")),
            Finding.of(
                    "large file",
                    TOO_LARGE,
                    "more than " + SourceLimits.MAX_FILE_BYTES + " bytes",
                    b -> b.raw(
                            "limits/z.yaml",
                            " ".repeat(SourceLimits.MAX_FILE_BYTES + 1).getBytes(StandardCharsets.US_ASCII))),
            Finding.of(
                    "long text",
                    TOO_LARGE,
                    "a text of",
                    b -> b.edit(
                            ROOT,
                            "bundle: tiny",
                            "bundle: tiny\ndescription: «" + "x".repeat(SourceLimits.MAX_TEXT_BYTES + 1))),
            Finding.of("other suffix", STRAY_FILE, ".yaml", b -> b.file("limits/more.yml", "limits: {}\n")),
            Finding.of(
                    "other folder",
                    STRAY_FILE,
                    "did you mean 'policies'?",
                    b -> b.file("policy/a.yaml", "scope: global\n")),
            Finding.of(
                    "other file",
                    STRAY_FILE,
                    "did you mean 'tollgate.yaml'?",
                    b -> b.file("tolgate.yaml", "bundle: a\n")),
            Finding.of(UNKNOWN_KEY, "did you mean 'limit'?", LIMITS, "burst: 60}", "burst: 60, «limt: 4}"),
            Finding.of(
                    UNKNOWN_KEY,
                    "did you mean 'roles_any'?",
                    POLICY,
                    "{roles_any: [engineer]}",
                    "{«role_any: [engineer]}"),
            Finding.of(UNKNOWN_KEY, "may hold", ROOT, "freshness:", "«zzzzzz: 1\nfreshness:"),
            Finding.of(DUPLICATE_KEY, "already at line 1", ROOT, "bundle: tiny\n", "bundle: tiny\n«bundle: two\n"),
            Finding.of(DUPLICATE_KEY, "'tpm'", LIMITS, "    day:", "    «tpm: {}\n    day:"),
            Finding.of(
                    MISSING_KEY,
                    "needs the key 'dimension'",
                    LIMITS,
                    "{dimension: llm.tpm, limit: 60,",
                    "«{limit: 60,"),
            Finding.of(MISSING_KEY, "needs the key 'bundle'", ROOT, "bundle: tiny\n", "«"),
            Finding.of(WRONG_TYPE, "here must be a mapping", LIMITS, "{dimension: llm.tpm, limit: 60, per: 1m}", "«12"),
            Finding.of(WRONG_TYPE, "write [engineer]", POLICY, "[engineer]", "«engineer"),
            Finding.of(WRONG_TYPE, "there is nothing", ROOT, "policy: 2m", "policy:«"),
            Finding.of(WRONG_TYPE, "write a single value", LIMITS, "limit: 600", "limit: «[600]"),
            Finding.of(WRONG_TYPE, "a mapping from", DIRECTORY, "departments:\n      lab: {}", "departments: «[lab]"),
            Finding.of(BAD_VALUE, "no amount", LIMITS, "limit: 600", "limit: «many"),
            Finding.of(BAD_VALUE, "no duration", ROOT, "policy: 2m", "policy: «2 minutes"),
            Finding.of(BAD_VALUE, "no window", LIMITS, "per: daily", "per: «dayly"),
            Finding.of(BAD_VALUE, "no scope", POLICY, "scope: org:acme", "scope: «acme"),
            Finding.of(BAD_VALUE, "no scope", POLICY, "scope: org:acme", "scope: «org:acme/principal:ana"),
            Finding.of(BAD_VALUE, "did you mean 'allow'?", POLICY, "effect: allow", "effect: «alow"),
            Finding.of(BAD_VALUE, "no time", "billing/billing.yaml", "2026-01-31", "«2026-02-31"),
            Finding.of(
                    BAD_VALUE, "no time zone", "billing/billing.yaml", "acme: {}", "acme: {timezone: «Berlin/Europe}"),
            Finding.of(
                    BAD_VALUE, "neither true nor false", "billing/billing.yaml", "sso: {}", "sso: {is_enabled: «yes}"),
            Finding.of(BAD_VALUE, "no decimal number", "billing/billing.yaml", "credits: 100", "credits: «1e3"),
            Finding.of(
                    BAD_VALUE,
                    "no percentage",
                    ROOT,
                    "freshness:",
                    "defaults: {thresholds: {info: «80.25}}\nfreshness:"),
            Finding.of(BAD_VALUE, "no charge", REGISTRY, "gpu.time: usage", "gpu.time: «used"),
            Finding.of(BAD_VALUE, "only at the end", POLICY, "[mach*]", "[«ma*ne]"),
            Finding.of(
                    "API key hash",
                    BAD_VALUE,
                    "the key itself never belongs in a bundle",
                    b -> b.edit(DIRECTORY, "a".repeat(64), "«" + "a".repeat(63))),
            Finding.of(
                    "API key hash of other letters",
                    BAD_VALUE,
                    "SHA-256 of an API key",
                    b -> b.edit(DIRECTORY, "a".repeat(64), "«" + "a".repeat(63) + "g")),
            Finding.of(OUT_OF_RANGE, "beyond 64 bits", LIMITS, "limit: 600", "limit: «9223372036854775808"),
            Finding.of(OUT_OF_RANGE, "from 1 to", REGISTRY, "version: 3", "version: «0"),
            Finding.of(OUT_OF_RANGE, "between 1970 and 2200", "billing/billing.yaml", "2026-01-31", "«2200-01-01"),
            Finding.of(OUT_OF_RANGE, "at least 1s", ROOT, "policy: 2m", "policy: «10ms"),
            Finding.of(OUT_OF_RANGE, "holds nothing", ROOT, "freshness:", "reservation_ttl: «0s\nfreshness:"),
            Finding.of(OUT_OF_RANGE, "charges nothing", REGISTRY, "gpu.time: usage", "gpu.time: «0"),
            Finding.of(OUT_OF_RANGE, "no length", LIMITS, "per: 1m}", "per: «0s}"),
            Finding.of(
                    OUT_OF_RANGE,
                    "at most 100",
                    ROOT,
                    "freshness:",
                    "defaults: {thresholds: {info: «101}}\nfreshness:"),
            Finding.of(BAD_ID, "is no name", ROOT, "bundle: tiny", "bundle: «a b"),
            Finding.of(BAD_ID, "it has a slash", DIRECTORY, "      lab: {}", "      lab: {}\n      «a/b: {}"),
            Finding.of(BAD_ID, "control character", DIRECTORY, "      lab: {}", "      lab: {}\n      «\"a\\0b\": {}"),
            Finding.of(
                    BAD_ID,
                    "starts or ends with a space",
                    DIRECTORY,
                    "      lab: {}",
                    "      lab: {}\n      «\" b\": {}"),
            Finding.of(
                    BAD_ID,
                    "at most 256",
                    DIRECTORY,
                    "      lab: {}",
                    "      lab: {}\n      «\"" + "é".repeat(129) + "\": {}"),
            Finding.of(BAD_ID, "it is empty", DIRECTORY, "      lab: {}", "      lab: {}\n      «\"\": {}"),
            Finding.of(BAD_ID, "is no actor", DIRECTORY, "owner: service:bot", "owner: «bot"),
            Finding.of(
                    BAD_ID,
                    "cannot be an actor type",
                    DIRECTORY,
                    "      user:ana:",
                    "      «project:ana: {}\n      user:ana:"));
}
