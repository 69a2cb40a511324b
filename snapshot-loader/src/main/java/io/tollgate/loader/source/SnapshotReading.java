/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.source;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.tollgate.loader.transfer.ControlPlaneClient.Failure.Kind;
import io.tollgate.loader.transfer.TransferLimits;
import io.tollgate.v1.DataChunk;
import io.tollgate.v1.PullSnapshotRequest;
import io.tollgate.v1.SignedManifest;
import io.tollgate.v1.SnapshotChunk;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Turns the bytes of a snapshot file (.tgs, docs/snapshot-file.md) into the messages of a transfer. Remembers where each chunk began, so
 * that a transfer that broke goes on there. One transfer at a time.
 */
final class SnapshotReading {
    private static final byte[] MAGIC = "TGSNAP01".getBytes(StandardCharsets.US_ASCII);
    private static final int LENGTH_BYTES = Integer.BYTES;

    private final SnapshotSource source;
    private final TransferLimits limits;
    private Progress last = new Progress(SignedManifest.getDefaultInstance(), "");

    /** How far a transfer came: offsets of chunks by index, and of the first that was not read. */
    private static final class Progress {
        final SignedManifest manifest;
        final String tag;
        long[] offsets = new long[64];
        int known;

        Progress(SignedManifest manifest, String tag) {
            this.manifest = manifest;
            this.tag = tag;
        }

        void chunkAt(long offset) {
            if (known == offsets.length) {
                offsets = Arrays.copyOf(offsets, 2 * known);
            }
            offsets[known++] = offset;
        }
    }

    SnapshotReading(SnapshotSource source, TransferLimits limits) {
        this.source = source;
        this.limits = limits;
    }

    /** {@return how many bytes from the start of a file hold its manifest, whatever it says} */
    static int headBytes(TransferLimits limits) {
        return MAGIC.length + LENGTH_BYTES + maxSignedManifestBytes(limits);
    }

    private static int maxSignedManifestBytes(TransferLimits limits) {
        return limits.maxManifestBytes() + (16 << 10);
    }

    /** {@return the manifest at the start of a file; it parses, nothing else is known of it} */
    static SignedManifest manifest(byte[] head, TransferLimits limits) throws SourceException {
        int start = MAGIC.length + LENGTH_BYTES;
        if (head.length < start || !Arrays.equals(head, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw new SourceException(Kind.OTHER, "what lies there is no snapshot file (.tgs)");
        }
        int length = SourceClient.length(head, MAGIC.length);
        if (length < 0 || length > maxSignedManifestBytes(limits)) {
            throw new SourceException(
                    Kind.OTHER,
                    "its manifest claims " + Integer.toUnsignedString(length) + " bytes, more than is taken");
        }
        if (head.length - start < length) {
            throw new SourceException(Kind.UNAVAILABLE, "it is cut off within its manifest; it may still be written");
        }
        try {
            return SignedManifest.parseFrom(ByteString.copyFrom(head, start, length));
        } catch (InvalidProtocolBufferException e) {
            throw new SourceException(Kind.OTHER, "its manifest does not parse");
        }
    }

    /** Sends the manifest, and the chunks that the asker has not. */
    synchronized void send(PullSnapshotRequest request, SourceCall<SnapshotChunk> call)
            throws IOException, InterruptedException {
        Progress before = last;
        long wantedIndex = request.getResumeFromChunk();
        boolean same = wantedIndex > 0
                && wantedIndex < before.known
                && request.getResumeManifestSha256().equals(before.manifest.getSha256());
        SnapshotSource.Content content =
                same ? source.open(before.tag, before.offsets[(int) wantedIndex]) : source.open("", 0);
        call.reads(content.bytes());
        try (DataInputStream in = new DataInputStream(content.bytes())) {
            if (content.offset() > 0) {
                before.known = (int) wantedIndex;
                if (call.send(
                        SnapshotChunk.newBuilder().setManifest(before.manifest).build())) {
                    sendChunks(in, before, content.offset(), wantedIndex, call);
                }
                return;
            }
            byte[] head = readHead(in);
            SignedManifest signed = manifest(head, limits);
            Progress progress = new Progress(signed, content.tag());
            last = progress;
            boolean goesOn = request.getResumeManifestSha256().equals(signed.getSha256());
            if (call.send(SnapshotChunk.newBuilder().setManifest(signed).build())) {
                sendChunks(in, progress, head.length, goesOn ? wantedIndex : 0, call);
            }
        } catch (EOFException e) {
            throw new SourceException(
                    Kind.UNAVAILABLE,
                    "it ends within chunk " + Math.max(0, last.known - 1) + "; it may still be written");
        }
    }

    private byte[] readHead(DataInputStream in) throws IOException {
        byte[] start = new byte[MAGIC.length + LENGTH_BYTES];
        in.readFully(start);
        int length = SourceClient.length(start, MAGIC.length);
        byte[] head =
                Arrays.copyOf(start, start.length + Math.max(0, Math.min(length, maxSignedManifestBytes(limits))));
        in.readFully(head, start.length, head.length - start.length);
        return head;
    }

    private void sendChunks(
            DataInputStream in, Progress progress, long firstOffset, long firstWanted, SourceCall<SnapshotChunk> call)
            throws IOException, InterruptedException {
        long offset = firstOffset;
        progress.chunkAt(offset);
        while (true) {
            int first = in.read();
            if (first < 0) {
                return;
            }
            int length = first << 24 | in.readUnsignedByte() << 16 | in.readUnsignedShort();
            if (length < 0 || length > limits.maxMessageBytes() || progress.known > limits.maxChunks()) {
                throw new SourceException(
                        Kind.OTHER,
                        "chunk " + (progress.known - 1) + " claims " + Integer.toUnsignedString(length)
                                + " bytes, or there are too many; more than is taken");
            }
            if (progress.known - 1 < firstWanted) {
                in.skipNBytes(length);
            } else if (!send(in.readNBytes(length), length, call)) {
                return;
            }
            offset += LENGTH_BYTES + length;
            progress.chunkAt(offset);
        }
    }

    private static boolean send(byte[] bytes, int length, SourceCall<SnapshotChunk> call)
            throws IOException, InterruptedException {
        if (bytes.length < length) {
            throw new EOFException();
        }
        try {
            return call.send(SnapshotChunk.newBuilder()
                    .setData(DataChunk.parseFrom(bytes))
                    .build());
        } catch (InvalidProtocolBufferException e) {
            throw new SourceException(Kind.OTHER, "a chunk of it does not parse");
        }
    }
}
