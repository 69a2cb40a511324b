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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The file HIGHEST: for each bundle the newest version that ever was active here, so that versions do not go back even when the snapshot
 * itself was damaged and set aside, or the sidecar was another bundle's for a time. A line per bundle:
 * {@code <epoch>-<version>+<delta> <CRC-32C over that, blank, bundle> <bundle>}, where the delta is the last one of that epoch that was in
 * force ({@code +<delta>} is missing when there was none).
 *
 * <p>It lies there twice, in the state directory and in its folder of snapshots; what either of them holds counts. When both are damaged,
 * the names of the folders that are there stand in for it. A state directory that was lost altogether knows nothing: for that there is
 * {@code trust.oldest_version}.
 */
public final class HighWater {
    static final String FILE_NAME = "HIGHEST";

    private static final System.Logger LOG = System.getLogger("tollgate.loader.install");
    private static final int PARTS = 3;
    private static final int MAX_BUNDLES = 64;
    private static final long MAX_FILE_BYTES = 64 << 10;

    private final Storage storage;
    private final List<Path> files;
    private final String bundle;
    private final Map<String, Mark> highest;

    /**
     * How far a bundle was.
     *
     * @param version the newest snapshot
     * @param sequence the last delta of its epoch, contained in a snapshot or applied on top of one
     */
    record Mark(SnapshotVersion version, long sequence) {
        static final Mark NONE = new Mark(SnapshotVersion.NONE, 0);

        /** Both at once: neither goes back, unless the epoch is a newer one. */
        Mark with(Mark other) {
            int byEpoch = Long.compareUnsigned(version.epoch(), other.version.epoch());
            if (byEpoch != 0) {
                return byEpoch > 0 ? this : other;
            }
            return new Mark(
                    other.version.isNewerThan(version) ? other.version : version,
                    Long.compareUnsigned(other.sequence, sequence) > 0 ? other.sequence : sequence);
        }

        static Optional<Mark> parse(String text) {
            int plus = text.indexOf('+');
            try {
                long sequence = plus < 0 ? 0 : Long.parseUnsignedLong(text, plus + 1, text.length(), 10);
                String folder = plus < 0 ? text : text.substring(0, plus);
                return StateDirectory.versionOf(Path.of(folder.replace('\0', ' ')))
                        .map(version -> new Mark(version, sequence));
            } catch (NumberFormatException ignored) {
                return Optional.empty();
            }
        }

        @Override
        public String toString() {
            return sequence == 0 ? version.toString() : version + "+" + Long.toUnsignedString(sequence);
        }
    }

    private HighWater(Storage storage, List<Path> files, String bundle, Map<String, Mark> highest) {
        this.storage = storage;
        this.files = files;
        this.bundle = bundle;
        this.highest = highest;
    }

    /** Reads it; a damaged copy is made up for by the other one, two by the folders' names. */
    public static HighWater open(Storage storage, StateDirectory directory, String bundle) throws IOException {
        List<Path> files = List.of(
                directory.root().resolve(FILE_NAME), directory.snapshots().resolve(FILE_NAME));
        Map<String, Mark> found = new LinkedHashMap<>();
        int damaged = 0;
        int whole = 0;
        for (Path file : files) {
            if (!Files.exists(file)) {
                continue;
            }
            if (read(file, found)) {
                whole++;
            } else {
                damaged++;
                LOG.log(System.Logger.Level.WARNING, file + " is damaged");
            }
        }
        if (damaged > 0 && whole == 0) {
            SnapshotVersion newest = newestFolder(directory);
            LOG.log(
                    System.Logger.Level.WARNING,
                    "no copy of " + FILE_NAME + " is whole; nothing below snapshot " + newest
                            + ", the newest whose folder is here, is taken");
            raise(found, bundle, new Mark(newest, 0));
        }
        return new HighWater(storage, files, bundle, found);
    }

    /** Adds what a copy says; false when a line of it does not hold, the others count all the same. */
    private static boolean read(Path file, Map<String, Mark> found) throws IOException {
        if (Files.size(file) > MAX_FILE_BYTES) {
            return false;
        }
        String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        boolean whole = text.endsWith("\n");
        for (String line : text.lines().limit(MAX_BUNDLES).toList()) {
            String[] parts = line.split(" ", PARTS);
            Optional<Mark> mark = parts.length == PARTS ? Mark.parse(parts[0]) : Optional.empty();
            if (mark.isPresent() && parts[1].equals(sum(parts[0], parts[2]))) {
                raise(found, parts[2], mark.get());
            } else {
                whole = false;
            }
        }
        return whole;
    }

    private static SnapshotVersion newestFolder(StateDirectory directory) throws IOException {
        SnapshotVersion newest = SnapshotVersion.NONE;
        for (Path folder : directory.allFolders()) {
            SnapshotVersion version = StateDirectory.versionOf(folder).orElse(SnapshotVersion.NONE);
            newest = version.isNewerThan(newest) ? version : newest;
        }
        return newest;
    }

    private static void raise(Map<String, Mark> highest, String bundle, Mark mark) {
        highest.merge(bundle, mark, Mark::with);
    }

    /** {@return the newest version seen} */
    public SnapshotVersion version() {
        return mark().version;
    }

    /** {@return the last delta seen of an epoch; 0 = none} */
    public long sequenceOf(long epoch) {
        Mark mark = mark();
        return mark.version.epoch() == epoch ? mark.sequence : 0;
    }

    private Mark mark() {
        return highest.getOrDefault(bundle, Mark.NONE);
    }

    /** Notes that a version, and the deltas up to this one, are about to be active. */
    public void raise(SnapshotVersion version, long sequence) throws IOException {
        Mark raised = mark().with(new Mark(version, sequence));
        if (raised.equals(mark())) {
            return;
        }
        Map<String, Mark> next = new LinkedHashMap<>();
        next.put(bundle, raised);
        highest.forEach((name, seen) -> {
            if (next.size() < MAX_BUNDLES) {
                next.putIfAbsent(name, seen);
            }
        });
        StringBuilder text = new StringBuilder();
        next.forEach((name, seen) -> text.append(seen)
                .append(' ')
                .append(sum(seen.toString(), name))
                .append(' ')
                .append(name)
                .append('\n'));
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        for (Path file : files) {
            Path temp = file.resolveSibling(FILE_NAME + ".tmp");
            try (FileChannel channel = storage.create(temp)) {
                storage.write(channel, ByteBuffer.wrap(bytes));
            }
            storage.sync(temp);
            storage.moveAtomically(temp, file);
        }
        highest.put(bundle, raised);
    }

    private static String sum(String version, String bundle) {
        byte[] bytes = (version + " " + bundle).getBytes(StandardCharsets.UTF_8);
        return String.format(Locale.ROOT, "%08x", Digests.crc32c(bytes, 0, bytes.length));
    }
}
