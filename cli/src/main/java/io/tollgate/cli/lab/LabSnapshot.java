/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.lab;

import io.tollgate.control.compiler.CompiledBundle;
import io.tollgate.control.publish.BundleSnapshots;
import io.tollgate.control.publish.SnapshotFile;
import io.tollgate.control.publish.SnapshotRecords;
import io.tollgate.loader.OfflineLoader;
import io.tollgate.loader.transfer.RefusedException;
import io.tollgate.v1.Section;
import io.tollgate.v1.SignedManifest;
import io.tollgate.v1.SnapshotManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A whole snapshot on the heap, every checksum verified. Immutable; any thread. */
public final class LabSnapshot {
    private final SignedManifest signed;
    private final SnapshotManifest manifest;
    private final String digestHex;
    private final List<Row> rows;

    private record Row(Section section, byte[] key, byte[] value) {}

    private LabSnapshot(SignedManifest signed, SnapshotManifest manifest, String digestHex, List<Row> rows) {
        this.signed = signed;
        this.manifest = manifest;
        this.digestHex = digestHex;
        this.rows = List.copyOf(rows);
    }

    /**
     * A bundle as version 1 of epoch 1, created at the beginning of 1970 plus a millisecond: equal sources make equal bytes.
     *
     * @param scratch a folder for a file that is deleted again
     */
    public static LabSnapshot of(CompiledBundle bundle, Path scratch) throws IOException {
        return of(bundle, 1, scratch);
    }

    /** As {@link #of(CompiledBundle, Path)}, as another version of the same epoch. */
    public static LabSnapshot of(CompiledBundle bundle, long version, Path scratch) throws IOException {
        final Path file = Files.createTempFile(scratch, "lab", ".tgs");
        try {
            BundleSnapshots.write(bundle, file, version, 1, 1);
            return ofFile(file);
        } finally {
            Files.deleteIfExists(file);
        }
    }

    /**
     * Reads a snapshot file.
     *
     * @throws IOException when it cannot be read, or any of its checksums or digests does not hold
     */
    public static LabSnapshot ofFile(Path file) throws IOException {
        try (SnapshotFile opened = SnapshotFile.open(file)) {
            final List<Row> rows = new ArrayList<>();
            SnapshotRecords.forEach(
                    opened,
                    (section, record) -> rows.add(new Row(
                            section,
                            record.getKey().toByteArray(),
                            record.getValue().toByteArray())));
            return new LabSnapshot(opened.signedManifest(), opened.manifest(), opened.digestHex(), rows);
        }
    }

    /** {@return what the manifest says} */
    public SnapshotManifest manifest() {
        return manifest;
    }

    /** {@return SHA-256 of the manifest, lower-case hex} */
    public String digestHex() {
        return digestHex;
    }

    /** Takes records, in the snapshot's order. */
    @FunctionalInterface
    interface Visitor {
        void record(Section section, byte[] key, byte[] value);
    }

    void forEach(Visitor visitor) {
        rows.forEach(row -> visitor.record(row.section(), row.key(), row.value()));
    }

    void installInto(OfflineLoader loader) throws IOException, RefusedException {
        loader.install(signed, sink -> {
            for (Row row : rows) {
                sink.record(row.section(), row.key(), row.value());
            }
        });
    }
}
