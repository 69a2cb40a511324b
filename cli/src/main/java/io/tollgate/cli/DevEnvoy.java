/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import io.tollgate.server.config.ConfigException;
import io.tollgate.server.config.SidecarConfigBuilder;
import io.tollgate.server.envoy.mapping.Mapping;
import io.tollgate.server.envoy.mapping.MappingReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * What the sidecar of {@code tollgate dev} needs to stand beside an Envoy: a mapping that is read again when it is saved, and a Unix
 * socket. For one thread.
 */
final class DevEnvoy {
    @Option(
            names = "--envoy-mapping",
            paramLabel = "FILE",
            description =
                    "What is asked about an HTTP request that Envoy checks, see docs/envoy.md; read again on save.")
    @Nullable
    Path mapping;

    @Option(names = "--unix-socket", paramLabel = "FILE", description = "A Unix socket for decisions, beside the port.")
    @Nullable
    Path unixSocket;

    private @Nullable Mapping served;
    private String seen = "";

    /** Makes the paths absolute and reads the mapping. @throws ConfigException naming every mistake in it */
    void check(Session session) {
        if (unixSocket != null) {
            unixSocket = session.resolve(unixSocket).toAbsolutePath();
        }
        if (mapping != null) {
            mapping = session.resolve(mapping).toAbsolutePath();
            seen = stamp(mapping);
            served = MappingReader.read(mapping);
        }
    }

    /** Tells the sidecar. */
    void into(SidecarConfigBuilder sidecar) {
        if (mapping != null) {
            sidecar.set("envoy.mapping", mapping.toString());
        }
        if (unixSocket != null) {
            sidecar.set("listen.unix_socket", unixSocket.toString());
        }
    }

    /** {@return whether the mapping was saved since the last look; while an editor replaces it, it is not} */
    boolean wasSaved() {
        if (mapping == null) {
            return false;
        }
        final String now = stamp(mapping);
        final boolean saved = !now.isEmpty() && !now.equals(seen);
        if (saved) {
            seen = now;
        }
        return saved;
    }

    /**
     * Reads the mapping again.
     *
     * @return whether it says something else than what is served
     * @throws ConfigException naming every mistake; what is served stays
     */
    boolean readAgain() {
        if (mapping == null) {
            return false;
        }
        final Mapping read = MappingReader.read(mapping);
        final boolean isOther = !read.equals(served);
        served = read;
        return isOther;
    }

    /** {@return its name, for messages} */
    String name() {
        return mapping == null ? "" : mapping.getFileName().toString();
    }

    private static String stamp(Path file) {
        try {
            return Files.getLastModifiedTime(file).toMillis() + "/" + Files.size(file);
        } catch (IOException e) {
            return "";
        }
    }
}
