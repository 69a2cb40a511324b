/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.source;

/** Shows what somebody wrote inside a message: in quotes, in one line, not too long. */
public final class Quoted {
    private static final int LONGEST = 80;

    private Quoted() {}

    /** {@return the text in single quotes, control characters escaped, cut when long} */
    public static String of(String text) {
        StringBuilder quoted = new StringBuilder("'");
        int end = Math.min(text.length(), LONGEST);
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            if (c == '\n') {
                quoted.append("\\n");
            } else if (Character.isISOControl(c) || Character.isSurrogate(c)) {
                quoted.append(String.format("\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append(text.length() > LONGEST ? "...'" : "'").toString();
    }
}
