/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.quota;

import io.tollgate.core.file.StoreFile;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.agrona.IoUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The one file of a cell store: a header and extents of equal size, each a segment of cells and their identities,
 * mapped one by one. It grows by whole extents of written zeros, so that a full disk is an exception of the loader
 * thread and not a fault of a worker that touches a hole.
 *
 * <pre>
 *   | header 4 KiB | cells 1 MiB | identities 768 KiB | cells 1 MiB | identities 768 KiB | ...
 * </pre>
 *
 * Threading: the loader thread.
 */
final class CellFile implements AutoCloseable {
    static final String NAME = "cells.tgc";

    private static final int IDENTITIES_BYTES = Cells.CELLS_PER_SEGMENT * IdentityRecords.RECORD_BYTES;
    private static final int EXTENT_BYTES = Cells.SEGMENT_BYTES + IDENTITIES_BYTES;

    private final Path file;
    private final FileChannel channel;
    private final MappedByteBuffer headerMap;
    private final CellHeader header;
    private final List<MappedByteBuffer> cellMaps = new ArrayList<>();
    private final List<MappedByteBuffer> identityMaps = new ArrayList<>();

    private CellFile(Path file, FileChannel channel) throws IOException {
        this.file = file;
        this.channel = channel;
        this.headerMap = channel.map(FileChannel.MapMode.READ_WRITE, 0, CellHeader.BYTES);
        this.header = new CellHeader(new UnsafeBuffer(headerMap), file);
    }

    /** Makes a file with one extent; it appears under its name when it is whole. */
    static void create(Path file, long storeId) throws IOException {
        StoreFile.create(file, channel -> {
            StoreFile.writeZeros(channel, 0, CellHeader.BYTES + EXTENT_BYTES);
            MappedByteBuffer map = channel.map(FileChannel.MapMode.READ_WRITE, 0, CellHeader.BYTES);
            new CellHeader(new UnsafeBuffer(map), file).create(storeId);
            map.force();
            IoUtil.unmap(map);
        });
    }

    /**
     * Opens and maps a file.
     *
     * @throws CellStoreException when it is damaged or foreign
     * @throws IllegalStateException when somebody else has it open
     */
    static CellFile open(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        @Nullable CellFile opened = null;
        try {
            StoreFile.lock(channel, file);
            long size = channel.size();
            if (size < CellHeader.BYTES + EXTENT_BYTES) {
                throw new CellStoreException(file + " is cut off: it has " + size + " bytes, fewer than the "
                        + (CellHeader.BYTES + EXTENT_BYTES) + " of an empty store.");
            }
            opened = new CellFile(file, channel);
            opened.header.check();
            opened.mapAll(size);
            return opened;
        } catch (IOException | RuntimeException e) {
            if (opened == null) {
                channel.close();
            } else {
                opened.close();
            }
            throw e;
        }
    }

    private void mapAll(long size) throws IOException {
        long count = header.get(CellHeader.COUNT);
        long extents = (size - CellHeader.BYTES) / EXTENT_BYTES;
        if (count > extents * Cells.CELLS_PER_SEGMENT) {
            throw new CellStoreException(file + " is cut off: its header counts " + count + " cells, its " + size
                    + " bytes hold " + extents * Cells.CELLS_PER_SEGMENT + ".");
        }
        for (int extent = 0; extent < extents; extent++) {
            map(extent);
        }
    }

    private void map(int extent) throws IOException {
        long at = CellHeader.BYTES + (long) extent * EXTENT_BYTES;
        MappedByteBuffer cells = channel.map(FileChannel.MapMode.READ_WRITE, at, Cells.SEGMENT_BYTES);
        cellMaps.add(cells);
        identityMaps.add(channel.map(FileChannel.MapMode.READ_WRITE, at + Cells.SEGMENT_BYTES, IDENTITIES_BYTES));
    }

    /** Adds an extent. */
    void grow() throws IOException {
        int extent = cellMaps.size();
        StoreFile.writeZeros(channel, CellHeader.BYTES + (long) extent * EXTENT_BYTES, EXTENT_BYTES);
        map(extent);
    }

    CellHeader header() {
        return header;
    }

    Path file() {
        return file;
    }

    int extents() {
        return cellMaps.size();
    }

    UnsafeBuffer cells(int extent) {
        return new UnsafeBuffer(cellMaps.get(extent));
    }

    UnsafeBuffer identities(int extent) {
        return new UnsafeBuffer(identityMaps.get(extent));
    }

    void force() {
        cellMaps.forEach(MappedByteBuffer::force);
        identityMaps.forEach(MappedByteBuffer::force);
    }

    void forceHeader() {
        headerMap.force();
    }

    @Override
    public void close() throws IOException {
        cellMaps.forEach(IoUtil::unmap);
        identityMaps.forEach(IoUtil::unmap);
        cellMaps.clear();
        identityMaps.clear();
        IoUtil.unmap(headerMap);
        channel.close();
    }
}
