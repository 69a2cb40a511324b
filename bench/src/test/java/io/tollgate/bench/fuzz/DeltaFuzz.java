/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.fuzz;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.tollgate.loader.delta.DeltaCheck;
import io.tollgate.loader.delta.DeltaLimits;
import io.tollgate.loader.delta.DeltaRefusedException;
import io.tollgate.loader.delta.DeltaState;
import io.tollgate.loader.delta.VerifiedDelta;
import io.tollgate.loader.transfer.ManifestCheck;
import io.tollgate.loader.transfer.ManifestVerifier;
import io.tollgate.v1.Delta;
import io.tollgate.v1.DeltaChange;
import io.tollgate.v1.SignedDelta;
import io.tollgate.v1.SnapshotManifest;
import java.security.MessageDigest;
import java.util.List;

/** A delta with a right digest: refused with a reason, or the state after it is what it says. */
final class DeltaFuzz implements FuzzTarget {
    private static final DeltaCheck CHECK = new DeltaCheck("acme", DeltaLimits.DEFAULT, ManifestVerifier.DEVELOPMENT);
    private static final ByteString NOTHING = ByteString.copyFrom(new byte[32]);
    private static final DeltaState STATE = DeltaState.of(SnapshotManifest.newBuilder()
            .setEpoch(1)
            .setDeltaSequence(4)
            .setStateDigest(NOTHING)
            .build());

    public static void fuzzerTestOneInput(final byte[] data) throws Exception {
        new DeltaFuzz().run(data);
    }

    @Override
    public List<byte[]> seeds() {
        final Delta.Builder delta = Delta.newBuilder()
                .setBundle("acme")
                .setEpoch(1)
                .setSequence(5)
                .setPreviousStateDigest(NOTHING)
                .setStateDigest(NOTHING)
                .setSchemaVersion(ManifestCheck.SCHEMA_VERSION);
        for (final SmallSnapshot.Row row : SmallSnapshot.rows(SmallSnapshot.scratch())) {
            delta.addChanges(DeltaChange.newBuilder()
                    .setSection(row.section())
                    .setKey(row.record().getKey())
                    .setValue(row.record().getValue()));
        }
        return List.of(delta.build().toByteArray());
    }

    @Override
    public void run(final byte[] data) throws Exception {
        try {
            final SignedDelta signed = SignedDelta.newBuilder()
                    .setDelta(ByteString.copyFrom(data))
                    .setSha256(ByteString.copyFrom(
                            MessageDigest.getInstance("SHA-256").digest(data)))
                    .build();
            final VerifiedDelta verified = CHECK.check(signed);
            final DeltaState next = STATE.next(verified, key -> null);
            if (next.sequence() != STATE.sequence() + 1) {
                throw new IllegalStateException("a sequence was left out");
            }
        } catch (final DeltaRefusedException | InvalidProtocolBufferException expected) {
            // refused, with a reason
        }
    }
}
