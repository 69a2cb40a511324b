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
 *   tollgate-control-state 2
 *   bundle acme
 *   source /etc/tollgate/acme
 *   epoch 1763650000000
 *   version 7
 *   sequence 31
 *   manifest 64 hex digits
 *   sha256 64 hex digits, over the lines above
 * </pre>
 *
 * Format 1, from before deltas, has "content 64 hex digits" in place of the sequence, which is 0.
 *
 * <p>A file that does not hold is as good as none: the next publication then starts a new, higher epoch.
 *
 * @param source the directory that it was compiled from
 * @param version of the newest snapshot
 * @param sequence the last delta that is in it; newer ones are in the delta log
 * @param manifestSha256 of the newest snapshot
 */
record BundleState(String bundle, String source, long epoch, long version, long sequence, String manifestSha256) {
    static final String FILE_NAME = "STATE";
    private static final String HEADER = "tollgate-control-state ";
    private static final List<String> KEYS = List.of("bundle", "source", "epoch", "version", "sequence", "manifest");
    private static final List<String> KEYS_1 = List.of("bundle", "source", "epoch", "version", "content", "manifest");

    /** {@return the state in a folder, or empty when there is none that holds} */
    static Optional<BundleState> load(Path folder) throws IOException {
        String text;
        try {
            text = Files.readString(folder.resolve(FILE_NAME), StandardCharsets.UTF_8);
        } catch (NoSuchFileException | java.nio.charset.CharacterCodingException e) {
            return Optional.empty();
        }
        List<String> lines = text.lines().toList();
        if (lines.size() != KEYS.size() + 2 || !sealed(text)) {
            return Optional.empty();
        }
        boolean old = lines.get(0).equals(HEADER + 1);
        if (!old && !lines.get(0).equals(HEADER + 2)) {
            return Optional.empty();
        }
        String[] values = new String[KEYS.size()];
        for (int i = 0; i < values.length; i++) {
            String key = (old ? KEYS_1 : KEYS).get(i) + " ";
            String line = lines.get(i + 1);
            if (!line.startsWith(key)) {
                return Optional.empty();
            }
            values[i] = line.substring(key.length());
        }
        try {
            BundleState state = new BundleState(
                    values[0],
                    values[1],
                    Long.parseLong(values[2]),
                    Long.parseLong(values[3]),
                    old ? 0 : Long.parseLong(values[4]),
                    values[5]);
            return state.epoch > 0 && state.version > 0 && state.sequence >= 0 ? Optional.of(state) : Optional.empty();
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
        String body = HEADER + "2\nbundle " + bundle + "\nsource " + source + "\nepoch " + epoch + "\nversion "
                + version + "\nsequence " + sequence + "\nmanifest " + manifestSha256 + "\n";
        return body + seal(body);
    }

    private static boolean sealed(String text) {
        int at = text.lastIndexOf("sha256 ");
        return at > 0 && text.substring(at).equals(seal(text.substring(0, at)));
    }

    private static String seal(String body) {
        return "sha256 " + Digests.hex(Digests.sha256().digest(body.getBytes(StandardCharsets.UTF_8))) + "\n";
    }
}
