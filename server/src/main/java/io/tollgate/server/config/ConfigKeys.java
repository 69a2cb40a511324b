/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Every key of a sidecar's configuration, in the order of the reference table. */
final class ConfigKeys {
    private static final long KIB = 1024;
    private static final long MIB = 1024 * KIB;
    private static final long MINUTE_MS = 60_000;
    private static final long DAY_MS = 24 * 60 * MINUTE_MS;
    private static final String BUNDLE_PATTERN = "[A-Za-z0-9][A-Za-z0-9._-]{0,127}";
    private static final String NAME_HINT =
            "1 to 128 letters, digits, '.', '_' or '-', starting with a letter or digit";

    private static final Map<String, ConfigKey> BY_NAME = new LinkedHashMap<>();

    static final ConfigKey SIDECAR_ID = add(
            "sidecar_id",
            ConfigType.text("name", "|" + BUNDLE_PATTERN, NAME_HINT),
            "",
            "Name of this sidecar, shown in evidence and to the control plane. Empty: the host's name.");
    static final ConfigKey STATE_DIR = add(
            "state_dir",
            ConfigType.path(),
            "/var/lib/tollgate/sidecar",
            "Where snapshots and live counters lie. Belongs to one sidecar at a time.");
    static final ConfigKey ON_COUNTER_CORRUPTION = add(
            "on_counter_corruption",
            ConfigType.text("refuse or reset", "refuse|reset", "refuse or reset"),
            "refuse",
            "What to do when the live counters on disk are damaged: `refuse` to start, or `reset` them to zero, which may let"
                    + " through up to one limit per ceiling.");
    static final ConfigKey KEEP_PREVIOUS = add(
            "keep_previous_snapshots",
            ConfigType.integer("snapshots", 0, 100),
            "1",
            "How many snapshots before the live one stay on disk, for diagnosis.");

    static final ConfigKey CONTROL_PLANE_ADDRESS = add(
            "control_plane.address",
            ConfigType.address(),
            "127.0.0.1:7080",
            "Where the control plane answers. Anything but loopback needs `control_plane.tls.ca_file`.");
    static final ConfigKey CONTROL_PLANE_BUNDLE = add(
            "control_plane.bundle",
            ConfigType.text("name", BUNDLE_PATTERN, NAME_HINT),
            "default",
            "The bundle that this sidecar subscribes to.");
    static final ConfigKey CONTROL_PLANE_TOKEN_FILE = add(
            "control_plane.token_file",
            ConfigType.path(),
            "",
            "File with the token that this sidecar shows to the control plane; or set TOLLGATE_CONTROL_PLANE_TOKEN in the"
                    + " environment. Empty: none.");
    static final ConfigKey CONTROL_PLANE_CA_FILE = add(
            "control_plane.tls.ca_file",
            ConfigType.path(),
            "",
            "PEM file with the authorities that sign the control plane's certificate. Empty: no TLS, loopback only.");
    static final ConfigKey CONTROL_PLANE_CERT_FILE = add(
            "control_plane.tls.cert_file",
            ConfigType.path(),
            "",
            "PEM file with the certificate that this sidecar shows to the control plane. Empty: none.");
    static final ConfigKey CONTROL_PLANE_KEY_FILE = add(
            "control_plane.tls.key_file",
            ConfigType.path(),
            "",
            "PEM file (PKCS #8) with the key of that certificate.");
    static final ConfigKey HEARTBEAT_MS = add(
            "control_plane.heartbeat_ms",
            ConfigType.integer("milliseconds", 10, MINUTE_MS),
            "1000",
            "Time between two questions to the control plane; each one answered confirms the planes.");

    static final ConfigKey SNAPSHOT_SOURCE = add(
            "snapshot.source",
            ConfigType.text(
                    "control-plane, file:///path or https://...",
                    "control-plane|file:///.+|https://[^/@]+/.+",
                    "control-plane, file:///path/of/a.tgs or https://host/path/of/a.tgs"),
            "control-plane",
            "Where snapshots come from: the control plane, or a snapshot file that is polled, on this host or at an HTTPS address.");
    static final ConfigKey SNAPSHOT_FRESHNESS = add(
            "snapshot.freshness",
            ConfigType.text("statement or answer", "statement|answer", "statement or answer"),
            "statement",
            "What confirms a snapshot from a file or HTTPS: a signed `statement` beside it (its name and `.fresh`), as of the time in it;"
                    + " or every `answer` (it could be read, or 304), as of when it was asked, which says nothing about the publisher.");
    static final ConfigKey SNAPSHOT_POLL_MS = add(
            "snapshot.poll_interval_ms",
            ConfigType.integer("milliseconds", 50, 10 * MINUTE_MS),
            "5000",
            "Time between two looks at a file or HTTPS address; keep it well below the planes' age bounds.");
    static final ConfigKey SNAPSHOT_TOKEN_FILE = add(
            "snapshot.token_file",
            ConfigType.path(),
            "",
            "File with the bearer token for the HTTPS address, read for every request. Empty: none.");
    static final ConfigKey SNAPSHOT_CA_FILE = add(
            "snapshot.tls.ca_file",
            ConfigType.path(),
            "",
            "PEM file with the authorities that sign the HTTPS server's certificate. Empty: those of the Java platform.");
    static final ConfigKey SNAPSHOT_CERT_FILE = add(
            "snapshot.tls.cert_file",
            ConfigType.path(),
            "",
            "PEM file with the certificate that this sidecar shows to the HTTPS server. Empty: none.");
    static final ConfigKey SNAPSHOT_KEY_FILE =
            add("snapshot.tls.key_file", ConfigType.path(), "", "PEM file (PKCS #8) with the key of that certificate.");
    static final ConfigKey SNAPSHOT_MAX_BYTES = add(
            "snapshot.max_bytes",
            ConfigType.integer("bytes", MIB, 1024 * 1024 * MIB),
            "17179869184",
            "Largest snapshot that is taken, uncompressed, from whatever source.");
    static final ConfigKey SNAPSHOT_MAX_RECORDS = add(
            "snapshot.max_records",
            ConfigType.integer("records", 1, 1_000_000_000),
            "100000000",
            "Most records of a snapshot that is taken.");

    static final ConfigKey TRUST_KEYS = add(
            "trust.keys",
            ConfigType.path(),
            "",
            "PEM file with the public keys that may sign snapshots, one or several (rotation); read again when it changes. Needed"
                    + " unless `trust.unsigned` is `allow`.");
    static final ConfigKey TRUST_UNSIGNED = add(
            "trust.unsigned",
            ConfigType.text("refuse or allow", "refuse|allow", "refuse or allow"),
            "refuse",
            "Whether a snapshot that no trusted key has signed is taken: `allow` is for development, and `tollgate status` shows"
                    + " it in red.");

    static final ConfigKey TRUST_OLDEST_VERSION = add(
            "trust.oldest_version",
            ConfigType.text(
                    "EPOCH-VERSION", "|[0-9]{1,18}-[0-9]{1,18}", "EPOCH-VERSION, for instance 1795219200000-12"),
            "",
            "No snapshot below this is ever taken, also when `state_dir`, which remembers the newest one, was lost. Empty: any.");

    static final ConfigKey LISTEN_ADDRESS = add(
            "listen.address",
            ConfigType.address(),
            "127.0.0.1:7070",
            "TCP address for decisions. Port 0: any free one. Empty: none (then `listen.unix_socket` is needed). Anything but"
                    + " loopback needs `listen.tls`.");
    static final ConfigKey LISTEN_UNIX_SOCKET = add(
            "listen.unix_socket",
            ConfigType.path(),
            "",
            "Path of a Unix domain socket for decisions, made with mode 0660; at most 90 bytes. Empty: none.");
    static final ConfigKey LISTEN_ADMIN_ADDRESS = add(
            "listen.admin_address",
            ConfigType.address(),
            "127.0.0.1:7071",
            "TCP address for diagnostics (gRPC). Empty: none.");
    static final ConfigKey LISTEN_HTTP_ADDRESS = add(
            "listen.http_address",
            ConfigType.address(),
            "127.0.0.1:7072",
            "TCP address for `/healthz`, `/readyz` and `/metrics`. Empty: none.");
    static final ConfigKey TLS_CERT_FILE = add(
            "listen.tls.cert_file",
            ConfigType.path(),
            "",
            "PEM file with the server's certificate chain, for every address that is not loopback.");
    static final ConfigKey TLS_KEY_FILE =
            add("listen.tls.key_file", ConfigType.path(), "", "PEM file (PKCS #8) with the server's key.");
    static final ConfigKey TLS_CLIENT_CA_FILE = add(
            "listen.tls.client_ca_file",
            ConfigType.path(),
            "",
            "PEM file with the authorities whose client certificates are accepted; clients without one are refused.");

    static final ConfigKey MAX_REQUEST_BYTES = add(
            "limits.max_request_bytes",
            ConfigType.integer("bytes", KIB, 16 * MIB),
            "65536",
            "Largest message of Decide, DecideStream and the reservation calls.");
    static final ConfigKey MAX_BATCH_BYTES = add(
            "limits.max_batch_bytes",
            ConfigType.integer("bytes", KIB, 64 * MIB),
            "1048576",
            "Largest message of DecideBatch; at least `limits.max_request_bytes`.");
    static final ConfigKey MAX_BATCH_SIZE = add(
            "limits.max_batch_size",
            ConfigType.integer("requests", 1, 65_536),
            "1024",
            "Most requests in one DecideBatch.");
    static final ConfigKey MAX_METADATA_BYTES = add(
            "limits.max_metadata_bytes",
            ConfigType.integer("bytes", KIB, MIB),
            "8192",
            "Most bytes of headers in one call.");
    static final ConfigKey MAX_CALLS_PER_CONNECTION = add(
            "limits.max_calls_per_connection",
            ConfigType.integer("calls", 1, 1_000_000),
            "1024",
            "Most calls and streams open at once on one connection; further ones wait at the client.");
    static final ConfigKey MAX_CONNECTIONS = add(
            "limits.max_connections",
            ConfigType.integer("connections", 1, 1_000_000),
            "1024",
            "Most connections per listener; a further one is closed at once.");
    static final ConfigKey ALLOW_EXPLAIN = add(
            "limits.allow_explain",
            ConfigType.bool(),
            "true",
            "Whether EXPLAIN_LEVEL_FULL is honoured on the decision listeners; DiagnosticsService.Explain always explains.");

    static final ConfigKey EVENT_LOOPS = add(
            "transport.event_loops",
            ConfigType.integer("threads", 0, 256),
            "0",
            "Threads that answer decisions, each with a worker of its own. 0: one per processor.");
    static final ConfigKey FLOW_CONTROL_WINDOW_BYTES = add(
            "transport.flow_control_window_bytes",
            ConfigType.integer("bytes", 65_535, 64 * MIB),
            "1048576",
            "HTTP/2 window of a connection and of each stream; fixed, never probed.");
    static final ConfigKey KEEP_ALIVE_TIME_MS = add(
            "transport.keep_alive_time_ms",
            ConfigType.integer("milliseconds", 1_000, DAY_MS),
            "300000",
            "A connection silent for so long is pinged.");
    static final ConfigKey KEEP_ALIVE_TIMEOUT_MS = add(
            "transport.keep_alive_timeout_ms",
            ConfigType.integer("milliseconds", 100, MINUTE_MS),
            "20000",
            "A ping unanswered for so long closes the connection.");
    static final ConfigKey PERMIT_KEEP_ALIVE_TIME_MS = add(
            "transport.permit_keep_alive_time_ms",
            ConfigType.integer("milliseconds", 0, DAY_MS),
            "10000",
            "Clients may ping this often, also without a call; who pings more is disconnected.");

    static final ConfigKey MAX_LOOP_LAG_MS = add(
            "shed.max_loop_lag_ms",
            ConfigType.integer("milliseconds", 1, MINUTE_MS),
            "250",
            "An event loop whose probe is late by more than this, twice in a row, answers DENY / OVERLOADED until it keeps time.");
    static final ConfigKey PROBE_INTERVAL_MS = add(
            "shed.probe_interval_ms",
            ConfigType.integer("milliseconds", 1, MINUTE_MS),
            "100",
            "Time between two probes of an event loop.");
    static final ConfigKey SHED_RETRY_AFTER_MS = add(
            "shed.retry_after_ms",
            ConfigType.integer("milliseconds", 0, MINUTE_MS),
            "250",
            "What DENY / OVERLOADED says in `retry_after_ns`.");

    static final ConfigKey RESTART_GRACE_MS = add(
            "freshness.restart_grace_ms",
            ConfigType.integer("milliseconds", 0, DAY_MS),
            "0",
            "How long after a restart the snapshot on disk answers before the control plane has confirmed it."
                    + " Restarts without a confirmation in between share one grace.");
    static final ConfigKey MAX_AGE_DIRECTORY_MS = addMaxAge("directory");
    static final ConfigKey MAX_AGE_POLICY_MS = addMaxAge("policy");
    static final ConfigKey MAX_AGE_ENTITLEMENT_MS = addMaxAge("entitlement");
    static final ConfigKey MAX_AGE_QUOTA_MS = addMaxAge("quota");
    static final ConfigKey MAX_AGE_CREDIT_MS = addMaxAge("credit");
    static final ConfigKey MAX_AGE_CAPACITY_MS = addMaxAge("capacity");

    static final ConfigKey JOURNAL_ENABLED = add(
            "journal.enabled",
            ConfigType.bool(),
            "true",
            "Whether what is used is journaled in `state_dir` until a ledger has it. Without: nothing is reported, and nothing is"
                    + " denied for want of room.");
    static final ConfigKey JOURNAL_DURABILITY = add(
            "journal.durability",
            ConfigType.text("process or power", "process|power", "process or power"),
            "process",
            "What acknowledged usage outlives: the end of the `process`, however it ends; or a `power` failure too, for which"
                    + " answers that take wait until their records are synced (many at once).");
    static final ConfigKey JOURNAL_MAX_BYTES = add(
            "journal.max_bytes",
            ConfigType.integer("bytes", MIB, 1024 * 1024 * MIB),
            "268435456",
            "Most bytes of the journal on disk, at least two segments. When they are full of usage that no ledger has acknowledged,"
                    + " billable work is DENY / JOURNAL_FULL.");
    static final ConfigKey JOURNAL_SEGMENT_BYTES = add(
            "journal.segment_bytes",
            ConfigType.integer("bytes", MIB, 1024 * MIB),
            "4194304",
            "Size of one file of the journal, a multiple of 4096; the next ones are written ahead of need.");

    static final ConfigKey WARM_UP_DECISIONS = add(
            "warm_up.decisions",
            ConfigType.integer("decisions", 0, 10_000_000),
            "20000",
            "Synthetic decisions made before readiness turns SERVING; they take nothing and are counted nowhere. 0: none.");
    static final ConfigKey WARM_UP_MAX_MS = add(
            "warm_up.max_ms",
            ConfigType.integer("milliseconds", 0, 10 * MINUTE_MS),
            "5000",
            "The warm-up ends after so long, however far it came.");

    static final ConfigKey LAME_DUCK_MS = add(
            "shutdown.lame_duck_ms",
            ConfigType.integer("milliseconds", 0, 10 * MINUTE_MS),
            "1000",
            "After SIGTERM readiness is NOT_SERVING for so long while answers go on, so that callers can move away.");
    static final ConfigKey DRAIN_TIMEOUT_MS = add(
            "shutdown.drain_timeout_ms",
            ConfigType.integer("milliseconds", 0, 10 * MINUTE_MS),
            "5000",
            "Then new calls are shed and calls in flight may finish for so long before they are cut.");

    static final ConfigKey ADMIN_THREADS =
            add("admin.threads", ConfigType.integer("threads", 1, 64), "2", "Threads that answer diagnostics.");
    static final ConfigKey ADMIN_REFLECTION =
            add("admin.reflection", ConfigType.bool(), "true", "Whether the admin address serves gRPC reflection.");
    static final ConfigKey ADMIN_CHANNELZ =
            add("admin.channelz", ConfigType.bool(), "true", "Whether the admin address serves channelz.");

    static final ConfigKey ENVOY_MAPPING = add(
            "envoy.mapping",
            ConfigType.path(),
            "",
            "YAML file that says what is asked about an HTTP request that Envoy checks, or limits, see docs/envoy.md. Empty: everything"
                    + " stands in the route's `context_extensions`, and no rate limits are served.");

    static {
        DecisionLogKeys.all().forEach(ConfigKeys::add);
        DryRunKeys.all().forEach(ConfigKeys::add);
    }

    private ConfigKeys() {}

    /** {@return all keys in their order} */
    static List<ConfigKey> all() {
        return new ArrayList<>(BY_NAME.values());
    }

    /** {@return the key with this dotted name, or null} */
    static Map<String, ConfigKey> byName() {
        return Map.copyOf(BY_NAME);
    }

    private static ConfigKey addMaxAge(final String plane) {
        return add(
                "freshness.max_age_ms." + plane,
                ConfigType.integer("milliseconds", 0, 366 * DAY_MS),
                "0",
                "Tightens the age bound of the " + plane
                        + " plane; the snapshot's own stays where it is smaller. 0: the snapshot's.");
    }

    private static ConfigKey add(
            final String name, final ConfigType type, final String defaultText, final String meaning) {
        return add(new ConfigKey(name, type, defaultText, meaning));
    }

    private static ConfigKey add(final ConfigKey key) {
        if (BY_NAME.put(key.name(), key) != null) {
            throw new IllegalStateException("two keys named " + key.name());
        }
        return key;
    }
}
