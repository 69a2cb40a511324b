/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.config;

import io.tollgate.core.Plane;
import io.tollgate.server.envoy.mapping.Mapping;
import io.tollgate.server.envoy.mapping.MappingReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns single good values into one configuration, and checks what must hold between them. Used once. */
final class ConfigAssembly {
    /** A socket's path has 107 bytes on Linux; the rest is for the temporary name that it is made under. */
    private static final int MAX_SOCKET_PATH_BYTES = 90;

    private static final long PAGE_BYTES = 4096;

    private final Map<String, ConfigValue> values;
    private final Map<String, String> environment;
    private final String source;
    private final List<ConfigProblem> problems;

    ConfigAssembly(
            final Map<String, ConfigValue> values,
            final Map<String, String> environment,
            final String source,
            final List<ConfigProblem> problems) {
        this.values = values;
        this.environment = environment;
        this.source = source;
        this.problems = problems;
    }

    /**
     * {@return the configuration, or null when its problems leave nothing to build}; look at the problems in either
     * case.
     */
    @Nullable
    SidecarConfig assemble() {
        final String sidecarId = sidecarId();
        final SidecarConfig.ControlPlane controlPlane = controlPlane();
        final SidecarConfig.Snapshot snapshot = snapshot();
        final SidecarConfig.Listen listen = listen();
        final SidecarConfig.Limits limits = limits();
        final SidecarConfig.Journal journal = journal();
        final DecisionLogConfig decisionLog =
                new DecisionLogAssembly(this::text, this::problem).assemble(limits.maxRequestBytes());
        final Mapping mapping = mapping();
        if (mapping == null || !problems.isEmpty()) {
            return null;
        }
        final ConfigDump dump = new ConfigDump(values, sidecarId, controlPlane.token());
        return new SidecarConfig(
                sidecarId,
                Path.of(text(ConfigKeys.STATE_DIR)),
                text(ConfigKeys.ON_COUNTER_CORRUPTION).equals("reset"),
                integer(ConfigKeys.KEEP_PREVIOUS),
                controlPlane,
                snapshot,
                trust(),
                listen,
                limits,
                transport(),
                new SidecarConfig.Shed(
                        number(ConfigKeys.MAX_LOOP_LAG_MS),
                        number(ConfigKeys.PROBE_INTERVAL_MS),
                        number(ConfigKeys.SHED_RETRY_AFTER_MS)),
                new SidecarConfig.Freshness(number(ConfigKeys.RESTART_GRACE_MS), maxAges()),
                journal,
                new SidecarConfig.WarmUp(integer(ConfigKeys.WARM_UP_DECISIONS), number(ConfigKeys.WARM_UP_MAX_MS)),
                new SidecarConfig.Shutdown(number(ConfigKeys.LAME_DUCK_MS), number(ConfigKeys.DRAIN_TIMEOUT_MS)),
                new SidecarConfig.Admin(
                        integer(ConfigKeys.ADMIN_THREADS),
                        flag(ConfigKeys.ADMIN_REFLECTION),
                        flag(ConfigKeys.ADMIN_CHANNELZ)),
                new SidecarConfig.Envoy(mapping),
                decisionLog,
                dryRun(),
                dump.yaml(),
                dump.sha256());
    }

    private DryRunConfig dryRun() {
        return new DryRunConfig(
                integer(DryRunKeys.DECISIONS),
                integer(DryRunKeys.MAX_FLIPS),
                Double.parseDouble(text(DryRunKeys.MAX_FLIP_PERCENT)),
                text(DryRunKeys.ON_EXCEED).equals("refuse"));
    }

    private String sidecarId() {
        final String configured = text(ConfigKeys.SIDECAR_ID);
        return configured.isEmpty() ? HostName.ofThisMachine(environment) : configured;
    }

    private @Nullable Mapping mapping() {
        final Path file = path(ConfigKeys.ENVOY_MAPPING);
        try {
            return file == null ? MappingReader.byContext() : MappingReader.read(file);
        } catch (final ConfigException e) {
            problems.addAll(e.problems());
            return null;
        }
    }

    private SidecarConfig.ControlPlane controlPlane() {
        final String address = text(ConfigKeys.CONTROL_PLANE_ADDRESS);
        final Path caFile = path(ConfigKeys.CONTROL_PLANE_CA_FILE);
        final Path certFile = path(ConfigKeys.CONTROL_PLANE_CERT_FILE);
        final Path keyFile = path(ConfigKeys.CONTROL_PLANE_KEY_FILE);
        if (address.isEmpty()) {
            problem(ConfigKeys.CONTROL_PLANE_ADDRESS, "is empty; write host:port of the control plane");
        } else if (caFile == null) {
            final InetSocketAddress resolved = address(ConfigKeys.CONTROL_PLANE_ADDRESS);
            if (resolved != null && !resolved.getAddress().isLoopbackAddress()) {
                problem(
                        ConfigKeys.CONTROL_PLANE_ADDRESS,
                        '"' + address + "\" is not on loopback and would be called without TLS; set "
                                + ConfigKeys.CONTROL_PLANE_CA_FILE.name());
            }
        }
        if ((certFile == null) != (keyFile == null) || certFile != null && caFile == null) {
            problem(
                    ConfigKeys.CONTROL_PLANE_CERT_FILE,
                    "a client certificate needs cert_file, key_file and ca_file together");
        }
        final SidecarConfig.ClientTls tls =
                caFile == null ? null : new SidecarConfig.ClientTls(caFile, certFile, keyFile);
        return new SidecarConfig.ControlPlane(
                address,
                text(ConfigKeys.CONTROL_PLANE_BUNDLE),
                path(ConfigKeys.CONTROL_PLANE_TOKEN_FILE),
                token(),
                tls,
                number(ConfigKeys.HEARTBEAT_MS));
    }

    private @Nullable Secret token() {
        final Path file = path(ConfigKeys.CONTROL_PLANE_TOKEN_FILE);
        final String variable = environment.get(SidecarConfigBuilder.TOKEN_VARIABLE);
        if (file == null) {
            return variable == null || variable.isBlank()
                    ? null
                    : checkedToken(variable.strip(), "environment " + SidecarConfigBuilder.TOKEN_VARIABLE);
        }
        try {
            return checkedToken(Files.readString(file, StandardCharsets.UTF_8).strip(), "file " + file);
        } catch (final IOException e) {
            problem(ConfigKeys.CONTROL_PLANE_TOKEN_FILE, "cannot be read: " + e);
            return null;
        }
    }

    private @Nullable Secret checkedToken(final String token, final String origin) {
        if (token.isEmpty() || !token.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            problem(
                    ConfigKeys.CONTROL_PLANE_TOKEN_FILE,
                    origin + " does not hold one token of printable ASCII characters without blanks");
            return null;
        }
        return new Secret(token, origin);
    }

    private SidecarConfig.Trust trust() {
        final String[] oldest = text(ConfigKeys.TRUST_OLDEST_VERSION).split("-");
        final boolean any = oldest.length < 2;
        return new SidecarConfig.Trust(
                path(ConfigKeys.TRUST_KEYS),
                text(ConfigKeys.TRUST_UNSIGNED).equals("allow"),
                any ? 0 : Long.parseLong(oldest[0]),
                any ? 0 : Long.parseLong(oldest[1]));
    }

    private SidecarConfig.Snapshot snapshot() {
        final String text = text(ConfigKeys.SNAPSHOT_SOURCE);
        URI source = null;
        if (!text.equals("control-plane")) {
            try {
                source = new URI(text);
            } catch (final URISyntaxException e) {
                problem(ConfigKeys.SNAPSHOT_SOURCE, '"' + text + "\" is no address: " + e.getReason());
            }
        }
        final Path ca = path(ConfigKeys.SNAPSHOT_CA_FILE);
        final Path cert = path(ConfigKeys.SNAPSHOT_CERT_FILE);
        final Path key = path(ConfigKeys.SNAPSHOT_KEY_FILE);
        final Path token = path(ConfigKeys.SNAPSHOT_TOKEN_FILE);
        if ((cert == null) != (key == null)) {
            problem(ConfigKeys.SNAPSHOT_CERT_FILE, "a client certificate needs cert_file and key_file together");
        }
        final boolean isHttps = text.startsWith("https:");
        if (!isHttps && (ca != null || cert != null || token != null)) {
            problem(
                    ConfigKeys.SNAPSHOT_SOURCE,
                    '"' + text + "\" is no https address, and snapshot.tls or snapshot.token_file is set; those of the"
                            + " control plane are control_plane.tls and control_plane.token_file");
        }
        return new SidecarConfig.Snapshot(
                source,
                text(ConfigKeys.SNAPSHOT_FRESHNESS).equals("answer"),
                number(ConfigKeys.SNAPSHOT_POLL_MS),
                ca == null && cert == null ? null : new SidecarConfig.SnapshotTls(ca, cert, key),
                token,
                number(ConfigKeys.SNAPSHOT_MAX_BYTES),
                number(ConfigKeys.SNAPSHOT_MAX_RECORDS));
    }

    private SidecarConfig.Listen listen() {
        final InetSocketAddress decisions = address(ConfigKeys.LISTEN_ADDRESS);
        final Path unixSocket = path(ConfigKeys.LISTEN_UNIX_SOCKET);
        if (text(ConfigKeys.LISTEN_ADDRESS).isEmpty() && unixSocket == null) {
            problem(
                    ConfigKeys.LISTEN_ADDRESS,
                    "is empty and so is " + ConfigKeys.LISTEN_UNIX_SOCKET.name() + "; decisions need one of them");
        }
        if (unixSocket != null
                && unixSocket.toString().getBytes(StandardCharsets.UTF_8).length > MAX_SOCKET_PATH_BYTES) {
            problem(
                    ConfigKeys.LISTEN_UNIX_SOCKET,
                    '"' + unixSocket.toString() + "\" is longer than " + MAX_SOCKET_PATH_BYTES
                            + " bytes, more than the system takes; use a shorter path");
        }
        final InetSocketAddress admin = address(ConfigKeys.LISTEN_ADMIN_ADDRESS);
        final InetSocketAddress http = address(ConfigKeys.LISTEN_HTTP_ADDRESS);
        final SidecarConfig.ServerTls tls = serverTls();
        if (tls == null) {
            refuseOpen(ConfigKeys.LISTEN_ADDRESS, decisions);
            refuseOpen(ConfigKeys.LISTEN_ADMIN_ADDRESS, admin);
            refuseOpen(ConfigKeys.LISTEN_HTTP_ADDRESS, http);
        } else if (isLoopback(decisions) && isLoopback(admin) && isLoopback(http)) {
            problem(
                    ConfigKeys.TLS_CERT_FILE,
                    "is set, but every address is on loopback, where connections are plain; remove listen.tls or listen"
                            + " on another address");
        }
        return new SidecarConfig.Listen(decisions, unixSocket, admin, http, tls);
    }

    private void refuseOpen(final ConfigKey key, final @Nullable InetSocketAddress address) {
        if (!isLoopback(address)) {
            problem(
                    key,
                    '"' + text(key) + "\" is not on loopback and would listen without TLS; set listen.tls.cert_file,"
                            + " listen.tls.key_file and listen.tls.client_ca_file, or use 127.0.0.1");
        }
    }

    private static boolean isLoopback(final @Nullable InetSocketAddress address) {
        return address == null || address.getAddress().isLoopbackAddress();
    }

    private SidecarConfig.@Nullable ServerTls serverTls() {
        final Path cert = path(ConfigKeys.TLS_CERT_FILE);
        final Path key = path(ConfigKeys.TLS_KEY_FILE);
        final Path clientCa = path(ConfigKeys.TLS_CLIENT_CA_FILE);
        if (cert == null && key == null && clientCa == null) {
            return null;
        }
        if (cert == null || key == null || clientCa == null) {
            problem(ConfigKeys.TLS_CERT_FILE, "listen.tls needs cert_file, key_file and client_ca_file together");
            return null;
        }
        return new SidecarConfig.ServerTls(cert, key, clientCa);
    }

    private SidecarConfig.Limits limits() {
        if (number(ConfigKeys.MAX_BATCH_BYTES) < number(ConfigKeys.MAX_REQUEST_BYTES)) {
            problem(
                    ConfigKeys.MAX_BATCH_BYTES,
                    text(ConfigKeys.MAX_BATCH_BYTES) + " is less than " + ConfigKeys.MAX_REQUEST_BYTES.name() + ", "
                            + text(ConfigKeys.MAX_REQUEST_BYTES) + "; a batch of one must fit");
        }
        return new SidecarConfig.Limits(
                integer(ConfigKeys.MAX_REQUEST_BYTES),
                integer(ConfigKeys.MAX_BATCH_BYTES),
                integer(ConfigKeys.MAX_BATCH_SIZE),
                integer(ConfigKeys.MAX_METADATA_BYTES),
                integer(ConfigKeys.MAX_CALLS_PER_CONNECTION),
                integer(ConfigKeys.MAX_CONNECTIONS),
                flag(ConfigKeys.ALLOW_EXPLAIN));
    }

    private SidecarConfig.Transport transport() {
        final int loops = integer(ConfigKeys.EVENT_LOOPS);
        return new SidecarConfig.Transport(
                loops == 0 ? Runtime.getRuntime().availableProcessors() : loops,
                integer(ConfigKeys.FLOW_CONTROL_WINDOW_BYTES),
                number(ConfigKeys.KEEP_ALIVE_TIME_MS),
                number(ConfigKeys.KEEP_ALIVE_TIMEOUT_MS),
                number(ConfigKeys.PERMIT_KEEP_ALIVE_TIME_MS));
    }

    private SidecarConfig.Journal journal() {
        final long segment = number(ConfigKeys.JOURNAL_SEGMENT_BYTES);
        if (segment % PAGE_BYTES != 0) {
            problem(
                    ConfigKeys.JOURNAL_SEGMENT_BYTES,
                    segment + " is no multiple of " + PAGE_BYTES + "; " + (segment / PAGE_BYTES * PAGE_BYTES) + " is");
        }
        if (number(ConfigKeys.JOURNAL_MAX_BYTES) < 2 * segment) {
            problem(
                    ConfigKeys.JOURNAL_MAX_BYTES,
                    text(ConfigKeys.JOURNAL_MAX_BYTES) + " is less than two segments of "
                            + ConfigKeys.JOURNAL_SEGMENT_BYTES.name() + ", " + 2 * segment);
        }
        return new SidecarConfig.Journal(
                flag(ConfigKeys.JOURNAL_ENABLED),
                text(ConfigKeys.JOURNAL_DURABILITY).equals("power"),
                number(ConfigKeys.JOURNAL_MAX_BYTES),
                (int) segment);
    }

    private Map<Plane, Long> maxAges() {
        final Map<Plane, Long> maxAges = new EnumMap<>(Plane.class);
        putMaxAge(maxAges, Plane.DIRECTORY, ConfigKeys.MAX_AGE_DIRECTORY_MS);
        putMaxAge(maxAges, Plane.POLICY, ConfigKeys.MAX_AGE_POLICY_MS);
        putMaxAge(maxAges, Plane.ENTITLEMENT, ConfigKeys.MAX_AGE_ENTITLEMENT_MS);
        putMaxAge(maxAges, Plane.QUOTA, ConfigKeys.MAX_AGE_QUOTA_MS);
        putMaxAge(maxAges, Plane.CREDIT, ConfigKeys.MAX_AGE_CREDIT_MS);
        putMaxAge(maxAges, Plane.CAPACITY, ConfigKeys.MAX_AGE_CAPACITY_MS);
        return Map.copyOf(maxAges);
    }

    private void putMaxAge(final Map<Plane, Long> maxAges, final Plane plane, final ConfigKey key) {
        final long value = number(key);
        if (value > 0) {
            maxAges.put(plane, value);
        }
    }

    private @Nullable InetSocketAddress address(final ConfigKey key) {
        final String text = text(key);
        if (text.isEmpty()) {
            return null;
        }
        try {
            return HostPort.resolve(text);
        } catch (final UnknownHostException e) {
            problem(
                    key,
                    '"' + text
                            + "\" names a host that does not resolve; write an address, for instance 127.0.0.1:7070");
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        }
    }

    private @Nullable Path path(final ConfigKey key) {
        final String text = text(key);
        return text.isEmpty() ? null : Path.of(text);
    }

    private String text(final ConfigKey key) {
        final ConfigValue value = values.get(key.name());
        return value == null ? key.defaultText() : value.text();
    }

    private long number(final ConfigKey key) {
        final Long value = ConfigType.number(text(key));
        if (value == null) {
            throw new IllegalStateException(key.name() + " was not checked");
        }
        return value;
    }

    private int integer(final ConfigKey key) {
        return Math.toIntExact(number(key));
    }

    private boolean flag(final ConfigKey key) {
        return Boolean.parseBoolean(text(key));
    }

    private void problem(final ConfigKey key, final String what) {
        final ConfigValue value = values.get(key.name());
        problems.add(
                value == null
                        ? new ConfigProblem(source, 0, 0, key.name(), what)
                        : new ConfigProblem(value.source(), value.line(), value.column(), key.name(), what));
    }
}
