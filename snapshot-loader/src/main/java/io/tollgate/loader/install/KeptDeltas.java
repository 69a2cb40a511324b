/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.install;

import com.google.protobuf.InvalidProtocolBufferException;
import io.tollgate.loader.delta.BaseRecords;
import io.tollgate.loader.delta.DeltaCheck;
import io.tollgate.loader.delta.DeltaLimits;
import io.tollgate.loader.delta.DeltaLog;
import io.tollgate.loader.delta.DeltaRefusedException;
import io.tollgate.loader.delta.DeltaState;
import io.tollgate.loader.delta.VerifiedDelta;
import io.tollgate.loader.transfer.ManifestVerifier;
import io.tollgate.loader.transfer.VerifiedManifest;
import io.tollgate.v1.SignedDelta;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The deltas that a folder keeps, for offline inspection: up to the first that does not hold, as a restart would take them, but for
 * signatures, which are the business of who looks.
 *
 * @param state after the last one that holds
 * @param deltas those that hold
 * @param damage what does not; empty = all does
 */
record KeptDeltas(DeltaState state, List<SignedDelta> deltas, String damage) {
    static KeptDeltas read(Path folder, VerifiedManifest manifest, BaseRecords records) throws IOException {
        DeltaLog.Content content = DeltaLog.read(folder);
        DeltaCheck check =
                new DeltaCheck(manifest.manifest().getBundle(), DeltaLimits.DEFAULT, ManifestVerifier.DEVELOPMENT);
        DeltaState state = DeltaState.of(manifest.manifest());
        List<SignedDelta> deltas = new ArrayList<>();
        for (DeltaLog.Frame frame : content.frames()) {
            if (frame instanceof DeltaLog.DeltaFrame kept) {
                try {
                    SignedDelta signed = SignedDelta.parseFrom(kept.signed());
                    VerifiedDelta delta = check.check(signed);
                    if (delta.sequence() != state.sequence()) {
                        state = state.next(delta, records);
                        deltas.add(signed);
                    }
                } catch (DeltaRefusedException e) {
                    return new KeptDeltas(state, deltas, folder.resolve(DeltaLog.FILE_NAME) + ": " + e.reason());
                } catch (InvalidProtocolBufferException e) {
                    return new KeptDeltas(
                            state, deltas, folder.resolve(DeltaLog.FILE_NAME) + ": a delta does not parse");
                }
            }
        }
        return new KeptDeltas(state, deltas, content.damage());
    }
}
