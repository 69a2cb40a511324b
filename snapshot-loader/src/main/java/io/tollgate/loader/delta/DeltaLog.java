/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.delta;

import com.google.protobuf.ByteString;
import io.tollgate.loader.storage.Storage;
import io.tollgate.v1.Section;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The file deltas.log in a snapshot's folder: the deltas on top of it, as they were received, and before them what was read of the
 * snapshot's records to apply them, so that a restart needs no Chronicle Map. Appended and synced before a delta is in force.
 *
 * <pre>
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------------------------------------------------------+
 *  0|  magic "TGDELTAS"                                             |
 *   |                                                               |
 *   +---------------------------------------------------------------+
 *  8|  format version                                               |
 *   +---------------------------------------------------------------+    then per frame, big endian:
 * +0|  kind: 1 a record of the snapshot, 2 no such record, 3 delta  |
 * +4|  length of the payload                                        |
 * +8|  CRC-32C over kind, length, payload                           |
 *+12|  payload                                                     ...
 *   +---------------------------------------------------------------+
 *
 *   payload of 1 and 2: section number (4) | length of the key (4) | key | value
 *   payload of 3:       SignedDelta
 * </pre>
 *
 * <p>The first frame that is not whole ends the file: what follows is cut off, whatever it is, and comes from the control plane again.
 * Loader's thread only.
 */
public final class DeltaLog implements AutoCloseable {
    /** Its name. */
    public static final String FILE_NAME = "deltas.log";

    static final int HEAD_BYTES = 12;
    static final int FRAME_BYTES = 12;

    private static final long MAGIC = 0x54_47_44_45_4C_54_41_53L;
    private static final int FORMAT_VERSION = 1;
    private static final int RECORD = 1;
    private static final int NO_RECORD = 2;
    private static final int DELTA = 3;
    private static final int LONGEST_PAYLOAD = 16 << 20;
    private static final int KEY_HEAD_BYTES = 8;

    private final Storage storage;
    private final Path file;
    private final FileChannel channel;
    private long length;
    private long lengthBefore;

    private DeltaLog(Storage storage, Path file, FileChannel channel, long length) {
        this.storage = storage;
        this.file = file;
        this.channel = channel;
        this.length = length;
        this.lengthBefore = length;
    }

    /**
     * What a file holds.
     *
     * @param frames whole ones, in order
     * @param lengthBytes of the file's whole part
     * @param damage what is wrong after that; empty = nothing is
     */
    public record Content(List<Frame> frames, long lengthBytes, String damage) {}

    /** What lies between two ends. */
    public sealed interface Frame {
        /** {@return where the next one begins} */
        long end();
    }

    /** A record of the snapshot; no value = it has none under this key. */
    public record RecordFrame(RecordKey key, Optional<ByteString> value, long end) implements Frame {}

    /** A delta, as received; its signature and all else are checked again by whoever reads it. */
    public record DeltaFrame(ByteString signed, long end) implements Frame {}

    /**
     * Opens the file of a folder for appending; made if missing, cut off where its whole part ends.
     *
     * @param lengthBytes how much of it counts; 0 = nothing
     * @throws IOException when the disk fails or is full
     */
    public static DeltaLog open(Storage storage, Path folder, long lengthBytes) throws IOException {
        Path file = folder.resolve(FILE_NAME);
        if (lengthBytes < HEAD_BYTES) {
            return create(storage, folder, file);
        }
        FileChannel channel = storage.open(file);
        try {
            if (channel.size() > lengthBytes) {
                channel.truncate(lengthBytes);
                channel.force(true);
            }
            channel.position(lengthBytes);
            return new DeltaLog(storage, file, channel, lengthBytes);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static DeltaLog create(Storage storage, Path folder, Path file) throws IOException {
        FileChannel channel = storage.create(file);
        try {
            storage.write(
                    channel,
                    ByteBuffer.allocate(HEAD_BYTES)
                            .putLong(MAGIC)
                            .putInt(FORMAT_VERSION)
                            .flip());
            storage.syncDirectory(folder);
            return new DeltaLog(storage, file, channel, HEAD_BYTES);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** {@return what the file of a folder holds; no file, no frames} */
    public static Content read(Path folder) throws IOException {
        Path file = folder.resolve(FILE_NAME);
        if (!Files.exists(file)) {
            return new Content(List.of(), 0, "");
        }
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
        if (bytes.remaining() < HEAD_BYTES || bytes.getLong() != MAGIC || bytes.getInt() != FORMAT_VERSION) {
            return new Content(List.of(), 0, file + " does not begin as this version of Tollgate writes it");
        }
        List<Frame> frames = new ArrayList<>();
        long whole = HEAD_BYTES;
        while (bytes.hasRemaining()) {
            int at = bytes.position();
            Optional<Frame> frame = frame(bytes);
            if (frame.isEmpty()) {
                return new Content(
                        frames, whole, file + " has no whole frame at byte " + at + " of " + bytes.capacity());
            }
            frames.add(frame.get());
            if (frame.get() instanceof DeltaFrame) {
                whole = bytes.position();
            }
        }
        // Records come before the delta that changes them: without it they are of no use, and the file was cut.
        return new Content(
                frames, whole, whole == bytes.capacity() ? "" : file + " ends before the delta of its last records");
    }

    private static Optional<Frame> frame(ByteBuffer bytes) {
        if (bytes.remaining() < FRAME_BYTES) {
            return Optional.empty();
        }
        int start = bytes.position();
        int kind = bytes.getInt();
        int payloadBytes = bytes.getInt();
        int sum = bytes.getInt();
        if (payloadBytes < 0 || payloadBytes > LONGEST_PAYLOAD || payloadBytes > bytes.remaining()) {
            return Optional.empty();
        }
        ByteBuffer payload = bytes.slice(bytes.position(), payloadBytes);
        if (sum != sum(kind, payloadBytes, payload)) {
            return Optional.empty();
        }
        int end = start + FRAME_BYTES + payloadBytes;
        bytes.position(end);
        if (kind == DELTA) {
            return Optional.of(new DeltaFrame(ByteString.copyFrom(payload), end));
        }
        return kind == RECORD || kind == NO_RECORD ? record(kind, payload, end) : Optional.empty();
    }

    private static Optional<Frame> record(int kind, ByteBuffer payload, int end) {
        if (payload.remaining() < KEY_HEAD_BYTES) {
            return Optional.empty();
        }
        Section section = Section.forNumber(payload.getInt());
        int keyBytes = payload.getInt();
        if (section == null || keyBytes < 0 || keyBytes > payload.remaining()) {
            return Optional.empty();
        }
        ByteString key = ByteString.copyFrom(payload, keyBytes);
        ByteString value = ByteString.copyFrom(payload);
        return Optional.of(new RecordFrame(
                new RecordKey(section, key), kind == RECORD ? Optional.of(value) : Optional.empty(), end));
    }

    private static int sum(int kind, int length, ByteBuffer payload) {
        CRC32C crc = new CRC32C();
        crc.update(
                ByteBuffer.allocate(KEY_HEAD_BYTES).putInt(kind).putInt(length).flip());
        crc.update(payload.duplicate());
        return (int) crc.getValue();
    }

    /**
     * Appends deltas with what was read of the snapshot for them; they are on the disk afterwards. When it fails, nothing of them counts.
     *
     * @throws IOException when the disk fails or is full
     */
    public void append(Map<RecordKey, Optional<ByteString>> records, List<VerifiedDelta> deltas) throws IOException {
        List<ByteBuffer> frames = new ArrayList<>(records.size() + deltas.size());
        long more = 0;
        for (Map.Entry<RecordKey, Optional<ByteString>> record : records.entrySet()) {
            frames.add(frame(record.getKey(), record.getValue()));
        }
        for (VerifiedDelta delta : deltas) {
            frames.add(frame(DELTA, ByteBuffer.wrap(delta.signed().toByteArray())));
        }
        for (ByteBuffer frame : frames) {
            more += frame.remaining();
        }
        ByteBuffer all = ByteBuffer.allocate(Math.toIntExact(more));
        frames.forEach(all::put);
        try {
            // A write that failed before may have left something.
            channel.truncate(length);
            channel.position(length);
            storage.write(channel, all.flip());
            storage.sync(file);
        } catch (IOException | RuntimeException e) {
            cut();
            throw e;
        }
        lengthBefore = length;
        length += more;
    }

    /** Takes the last {@link #append} back. */
    public void takeBack() {
        length = lengthBefore;
        cut();
    }

    private void cut() {
        try {
            channel.truncate(length);
        } catch (IOException ignored) {
            // A torn tail, then: the next reader cuts it off.
        }
    }

    private static ByteBuffer frame(RecordKey key, Optional<ByteString> value) {
        int valueBytes = value.map(ByteString::size).orElse(0);
        ByteBuffer payload = ByteBuffer.allocate(KEY_HEAD_BYTES + key.key().size() + valueBytes);
        payload.putInt(key.section().getNumber()).putInt(key.key().size());
        payload.put(key.key().asReadOnlyByteBuffer());
        value.ifPresent(bytes -> payload.put(bytes.asReadOnlyByteBuffer()));
        return frame(value.isPresent() ? RECORD : NO_RECORD, payload.flip());
    }

    private static ByteBuffer frame(int kind, ByteBuffer payload) {
        int payloadBytes = payload.remaining();
        ByteBuffer frame = ByteBuffer.allocate(FRAME_BYTES + payloadBytes);
        return frame.putInt(kind)
                .putInt(payloadBytes)
                .putInt(sum(kind, payloadBytes, payload))
                .put(payload)
                .flip();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
