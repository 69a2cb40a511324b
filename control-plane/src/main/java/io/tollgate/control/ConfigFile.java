/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.tollgate.control.service.ServiceLimits;
import io.tollgate.control.source.Quoted;
import io.tollgate.control.source.Suggestions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The configuration file of a control plane. Relative paths in it start at its own directory. */
final class ConfigFile {
    private static final long MAX_BYTES = 1 << 20;

    private static final ObjectMapper MAPPER = YAMLMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    private ConfigFile() {}

    record Root(
            @Nullable Listen listen,
            @Nullable TlsFiles tls,
            @Nullable String stateDir,
            @Nullable List<Bundle> bundles,
            @Nullable Watch watch,
            @Nullable Limits limits) {}

    record Listen(@Nullable String grpc, @Nullable String http) {}

    record TlsFiles(@Nullable String certificateFile, @Nullable String keyFile) {}

    record Bundle(@Nullable String dir) {}

    record Watch(@Nullable Boolean enabled, @Nullable Long intervalMs) {}

    record Limits(
            @Nullable Integer maxSnapshotStreams,
            @Nullable Integer maxWaitingPolls,
            @Nullable Long maxWaitMs,
            @Nullable Integer maxConnections,
            @Nullable Integer maxCallsPerConnection) {}

    static ControlPlaneConfig read(Path file) throws IOException {
        if (Files.size(file) > MAX_BYTES) {
            throw new ConfigException(file + ": more than " + MAX_BYTES + " bytes; this is no configuration file");
        }
        Root root;
        try {
            root = MAPPER.readValue(file.toFile(), Root.class);
        } catch (UnrecognizedPropertyException e) {
            throw new ConfigException(place(file, e) + "unknown key " + Quoted.of(e.getPropertyName()) + "; "
                    + Suggestions.remedy(
                            e.getPropertyName(), known(e), "known here are " + Suggestions.list(known(e))));
        } catch (JsonProcessingException e) {
            throw new ConfigException(place(file, e) + e.getOriginalMessage());
        }
        if (root == null) {
            throw new ConfigException(file + ": the file is empty; it needs at least state_dir and bundles");
        }
        try {
            return config(root, file.toAbsolutePath().normalize().getParent());
        } catch (ConfigException e) {
            throw new ConfigException(file + ": " + e.getMessage());
        }
    }

    private static List<String> known(UnrecognizedPropertyException e) {
        return e.getKnownPropertyIds().stream().map(String::valueOf).sorted().collect(Collectors.toList());
    }

    /** Where an unknown key is written: the mapper has read on when it complains, so the file is read once more, token by token. */
    private static @Nullable JsonLocation keyOf(Path file, UnrecognizedPropertyException e) {
        StringBuilder wanted = new StringBuilder();
        for (JsonMappingException.Reference step : e.getPath()) {
            wanted.append('/')
                    .append(step.getFieldName() == null ? String.valueOf(step.getIndex()) : step.getFieldName());
        }
        try (JsonParser tokens = MAPPER.createParser(file.toFile())) {
            for (JsonToken token = tokens.nextToken(); token != null; token = tokens.nextToken()) {
                if (token == JsonToken.FIELD_NAME
                        && tokens.getParsingContext().pathAsPointer().toString().contentEquals(wanted)) {
                    return tokens.currentTokenLocation();
                }
            }
            return null;
        } catch (IOException again) {
            return null;
        }
    }

    private static String place(Path file, JsonProcessingException e) {
        JsonLocation location =
                e instanceof UnrecognizedPropertyException unknown ? keyOf(file, unknown) : e.getLocation();
        if (location == null
                && e instanceof JsonMappingException mapping
                && mapping.getProcessor() instanceof JsonParser p) {
            location = p.currentLocation();
        }
        return location == null ? file + ": " : file + ":" + location.getLineNr() + ":" + location.getColumnNr() + ": ";
    }

    private static ControlPlaneConfig config(Root root, @Nullable Path base) {
        Listen listen = root.listen == null ? new Listen(null, null) : root.listen;
        Watch watch = root.watch == null ? new Watch(null, null) : root.watch;
        if (root.stateDir == null) {
            throw new ConfigException("state_dir is missing; name a directory that survives restarts");
        }
        List<Bundle> bundles = root.bundles == null ? List.of() : root.bundles;
        return new ControlPlaneConfig(
                address("listen.grpc", listen.grpc, ControlPlaneConfig.DEFAULT_GRPC_PORT),
                "none".equals(listen.http)
                        ? null
                        : address("listen.http", listen.http, ControlPlaneConfig.DEFAULT_HTTP_PORT),
                tls(root.tls, base),
                resolve(base, root.stateDir),
                bundles.stream().map(bundle -> bundle(bundle, base)).toList(),
                watch.enabled == null || watch.enabled,
                watch.intervalMs == null ? ControlPlaneConfig.DEFAULT_WATCH_INTERVAL_MS : watch.intervalMs,
                limits(root.limits));
    }

    private static ControlPlaneConfig.Bundle bundle(@Nullable Bundle bundle, @Nullable Path base) {
        if (bundle == null || bundle.dir == null) {
            throw new ConfigException("bundles: an entry has no 'dir'; write '- dir: /path/to/bundle'");
        }
        return new ControlPlaneConfig.Bundle(resolve(base, bundle.dir));
    }

    private static ControlPlaneConfig.@Nullable Tls tls(@Nullable TlsFiles tls, @Nullable Path base) {
        if (tls == null) {
            return null;
        }
        if (tls.certificateFile == null || tls.keyFile == null) {
            throw new ConfigException("tls: needs both certificate_file and key_file");
        }
        return new ControlPlaneConfig.Tls(resolve(base, tls.certificateFile), resolve(base, tls.keyFile));
    }

    private static ServiceLimits limits(@Nullable Limits limits) {
        ServiceLimits standard = ServiceLimits.DEFAULT;
        if (limits == null) {
            return standard;
        }
        try {
            return new ServiceLimits(
                    limits.maxSnapshotStreams == null ? standard.maxPulls() : limits.maxSnapshotStreams,
                    limits.maxWaitingPolls == null ? standard.maxWaits() : limits.maxWaitingPolls,
                    limits.maxWaitMs == null ? standard.maxWaitMs() : limits.maxWaitMs,
                    limits.maxConnections == null ? standard.maxConnections() : limits.maxConnections,
                    limits.maxCallsPerConnection == null
                            ? standard.maxCallsPerConnection()
                            : limits.maxCallsPerConnection);
        } catch (IllegalArgumentException e) {
            throw new ConfigException("limits: " + e.getMessage());
        }
    }

    private static Path resolve(@Nullable Path base, String path) {
        return base == null ? Path.of(path) : base.resolve(path).normalize();
    }

    static InetSocketAddress address(String key, @Nullable String text, int defaultPort) {
        if (text == null) {
            return new InetSocketAddress("127.0.0.1", defaultPort);
        }
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        try {
            int port = Integer.parseInt(text.substring(colon + 1));
            if (!host.isEmpty() && port >= 0 && port <= 65_535) {
                return new InetSocketAddress(
                        host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host, port);
            }
        } catch (NumberFormatException e) {
            // Said below, in the same words for every cause.
        }
        throw new ConfigException(
                key + ": " + Quoted.of(text) + " is no address; write HOST:PORT, like 127.0.0.1:7080");
    }
}
