/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/** Where rows and ceiling texts are laid down, one after the other, in as many files as it takes. One thread. */
final class RowSpace implements RowMemory, AutoCloseable {
    /** References have 32 bits in units of 8 bytes. */
    private static final int MAX_FILES = 32;

    private final Path directory;
    private final int fileBytes;
    private final List<GrowingFile> files = new ArrayList<>();
    private final List<Integer> lengths = new ArrayList<>();
    private int position;

    RowSpace(final Path directory, final int fileBytes) throws IOException {
        this.directory = directory;
        this.fileBytes = fileBytes;
        addFile();
    }

    private void addFile() throws IOException {
        if (files.size() == MAX_FILES) {
            throw new IOException("the directory needs more than " + MAX_FILES + " files of " + fileBytes
                    + " bytes; split the bundle, or write larger files (at most "
                    + FileDescriptor.MAX_ROWS_FILE_BYTES + " bytes)");
        }
        files.add(new GrowingFile(directory.resolve(FileDescriptor.fileName(files.size())), fileBytes));
        position = FileDescriptor.LENGTH;
        lengths.add(position);
        files.get(files.size() - 1).ensure(position);
    }

    @Override
    public long allocate(final int length, final int alignment) throws IOException {
        int at = align(position, alignment);
        if ((long) at + length > fileBytes) {
            if ((long) align(FileDescriptor.LENGTH, alignment) + length > fileBytes) {
                throw new IOException("a row of " + length + " bytes does not fit into a file of " + fileBytes
                        + " bytes; reduce the ceilings of the scope or write larger files");
            }
            addFile();
            at = align(position, alignment);
        }
        position = at + length;
        final int last = files.size() - 1;
        lengths.set(last, position);
        files.get(last).ensure(position);
        return (long) last << FileDescriptor.ROWS_FILE_SHIFT | at;
    }

    private static int align(final int at, final int alignment) {
        return at + alignment - 1 & -alignment;
    }

    @Override
    public UnsafeBuffer buffer(final long ref) {
        return files.get((int) (ref >>> FileDescriptor.ROWS_FILE_SHIFT)).buffer();
    }

    int fileCount() {
        return files.size();
    }

    List<WorldFiles.WorldFile> seal(final int fileCount, final FileIdentity.OfWorld world) throws IOException {
        final List<WorldFiles.WorldFile> sealed = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
            sealed.add(files.get(i)
                    .seal(
                            lengths.get(i),
                            FileDescriptor.fileName(i),
                            new FileIdentity(FileDescriptor.KIND_ROWS, i, fileCount, world)));
        }
        return sealed;
    }

    /** Deletes what was written. */
    void discard() throws IOException {
        for (final GrowingFile file : files) {
            file.discard();
        }
    }

    @Override
    public void close() throws IOException {
        for (final GrowingFile file : files) {
            file.close();
        }
    }
}
