/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.publish;

import com.google.protobuf.ByteString;
import io.tollgate.control.delta.DeltaLog;
import io.tollgate.control.delta.RecordTable;
import io.tollgate.v1.Delta;
import io.tollgate.v1.DeltaChange;
import io.tollgate.v1.SignedDelta;
import io.tollgate.v1.SnapshotManifest;
import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;

/**
 * What was published last, made of the newest snapshot and the deltas after it. Every checksum and digest on the way is checked.
 *
 * @param table the records' keys and hashes
 * @param snapshot open, to be released by the caller
 */
record RestoredState(RecordTable table, PublishedSnapshot snapshot, BundleHead head) {
    private static final int READ_BYTES = 1 << 20;

    static RestoredState read(Path folder, BundleState state, DeltaLog log) throws IOException {
        Path path = SnapshotArchive.path(folder, state.epoch(), state.version());
        SnapshotFile file = SnapshotFile.open(path);
        try {
            if (!file.digestHex().equals(state.manifestSha256())) {
                throw new SnapshotFormatException(
                        path + " has the digest " + file.digestHex() + ", published was " + state.manifestSha256());
            }
            RecordTable table = records(file);
            PublishedSnapshot snapshot = new PublishedSnapshot(file);
            long changedAtMs = snapshot.publishedAtMs();
            long at = state.sequence();
            while (at < log.newest()) {
                for (SignedDelta signed : log.read(at, READ_BYTES)) {
                    Delta delta = apply(signed, state, ++at, table);
                    changedAtMs = delta.getCreatedAtMs();
                }
            }
            return new RestoredState(table, snapshot, new BundleHead(snapshot, at, table.stateDigest(), changedAtMs));
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** Checks a snapshot and takes its records in. */
    private static RecordTable records(SnapshotFile file) throws IOException {
        SnapshotManifest manifest = file.manifest();
        RecordTable table = new RecordTable();
        SnapshotRecords.forEach(file, (section, record) -> {
            if (record.getKey().isEmpty()) {
                throw new SnapshotFormatException(file.path() + ": a record of " + section + " without a key");
            }
            table.put(section, record.getKey().toByteArray(), record.getValue().toByteArray());
        });
        if (!manifest.getStateDigest().isEmpty() && !manifest.getStateDigest().equals(table.stateDigest())) {
            throw new SnapshotFormatException(
                    file.path() + ": its records do not come to the state digest that it says");
        }
        return table;
    }

    private static Delta apply(SignedDelta signed, BundleState state, long sequence, RecordTable table)
            throws IOException {
        byte[] sha256 = Digests.sha256().digest(signed.getDelta().toByteArray());
        Delta delta = Delta.parseFrom(signed.getDelta());
        ByteString before = table.stateDigest();
        if (!MessageDigest.isEqual(sha256, signed.getSha256().toByteArray())
                || delta.getEpoch() != state.epoch()
                || delta.getSequence() != sequence
                || !delta.getPreviousStateDigest().equals(before)) {
            throw new IOException(
                    "delta " + sequence + " of bundle " + state.bundle() + " does not follow what is before it");
        }
        for (DeltaChange change : delta.getChangesList()) {
            table.apply(change);
        }
        if (!delta.getStateDigest().equals(table.stateDigest())) {
            throw new IOException("delta " + sequence + " of bundle " + state.bundle()
                    + " does not come to the state digest that it says");
        }
        return delta;
    }
}
