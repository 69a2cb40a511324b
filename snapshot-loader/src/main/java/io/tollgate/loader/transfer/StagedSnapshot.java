/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.transfer;

import io.tollgate.loader.storage.Storage;
import io.tollgate.v1.Section;
import io.tollgate.v1.SectionDescriptor;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;

/** A snapshot that has come completely and passed every check of its bytes, ready to be installed. Loader's thread only. */
public final class StagedSnapshot implements AutoCloseable {
    private final Storage storage;
    private final Path file;
    private final FileChannel channel;
    private final VerifiedManifest manifest;
    private final List<SectionFacts> facts;
    private final long[] chunkOffsets;
    private final StagedChunkReader reader;

    StagedSnapshot(
            Storage storage,
            Path file,
            FileChannel channel,
            VerifiedManifest manifest,
            List<SectionFacts> facts,
            long[] chunkOffsets,
            int maxChunkBytes) {
        this.storage = storage;
        this.file = file;
        this.channel = channel;
        this.manifest = manifest;
        this.facts = List.copyOf(facts);
        this.chunkOffsets = chunkOffsets;
        this.reader = new StagedChunkReader(channel, file, maxChunkBytes);
    }

    /** {@return what it is} */
    public VerifiedManifest manifest() {
        return manifest;
    }

    /** {@return what was measured, per section of the manifest} */
    public List<SectionFacts> facts() {
        return facts;
    }

    /** {@return index of the first chunk of a section} */
    public int firstChunk(Section section) {
        int first = 0;
        for (SectionDescriptor descriptor : manifest.manifest().getSectionsList()) {
            if (descriptor.getSection() == section) {
                return first;
            }
            first += (int) descriptor.getChunkCount();
        }
        return first;
    }

    /** {@return number of chunks of a section; 0 when it is not there} */
    public int chunkCount(Section section) {
        for (SectionDescriptor descriptor : manifest.manifest().getSectionsList()) {
            if (descriptor.getSection() == section) {
                return (int) descriptor.getChunkCount();
            }
        }
        return 0;
    }

    /**
     * Starts a cursor at the records of a chunk; valid until the next call.
     *
     * @throws IOException when the file cannot be read or has changed since it was written
     */
    public void readChunk(int index, RecordCursor cursor) throws IOException {
        reader.read(chunkOffsets[index]);
        cursor.wrap(reader.buffer(), 0, reader.length());
    }

    /** Closes and deletes the file. */
    @Override
    public void close() throws IOException {
        channel.close();
        storage.delete(file);
    }
}
