/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/** The mapped files of one world, checked to belong together. Opened and closed by the loader's thread. */
final class WorldDirectory implements AutoCloseable {
    /** 32 files with rows (references have 35 bits), two indexes, tables; a greater number means damage. */
    private static final int MAX_FILES = 35;

    private final List<MappedFile> files;
    private final DirectoryTables tables;

    private WorldDirectory(final List<MappedFile> files) throws IOException {
        this.files = files;
        try (DataInputStream in = file(FileDescriptor.KIND_TABLES).body()) {
            tables = DirectoryTables.decode(in);
        } catch (final WorldFormatException ex) {
            throw ex;
        } catch (final IOException | IllegalArgumentException ex) {
            throw new WorldFormatException(
                    file(FileDescriptor.KIND_TABLES).path() + ": " + ex.getMessage() + "; the file is damaged", ex);
        }
    }

    static WorldDirectory open(final Path directory, final long fingerprint, final World.Check check)
            throws IOException {
        final List<MappedFile> files = new ArrayList<>();
        try {
            int count = 1;
            for (int number = 0; number < count; number++) {
                final MappedFile file = MappedFile.open(directory.resolve(FileDescriptor.fileName(number)));
                files.add(file);
                count = files.get(0).intAt(FileDescriptor.FILE_COUNT_AT);
                checkBelongs(files.get(0), file, number, count);
                file.expect(
                        "fingerprint of the registry, policies and entitlement sets that it was written with",
                        file.longAt(FileDescriptor.FINGERPRINT_AT),
                        fingerprint);
                if (check == World.Check.EVERY_BYTE
                        || file.intAt(FileDescriptor.KIND_AT) == FileDescriptor.KIND_TABLES) {
                    file.checkBody();
                }
            }
            return new WorldDirectory(files);
        } catch (final IOException | RuntimeException ex) {
            files.forEach(MappedFile::close);
            throw ex;
        }
    }

    private static void checkBelongs(final MappedFile first, final MappedFile file, final int number, final int count)
            throws WorldFormatException {
        final int rowFiles = first.intAt(FileDescriptor.ROW_FILES_AT);
        if (rowFiles < 1 || count > MAX_FILES) {
            throw new WorldFormatException(
                    first.path() + ": " + count + " files, " + rowFiles + " with rows; the file is damaged");
        }
        file.expect("number of files", count, rowFiles + FileDescriptor.KIND_TABLES - 1L);
        file.expect("number of files", file.intAt(FileDescriptor.FILE_COUNT_AT), count);
        file.expect("number of this file", file.intAt(FileDescriptor.NUMBER_AT), number);
        file.expect("kind of this file", file.intAt(FileDescriptor.KIND_AT), kind(number, rowFiles));
        same("build id", first, file, FileDescriptor.BUILD_ID_AT);
        same("cell store", first, file, FileDescriptor.CELL_STORE_ID_AT);
        same("number of scopes", first, file, FileDescriptor.SCOPE_COUNT_AT);
        if (number >= rowFiles && number < rowFiles + 2) {
            final int slots = slots(file);
            if (Integer.bitCount(slots) != 1
                    || file.buffer().capacity() != FileDescriptor.LENGTH + (long) slots * RowIndex.SLOT_BYTES
                    || slots <= file.longAt(FileDescriptor.SCOPE_COUNT_AT)) {
                throw new WorldFormatException(file.path() + " has " + slots + " slots for "
                        + file.longAt(FileDescriptor.SCOPE_COUNT_AT) + " scopes in "
                        + file.buffer().capacity()
                        + " bytes; the file is damaged");
            }
        }
    }

    private static void same(final String what, final MappedFile first, final MappedFile file, final int at)
            throws WorldFormatException {
        file.expect(what, file.longAt(at), first.longAt(at));
    }

    private static int kind(final int number, final int rowFiles) {
        return number < rowFiles ? FileDescriptor.KIND_ROWS : number - rowFiles + FileDescriptor.KIND_KEY_INDEX;
    }

    private static int slots(final MappedFile file) {
        return (file.buffer().capacity() - FileDescriptor.LENGTH) / RowIndex.SLOT_BYTES;
    }

    private int rowFiles() {
        return files.get(0).intAt(FileDescriptor.ROW_FILES_AT);
    }

    private MappedFile file(final int kind) {
        return files.get(rowFiles() + kind - FileDescriptor.KIND_KEY_INDEX);
    }

    UnsafeBuffer[] rows() {
        final UnsafeBuffer[] rows = new UnsafeBuffer[rowFiles()];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = files.get(i).buffer();
        }
        return rows;
    }

    RowIndex keyIndex() {
        return new RowIndex(file(FileDescriptor.KIND_KEY_INDEX).buffer(), slots(file(FileDescriptor.KIND_KEY_INDEX)));
    }

    RowIndex pathIndex() {
        return new RowIndex(file(FileDescriptor.KIND_PATH_INDEX).buffer(), slots(file(FileDescriptor.KIND_PATH_INDEX)));
    }

    DirectoryTables tables() {
        return tables;
    }

    long globalRow() {
        return files.get(0).longAt(FileDescriptor.GLOBAL_ROW_AT);
    }

    long scopeCount() {
        return files.get(0).longAt(FileDescriptor.SCOPE_COUNT_AT);
    }

    long cellStoreId() {
        return files.get(0).longAt(FileDescriptor.CELL_STORE_ID_AT);
    }

    void load() {
        files.forEach(MappedFile::load);
    }

    @Override
    public void close() {
        files.forEach(MappedFile::close);
    }
}
