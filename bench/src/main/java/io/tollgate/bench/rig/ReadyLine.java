/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.rig;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** What a measured process prints when it answers: "READY pid=12 tcp=40123". */
public final class ReadyLine {
    private static final String WORD = "READY";

    private ReadyLine() {}

    /** Prints it, with the process id. */
    public static void print(final Map<String, String> facts) {
        final StringBuilder line = new StringBuilder(WORD)
                .append(" pid=")
                .append(ProcessHandle.current().pid());
        facts.forEach((name, value) -> line.append(' ').append(name).append('=').append(value));
        new PrintWriter(System.out, true, StandardCharsets.UTF_8).println(line);
    }

    /** Waits until nobody holds the other end of standard input. */
    public static void awaitEndOfInput() throws IOException {
        final InputStream in = System.in;
        final byte[] ignored = new byte[256];
        while (in.read(ignored) >= 0) {
            // nothing is asked of us
        }
    }

    /** {@return the facts of a line; empty when it is none} */
    static Map<String, String> parse(final String line) {
        final Map<String, String> facts = new TreeMap<>();
        final String[] words = line.split(" ");
        if (words[0].equals(WORD)) {
            for (int i = 1; i < words.length; i++) {
                final int equals = words[i].indexOf('=');
                facts.put(words[i].substring(0, equals), words[i].substring(equals + 1));
            }
        }
        return facts;
    }
}
