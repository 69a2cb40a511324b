/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.render;

/**
 * Colours, or none. Whatever text comes from outside passes through {@link #clean} first: a scope's name must not be
 * able to move the cursor.
 */
public enum Paint {
    PLAIN,
    ANSI;

    /** How something is shown; the meaning never hangs on the colour alone. */
    public enum Style {
        NONE(""),
        BOLD("1"),
        DIM("2"),
        GOOD("32"),
        BAD("31"),
        STRONG_BAD("1;31"),
        STRONG_GOOD("1;32"),
        CAREFUL("33");

        private final String code;

        Style(String code) {
            this.code = code;
        }
    }

    /** The text in a style, cleaned. */
    public String in(Style style, String text) {
        final String clean = clean(text);
        return this == PLAIN || style.code.isEmpty() ? clean : "\u001b[" + style.code + "m" + clean + "\u001b[0m";
    }

    /** The text without characters that a terminal obeys; each is shown as its number instead. */
    public static String clean(String text) {
        StringBuilder clean = null;
        for (int i = 0; i < text.length(); i++) {
            final char c = text.charAt(i);
            final boolean obeyed = Character.isISOControl(c) || Character.getType(c) == Character.FORMAT;
            if (obeyed && clean == null) {
                clean = new StringBuilder(text.length() + 8).append(text, 0, i);
            }
            if (clean != null) {
                if (obeyed) {
                    clean.append(String.format("\\u%04x", (int) c));
                } else {
                    clean.append(c);
                }
            }
        }
        return clean == null ? text : clean.toString();
    }
}
