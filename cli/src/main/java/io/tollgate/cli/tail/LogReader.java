/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.tail;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.tollgate.v1.DecisionLogEntry;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;

/** Reads files of the decision log, line by line. What is damaged is told and passed over. */
public final class LogReader {
    private static final int MAX_QUOTED = 120;

    private final JsonFormat.Parser parser = JsonFormat.parser().ignoringUnknownFields();
    private final TailOutput to;

    /** Tells gaps and damage there. */
    public LogReader(TailOutput to) {
        this.to = to;
    }

    /** Hands on every entry. @throws IOException when the file cannot be read */
    public void read(Path file, Consumer<DecisionLogEntry> each) throws IOException {
        try (InputStream bytes = new BufferedInputStream(Files.newInputStream(file));
                InputStream plain = file.toString().endsWith(".gz") ? new GZIPInputStream(bytes) : bytes;
                BufferedReader lines = new BufferedReader(new InputStreamReader(plain, StandardCharsets.UTF_8))) {
            long number = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                if (!line.isBlank()) {
                    one(file, number, line, each);
                }
            }
        }
    }

    private void one(Path file, long number, String line, Consumer<DecisionLogEntry> each) {
        final DecisionLogEntry.Builder entry = DecisionLogEntry.newBuilder();
        try {
            parser.merge(line, entry);
        } catch (InvalidProtocolBufferException e) {
            to.damaged(file + " line " + number, firstLine(String.valueOf(e.getMessage())));
            return;
        }
        if (!entry.hasResponse() || entry.getSequence() == 0) {
            to.damaged(file + " line " + number, "it has no sequence or no response");
            return;
        }
        to.gapBefore(entry.build());
        each.accept(entry.build());
    }

    private static String firstLine(String text) {
        final String line = text.lines().findFirst().orElse("");
        return line.length() <= MAX_QUOTED ? line : line.substring(0, MAX_QUOTED) + "...";
    }
}
