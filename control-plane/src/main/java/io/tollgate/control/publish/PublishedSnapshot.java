/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.publish;

import com.google.protobuf.ByteString;
import io.tollgate.v1.DataChunk;
import io.tollgate.v1.SignedManifest;
import io.tollgate.v1.SnapshotManifest;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * A snapshot that sidecars may pull: its file stays open until it is retired and the last pull has ended.
 *
 * <p>Any thread may retain, read and release. Who looks one up may find it closed already, and looks again then.
 */
public final class PublishedSnapshot {
    private static final Logger LOG = System.getLogger("tollgate.control.publish");

    private final SnapshotFile file;
    private int users = 1;

    PublishedSnapshot(SnapshotFile file) {
        this.file = file;
    }

    /** {@return the bundle's id} */
    public String bundle() {
        return file.manifest().getBundle();
    }

    /** {@return grows when the control plane lost its history} */
    public long epoch() {
        return file.manifest().getEpoch();
    }

    /** {@return grows with every publication} */
    public long version() {
        return file.manifest().getVersion();
    }

    /** {@return when it was published, milliseconds since 1970} */
    public long publishedAtMs() {
        return file.manifest().getCreatedAtMs();
    }

    /** {@return SHA-256 of the manifest} */
    public ByteString manifestSha256() {
        return file.manifestSha256();
    }

    /** {@return SHA-256 of the manifest in lower-case hex} */
    public String digestHex() {
        return file.digestHex();
    }

    /** {@return the manifest as it travels} */
    public SignedManifest signedManifest() {
        return file.signedManifest();
    }

    /** {@return how many chunks there are} */
    public long chunkCount() {
        return file.chunkCount();
    }

    /** Reads a chunk; only between {@link #retain} and {@link #release}. */
    public DataChunk chunk(long index) throws IOException {
        return file.chunk(index);
    }

    /** {@return the last delta that is in it; 0 = none} */
    public long deltaSequence() {
        return file.manifest().getDeltaSequence();
    }

    /** {@return what its records come to; empty when it does not say, which only older ones do} */
    public ByteString stateDigest() {
        return file.manifest().getStateDigest();
    }

    SnapshotManifest manifest() {
        return file.manifest();
    }

    SnapshotFile file() {
        return file;
    }

    /** {@return false when it is closed already} */
    public synchronized boolean retain() {
        if (users == 0) {
            return false;
        }
        users++;
        return true;
    }

    /** Ends a use; the last one closes the file. */
    public synchronized void release() {
        if (users > 0 && --users == 0) {
            try {
                file.close();
            } catch (IOException e) {
                LOG.log(Level.WARNING, "cannot close " + file.path(), e);
            }
        }
    }

    /** {@return "acme version 7 of epoch 1763650000000"} */
    @Override
    public String toString() {
        return bundle() + " version " + version() + " of epoch " + epoch();
    }
}
