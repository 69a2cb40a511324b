/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.publish;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/**
 * What must survive a restart, per bundle: a small text file, replaced as a whole.
 *
 * <pre>
 *   tollgate-control-state 1
 *   bundle acme
 *   source /etc/tollgate/acme
 *   epoch 1763650000000
 *   version 7
 *   content 64 hex digits
 *   manifest 64 hex digits
 *   sha256 64 hex digits, over the lines above
 * </pre>
 *
 * A file that does not hold is as good as none: the next publication then starts a new, higher epoch.
 *
 * @param source the directory that it was compiled from
 */
record BundleState(
        String bundle, String source, long epoch, long version, String contentSha256, String manifestSha256) {
    static final String FILE_NAME = "STATE";
    private static final String HEADER = "tollgate-control-state 1";
    private static final List<String> KEYS = List.of("bundle", "source", "epoch", "version", "content", "manifest");

    /** {@return the state in a folder, or empty when there is none that holds} */
    static Optional<BundleState> load(Path folder) throws IOException {
        String text;
        try {
            text = Files.readString(folder.resolve(FILE_NAME), StandardCharsets.UTF_8);
        } catch (NoSuchFileException | java.nio.charset.CharacterCodingException e) {
            return Optional.empty();
        }
        List<String> lines = text.lines().toList();
        if (lines.size() != KEYS.size() + 2 || !lines.get(0).equals(HEADER)) {
            return Optional.empty();
        }
        String[] values = new String[KEYS.size()];
        for (int i = 0; i < values.length; i++) {
            String line = lines.get(i + 1);
            if (!line.startsWith(KEYS.get(i) + " ")) {
                return Optional.empty();
            }
            values[i] = line.substring(KEYS.get(i).length() + 1);
        }
        try {
            BundleState state = new BundleState(
                    values[0], values[1], Long.parseLong(values[2]), Long.parseLong(values[3]), values[4], values[5]);
            return state.text().equals(text) && state.epoch > 0 && state.version > 0
                    ? Optional.of(state)
                    : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** Replaces the state in a folder; on disk when this returns. */
    void save(Path folder) throws IOException {
        Path temporary = folder.resolve(FILE_NAME + ".new");
        try (FileChannel channel = FileChannel.open(
                temporary, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer bytes = ByteBuffer.wrap(text().getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(
                temporary,
                folder.resolve(FILE_NAME),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
        try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    private String text() {
        String body = HEADER + "\nbundle " + bundle + "\nsource " + source + "\nepoch " + epoch + "\nversion " + version
                + "\ncontent " + contentSha256 + "\nmanifest " + manifestSha256 + "\n";
        return body + "sha256 " + Digests.hex(Digests.sha256().digest(body.getBytes(StandardCharsets.UTF_8))) + "\n";
    }
}
