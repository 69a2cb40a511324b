/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.ratelimit;

import java.util.Locale;
import java.util.Set;

/** A YAML file, line by line. */
final class Text {
    private static final Set<String> NOT_TEXT = Set.of("true", "false", "null", "yes", "no", "on", "off", "y", "n");

    private final StringBuilder text = new StringBuilder();

    Text line(final int depth, final String line) {
        text.append("  ".repeat(depth)).append(line).append('\n');
        return this;
    }

    /** {@return a text as YAML reads it back: plain where that is safe, else in double quotes} */
    static String of(final String value) {
        if (value.matches("[A-Za-z][A-Za-z0-9_.-]*") && !NOT_TEXT.contains(value.toLowerCase(Locale.ROOT))) {
            return value;
        }
        final StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < value.length(); i++) {
            final char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (Character.isISOControl(c)
                    || Character.getType(c) == Character.FORMAT
                    || c == '\u2028'
                    || c == '\u2029') {
                quoted.append(String.format("\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
