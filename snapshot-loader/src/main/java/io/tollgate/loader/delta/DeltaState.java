/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.delta;

import com.google.protobuf.ByteString;
import io.tollgate.core.digest.StateDigest;
import io.tollgate.loader.delta.DeltaRefusedException.Cause;
import io.tollgate.v1.Delta;
import io.tollgate.v1.DeltaChange;
import io.tollgate.v1.SnapshotManifest;
import java.io.IOException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What all records come to at one point of the order: an installed snapshot and the deltas on top of it. Immutable, any thread.
 *
 * @param epoch of the control plane's history
 * @param sequence the last delta in here
 * @param digest of all records ({@link StateDigest}), as computed here; empty = the snapshot's manifest does not say, so no delta fits
 * @param changes the records that differ from the snapshot's
 * @param count deltas on top of the snapshot
 * @param deltaBytes of these together, as received
 * @param ledgerSequence what the ledger had come to
 * @param createdAtMs when the last change was made, milliseconds since 1970
 */
public record DeltaState(
        long epoch,
        long sequence,
        ByteString digest,
        ChangedRecords changes,
        long count,
        long deltaBytes,
        long ledgerSequence,
        long createdAtMs) {
    /** {@return the state of a snapshot without any delta} */
    public static DeltaState of(SnapshotManifest manifest) {
        return new DeltaState(
                manifest.getEpoch(),
                manifest.getDeltaSequence(),
                manifest.getStateDigest(),
                ChangedRecords.NONE,
                0,
                0,
                manifest.getLedgerSequence(),
                manifest.getCreatedAtMs());
    }

    /**
     * The state after one more delta, whose claims are compared with what its changes come to here.
     *
     * @param base the snapshot's records
     * @throws DeltaRefusedException when it does not follow this state
     * @throws IOException when the snapshot cannot be read
     */
    public DeltaState next(VerifiedDelta verified, BaseRecords base) throws DeltaRefusedException, IOException {
        Delta delta = verified.delta();
        String where = "delta " + Long.toUnsignedString(delta.getSequence());
        if (delta.getEpoch() != epoch) {
            throw new DeltaRefusedException(
                    Cause.EPOCH,
                    where + " is of epoch " + Long.toUnsignedString(delta.getEpoch()) + ", installed is "
                            + Long.toUnsignedString(epoch));
        }
        if (delta.getSequence() != sequence + 1) {
            throw new DeltaRefusedException(
                    Cause.GAP, where + " comes where " + Long.toUnsignedString(sequence + 1) + " must");
        }
        if (digest.isEmpty() || !delta.getPreviousStateDigest().equals(digest)) {
            throw new DeltaRefusedException(
                    Cause.PREVIOUS_STATE,
                    where + " was made on top of state " + hex(delta.getPreviousStateDigest()) + ", here is "
                            + (digest.isEmpty() ? "a snapshot that says none" : hex(digest)));
        }
        Map<RecordKey, @Nullable ByteString> changed = new LinkedHashMap<>();
        StateDigest sum = new StateDigest(digest.toByteArray());
        for (DeltaChange change : delta.getChangesList()) {
            RecordKey key = RecordKey.of(change);
            ByteString before = changes.contains(key) ? changes.get(key) : base.find(key);
            if (before != null) {
                sum.remove(change.getSectionValue(), key.key().toByteArray(), before.toByteArray());
            } else if (change.getRemove()) {
                throw new DeltaRefusedException(
                        Cause.CONTENT,
                        where + " removes " + key.section() + " '" + key.name() + "', which is not there");
            }
            if (!change.getRemove()) {
                sum.add(
                        change.getSectionValue(),
                        key.key().toByteArray(),
                        change.getValue().toByteArray());
            }
            changed.put(key, change.getRemove() ? null : change.getValue());
        }
        ByteString result = ByteString.copyFrom(sum.toBytes());
        if (!delta.getStateDigest().equals(result)) {
            throw new DeltaRefusedException(
                    Cause.RESULT_STATE,
                    where + " claims to lead to state " + hex(delta.getStateDigest()) + ", its changes lead to "
                            + hex(result));
        }
        return new DeltaState(
                epoch,
                delta.getSequence(),
                result,
                changes.with(changed),
                count + 1,
                deltaBytes + verified.signed().getDelta().size(),
                delta.getLedgerSequence(),
                delta.getCreatedAtMs());
    }

    /**
     * The record as it is now.
     *
     * @param base the snapshot's records
     * @return null when there is none
     */
    public @Nullable ByteString find(RecordKey key, BaseRecords base) throws IOException {
        return changes.contains(key) ? changes.get(key) : base.find(key);
    }

    /** {@return the digest for people, lower-case hex} */
    public String digestHex() {
        return hex(digest);
    }

    private static String hex(ByteString bytes) {
        return HexFormat.of().formatHex(bytes.toByteArray());
    }
}
