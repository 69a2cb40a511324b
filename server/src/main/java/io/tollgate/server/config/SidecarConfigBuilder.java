/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Gathers values, later ones over earlier ones, and checks them all at once in {@link #build()}. For one thread.
 *
 * <p>Secrets are no values: a file's name is a value, the secret itself comes from that file or from the environment.
 */
public final class SidecarConfigBuilder {
    /** Environment variable with the token for the control plane, instead of {@code control_plane.token_file}. */
    public static final String TOKEN_VARIABLE = "TOLLGATE_CONTROL_PLANE_TOKEN";

    private final Map<String, ConfigValue> values = new LinkedHashMap<>();
    private final List<ConfigProblem> problems = new ArrayList<>();
    private Map<String, String> environment = Map.of();
    private String lastSource = "defaults";

    SidecarConfigBuilder() {}

    /** Reads a file; that it cannot be read is a problem like others. */
    public SidecarConfigBuilder file(final Path file) {
        try {
            return yaml(Files.readString(file), file.toString());
        } catch (final IOException e) {
            problems.add(new ConfigProblem(file.toString(), 0, 0, "", "cannot be read: " + e));
            return this;
        }
    }

    /**
     * Reads a YAML document.
     *
     * @param text       the document
     * @param sourceName what messages call it
     */
    public SidecarConfigBuilder yaml(final String text, final String sourceName) {
        values.putAll(new ConfigReader(sourceName, problems).read(text));
        lastSource = sourceName;
        return this;
    }

    /**
     * Sets one key, for instance {@code set("listen.address", "127.0.0.1:0")}.
     *
     * @param key  dotted name
     * @param text value as it would stand in YAML
     */
    public SidecarConfigBuilder set(final String key, final String text) {
        final ConfigKey known = ConfigKeys.byName().get(key);
        final @Nullable String wrong = known == null
                ? "is not a known key" + ConfigReader.suggestion(key)
                : known.type().check().apply(text);
        if (wrong == null) {
            values.put(key, new ConfigValue(text, "override", 0, 0));
        } else {
            problems.add(new ConfigProblem("override", 0, 0, key, known == null ? wrong : '"' + text + "\" " + wrong));
        }
        return this;
    }

    /** Where secrets may come from, usually {@code System.getenv()}; empty unless set. */
    public SidecarConfigBuilder environment(final Map<String, String> variables) {
        environment = Map.copyOf(variables);
        return this;
    }

    /**
     * {@return the checked configuration}
     *
     * @throws ConfigException naming every problem
     */
    public SidecarConfig build() {
        final SidecarConfig config = new ConfigAssembly(values, environment, lastSource, problems).assemble();
        if (config == null || !problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return config;
    }
}
