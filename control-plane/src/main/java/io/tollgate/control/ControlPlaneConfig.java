/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control;

import io.tollgate.control.ledger.LedgerConfig;
import io.tollgate.control.publish.Retention;
import io.tollgate.control.service.ServiceLimits;
import io.tollgate.control.signing.SigningConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a control plane runs.
 *
 * @param grpcAddress where sidecars and operators call; port 0 = any free one
 * @param httpAddress health over HTTP; loopback only; null = none
 * @param tls null = plain text, on loopback only
 * @param stateDir versions and snapshots; must survive restarts
 * @param bundles what is served
 * @param watch whether edits are noticed
 * @param watchIntervalMs between two looks at the sources; an edit is published after about two of them
 * @param limits how much it takes on at once
 * @param publishing which keys sign what is published, and how long superseded states are kept
 * @param ledger how usage reports are accepted
 */
public record ControlPlaneConfig(
        InetSocketAddress grpcAddress,
        @Nullable InetSocketAddress httpAddress,
        @Nullable Tls tls,
        Path stateDir,
        List<Bundle> bundles,
        boolean watch,
        long watchIntervalMs,
        ServiceLimits limits,
        Publishing publishing,
        LedgerConfig ledger) {
    /** Where sidecars expect a control plane on their own host. */
    public static final int DEFAULT_GRPC_PORT = 7080;

    /** Health over HTTP. */
    public static final int DEFAULT_HTTP_PORT = 7081;

    /** An edit is served within about 300 ms. */
    public static final long DEFAULT_WATCH_INTERVAL_MS = 100;

    /**
     * A bundle to serve.
     *
     * @param dir holds tollgate.yaml
     */
    public record Bundle(Path dir) {}

    /** Certificate chain and key, PEM files. */
    public record Tls(Path certificateFile, Path keyFile) {}

    /**
     * How it publishes.
     *
     * @param signing which keys sign
     * @param retention how long superseded states are kept
     */
    public record Publishing(SigningConfig signing, Retention retention) {
        /** Nothing is signed; a week is kept. */
        public static final Publishing DEFAULT = new Publishing(SigningConfig.NONE, Retention.DEFAULT);
    }

    /** {@return which keys sign what is published} */
    public SigningConfig signing() {
        return publishing.signing();
    }

    /** Checks what belongs together. */
    public ControlPlaneConfig {
        bundles = List.copyOf(bundles);
        if (bundles.isEmpty()) {
            throw new ConfigException("bundles: there is none; name at least one directory with a tollgate.yaml");
        }
        Set<Path> dirs = new HashSet<>();
        for (Bundle bundle : bundles) {
            if (!dirs.add(bundle.dir().toAbsolutePath().normalize())) {
                throw new ConfigException("bundles: '" + bundle.dir() + "' is listed twice; remove one");
            }
        }
        checkHost("listen.grpc", grpcAddress, tls != null);
        if (httpAddress != null) {
            checkHost("listen.http", httpAddress, false);
        }
        if (watchIntervalMs < 10 || watchIntervalMs > 60_000) {
            throw new ConfigException(
                    "watch.interval_ms: " + watchIntervalMs + " is out of range; it must be from 10 to 60000");
        }
    }

    /** Nothing is signed. */
    public ControlPlaneConfig(
            InetSocketAddress grpcAddress,
            @Nullable InetSocketAddress httpAddress,
            @Nullable Tls tls,
            Path stateDir,
            List<Bundle> bundles,
            boolean watch,
            long watchIntervalMs,
            ServiceLimits limits) {
        this(
                grpcAddress,
                httpAddress,
                tls,
                stateDir,
                bundles,
                watch,
                watchIntervalMs,
                limits,
                Publishing.DEFAULT,
                LedgerConfig.DEFAULT);
    }

    private static void checkHost(String key, InetSocketAddress address, boolean encrypted) {
        if (address.isUnresolved()) {
            throw new ConfigException(key + ": the host of '" + address + "' is not known; give an IP address");
        }
        if (!address.getAddress().isLoopbackAddress() && !encrypted) {
            throw new ConfigException(
                    key + ": '" + address + "' is reachable from other hosts; "
                            + (key.equals("listen.grpc")
                                    ? "set tls.certificate_file and tls.key_file, or listen on 127.0.0.1"
                                    : "health over HTTP is for this host: listen on 127.0.0.1 (gRPC health is served with TLS)"));
        }
    }

    /** {@return a configuration for one bundle on the default addresses, watched} */
    public static ControlPlaneConfig of(Path bundleDir, Path stateDir) {
        return new ControlPlaneConfig(
                new InetSocketAddress("127.0.0.1", DEFAULT_GRPC_PORT),
                new InetSocketAddress("127.0.0.1", DEFAULT_HTTP_PORT),
                null,
                stateDir,
                List.of(new Bundle(bundleDir)),
                true,
                DEFAULT_WATCH_INTERVAL_MS,
                ServiceLimits.DEFAULT);
    }

    /** {@return the same, signed by these keys} */
    public ControlPlaneConfig signedBy(SigningConfig keys) {
        return new ControlPlaneConfig(
                grpcAddress,
                httpAddress,
                tls,
                stateDir,
                bundles,
                watch,
                watchIntervalMs,
                limits,
                new Publishing(keys, publishing.retention()),
                ledger);
    }

    /** {@return the same on other addresses} */
    public ControlPlaneConfig listeningOn(InetSocketAddress grpc, @Nullable InetSocketAddress http) {
        return new ControlPlaneConfig(
                grpc, http, tls, stateDir, bundles, watch, watchIntervalMs, limits, publishing, ledger);
    }

    /** {@return the same with another ledger configuration} */
    public ControlPlaneConfig withLedger(LedgerConfig other) {
        return new ControlPlaneConfig(
                grpcAddress, httpAddress, tls, stateDir, bundles, watch, watchIntervalMs, limits, publishing, other);
    }

    /**
     * Reads a configuration file, see docs/control-plane.md.
     *
     * @throws ConfigException naming file, line, column, what is wrong and how to mend it
     * @throws IOException when the file cannot be read
     */
    public static ControlPlaneConfig read(Path file) throws IOException {
        return ConfigFile.read(file);
    }
}
