/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.signing;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Blocks of RFC 7468. Text outside of blocks is a comment. Messages never quote what stands between the lines. */
final class Pem {
    static final String PRIVATE_KEY = "PRIVATE KEY";
    static final String PUBLIC_KEY = "PUBLIC KEY";

    private static final int MAX_CHARACTERS = 64 << 10;
    private static final String BEGIN = "-----BEGIN ";
    private static final String END = "-----END ";
    private static final String DASHES = "-----";
    private static final int LINE_CHARACTERS = 64;

    private Pem() {}

    /** One block: its label and its bytes. */
    record Block(String label, byte[] der) {}

    static List<Block> parse(String text, String origin) throws KeyFormatException {
        if (text.length() > MAX_CHARACTERS) {
            throw new KeyFormatException(
                    origin + ": " + text.length() + " characters are no key file, at most " + MAX_CHARACTERS);
        }
        List<Block> blocks = new ArrayList<>();
        String label = "";
        StringBuilder body = new StringBuilder();
        for (String raw : text.lines().toList()) {
            String line = raw.strip();
            if (line.startsWith(BEGIN) && line.endsWith(DASHES)) {
                if (!label.isEmpty()) {
                    throw new KeyFormatException(origin + ": a " + label + " has no END line");
                }
                label = line.substring(BEGIN.length(), line.length() - DASHES.length());
                body.setLength(0);
            } else if (line.startsWith(END)) {
                if (label.isEmpty() || !line.equals(END + label + DASHES)) {
                    throw new KeyFormatException(origin + ": an END line closes nothing that was begun");
                }
                blocks.add(new Block(label, decode(body, label, origin)));
                label = "";
            } else if (!label.isEmpty()) {
                body.append(line);
            }
        }
        if (!label.isEmpty()) {
            throw new KeyFormatException(origin + ": a " + label + " has no END line");
        }
        return blocks;
    }

    private static byte[] decode(StringBuilder body, String label, String origin) throws KeyFormatException {
        try {
            return Base64.getDecoder().decode(body.toString());
        } catch (IllegalArgumentException e) {
            throw new KeyFormatException(origin + ": the " + label + " is not Base64");
        }
    }

    static String write(String label, byte[] der) {
        return BEGIN
                + label
                + DASHES
                + '\n'
                + Base64.getMimeEncoder(LINE_CHARACTERS, new byte[] {'\n'}).encodeToString(der)
                + '\n'
                + END
                + label
                + DASHES
                + '\n';
    }
}
