/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.fuzz;

import io.tollgate.control.publish.SnapshotFile;
import io.tollgate.control.publish.SnapshotFormatException;
import io.tollgate.control.publish.SnapshotRecords;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A snapshot file from a disk or object storage: refused with a reason, or whole. */
final class SnapshotFileFuzz implements FuzzTarget {
    private static final Path FILE = SmallSnapshot.scratch().resolve("fuzzed.tgs");

    public static void fuzzerTestOneInput(final byte[] data) throws Exception {
        new SnapshotFileFuzz().run(data);
    }

    @Override
    public List<byte[]> seeds() {
        try {
            return List.of(Files.readAllBytes(SmallSnapshot.file(SmallSnapshot.scratch())));
        } catch (final IOException ex) {
            throw new IllegalStateException(ex);
        }
    }

    @Override
    public void run(final byte[] data) throws Exception {
        Files.write(FILE, data);
        try (SnapshotFile file = SnapshotFile.open(FILE)) {
            file.verify();
            SnapshotRecords.forEach(file, (section, record) -> record.getKey());
        } catch (final SnapshotFormatException expected) {
            // refused, with a reason
        }
    }
}
