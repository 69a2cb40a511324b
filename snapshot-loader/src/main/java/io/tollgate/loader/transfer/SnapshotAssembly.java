/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.transfer;

import io.tollgate.loader.transfer.RefusedException.Check;
import io.tollgate.v1.DataChunk;
import io.tollgate.v1.SectionDescriptor;
import java.util.ArrayList;
import java.util.List;

/**
 * Verifies the chunks of one snapshot in their order and remembers what it has measured. Sections come in the manifest's order, each in
 * one piece. Single thread.
 */
public final class SnapshotAssembly implements AutoCloseable {
    private final VerifiedManifest manifest;
    private final List<SectionProgress> sections = new ArrayList<>();
    private final ChunkInflater inflater;
    private final RecordCursor cursor = new RecordCursor();
    private int current;
    private long nextIndex;

    /**
     * Starts before the first chunk.
     *
     * @throws RefusedException when a section without chunks does not match its descriptor
     */
    public SnapshotAssembly(VerifiedManifest manifest, TransferLimits limits) throws RefusedException {
        this.manifest = manifest;
        this.inflater = new ChunkInflater(limits);
        for (SectionDescriptor descriptor : manifest.manifest().getSectionsList()) {
            sections.add(new SectionProgress(descriptor, limits));
        }
        skipComplete();
    }

    /** {@return what is being assembled} */
    public VerifiedManifest manifest() {
        return manifest;
    }

    /** {@return index of the chunk that must come next: where a broken transfer resumes} */
    public long nextIndex() {
        return nextIndex;
    }

    /** {@return whether every chunk has come and every digest holds} */
    public boolean isComplete() {
        return nextIndex == manifest.manifest().getChunkCount();
    }

    /**
     * Verifies a chunk as received; its inflated bytes are then in {@link #buffer()}.
     *
     * @throws RefusedException when a check fails; the assembly is of no use afterwards
     */
    public void accept(DataChunk chunk) throws RefusedException {
        SectionProgress section = expect(chunk.getIndex());
        if (chunk.getSection() != section.section()) {
            throw new RefusedException(
                    Check.CHUNK_ORDER,
                    "chunk " + nextIndex + " says " + chunk.getSection() + ", by the manifest it is of "
                            + section.section());
        }
        inflater.inflate(chunk);
        add(section, inflater.buffer(), inflater.length());
    }

    /** Takes an inflated chunk again that {@link #accept} has passed before, to restore the sums after a restart. */
    void replay(byte[] buffer, int length) throws RefusedException {
        add(expect(nextIndex), buffer, length);
    }

    private SectionProgress expect(long index) throws RefusedException {
        if (isComplete()) {
            throw new RefusedException(
                    Check.CHUNK_ORDER,
                    "chunk " + Long.toUnsignedString(index) + " comes after all " + nextIndex + " of the manifest");
        }
        if (index != nextIndex) {
            throw new RefusedException(
                    Check.CHUNK_ORDER, "chunk " + Long.toUnsignedString(index) + " comes where " + nextIndex + " must");
        }
        return sections.get(current);
    }

    private void add(SectionProgress section, byte[] buffer, int length) throws RefusedException {
        section.add(buffer, length, cursor);
        nextIndex++;
        skipComplete();
    }

    private void skipComplete() throws RefusedException {
        while (current < sections.size() && sections.get(current).isComplete()) {
            if (sections.get(current).isEmpty()) {
                sections.get(current).checkComplete();
            }
            current++;
        }
    }

    /** {@return the inflated bytes of the last accepted chunk} */
    public byte[] buffer() {
        return inflater.buffer();
    }

    /** {@return how many of {@link #buffer()} count} */
    public int length() {
        return inflater.length();
    }

    /** {@return what was measured, per section of the manifest} */
    public List<SectionFacts> facts() {
        List<SectionFacts> facts = new ArrayList<>();
        for (SectionProgress section : sections) {
            facts.add(section.facts());
        }
        return facts;
    }

    @Override
    public void close() {
        inflater.close();
    }
}
