/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control;

import io.tollgate.control.ledger.LedgerConfig;
import io.tollgate.control.publish.Retention;
import io.tollgate.control.service.ServiceLimits;
import io.tollgate.control.signing.SigningConfig;
import io.tollgate.control.source.ConfigSource;
import io.tollgate.control.source.Diagnostic;
import io.tollgate.control.source.Diagnostics;
import io.tollgate.control.source.Quoted;
import io.tollgate.control.source.Value;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The configuration file of a control plane. Relative paths in it start at its own directory. */
final class ConfigFile {
    private final Path file;
    private final @Nullable Path base;

    private ConfigFile(Path file) {
        this.file = file;
        this.base = file.toAbsolutePath().normalize().getParent();
    }

    static ControlPlaneConfig read(Path file) throws IOException {
        Diagnostics diagnostics = new Diagnostics();
        Optional<Value.Fields> root = ConfigSource.read(file, diagnostics);
        if (root.isEmpty() || diagnostics.hasErrors()) {
            throw new ConfigException(
                    diagnostics.sorted().stream().map(Diagnostic::toString).collect(Collectors.joining("\n")));
        }
        return new ConfigFile(file).config(root.get());
    }

    private ControlPlaneConfig config(Value.Fields root) {
        Value.Fields listen = root.fields("listen");
        Value.Fields watch = root.fields("watch");
        try {
            return new ControlPlaneConfig(
                    address(listen, "grpc", ControlPlaneConfig.DEFAULT_GRPC_PORT),
                    listen != null && listen.text("http").equals("none")
                            ? null
                            : address(listen, "http", ControlPlaneConfig.DEFAULT_HTTP_PORT),
                    tls(root.fields("tls")),
                    resolve(root.text("state_dir")),
                    bundles(root.fieldsOf("bundles")),
                    watch == null || watch.flag("enabled", true),
                    watch == null
                            ? ControlPlaneConfig.DEFAULT_WATCH_INTERVAL_MS
                            : watch.number("interval_ms", ControlPlaneConfig.DEFAULT_WATCH_INTERVAL_MS),
                    limits(root.fields("limits")),
                    new ControlPlaneConfig.Publishing(
                            signing(root.fields("signing")), retention(root.fields("archive"))),
                    ledger(root.fields("ledger")));
        } catch (ConfigException | IllegalArgumentException e) {
            throw new ConfigException(file + ": " + e.getMessage());
        }
    }

    private List<ControlPlaneConfig.Bundle> bundles(List<Value.Fields> bundles) {
        return bundles.stream()
                .map(bundle -> new ControlPlaneConfig.Bundle(resolve(bundle.text("dir"))))
                .toList();
    }

    private ControlPlaneConfig.@Nullable Tls tls(Value.@Nullable Fields tls) {
        return tls == null
                ? null
                : new ControlPlaneConfig.Tls(resolve(tls.text("certificate_file")), resolve(tls.text("key_file")));
    }

    private SigningConfig signing(Value.@Nullable Fields signing) {
        if (signing == null) {
            return SigningConfig.NONE;
        }
        return new SigningConfig(signing.fieldsOf("keys").stream()
                .map(key -> new SigningConfig.Key(
                        key.has("file") ? resolve(key.text("file")) : null,
                        key.has("environment") ? key.text("environment") : null,
                        key.flag("active", false)))
                .toList());
    }

    private static LedgerConfig ledger(Value.@Nullable Fields ledger) {
        boolean passLost = ledger != null && ledger.text("lost_reports").equals("pass");
        return new LedgerConfig(passLost, LedgerConfig.DEFAULT.limits());
    }

    private static Retention retention(Value.@Nullable Fields archive) {
        return archive == null
                ? Retention.DEFAULT
                : Retention.ofHours(
                        archive.number("keep_hours", Retention.DEFAULT_HOURS),
                        archive.number("max_bytes", Retention.DEFAULT_BYTES));
    }

    private static ServiceLimits limits(Value.@Nullable Fields limits) {
        ServiceLimits standard = ServiceLimits.DEFAULT;
        if (limits == null) {
            return standard;
        }
        return new ServiceLimits(
                (int) limits.number("max_snapshot_streams", standard.maxPulls()),
                (int) limits.number("max_waiting_polls", standard.maxWaits()),
                limits.number("max_wait_ms", standard.maxWaitMs()),
                (int) limits.number("max_connections", standard.maxConnections()),
                (int) limits.number("max_calls_per_connection", standard.maxCallsPerConnection()),
                (int) limits.number("max_usage_streams", standard.maxReports()));
    }

    private Path resolve(String path) {
        return base == null ? Path.of(path) : base.resolve(path).normalize();
    }

    private static InetSocketAddress address(Value.@Nullable Fields listen, String key, int defaultPort) {
        if (listen == null || !listen.has(key)) {
            return new InetSocketAddress("127.0.0.1", defaultPort);
        }
        String text = listen.text(key);
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        try {
            int port = Integer.parseInt(text.substring(colon + 1));
            if (!host.isEmpty() && port >= 0 && port <= 65_535) {
                return new InetSocketAddress(bracketed ? host.substring(1, host.length() - 1) : host, port);
            }
        } catch (NumberFormatException e) {
            // Said below, in the same words for every cause.
        }
        throw new ConfigException(
                "listen." + key + ": " + Quoted.of(text) + " is no address; write HOST:PORT, like 127.0.0.1:7080");
    }
}
