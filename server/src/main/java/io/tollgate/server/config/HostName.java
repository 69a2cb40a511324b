/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The name of this machine, without asking any name server. */
final class HostName {
    private static final Path KERNEL_NAME = Path.of("/proc/sys/kernel/hostname");
    private static final String UNKNOWN = "sidecar";

    private HostName() {}

    static String ofThisMachine(final Map<String, String> environment) {
        final String name = clean(environment.get("HOSTNAME"));
        if (name != null) {
            return name;
        }
        try {
            final String kernel = clean(Files.readString(KERNEL_NAME));
            return kernel == null ? UNKNOWN : kernel;
        } catch (final IOException ignored) {
            return UNKNOWN; // not Linux
        }
    }

    private static @Nullable String clean(final @Nullable String name) {
        if (name == null) {
            return null;
        }
        final String clean = name.strip();
        return clean.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,127}") ? clean : null;
    }
}
