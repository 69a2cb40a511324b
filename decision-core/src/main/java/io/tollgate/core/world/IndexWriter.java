/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import java.io.IOException;
import java.nio.file.Path;

/** An index while it is written: grows by making a larger one, so that it is never more than 60 % full. One thread. */
final class IndexWriter {
    private static final int MAX_LOAD_PERCENT = 60;
    private static final int MIN_SLOTS = 16;
    /** So that the file can be mapped at once. */
    private static final int MAX_SLOTS = 1 << 27;

    private final Path directory;
    private final String name;
    private final RowHash hashes;
    private GrowingFile file;
    private RowIndex index;
    private int slots;
    private long count;
    private int generation;

    /** Says again under which hash a row was put. */
    @FunctionalInterface
    interface RowHash {
        long of(long row);
    }

    /**
     * Makes an empty index.
     *
     * @param directory where
     * @param name      of the file while it grows
     * @param expected  how many rows are expected; it grows when more come
     * @param hashes    of the rows that were put
     */
    IndexWriter(final Path directory, final String name, final long expected, final RowHash hashes) throws IOException {
        this.directory = directory;
        this.name = name;
        this.hashes = hashes;
        slots = slotsFor(expected);
        file = newFile(slots);
        index = new RowIndex(file.buffer(), slots);
    }

    private static int slotsFor(final long rows) throws IOException {
        long slots = MIN_SLOTS;
        while (rows * 100 > slots * MAX_LOAD_PERCENT) {
            slots <<= 1;
        }
        if (slots > MAX_SLOTS) {
            throw new IOException(rows + " scopes are more than an index takes, "
                    + (long) MAX_SLOTS * MAX_LOAD_PERCENT / 100 + "; split the bundle");
        }
        return (int) slots;
    }

    private GrowingFile newFile(final int slotCount) throws IOException {
        final int length = FileDescriptor.LENGTH + slotCount * RowIndex.SLOT_BYTES;
        final GrowingFile fresh = new GrowingFile(directory.resolve(name + "-" + generation++ + ".tmp"), length);
        try {
            fresh.ensure(length);
        } catch (final IOException ex) {
            fresh.discard();
            throw ex;
        }
        return fresh;
    }

    /** {@return the slots, to search; valid until the next {@link #put}} */
    RowIndex view() {
        return index;
    }

    /** Adds a row, which must not be there. */
    void put(final long hash, final long row) throws IOException {
        if ((count + 1) * 100 > (long) slots * MAX_LOAD_PERCENT) {
            grow();
        }
        insert(hash, row);
        count++;
    }

    private void insert(final long hash, final long row) {
        int at = index.start(hash);
        while (index.slot(at) != RowIndex.FREE) {
            at = index.next(at);
        }
        file.buffer().putLong(FileDescriptor.LENGTH + at * RowIndex.SLOT_BYTES, RowIndex.slotOf(hash, row));
    }

    private void grow() throws IOException {
        final GrowingFile small = file;
        final RowIndex old = index;
        final int oldSlots = slots;
        final int newSlots = slotsFor(count * 2 + 1);
        file = newFile(newSlots);
        slots = newSlots;
        index = new RowIndex(file.buffer(), slots);
        for (int at = 0; at < oldSlots; at++) {
            final long slot = old.slot(at);
            if (slot != RowIndex.FREE) {
                insert(hashes.of(RowIndex.row(slot)), RowIndex.row(slot));
            }
        }
        small.discard();
    }

    WorldFiles.WorldFile seal(final FileIdentity identity) throws IOException {
        return file.seal(file.maxLength(), FileDescriptor.fileName(identity.number()), identity);
    }

    /** Deletes what was written. */
    void discard() throws IOException {
        file.discard();
    }
}
