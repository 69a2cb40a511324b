/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.inspect;

import io.tollgate.loader.transfer.RefusedException;
import io.tollgate.v1.Section;
import io.tollgate.v1.SignedDelta;
import io.tollgate.v1.SignedManifest;
import io.tollgate.v1.SnapshotManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a snapshot: what it is, whether it is whole, and its records. One thread; close it.
 *
 * <pre>{@code
 * try (SnapshotInspector snapshot = SnapshotInspector.open(path)) {
 *     snapshot.verify().forEach(System.err::println);
 *     byte[] record = snapshot.find(Section.SECTION_DIRECTORY, "org:acme");
 * }
 * }</pre>
 */
public abstract class SnapshotInspector implements AutoCloseable {
    private final SignedManifest signed;
    private final SnapshotManifest manifest;

    SnapshotInspector(SignedManifest signed, SnapshotManifest manifest) {
        this.signed = signed;
        this.manifest = manifest;
    }

    /** Takes records. */
    @FunctionalInterface
    public interface Visitor {
        /** One record; the arrays are the visitor's own. */
        void record(byte[] key, byte[] value) throws IOException;
    }

    /**
     * Opens an installed folder, or a snapshot file (.tgs). Checks its frame and the manifest's digest only: {@link #verify} does the rest.
     *
     * @throws IOException when it is neither, cannot be read, or belongs to a running sidecar
     */
    public static SnapshotInspector open(Path path) throws IOException {
        try {
            return Files.isDirectory(path) ? FolderInspector.openFolder(path) : FileInspector.openFile(path);
        } catch (RefusedException e) {
            throw new IOException(path + ": " + e.reason(), e);
        }
    }

    /** {@return the manifest as it was sent} */
    public final SignedManifest signedManifest() {
        return signed;
    }

    /** {@return the manifest} */
    public final SnapshotManifest manifest() {
        return manifest;
    }

    /** {@return the deltas that lie on top of it and hold, as received: an installed folder may have some} */
    public List<SignedDelta> deltas() throws IOException {
        return List.of();
    }

    /** {@return the last delta in it or on top of it; 0 = none} */
    public long deltaSequence() throws IOException {
        return manifest.getDeltaSequence();
    }

    /**
     * {@return what is wrong with it: every checksum, digest and count was looked at, of the deltas on top of it too; empty = nothing is}
     */
    public abstract List<String> verify() throws IOException;

    /** {@return records of a section, after deltas; counted, not taken from the manifest} */
    public abstract long count(Section section) throws IOException;

    /** {@return the record with a key, serialized, or null} */
    public abstract byte @Nullable [] find(Section section, String key) throws IOException;

    /** Visits every record of a section; a file's in its order, a folder's in none. */
    public abstract void forEach(Section section, Visitor visitor) throws IOException;

    @Override
    public abstract void close() throws IOException;
}
