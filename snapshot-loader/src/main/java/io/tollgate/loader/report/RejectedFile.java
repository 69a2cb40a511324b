/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.report;

import com.google.protobuf.ByteString;
import io.tollgate.loader.journal.Producer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Base64;

/**
 * Usage records that the ledger refused for good, kept for the operator: a JSON object per line, on the disk before the journal lets
 * go of the record. A crash in between writes a line twice. Reporting thread's.
 *
 * <pre>{@code
 * {"time":"2026-11-21T05:00:00Z","sidecar_id":"a","boot_id":"...","sequence":7,"cause":"...","record":"<base64 of the UsageRecord>"}
 * }</pre>
 */
final class RejectedFile {
    private final Path file;

    RejectedFile(Path file) {
        this.file = file.toAbsolutePath().normalize();
    }

    Path path() {
        return file;
    }

    void add(Producer producer, long sequence, String cause, ByteString record, long nowMs) throws IOException {
        String line = "{\"time\":\"" + Instant.ofEpochMilli(nowMs) + "\",\"sidecar_id\":" + quoted(producer.sidecarId())
                + ",\"boot_id\":" + quoted(producer.bootId()) + ",\"sequence\":" + sequence + ",\"cause\":"
                + quoted(cause)
                + ",\"record\":\"" + Base64.getEncoder().encodeToString(record.toByteArray()) + "\"}\n";
        Path folder = file.getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
            ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }

    private static String quoted(String text) {
        StringBuilder json = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < ' ') {
                json.append(String.format("\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        return json.append('"').toString();
    }
}
