/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.fuzz;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import io.tollgate.cli.lab.LabSnapshot;
import io.tollgate.control.compiler.BundleCompiler;
import io.tollgate.control.compiler.CompiledBundle;
import io.tollgate.control.publish.BundleSnapshots;
import io.tollgate.control.publish.SnapshotFile;
import io.tollgate.control.publish.SnapshotRecords;
import io.tollgate.v1.DataChunk;
import io.tollgate.v1.Section;
import io.tollgate.v1.SignedManifest;
import io.tollgate.v1.SnapshotRecord;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A snapshot of the sample organisation's smaller customers: one of everything, small enough to be installed hundreds of times a
 * second.
 */
final class SmallSnapshot {
    private static final String CUSTOMER = "org:tidepool";

    private SmallSnapshot() {}

    record Row(Section section, SnapshotRecord record) {}

    static CompiledBundle bundle() {
        final Path root = Path.of(System.getProperty("tollgate.root"));
        return BundleCompiler.compile(root.resolve("examples/acme")).bundle().orElseThrow();
    }

    static Path scratch() {
        final Path shared = Path.of("/dev/shm");
        try {
            final Path folder = Files.isWritable(shared)
                    ? Files.createTempDirectory(shared, "tollgate-fuzz")
                    : Files.createTempDirectory("tollgate-fuzz");
            folder.toFile().deleteOnExit();
            return folder;
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /** The whole file, as the control plane writes it. */
    static Path file(final Path scratch) {
        try {
            final Path file = Files.createTempFile(scratch, "whole", ".tgs");
            BundleSnapshots.write(bundle(), file, 1, 1, 1);
            return file;
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    static LabSnapshot lab(final Path scratch) {
        try {
            return LabSnapshot.ofFile(file(scratch));
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /** The manifest, and the records of one customer with all that they refer to. */
    static List<Row> rows(final Path scratch) {
        final List<Row> rows = new ArrayList<>();
        try (SnapshotFile opened = SnapshotFile.open(file(scratch))) {
            SnapshotRecords.forEach(opened, (section, record) -> {
                if (isSmall(section, record.getKey().toStringUtf8(), record)) {
                    rows.add(new Row(section, record));
                }
            });
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
        return rows;
    }

    private static boolean isSmall(final Section section, final String key, final SnapshotRecord record) {
        return switch (section) {
            case SECTION_DIRECTORY, SECTION_POLICY -> !key.startsWith("org:") || key.startsWith(CUSTOMER);
            case SECTION_WALLET, SECTION_CAPACITY ->
                !record.toString().contains("org:")
                        || record.getValue().toStringUtf8().contains(CUSTOMER);
            default -> true;
        };
    }

    static SignedManifest manifest(final Path scratch) {
        try (SnapshotFile opened = SnapshotFile.open(file(scratch))) {
            return opened.signedManifest();
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    static List<DataChunk> chunks(final Path scratch) {
        try (SnapshotFile opened = SnapshotFile.open(file(scratch))) {
            final List<DataChunk> chunks = new ArrayList<>();
            for (long i = 0; i < opened.chunkCount(); i++) {
                chunks.add(opened.chunk(i));
            }
            return chunks;
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /** One byte of section, then the record with its length before it; and so on. */
    static byte[] encode(final List<Row> rows) {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            for (final Row row : rows) {
                out.write(row.section.getNumber());
                row.record.writeDelimitedTo(out);
            }
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
        return out.toByteArray();
    }

    /** As many rows as the bytes make sense for. */
    static List<Row> decode(final byte[] data) {
        final List<Row> rows = new ArrayList<>();
        final CodedInputStream in = CodedInputStream.newInstance(data);
        try {
            while (!in.isAtEnd()) {
                final Section section = Section.forNumber(in.readRawByte());
                final ByteString bytes = in.readBytes();
                if (section != null && section != Section.SECTION_UNSPECIFIED) {
                    rows.add(new Row(section, SnapshotRecord.parseFrom(bytes)));
                }
            }
        } catch (final InvalidProtocolBufferException ignored) {
            // what came before counts
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
        return rows;
    }
}
