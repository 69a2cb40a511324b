/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.journal;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One file of a journal, mapped. Its bytes are zeros when it is made, really written ones, so that no store into it can find the disk full.
 *
 * <pre>
 *   header, 4 KiB, in the byte order of the machine
 *      0: magic with format version       8: position of the segment in its run, from 0      16: length of the file
 *     24: salt, random                   32: length of the sidecar id | of the boot id (int each)
 *     40: sidecar id, 128 bytes         168: boot id, 64 bytes            232: CRC-32C of 0..231
 *     256: first sequence in it         264: acknowledged sequence        272: where its frames end      (checked words, 0 = not known)
 *
 *   frames, each at a multiple of 64
 *      0: length of the frame, written last with release; 0 = nothing, or claimed and not committed
 *      4: CRC-32C of (salt xor offset of the frame) and of all from 8
 *      8: sequence of its first record   16: how many records              20: 0
 *     24: reservation that it settles, two words; 0 0 = a take
 *     40: records: length (int), wire bytes of tollgate.v1.UsageRecord; one after the other
 *
 *   checked word   63 .. 48: check      47 .. 0: value
 * </pre>
 *
 * All records of a frame are there or none is. The salt, which nobody outside knows, keeps a text that a caller chose from passing for a
 * frame when a damaged file is searched for the next whole one.
 *
 * <p>Assumptions: made, and its header but for the three words written, by one thread before others know it. The claim word is memory of
 * this process; who reads a finished segment needs only the file.
 *
 * <table>
 *   <caption>access modes</caption>
 *   <tr><td>claim word</td><td>get-and-add, volatile read</td></tr>
 *   <tr><td>length of a frame</td><td>release write, volatile read; the rest of a frame plain, before it</td></tr>
 *   <tr><td>checked words</td><td>release write, volatile read</td></tr>
 *   <tr><td>next, end</td><td>volatile</td></tr>
 * </table>
 */
public final class JournalSegment {
    /** Index of the segment before the first one, which is no file. */
    public static final int ORIGIN = -1;

    /** Where the first frame begins. */
    public static final int HEADER_BYTES = 4096;

    /** Longest frame. */
    public static final int MAX_FRAME_BYTES = 128 * 1024;

    /** Shortest file. */
    public static final int MIN_BYTES = 4 * MAX_FRAME_BYTES;

    /** Longest sidecar id, bytes. */
    public static final int MAX_SIDECAR_BYTES = 128;

    /** Longest boot id, bytes. */
    public static final int MAX_BOOT_BYTES = 64;

    static final int FRAME_ALIGNMENT = 64;
    static final int FRAME_HEADER_BYTES = 40;
    static final int FRAME_CRC = 4;
    static final int FRAME_SEQUENCE = 8;
    static final int FRAME_COUNT = 16;
    static final int FRAME_RESERVATION = 24;

    private static final long MAGIC = 0x5447_4A52_4E4C_3031L;
    private static final int INDEX = 8;
    private static final int LENGTH = 16;
    private static final int SALT = 24;
    private static final int LENGTHS = 32;
    private static final int SIDECAR = 40;
    private static final int BOOT = 168;
    private static final int CRC = 232;
    private static final int FIRST = 256;
    private static final int ACKNOWLEDGED = 264;
    private static final int END = 272;

    private static final int VALUE_BITS = 48;
    private static final long MAX_VALUE = (1L << VALUE_BITS) - 1;
    private static final int COUNT_SHIFT = 32;
    private static final int CLAIM = 128;
    private static final int CLAIM_BYTES = 256;

    private final UnsafeBuffer buffer;
    private final UnsafeBuffer claim = new UnsafeBuffer(BufferUtil.allocateDirectAligned(CLAIM_BYTES, 64));
    private final int index;
    private final long salt;
    private final String sidecarId;
    private final String bootId;
    private volatile @Nullable JournalSegment next;
    private volatile int end;
    private long firstSequence;

    private JournalSegment(final UnsafeBuffer buffer) {
        this.buffer = buffer;
        index = (int) buffer.getLong(INDEX);
        salt = buffer.getLong(SALT);
        sidecarId = text(SIDECAR, buffer.getInt(LENGTHS));
        bootId = text(BOOT, buffer.getInt(LENGTHS + Integer.BYTES));
        firstSequence = checked(FIRST);
        claim.putLongVolatile(CLAIM, HEADER_BYTES);
    }

    /**
     * Writes the header of a new segment.
     *
     * @param zeros the whole file, mapped; all of it written as zeros
     * @param index position in its run
     * @param salt random
     * @throws IllegalArgumentException when an id is too long or the file too short
     */
    public static JournalSegment create(
            final UnsafeBuffer zeros, final int index, final long salt, final String sidecarId, final String bootId) {
        final byte[] sidecar = utf8("sidecar id", sidecarId, MAX_SIDECAR_BYTES);
        final byte[] boot = utf8("boot id", bootId, MAX_BOOT_BYTES);
        if (zeros.capacity() < MIN_BYTES || zeros.capacity() % FRAME_ALIGNMENT != 0) {
            throw new IllegalArgumentException("a journal segment has at least " + MIN_BYTES
                    + " bytes and a multiple of " + FRAME_ALIGNMENT + ", not " + zeros.capacity());
        }
        zeros.putLong(0, MAGIC);
        zeros.putLong(INDEX, index);
        zeros.putLong(LENGTH, zeros.capacity());
        zeros.putLong(SALT, salt);
        zeros.putInt(LENGTHS, sidecar.length);
        zeros.putInt(LENGTHS + Integer.BYTES, boot.length);
        zeros.putBytes(SIDECAR, sidecar);
        zeros.putBytes(BOOT, boot);
        zeros.putLong(CRC, headerCrc(zeros));
        return new JournalSegment(zeros);
    }

    /**
     * Reads the header of a segment that some process left.
     *
     * @param file as much of it as there is
     * @throws JournalFormatException when it cannot be believed
     */
    public static JournalSegment open(final UnsafeBuffer file) {
        if (file.capacity() < HEADER_BYTES) {
            throw new JournalFormatException("it has " + file.capacity() + " bytes, fewer than its header");
        }
        if (file.getLong(0) != MAGIC) {
            throw new JournalFormatException("it starts with " + Long.toHexString(file.getLong(0)) + ", not with "
                    + Long.toHexString(MAGIC) + ": it is something else, or of another version or machine");
        }
        if (file.getLong(CRC) != headerCrc(file)
                || file.getInt(LENGTHS) < 0
                || file.getInt(LENGTHS) > MAX_SIDECAR_BYTES
                || file.getInt(LENGTHS + Integer.BYTES) < 0
                || file.getInt(LENGTHS + Integer.BYTES) > MAX_BOOT_BYTES) {
            throw new JournalFormatException("its header is damaged: the checksum is wrong");
        }
        return new JournalSegment(file);
    }

    private static byte[] utf8(final String what, final String text, final int most) {
        final byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > most) {
            throw new IllegalArgumentException(what + " has " + bytes.length + " bytes, the journal takes " + most);
        }
        return bytes;
    }

    private static long headerCrc(final UnsafeBuffer file) {
        final byte[] bytes = new byte[CRC];
        file.getBytes(0, bytes);
        final CRC32C crc = new CRC32C();
        crc.update(bytes, 0, bytes.length);
        return crc.getValue();
    }

    private String text(final int at, final int length) {
        final byte[] bytes = new byte[length];
        buffer.getBytes(at, bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** {@return the mapped file; read only for others} */
    public UnsafeBuffer buffer() {
        return buffer;
    }

    /** {@return position in its run, from 0} */
    public int index() {
        return index;
    }

    /** {@return the sidecar that wrote it} */
    public String sidecarId() {
        return sidecarId;
    }

    /** {@return the run that wrote it} */
    public String bootId() {
        return bootId;
    }

    /** {@return bytes that the file has to have; fewer = it was cut off} */
    public long wholeLength() {
        return buffer.getLong(LENGTH);
    }

    /** {@return the next one of the run, or null while there is none} */
    public @Nullable JournalSegment next() {
        return next;
    }

    void next(final JournalSegment segment) {
        next = segment;
    }

    /** {@return sequence of the first record in it; 0 = nothing was appended yet} */
    public long firstSequence() {
        return checked(FIRST);
    }

    /** Before anybody claims in it; from then on the file knows it too. */
    void begin(final long sequence) {
        firstSequence = sequence;
        put(FIRST, sequence);
    }

    /** {@return the first sequence, for workers: no look at the file} */
    long first() {
        return firstSequence;
    }

    /** {@return newest acknowledged sequence that was noted here; 0 = none} */
    public long acknowledged() {
        return checked(ACKNOWLEDGED);
    }

    /** Notes that all up to a sequence were acknowledged. The one thread that reports. */
    public void acknowledged(final long sequence) {
        put(ACKNOWLEDGED, sequence);
    }

    /** {@return where its frames end: nothing will be appended any more; 0 = it is in use, or its process was killed} */
    public int end() {
        return end == 0 ? (int) checked(END) : end;
    }

    void end(final int at) {
        put(END, at);
        end = at;
    }

    /** Notes where the frames of a segment end whose process was killed. */
    public void seal(final int at) {
        end(at);
    }

    private long checked(final int at) {
        final long word = buffer.getLongVolatile(at);
        final long value = word & MAX_VALUE;
        return word == word(value, at) ? value : 0;
    }

    private void put(final int at, final long value) {
        buffer.putLongRelease(at, word(value, at));
    }

    private long word(final long value, final int at) {
        long x = (value ^ salt + at) * 0x9FB2_1C65_1E98_DF25L;
        x = (x ^ x >>> 31) * 0xD6E8_FEB8_6659_FD93L;
        return value == 0 ? 0 : (x ^ x >>> 29) << VALUE_BITS | value;
    }

    /** Bytes that frames may have in it, whatever their lengths: what may be left over at its end is not counted. */
    static int room(final int capacity) {
        return capacity - HEADER_BYTES - MAX_FRAME_BYTES;
    }

    /** {@return count of records claimed so far (upper half) and offset of the next claim} */
    long claimed() {
        return claim.getLongVolatile(CLAIM);
    }

    /** Claims; {@return what {@link #claimed} was before}. */
    long claim(final int aligned, final int records) {
        return claim.getAndAddLong(CLAIM, (long) records << COUNT_SHIFT | aligned);
    }

    static int offset(final long claimed) {
        return (int) claimed;
    }

    static int count(final long claimed) {
        return (int) (claimed >>> COUNT_SHIFT);
    }

    static int aligned(final int length) {
        return length + FRAME_ALIGNMENT - 1 & -FRAME_ALIGNMENT;
    }

    /** Fills a claimed place and commits it. */
    void commit(final int at, final byte[] frame, final UnsafeBuffer view, final int length, final CRC32C crc) {
        view.putLong(0, salt ^ at);
        crc.reset();
        crc.update(frame, 0, length);
        buffer.putBytes(at + FRAME_SEQUENCE, frame, FRAME_SEQUENCE, length - FRAME_SEQUENCE);
        buffer.putInt(at + FRAME_CRC, (int) crc.getValue());
        buffer.putIntRelease(at, length);
    }

    /** Distance of places where a frame can begin. */
    public static int alignment() {
        return FRAME_ALIGNMENT;
    }

    /** {@return length of the frame at a place, 0 = none was committed there} */
    public int frameLength(final int at) {
        return at + FRAME_HEADER_BYTES > buffer.capacity() ? 0 : buffer.getIntVolatile(at);
    }

    /** {@return where the frame after one of this length begins} */
    public static int after(final int at, final int length) {
        return at + aligned(length);
    }

    /** {@return sequence of a frame's first record} */
    public long frameSequence(final int at) {
        return buffer.getLong(at + FRAME_SEQUENCE);
    }

    /** {@return how many records a frame has} */
    public int frameCount(final int at) {
        return buffer.getInt(at + FRAME_COUNT);
    }

    /** {@return first half of the reservation that a frame settles; both halves 0 = it was a take} */
    public long frameReservationHigh(final int at) {
        return buffer.getLong(at + FRAME_RESERVATION);
    }

    /** {@return second half of it} */
    public long frameReservationLow(final int at) {
        return buffer.getLong(at + FRAME_RESERVATION + Long.BYTES);
    }

    /** {@return where a frame's first record begins: its length (int), then its bytes} */
    public static int firstRecord(final int at) {
        return at + FRAME_HEADER_BYTES;
    }

    /** {@return whether a frame is whole: of a file that some process left} */
    public boolean intact(final int at) {
        final int length = frameLength(at);
        if (length < FRAME_HEADER_BYTES || length > MAX_FRAME_BYTES || at + length > buffer.capacity()) {
            return false;
        }
        final byte[] bytes = new byte[length];
        buffer.getBytes(at, bytes);
        new UnsafeBuffer(bytes).putLong(0, salt ^ at);
        final CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue() == buffer.getInt(at + FRAME_CRC) && recordsFit(at, length);
    }

    private boolean recordsFit(final int at, final int length) {
        int record = at + FRAME_HEADER_BYTES;
        int left = frameCount(at);
        while (left > 0 && record + Integer.BYTES <= at + length && buffer.getInt(record) >= 0) {
            record += Integer.BYTES + buffer.getInt(record);
            left--;
        }
        return left == 0 && record == at + length;
    }

    @Override
    public String toString() {
        return Arrays.asList(sidecarId, bootId, index).toString();
    }
}
