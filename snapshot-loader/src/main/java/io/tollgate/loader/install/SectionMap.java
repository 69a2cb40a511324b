/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.install;

import io.tollgate.loader.transfer.SectionFacts;
import io.tollgate.v1.Section;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ChronicleMapBuilder;
import org.jspecify.annotations.Nullable;

/**
 * One section at rest: a Chronicle Map file from record key to record. Written once while a snapshot is installed, only read afterwards.
 *
 * <p>One segment, no tiers: everything is known before the file is made, so its capacity is exact and no segment can fill up by chance.
 * Chronicle takes a lock in the file even to read, so the file belongs to one process and its bytes are not stable; what it holds is
 * checked by {@link ContentSum}. The first use in a JVM compiles classes for about a second.
 *
 * <p>Reads are safe for any thread until {@link #close()}.
 */
final class SectionMap implements AutoCloseable {
    private static final String LOCK_TIMEOUT_PROPERTY = "net.openhft.chronicle.map.lockTimeoutSeconds";
    private static final String LOCK_TIMEOUT_SECONDS = "5";

    /** Lengths before key and value, and Chronicle's checksum of an entry. */
    private static final int ENTRY_OVERHEAD_BYTES = 16;

    /** An average entry takes about so many chunks, so that rounding up to whole chunks wastes little. */
    private static final int CHUNKS_PER_AVERAGE_ENTRY = 8;

    private static final int SMALLEST_CHUNK_BYTES = 8;
    private static final int LARGEST_CHUNK_BYTES = 4096;
    private static final long SPARE_CHUNKS = 256;
    private static final long SPARE_ENTRIES = 16;

    static {
        // A process that was killed while it read may have left a lock in the file; a minute is too long to find out.
        if (System.getProperty(LOCK_TIMEOUT_PROPERTY) == null) {
            System.setProperty(LOCK_TIMEOUT_PROPERTY, LOCK_TIMEOUT_SECONDS);
        }
    }

    private final Section section;
    private final Path file;
    private final ChronicleMap<byte[], byte[]> map;

    private SectionMap(Section section, Path file, ChronicleMap<byte[], byte[]> map) {
        this.section = section;
        this.file = file;
        this.map = map;
    }

    /**
     * Makes a file for exactly the records that were measured.
     *
     * @throws IOException when the disk does not take it
     */
    static SectionMap create(Path folder, SectionFacts facts) throws IOException {
        Path file = folder.resolve(SectionFiles.nameOf(facts.section()));
        Files.deleteIfExists(file);
        long records = Math.max(1, facts.records());
        long totalBytes = facts.keyBytes() + facts.valueBytes() + records * ENTRY_OVERHEAD_BYTES;
        int chunkBytes = chunkBytes(totalBytes / records);
        long longest = (long) facts.longestKeyBytes() + facts.longestValueBytes() + ENTRY_OVERHEAD_BYTES;
        long chunksOfLongest = longest / chunkBytes + 2;
        ChronicleMapBuilder<byte[], byte[]> builder = builder(facts.section())
                .entries(records + SPARE_ENTRIES)
                .averageKeySize(Math.max(1.0, (double) facts.keyBytes() / records))
                .averageValueSize(Math.max(1.0, (double) facts.valueBytes() / records))
                .actualSegments(1)
                .entriesPerSegment(records + SPARE_ENTRIES)
                .actualChunkSize(chunkBytes)
                .actualChunksPerSegmentTier(totalBytes / chunkBytes + records + chunksOfLongest + SPARE_CHUNKS)
                .maxChunksPerEntry(Math.toIntExact(chunksOfLongest))
                .allowSegmentTiering(false)
                .checksumEntries(true);
        return new SectionMap(facts.section(), file, builder.createPersistedTo(file.toFile()));
    }

    /**
     * Opens what was created; never repairs.
     *
     * @param entry what INSTALLED says of it
     * @throws IOException when it cannot be opened as what it should be
     */
    static SectionMap open(Path folder, InstalledMarker.SectionEntry entry) throws IOException {
        Path file = folder.resolve(entry.fileName());
        if (!Files.isRegularFile(file) || Files.size(file) != entry.lengthBytes()) {
            throw new IOException(file + " is missing or not the " + entry.lengthBytes() + " bytes that were written");
        }
        if (ChronicleHeader.crc32c(file) != entry.headCrc32c()) {
            throw new IOException(file + " does not begin as it was written");
        }
        try {
            // The file's own header decides the sizes; the builder wants some all the same.
            ChronicleMap<byte[], byte[]> map = builder(entry.section())
                    .entries(1)
                    .averageKeySize(1)
                    .averageValueSize(1)
                    .createPersistedTo(file.toFile());
            return new SectionMap(entry.section(), file, map);
        } catch (RuntimeException e) {
            throw new IOException(file + " does not open as a Chronicle Map: " + e, e);
        }
    }

    private static ChronicleMapBuilder<byte[], byte[]> builder(Section section) {
        return ChronicleMapBuilder.of(byte[].class, byte[].class)
                .name("tollgate-" + SectionFiles.shortName(section))
                .putReturnsNull(true)
                .removeReturnsNull(true)
                .skipCloseOnExitHook(true);
    }

    private static int chunkBytes(long averageEntryBytes) {
        long wanted = averageEntryBytes / CHUNKS_PER_AVERAGE_ENTRY;
        long inRange = Math.max(SMALLEST_CHUNK_BYTES, Math.min(LARGEST_CHUNK_BYTES, wanted));
        return (int) (inRange + SMALLEST_CHUNK_BYTES - 1) / SMALLEST_CHUNK_BYTES * SMALLEST_CHUNK_BYTES;
    }

    Section section() {
        return section;
    }

    Path file() {
        return file;
    }

    /** False when the key is there already; nothing is changed then. */
    boolean add(byte[] key, byte[] value) throws IOException {
        try {
            return map.putIfAbsent(key, value) == null;
        } catch (IllegalStateException | IllegalArgumentException e) {
            throw new IOException(
                    "a record of " + value.length + " bytes does not fit into " + file + ", which was sized for it: "
                            + e.getMessage(),
                    e);
        }
    }

    byte @Nullable [] get(byte[] key) {
        return map.get(key);
    }

    boolean contains(byte[] key) {
        return map.containsKey(key);
    }

    long size() {
        return map.longSize();
    }

    /** Takes records; may end the walk by throwing. */
    @FunctionalInterface
    interface Visitor<E extends Exception> {
        void record(byte[] key, byte[] value) throws IOException, E;
    }

    /**
     * Gives every record, in no order that means anything. Chronicle knows no checked exceptions: the first ends the walk and is thrown
     * here.
     */
    <E extends Exception> void forEach(Visitor<E> visitor) throws IOException, E {
        List<Exception> failure = new ArrayList<>(1);
        map.forEachEntryWhile(entry -> {
            try {
                // Chronicle hands out the same array again for the next entry of the same length.
                visitor.record(entry.key().get().clone(), entry.value().get().clone());
                return true;
            } catch (Exception e) {
                failure.add(e);
                return false;
            }
        });
        if (!failure.isEmpty()) {
            rethrow(failure.get(0));
        }
    }

    @SuppressWarnings("unchecked") // the visitor throws nothing else
    private static <E extends Exception> void rethrow(Exception failure) throws IOException, E {
        if (failure instanceof IOException e) {
            throw e;
        }
        if (failure instanceof RuntimeException e) {
            throw e;
        }
        throw (E) failure;
    }

    @Override
    public void close() {
        map.close();
    }
}
