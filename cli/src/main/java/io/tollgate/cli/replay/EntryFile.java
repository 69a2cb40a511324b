/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.replay;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.tollgate.v1.DecisionLogEntry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Finds an entry in a file: one entry as JSON, or a decision log, an entry per line. */
public final class EntryFile {
    /** An entry's line is far shorter: a request has at most 64 KiB. */
    private static final int MAX_ENTRY_CHARS = 4 << 20;

    private EntryFile() {}

    /** What is wrong with the file, or with what is looked for in it; for people. */
    public static final class NotFoundException extends Exception {
        private static final long serialVersionUID = 1L;

        NotFoundException(String message) {
            super(message);
        }
    }

    /**
     * Finds an entry.
     *
     * @param decisionId of its answer; empty = the only one of the file
     * @throws NotFoundException saying what there is instead
     */
    public static DecisionLogEntry find(InputStream in, String name, String decisionId)
            throws IOException, NotFoundException {
        try (Reader text = new InputStreamReader(in, StandardCharsets.UTF_8);
                BufferedReader lines = new BufferedReader(text)) {
            return find(lines, name, decisionId);
        }
    }

    /** Of a file. */
    public static DecisionLogEntry find(Path file, String decisionId) throws IOException, NotFoundException {
        return find(Files.newInputStream(file), file.toString(), decisionId);
    }

    private static DecisionLogEntry find(BufferedReader lines, String name, String decisionId)
            throws IOException, NotFoundException {
        final String first = firstLine(lines, name);
        if (first.strip().equals("{") || !first.strip().endsWith("}")) {
            final DecisionLogEntry only = parse(whole(first, lines, name), name, 0);
            requireIs(only, name, decisionId);
            return only;
        }
        @Nullable DecisionLogEntry found = null;
        int number = 1;
        int entries = 0;
        for (String line = first; line != null; line = lines.readLine(), number++) {
            if (line.isBlank() || !decisionId.isEmpty() && !line.contains(decisionId)) {
                continue;
            }
            final DecisionLogEntry entry = parse(line, name, number);
            if (decisionId.isEmpty() || entry.getResponse().getDecisionId().equals(decisionId)) {
                found = entry;
                entries++;
            }
            if (entries > 1 && decisionId.isEmpty()) {
                throw new NotFoundException(name + " holds several entries; say which one with --decision ID");
            }
        }
        if (found == null) {
            throw new NotFoundException(name + " has no entry of decision " + decisionId
                    + "; it may be in a rotated file, or was not logged (allows are sampled)");
        }
        return found;
    }

    private static String firstLine(BufferedReader lines, String name) throws IOException, NotFoundException {
        String line = lines.readLine();
        while (line != null && line.isBlank()) {
            line = lines.readLine();
        }
        if (line == null) {
            throw new NotFoundException(name + " is empty");
        }
        return line;
    }

    /** One entry over many lines. */
    private static String whole(String first, BufferedReader lines, String name) throws IOException, NotFoundException {
        final StringBuilder text = new StringBuilder(first).append('\n');
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            text.append(line).append('\n');
            if (text.length() > MAX_ENTRY_CHARS) {
                throw new NotFoundException(name + " is no entry of the decision log: it is too long for one");
            }
        }
        return text.toString();
    }

    private static void requireIs(DecisionLogEntry entry, String name, String decisionId) throws NotFoundException {
        final String is = entry.getResponse().getDecisionId();
        if (!decisionId.isEmpty() && !is.equals(decisionId)) {
            throw new NotFoundException(name + " is the entry of decision " + is + ", not " + decisionId);
        }
    }

    private static DecisionLogEntry parse(String text, String name, int line) throws NotFoundException {
        final DecisionLogEntry.Builder entry = DecisionLogEntry.newBuilder();
        try {
            JsonFormat.parser().merge(text, entry);
        } catch (InvalidProtocolBufferException e) {
            throw new NotFoundException(
                    name + (line > 0 ? " line " + line : "") + " is no entry of the decision log: " + e.getMessage());
        }
        if (!entry.hasResponse()) {
            throw new NotFoundException(
                    name + (line > 0 ? " line " + line : "") + " is no entry of the decision log: it has no response");
        }
        return entry.build();
    }
}
