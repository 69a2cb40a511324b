/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.quota;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The live counters of a sidecar in a folder of their own: {@link Cells} in a mapped file, and which ceiling each
 * belongs to. Survives snapshots, restarts and {@code kill -9}; only grows.
 *
 * <p><b>What survives what.</b> After the process is killed every cell is exactly as the last store left it (the
 * kernel has the pages); a take that was in flight stays counted in part, so nothing is ever lower than what was
 * admitted. After a power failure a cell is at least what it was at the last {@link #sync}; cells found or allocated
 * before that sync keep their identity, so call it after binding a world and before activating it, and from time to
 * time.
 *
 * <p><b>What is refused.</b> A file that is cut off, of another format or layout, whose header or identities fail their
 * checks: {@link CellStoreException}. A counter has no checksum of its own; one that became negative denies.
 *
 * <p>Threading: the loader thread, except {@link #id} and {@link #cells} (any) and what {@link Cells} itself allows.
 * Close only after the last worker has stopped: it unmaps the memory.
 */
public final class CellStore implements AutoCloseable {
    private final CellFile file;
    private final Path folder;
    private final Cells cells;
    private final IdentityRecords identities;
    private @Nullable IdentityIndex index;
    private long count;
    private long expected;
    private boolean alignNext;

    private CellStore(CellFile file, Path folder) {
        this.file = file;
        this.folder = folder;
        CellHeader header = file.header();
        this.count = header.get(CellHeader.COUNT);
        this.identities = new IdentityRecords(header.storeId());
        identities.segments(identitySegments(file));
        // 0 is left out so that a zeroed claim is nobody's
        long incarnation = header.get(CellHeader.INCARNATION) % ((1L << Cells.INCARNATION_BITS) - 1) + 1;
        header.put(CellHeader.INCARNATION, incarnation);
        this.cells = new Cells(incarnation, cellSegments(file));
    }

    /**
     * Opens the store of a folder, or makes one.
     *
     * @param folder made if it does not exist
     * @param newStoreId random; the id of the store if it has to be made
     * @throws CellStoreException when the folder holds something damaged or foreign: set it aside, open again
     * @throws IllegalStateException when another process has the store open
     * @throws IOException when the disk fails or is full
     */
    public static CellStore open(Path folder, long newStoreId) throws IOException {
        Files.createDirectories(folder);
        Path path = folder.resolve(CellFile.NAME);
        if (!Files.exists(path)) {
            CellFile.create(path, newStoreId);
        }
        CellFile file = CellFile.open(path);
        try {
            CellStore store = new CellStore(file, folder);
            store.identities.verify(store.count, file.header().get(CellHeader.SYNCED), path);
            // claims of this incarnation must not meet claims of a process that opened it before a power failure
            file.forceHeader();
            return store;
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static UnsafeBuffer[] cellSegments(CellFile file) {
        UnsafeBuffer[] segments = new UnsafeBuffer[file.extents()];
        Arrays.setAll(segments, file::cells);
        return segments;
    }

    private static UnsafeBuffer[] identitySegments(CellFile file) {
        UnsafeBuffer[] segments = new UnsafeBuffer[file.extents()];
        Arrays.setAll(segments, file::identities);
        return segments;
    }

    /** The store's random id: references into another store mean nothing here. */
    public long id() {
        return file.header().storeId();
    }

    /** The memory that workers count in. */
    public Cells cells() {
        return cells;
    }

    /** Cells allocated, gaps for alignment included. */
    public long count() {
        return count - 1;
    }

    /** Says how many cells there will be about, so that the index is made once. */
    public void expect(long cellCount) {
        expected = cellCount;
    }

    /** Lets the next cell that is allocated start at a multiple of 64 bytes; those after it lie next to it. */
    public void beginGroup() {
        alignNext = true;
    }

    /**
     * The cell of an identity; allocated, all zero, if there is none yet.
     *
     * @param kind of {@link CellKind}
     * @return its reference
     * @throws IOException when the disk fails or is full
     */
    public long findOrAllocate(long idHigh, long idLow, int kind) throws IOException {
        if (!CellKind.known(kind)) {
            throw new IllegalArgumentException("kind of cell is " + kind + "; it must be one of CellKind.");
        }
        IdentityIndex current = index();
        long number = current.find(idHigh, idLow);
        if (number != 0) {
            return Cells.ref(number);
        }
        if (current.full()) {
            current = rebuildIndex(count * 2);
        }
        if (alignNext && (count & 1) != 0) {
            reserveRoom();
            identities.writePadding(count);
            count++;
        }
        alignNext = false;
        reserveRoom();
        number = count;
        cells.clear(Cells.ref(number));
        identities.write(number, idHigh, idLow, kind);
        count++;
        file.header().put(CellHeader.COUNT, count);
        current.add(idHigh, idLow, number);
        return Cells.ref(number);
    }

    /** The cell of an identity, or {@link Cells#NO_CELL}. */
    public long find(long idHigh, long idLow) throws IOException {
        return Cells.ref(index().find(idHigh, idLow));
    }

    private IdentityIndex index() throws IOException {
        IdentityIndex current = index;
        return current != null ? current : rebuildIndex(Math.max(expected, count));
    }

    private IdentityIndex rebuildIndex(long forCells) throws IOException {
        IdentityIndex built = IdentityIndex.build(folder, identities, count, forCells);
        if (index != null) {
            index.close();
        }
        index = built;
        return built;
    }

    private void reserveRoom() throws IOException {
        if (count == (long) file.extents() * Cells.CELLS_PER_SEGMENT) {
            file.grow();
            identities.segments(identitySegments(file));
            cells.segments(cellSegments(file));
        }
    }

    /**
     * Brings all to the disk; what was allocated before it keeps its identity through a power failure, and no counter
     * comes back lower than it is now.
     */
    public void sync() {
        file.force();
        file.header().put(CellHeader.SYNCED, count);
        file.forceHeader();
    }

    /**
     * Keeps the wall clock, so that the next start can tell whether it went back.
     *
     * @param epochMs now, milliseconds since 1970
     */
    public void noteTime(long epochMs) {
        long seconds = Math.max(0, epochMs / 1000);
        if (seconds > file.header().get(CellHeader.LAST_SEEN_SECONDS)) {
            file.header().put(CellHeader.LAST_SEEN_SECONDS, seconds);
        }
    }

    /** After {@link CellRepair}: no counter that is in use lies after this wall clock, so it is the latest from now on. */
    public void timeRepaired(long epochMs) {
        file.header().put(CellHeader.LAST_SEEN_SECONDS, Math.max(0, epochMs / 1000));
    }

    /** The latest wall clock noted, milliseconds since 1970; a start before it means that the clock went back. */
    public long lastNotedMs() {
        return file.header().get(CellHeader.LAST_SEEN_SECONDS) * 1000;
    }

    @Override
    public void close() throws IOException {
        sync();
        if (index != null) {
            index.close();
        }
        cells.segments(new UnsafeBuffer[0]);
        file.close();
    }
}
