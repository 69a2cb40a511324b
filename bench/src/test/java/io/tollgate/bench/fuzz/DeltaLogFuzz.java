/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.fuzz;

import com.google.protobuf.ByteString;
import io.tollgate.loader.delta.DeltaLog;
import io.tollgate.loader.delta.RecordKey;
import io.tollgate.loader.delta.VerifiedDelta;
import io.tollgate.loader.storage.Storage;
import io.tollgate.v1.Delta;
import io.tollgate.v1.DeltaChange;
import io.tollgate.v1.Section;
import io.tollgate.v1.SignedDelta;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The log of deltas as it lies on the disk: whatever is in it, what is whole before the first damage is read, and nothing else. */
final class DeltaLogFuzz implements FuzzTarget {
    private static final Path FOLDER = SmallSnapshot.scratch();

    public static void fuzzerTestOneInput(final byte[] data) throws Exception {
        new DeltaLogFuzz().run(data);
    }

    @Override
    public List<byte[]> seeds() {
        final DeltaChange change = DeltaChange.newBuilder()
                .setSection(Section.SECTION_DIRECTORY)
                .setKey(ByteString.copyFromUtf8("org:acme"))
                .setValue(ByteString.copyFromUtf8("x"))
                .build();
        final Delta delta = Delta.newBuilder().setSequence(1).addChanges(change).build();
        final SignedDelta signed =
                SignedDelta.newBuilder().setDelta(delta.toByteString()).build();
        try {
            final Path folder = SmallSnapshot.scratch();
            try (DeltaLog log = DeltaLog.open(Storage.LOCAL, folder, 0)) {
                log.append(
                        Map.of(new RecordKey(change.getSection(), change.getKey()), Optional.of(change.getValue())),
                        List.of(new VerifiedDelta(signed, delta, "")));
            }
            return List.of(Files.readAllBytes(folder.resolve(DeltaLog.FILE_NAME)));
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    @Override
    public void run(final byte[] data) throws Exception {
        Files.write(FOLDER.resolve(DeltaLog.FILE_NAME), data);
        final DeltaLog.Content content = DeltaLog.read(FOLDER);
        if (content.lengthBytes() > data.length) {
            throw new IllegalStateException("more was read than there is");
        }
        if (content.lengthBytes() < data.length && content.damage().isEmpty()) {
            throw new IllegalStateException("something was left out, and nobody was told");
        }
    }
}
