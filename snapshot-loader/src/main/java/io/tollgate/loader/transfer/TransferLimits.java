/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.transfer;

/**
 * How much a control plane may send. A snapshot beyond any of these is refused before memory or disk is spent on it.
 *
 * @param maxManifestBytes the manifest's bytes
 * @param maxChunks chunks of the whole snapshot
 * @param maxPayloadBytes one chunk as sent
 * @param maxChunkBytes one chunk once inflated
 * @param maxTotalBytes all sections once inflated
 * @param maxRecords records of all sections
 * @param maxRecordBytes key and value of one record
 */
public record TransferLimits(
        int maxManifestBytes,
        long maxChunks,
        int maxPayloadBytes,
        int maxChunkBytes,
        long maxTotalBytes,
        long maxRecords,
        int maxRecordBytes) {
    private static final int KIB = 1024;
    private static final int MIB = 1024 * KIB;
    /** A chunk's frame beside its payload, generously. */
    private static final int CHUNK_OVERHEAD_BYTES = 4 * KIB;

    /** 10 M principals pass with room; a runaway does not fill the disk. */
    public static final TransferLimits DEFAULT =
            new TransferLimits(MIB, 1_000_000, 16 * MIB, 16 * MIB, 16L * 1024 * MIB, 100_000_000, 8 * MIB);

    /** Checks that the limits are usable. */
    public TransferLimits {
        if (maxManifestBytes <= 0
                || maxChunks <= 0
                || maxPayloadBytes <= 0
                || maxChunkBytes <= 0
                || maxTotalBytes <= 0
                || maxRecords <= 0
                || maxRecordBytes <= 0) {
            throw new IllegalArgumentException("every transfer limit must be positive");
        }
    }

    /** {@return the largest gRPC message that can carry an allowed chunk or manifest} */
    public int maxMessageBytes() {
        return Math.max(maxPayloadBytes, maxManifestBytes) + CHUNK_OVERHEAD_BYTES;
    }
}
