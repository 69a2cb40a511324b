/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.inspect;

import io.tollgate.loader.transfer.RefusedException;
import io.tollgate.v1.Section;
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

    /** {@return what is wrong with it: every checksum, digest and count was looked at; empty = nothing is} */
    public abstract List<String> verify() throws IOException;

    /** {@return records of a section, counted, not taken from the manifest} */
    public abstract long count(Section section) throws IOException;

    /** {@return the record with a key, serialized, or null} */
    public abstract byte @Nullable [] find(Section section, String key) throws IOException;

    /** Visits every record of a section; a file's in its order, a folder's in none. */
    public abstract void forEach(Section section, Visitor visitor) throws IOException;

    @Override
    public abstract void close() throws IOException;
}
