/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.config;

import java.util.List;

/** The keys of the decision log. */
final class DecisionLogKeys {
    private static final long KIB = 1024;
    private static final long MIB = 1024 * KIB;

    static final ConfigKey FILE = new ConfigKey(
            "decision_log.file",
            ConfigType.path(),
            "",
            "File that decisions are logged to, JSON lines, made with mode 0640. Empty: none. Belongs to one sidecar at a time.");
    static final ConfigKey ALLOW_PERCENT = new ConfigKey(
            "decision_log.allow_percent",
            ConfigType.percent(),
            "100",
            "Share of plain ALLOW that is logged, chosen by the decision's id. DENY, WARN and decisions of audited operations are always"
                    + " logged.");
    static final ConfigKey MASK = new ConfigKey(
            "decision_log.mask",
            ConfigType.list(
                    "list of fields",
                    MaskNames::problemWith,
                    "a list of request fields, for instance [actor.id, attributes.*]"),
            "",
            "Fields of requests that are left out of log, collector and `tollgate tail`. An API key never stands there, only the first 8"
                    + " bytes of its SHA-256.");
    static final ConfigKey MAX_FILE_BYTES = new ConfigKey(
            "decision_log.max_file_bytes",
            ConfigType.integer("bytes", 64 * KIB, 1024 * 1024 * MIB),
            "67108864",
            "A log file that would grow beyond this is renamed, with the time in its name, and a new one begins.");
    static final ConfigKey MAX_FILE_AGE_MS = new ConfigKey(
            "decision_log.max_file_age_ms",
            ConfigType.integer("milliseconds", 0, 366L * 24 * 60 * 60_000),
            "86400000",
            "Likewise one that is older than this. 0: never.");
    static final ConfigKey MAX_FILES = new ConfigKey(
            "decision_log.max_files",
            ConfigType.integer("files", 1, 100_000),
            "10",
            "How many renamed log files are kept; the oldest are deleted.");
    static final ConfigKey COMPRESS = new ConfigKey(
            "decision_log.compress", ConfigType.bool(), "true", "Whether renamed log files are compressed (gzip).");
    static final ConfigKey AUDITED = new ConfigKey(
            "decision_log.audited",
            ConfigType.text("off or required", "off|required", "off or required"),
            "off",
            "What happens to operations that the registry marks as audited while their decisions cannot be logged: `off`: they go on;"
                    + " `required`: DENY / AUDIT_UNAVAILABLE.");
    static final ConfigKey AUDITED_FSYNC = new ConfigKey(
            "decision_log.audited_fsync",
            ConfigType.bool(),
            "false",
            "Whether the file is forced to the disk after entries of audited operations. The answer does not wait for it.");
    static final ConfigKey BUFFER_BYTES = new ConfigKey(
            "decision_log.buffer_bytes",
            ConfigType.integer("bytes", 64 * KIB, 1024 * MIB),
            "4194304",
            "Memory of each event loop for entries on their way to the log, rounded up to a power of two."
                    + " What finds no room is lost and counted.");
    static final ConfigKey OTLP_ENDPOINT = new ConfigKey(
            "decision_log.otlp.endpoint",
            ConfigType.text(
                    "http://... or https://...",
                    "|https?://[^/@?#]+(/[^?#]*)?",
                    "an address, for instance http://127.0.0.1:4318/v1/logs or https://collector/v1/logs"),
            "",
            "OpenTelemetry collector that gets the entries as logs (OTLP over HTTP, protobuf). Anything but loopback needs https."
                    + " Empty: none.");
    static final ConfigKey OTLP_CA_FILE = new ConfigKey(
            "decision_log.otlp.ca_file",
            ConfigType.path(),
            "",
            "PEM file with the authorities that sign the collector's certificate. Empty: those of the Java platform.");
    static final ConfigKey OTLP_TOKEN_FILE = new ConfigKey(
            "decision_log.otlp.token_file",
            ConfigType.path(),
            "",
            "File with the bearer token for the collector, read for every request. Empty: none.");

    private DecisionLogKeys() {}

    /** {@return all of them in their order} */
    static List<ConfigKey> all() {
        return List.of(
                FILE,
                ALLOW_PERCENT,
                MASK,
                MAX_FILE_BYTES,
                MAX_FILE_AGE_MS,
                MAX_FILES,
                COMPRESS,
                AUDITED,
                AUDITED_FSYNC,
                BUFFER_BYTES,
                OTLP_ENDPOINT,
                OTLP_CA_FILE,
                OTLP_TOKEN_FILE);
    }
}
