/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.config;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The effective configuration as YAML that the reader takes back; a secret shows only in a comment, masked. */
final class ConfigDump {
    private static final String INDENT = "  ";

    private final Map<String, ConfigValue> values;
    private final String sidecarId;
    private final @Nullable Secret token;

    ConfigDump(final Map<String, ConfigValue> values, final String sidecarId, final @Nullable Secret token) {
        this.values = values;
        this.sidecarId = sidecarId;
        this.token = token;
    }

    String yaml() {
        final StringBuilder yaml = new StringBuilder();
        if (token != null) {
            yaml.append("# control plane token: ").append(token).append('\n');
        }
        String[] above = new String[0];
        for (final ConfigKey key : ConfigKeys.all()) {
            final String[] parts = key.name().split("\\.");
            final int shared = sharedGroups(above, parts);
            for (int depth = shared; depth < parts.length - 1; depth++) {
                yaml.append(INDENT.repeat(depth)).append(parts[depth]).append(":\n");
            }
            yaml.append(INDENT.repeat(parts.length - 1))
                    .append(parts[parts.length - 1])
                    .append(": ")
                    .append(scalar(key))
                    .append('\n');
            above = parts;
        }
        return yaml.toString();
    }

    String sha256() {
        try {
            final MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(yaml().getBytes(StandardCharsets.UTF_8)));
        } catch (final NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private String scalar(final ConfigKey key) {
        final ConfigValue value = values.get(key.name());
        final String set = value == null ? key.defaultText() : value.text();
        final String text = key == ConfigKeys.SIDECAR_ID ? sidecarId : set;
        return switch (key.type().tokens()) {
            case TEXT, LIST -> quote(text);
            case INTEGER, DECIMAL, BOOLEAN -> text;
        };
    }

    private static String quote(final String text) {
        final StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            final char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ') {
                quoted.append(String.format("\\x%02x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }

    private static int sharedGroups(final String[] above, final String[] parts) {
        int shared = 0;
        while (shared < above.length - 1 && shared < parts.length - 1 && above[shared].equals(parts[shared])) {
            shared++;
        }
        return shared;
    }
}
