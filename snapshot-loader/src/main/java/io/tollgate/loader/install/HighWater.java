/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.install;

import io.tollgate.loader.storage.Storage;
import io.tollgate.loader.transfer.Digests;
import io.tollgate.loader.transfer.SnapshotVersion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * The file HIGHEST: the newest version of a bundle that ever was active here, so that versions do not go back even when the snapshot itself
 * was damaged and set aside. One line: {@code <epoch>-<version> <CRC-32C over version, blank, bundle> <bundle>}.
 */
public final class HighWater {
    static final String FILE_NAME = "HIGHEST";

    private static final System.Logger LOG = System.getLogger("tollgate.loader.install");
    private static final int PARTS = 3;

    private final Storage storage;
    private final Path root;
    private final String bundle;
    private SnapshotVersion highest;

    private HighWater(Storage storage, Path root, String bundle, SnapshotVersion highest) {
        this.storage = storage;
        this.root = root;
        this.bundle = bundle;
        this.highest = highest;
    }

    /** Reads it; a file of another bundle, or a damaged one, counts as none. */
    public static HighWater open(Storage storage, StateDirectory directory, String bundle) throws IOException {
        Path file = directory.root().resolve(FILE_NAME);
        SnapshotVersion found = SnapshotVersion.NONE;
        if (Files.exists(file)) {
            String[] parts = new String(Files.readAllBytes(file), StandardCharsets.UTF_8)
                    .strip()
                    .split(" ", PARTS);
            if (parts.length == PARTS && parts[1].equals(sum(parts[0], parts[2]))) {
                found = parts[2].equals(bundle)
                        ? StateDirectory.versionOf(Path.of(parts[0])).orElse(SnapshotVersion.NONE)
                        : SnapshotVersion.NONE;
            } else {
                LOG.log(
                        System.Logger.Level.WARNING,
                        file + " is damaged: an older snapshot than the newest one seen here might be accepted once");
            }
        }
        return new HighWater(storage, directory.root(), bundle, found);
    }

    /** {@return the newest version seen} */
    public SnapshotVersion version() {
        return highest;
    }

    /** Notes that a version is about to be active. */
    public void raise(SnapshotVersion version) throws IOException {
        if (!version.isNewerThan(highest)) {
            return;
        }
        String line = version + " " + sum(version.toString(), bundle) + " " + bundle + "\n";
        Path temp = root.resolve(FILE_NAME + ".tmp");
        try (FileChannel channel = storage.create(temp)) {
            storage.write(channel, ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
        }
        storage.sync(temp);
        storage.moveAtomically(temp, root.resolve(FILE_NAME));
        highest = version;
    }

    private static String sum(String version, String bundle) {
        byte[] bytes = (version + " " + bundle).getBytes(StandardCharsets.UTF_8);
        return String.format(Locale.ROOT, "%08x", Digests.crc32c(bytes, 0, bytes.length));
    }
}
