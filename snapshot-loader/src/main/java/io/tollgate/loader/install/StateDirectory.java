/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.install;

import io.tollgate.loader.storage.Storage;
import io.tollgate.loader.transfer.SnapshotVersion;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A sidecar's state directory, held by this process alone until {@link #close()}.
 *
 * <pre>
 *   LOCK                          held by the running sidecar; names its pid
 *   HIGHEST                       newest version that ever was active
 *   incoming/                     a snapshot in transit
 *   snapshots/&lt;epoch&gt;-&lt;version&gt;/   installed snapshots
 *   damaged/                      what was set aside because it was damaged, for diagnosis
 *   cells/                        live counters
 *   reservations/                 open reservations and idempotency keys
 *   journal/                      usage that no ledger has acknowledged
 *   rejected/usage.jsonl          usage records that the ledger refused for good, for the operator
 * </pre>
 */
public final class StateDirectory implements AutoCloseable {
    private static final Pattern FOLDER_NAME = Pattern.compile("(\\d{1,20})-(\\d{1,20})");

    private final Storage storage;
    private final Path root;
    private final DirectoryLock lock;

    private StateDirectory(Storage storage, Path root, DirectoryLock lock) {
        this.storage = storage;
        this.root = root;
        this.lock = lock;
    }

    /**
     * Opens a directory, made if missing, and takes its lock.
     *
     * @throws IOException when it cannot be written or another process holds it; the message names that process
     */
    public static StateDirectory open(Storage storage, Path root) throws IOException {
        storage.createDirectories(root);
        DirectoryLock lock = DirectoryLock.take(root);
        try {
            StateDirectory directory = new StateDirectory(storage, root, lock);
            storage.createDirectories(directory.incoming());
            storage.createDirectories(directory.snapshots());
            storage.createDirectories(directory.cells());
            storage.createDirectories(directory.reservations());
            return directory;
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /** {@return the directory itself} */
    public Path root() {
        return root;
    }

    /** {@return the folder of snapshots in transit} */
    public Path incoming() {
        return root.resolve("incoming");
    }

    /** {@return the folder of live counters} */
    public Path cells() {
        return root.resolve("cells");
    }

    /** {@return the folder of reservations} */
    public Path reservations() {
        return root.resolve("reservations");
    }

    /** {@return the folder of the usage journal} */
    public Path journal() {
        return root.resolve("journal");
    }

    /** {@return where damaged things are set aside} */
    public Path damaged() {
        return root.resolve("damaged");
    }

    /** {@return the folder of installed snapshots} */
    public Path snapshots() {
        return root.resolve("snapshots");
    }

    /** {@return the folder of one snapshot, there or not} */
    public Path folderOf(SnapshotVersion version) {
        return snapshots().resolve(version.toString());
    }

    /** {@return folders named like a snapshot, newest first, whatever their state} */
    public List<Path> folders() throws IOException {
        return foldersIn(snapshots());
    }

    /** {@return those, and the ones that were set aside} */
    List<Path> allFolders() throws IOException {
        List<Path> found = new ArrayList<>(folders());
        Path aside = root.resolve("damaged");
        if (Files.isDirectory(aside)) {
            found.addAll(foldersIn(aside));
        }
        return found;
    }

    private static List<Path> foldersIn(Path directory) throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                if (versionOf(entry).isPresent()) {
                    found.add(entry);
                }
            }
        }
        found.sort(Comparator.comparing((Path folder) -> versionOf(folder).orElse(SnapshotVersion.NONE))
                .reversed());
        return found;
    }

    /** {@return the version that a folder is named after} */
    public static Optional<SnapshotVersion> versionOf(Path folder) {
        Path name = folder.getFileName();
        Matcher matcher = FOLDER_NAME.matcher(name == null ? "" : name.toString());
        if (!matcher.matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new SnapshotVersion(
                    Long.parseUnsignedLong(matcher.group(1)), Long.parseUnsignedLong(matcher.group(2))));
        } catch (NumberFormatException ignored) {
            return Optional.empty();
        }
    }

    /** Deletes folders that were never finished. Call before anything is installed. */
    public int removeUnfinished() throws IOException {
        int removed = 0;
        for (Path folder : folders()) {
            if (!Files.exists(folder.resolve(InstalledMarker.FILE_NAME))) {
                storage.delete(folder);
                removed++;
            }
        }
        return removed;
    }

    /** Deletes the snapshots older than the live one, but for so many of the newest of them. */
    public void prune(SnapshotVersion live, int keepPrevious) throws IOException {
        int kept = 0;
        for (Path folder : folders()) {
            if (live.isNewerThan(versionOf(folder).orElse(live)) && ++kept > keepPrevious) {
                storage.delete(folder);
            }
        }
    }

    /**
     * Moves a damaged file or folder out of the way. One snapshot and one store of counters are kept there, the last ones.
     *
     * @return where it is now
     */
    public Path setAside(Path damaged) throws IOException {
        Path aside = root.resolve("damaged");
        storage.createDirectories(aside);
        Path target = aside.resolve(damaged.getFileName().toString());
        storage.delete(target);
        if (versionOf(damaged).isPresent()) {
            for (Path before : foldersIn(aside)) {
                storage.delete(before);
            }
        }
        storage.moveAtomically(damaged, target);
        return target;
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}
