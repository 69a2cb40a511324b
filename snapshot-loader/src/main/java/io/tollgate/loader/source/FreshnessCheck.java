/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.source;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.tollgate.core.signing.SignedKind;
import io.tollgate.loader.transfer.ControlPlaneClient.Failure.Kind;
import io.tollgate.loader.transfer.RefusedException;
import io.tollgate.loader.transfer.TrustedKeys;
import io.tollgate.v1.FreshnessStatement;
import io.tollgate.v1.SignedFreshness;
import io.tollgate.v1.SnapshotManifest;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * Decides what a freshness statement proves: that exactly the snapshot beside it was the newest when the publisher signed. Its age is
 * counted by wall clocks, the publisher's and this host's; where the source tells its own time, the later of the two counts, so that this
 * host's clock, when it is behind, does not make a statement look younger.
 *
 * <p>And whatever the clocks say, a statement is at least as old as the time since it was first seen here, by the monotonic clock: when
 * the publisher dies, a clock that is behind (or was the publisher's ahead) does not put off the end. Every statement that holds counts
 * as seen, be it refused for its time or not.
 *
 * <p>Threading: any; the loader asks one question at a time.
 */
final class FreshnessCheck {
    /** Clocks of healthy hosts agree within this. */
    static final long TOLERANCE_MS = 5_000;

    private static final long NS_PER_MS = 1_000_000L;
    private static final int MAX_SEEN = 256;

    private final TrustedKeys trust;
    private final LongSupplier monotonicNs;
    /** When statements were first seen, by the time in them; the oldest are forgotten first. Guarded by this. */
    private final TreeMap<Long, Long> seenAtNs = new TreeMap<>();

    FreshnessCheck(TrustedKeys trust, LongSupplier monotonicNs) {
        this.trust = trust;
        this.monotonicNs = monotonicNs;
    }

    /**
     * How long ago the snapshot was known to be the newest.
     *
     * @param manifest of the snapshot beside it
     * @param manifestSha256 computed, not read
     * @param nowMs this host's wall clock
     * @return milliseconds, at least 0
     * @throws SourceException when there is no statement, or it is of another snapshot, not signed by a trusted key, or of the future
     */
    long ageMs(SnapshotSource.Statement found, SnapshotManifest manifest, ByteString manifestSha256, long nowMs)
            throws SourceException {
        byte[] bytes = found.bytes();
        if (bytes == null) {
            throw new SourceException(
                    Kind.OTHER,
                    "there is no freshness statement beside the snapshot (its name and "
                            + SnapshotSource.STATEMENT_SUFFIX
                            + "), so nothing says that it still is the newest; tollgate snapshot confirm makes one, or set"
                            + " snapshot.freshness: answer");
        }
        FreshnessStatement statement = verified(bytes);
        if (!statement.getBundle().equals(manifest.getBundle())
                || statement.getEpoch() != manifest.getEpoch()
                || statement.getVersion() != manifest.getVersion()
                || !statement.getManifestSha256().equals(manifestSha256)) {
            throw new SourceException(
                    Kind.OTHER,
                    "the freshness statement is of snapshot " + Long.toUnsignedString(statement.getEpoch()) + "-"
                            + Long.toUnsignedString(statement.getVersion()) + ", beside it lies "
                            + Long.toUnsignedString(manifest.getEpoch()) + "-"
                            + Long.toUnsignedString(manifest.getVersion())
                            + ", or one with other content; publish the statement after the snapshot");
        }
        long sinceSeenMs = sinceSeenMs(statement.getConfirmedAtMs());
        long aheadMs = statement.getConfirmedAtMs() - nowMs;
        if (statement.getConfirmedAtMs() <= 0 || aheadMs > TOLERANCE_MS) {
            throw new SourceException(
                    Kind.OTHER,
                    "the freshness statement was signed " + aheadMs
                            + " ms from now by this host's clock: set the clock of" + " the publisher or of this host");
        }
        return Math.max(sinceSeenMs, Math.max(nowMs, found.sourceNowMs()) - statement.getConfirmedAtMs());
    }

    /** How long it has been known here, milliseconds; by no wall clock. */
    private synchronized long sinceSeenMs(long confirmedAtMs) {
        long nowNs = monotonicNs.getAsLong();
        long firstSeenNs = seenAtNs.computeIfAbsent(confirmedAtMs, ignored -> nowNs);
        if (seenAtNs.size() > MAX_SEEN) {
            seenAtNs.pollFirstEntry();
        }
        return (nowNs - firstSeenNs) / NS_PER_MS;
    }

    private FreshnessStatement verified(byte[] bytes) throws SourceException {
        try {
            if (bytes.length > SnapshotSource.MAX_STATEMENT_BYTES) {
                throw new SourceException(
                        Kind.OTHER,
                        "the freshness statement has more than " + SnapshotSource.MAX_STATEMENT_BYTES + " bytes");
            }
            SignedFreshness signed = SignedFreshness.parseFrom(bytes);
            trust.verify(
                    SignedKind.FRESHNESS_STATEMENT,
                    signed.getStatement(),
                    signed.getSignaturesList(),
                    "the freshness statement");
            return FreshnessStatement.parseFrom(signed.getStatement());
        } catch (RefusedException e) {
            throw new SourceException(Kind.REFUSED, e.reason());
        } catch (InvalidProtocolBufferException e) {
            throw new SourceException(Kind.OTHER, "the freshness statement does not parse");
        }
    }
}
