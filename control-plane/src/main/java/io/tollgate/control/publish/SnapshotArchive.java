/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.publish;

import io.tollgate.control.delta.DeltaFiles;
import io.tollgate.control.delta.DeltaLog;
import io.tollgate.v1.SnapshotManifest;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The snapshots and deltas of a bundle that lie in the state directory. A state that was once published can be made from the newest
 * snapshot before it and the deltas in between, as long as both are kept:
 *
 * <ul>
 *   <li>the newest {@value SnapshotShelf#KEPT} snapshots always;
 *   <li>an older one while what it alone leads to is within the {@link Retention}, and unless an older one that is kept leads to the same
 *       states by at most {@value #MOST_DELTAS} deltas;
 *   <li>deltas while a snapshot before them is kept, and as long as sidecars may ask for them.
 * </ul>
 *
 * <p>Not thread-safe. Reading works beside a running control plane; what it deletes meanwhile is then missing.
 */
final class SnapshotArchive {
    static final String SUFFIX = ".tgs";
    private static final long MOST_DELTAS = 1_000;
    private static final Logger LOG = System.getLogger("tollgate.control.publish");

    private final Path folder;
    private final DeltaFiles deltas;
    private final Map<Path, Entry> known = new HashMap<>();

    SnapshotArchive(Path folder) {
        this.folder = folder;
        this.deltas = new DeltaFiles(folder);
    }

    /** A snapshot file. */
    record Entry(Path file, long epoch, long version, long sequence, long createdAtMs, long bytes) {}

    static Path path(Path folder, long epoch, long version) {
        return folder.resolve(epoch + "-" + version + SUFFIX);
    }

    DeltaFiles deltas() {
        return deltas;
    }

    /** {@return every snapshot that opens, oldest first} */
    List<Entry> list() throws IOException {
        List<Entry> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
            for (Path file : files) {
                Entry entry = known.get(file);
                if (entry == null) {
                    try (SnapshotFile opened = SnapshotFile.open(file)) {
                        SnapshotManifest manifest = opened.manifest();
                        entry = new Entry(
                                file,
                                manifest.getEpoch(),
                                manifest.getVersion(),
                                manifest.getDeltaSequence(),
                                manifest.getCreatedAtMs(),
                                Files.size(file));
                    } catch (IOException e) {
                        LOG.log(Level.DEBUG, "not archived: " + file, e);
                        continue;
                    }
                    known.put(file, entry);
                }
                found.add(entry);
            }
        }
        Set<Path> there = found.stream().map(Entry::file).collect(Collectors.toSet());
        known.keySet().retainAll(there);
        found.sort(Comparator.comparingLong(Entry::epoch).thenComparingLong(Entry::version));
        return found;
    }

    /**
     * Deletes what is not kept.
     *
     * @param newest of the snapshots that must stay, the newest
     * @param log of the newest epoch
     */
    void clean(Retention retention, long nowMs, PublishedSnapshot newest, DeltaLog log) throws IOException {
        deleteUnfinished();
        List<DeltaFiles.Range> ranges = deltas.ranges();
        List<Entry> entries = new ArrayList<>(list());
        int deletable = deletable(entries, newest);
        thin(entries, deletable, ranges);
        deletable = deletable(entries, newest);
        while (deletable > 0 && entries.get(1).createdAtMs() < nowMs - retention.keepMs()) {
            delete(entries.remove(0));
            deletable--;
        }
        long bytes = entries.stream().mapToLong(Entry::bytes).sum()
                + ranges.stream().mapToLong(DeltaFiles.Range::bytes).sum();
        while (deletable > 0 && bytes > retention.maxBytes()) {
            Entry oldest = entries.remove(0);
            bytes -= oldest.bytes() + bytesBetween(ranges, oldest, entries.get(0));
            delete(oldest);
            deletable--;
        }
        for (DeltaFiles.Range range : ranges) {
            if (range.epoch() != newest.epoch() && !isWanted(entries, range.epoch(), range.last())) {
                Files.deleteIfExists(range.file());
            }
        }
        log.clean(last -> isWanted(entries, newest.epoch(), last));
    }

    /** {@return how many of the first entries may go; those that may not are the last} */
    private static int deletable(List<Entry> entries, PublishedSnapshot newest) {
        int end = entries.size();
        while (end > 0
                && (entries.get(end - 1).epoch() > newest.epoch()
                        || entries.get(end - 1).epoch() == newest.epoch()
                                && entries.get(end - 1).version() > newest.version() - SnapshotShelf.KEPT)) {
            end--;
        }
        return entries.isEmpty() ? 0 : Math.min(end, entries.size() - 1);
    }

    /** Snapshots between which there are few deltas only cost space. */
    private void thin(List<Entry> entries, int deletable, List<DeltaFiles.Range> ranges) throws IOException {
        List<Entry> stay = new ArrayList<>();
        for (int i = 0; i < entries.size(); i++) {
            Entry one = entries.get(i);
            Entry before = stay.isEmpty() ? null : stay.get(stay.size() - 1);
            boolean spare = i < deletable
                    && before != null
                    && before.epoch() == one.epoch()
                    && one.sequence() - before.sequence() < MOST_DELTAS
                    && DeltaFiles.cover(ranges, one.epoch(), before.sequence(), one.sequence());
            if (spare) {
                delete(one);
            } else {
                stay.add(one);
            }
        }
        entries.clear();
        entries.addAll(stay);
    }

    private static long bytesBetween(List<DeltaFiles.Range> ranges, Entry from, Entry to) {
        return ranges.stream()
                .filter(range -> range.epoch() == from.epoch()
                        && range.last() > from.sequence()
                        && (to.epoch() != from.epoch() || range.last() <= to.sequence()))
                .mapToLong(DeltaFiles.Range::bytes)
                .sum();
    }

    private static boolean isWanted(List<Entry> entries, long epoch, long last) {
        return entries.stream().anyMatch(entry -> entry.epoch() == epoch && entry.sequence() < last);
    }

    private void delete(Entry entry) throws IOException {
        Files.deleteIfExists(entry.file());
        known.remove(entry.file());
    }

    private void deleteUnfinished() throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + SUFFIX + ".*")) {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        }
    }
}
