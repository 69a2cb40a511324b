/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.journal;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What one worker does with the journal. Room first, then the take, then the record:
 *
 * <pre>
 *   ensure   ...the take...   begin  record*  append     and once per decision: trim
 * </pre>
 *
 * Records are made in memory of this worker and copied into the journal as one frame, so that all of a take or settle are
 * there or none is.
 *
 * <p>Belongs to one thread; allocates nothing, throws nothing for what fits the bounds that {@link #bound} gave.
 */
public final class UsageDesk {
    /** Most bytes that one call of {@link #ensure} can be asked for: a frame. */
    public static final int MAX_BYTES = JournalSegment.MAX_FRAME_BYTES;

    /** Tags, lengths, numbers of a record, and the number in its event id. */
    private static final int RECORD_OVERHEAD_BYTES = 128;

    private static final int EVENT = 2;
    private static final int TIMESTAMP = 3;
    private static final int CUSTOMER = 4;
    private static final int FEATURE = 5;
    private static final int SCOPE = 6;
    private static final int DIMENSION_ID = 7;
    private static final int AMOUNT = 8;
    private static final int RESERVATION = 10;
    private static final int DECISION = 12;
    private static final int DIMENSION = 13;

    private static final int ID_BYTES = 32;
    private static final int MAX_DIGITS = 20;
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] NO_BYTES = {};

    private final UsageLog log;
    private final byte[] frame = new byte[JournalSegment.MAX_FRAME_BYTES];
    private final UnsafeBuffer view = new UnsafeBuffer(frame);
    private final WireWriter wire = new WireWriter();
    private final CRC32C crc = new CRC32C();
    private final UsageSubject subject = new UsageSubject();
    private final byte[] eventId;
    private final int prefixLength;
    private final byte[] reservation = new byte[ID_BYTES];
    private final byte[] ownId;
    private final int ownPrefixLength;
    private final byte[] digits = new byte[MAX_DIGITS];
    private long ownCount;

    private long held;
    private int eventLength;
    private boolean settles;
    private int count;
    private long timestampMs;
    private byte[] properties = NO_BYTES;
    private int propertiesLength;
    private long owed;

    /**
     * A worker's.
     *
     * @param worker its number, for ids of decisions that nobody named
     */
    public UsageDesk(final UsageLog log, final int worker) {
        this.log = log;
        final byte[] prefix = (log.current().sidecarId() + ":").getBytes(StandardCharsets.UTF_8);
        prefixLength = prefix.length;
        eventId = java.util.Arrays.copyOf(prefix, prefixLength + 256 + 1 + MAX_DIGITS);
        final byte[] own = (log.bootId() + "-w" + worker + "-").getBytes(StandardCharsets.UTF_8);
        ownPrefixLength = own.length;
        ownId = java.util.Arrays.copyOf(own, own.length + MAX_DIGITS);
    }

    /** {@return the subject of the next records; fill it before {@link #bound}} */
    public UsageSubject subject() {
        return subject;
    }

    /**
     * Names the decision of the subject itself, when nobody else has.
     */
    public void nameDecision() {
        final int length = number(++ownCount, ownId, ownPrefixLength);
        subject.put(UsageSubject.DECISION, ownId, 0, length);
    }

    /**
     * {@return most bytes that the records of the subject can have, or more than there can ever be}
     *
     * @param records at most so many
     * @param nameBytes of the names of their dimensions, all together
     * @param propertyBytes of each
     */
    public long bound(final int records, final long nameBytes, final int propertyBytes) {
        // the decision comes twice: by itself and in the event id
        final long each = RECORD_OVERHEAD_BYTES + prefixLength + 2L * subject.length() + ID_BYTES + propertyBytes;
        final long length = JournalSegment.FRAME_HEADER_BYTES + records * each + nameBytes;
        return subject.overflowed() || length > JournalSegment.MAX_FRAME_BYTES
                ? Long.MAX_VALUE
                : JournalSegment.aligned((int) length);
    }

    /**
     * Sees to it that so many bytes are set aside.
     *
     * @param bytes sum of bounds
     * @return false when the journal is full or has failed; what had been set aside stays so
     */
    public boolean ensure(final long bytes) {
        if (bytes <= held && !log.failed()) {
            return true;
        }
        if (bytes == Long.MAX_VALUE || !log.reserve(bytes - held)) {
            log.refused();
            return false;
        }
        held = bytes;
        return true;
    }

    /** {@return whether so many bytes could be set aside now}; sets nothing aside. */
    public boolean hasRoom(final long bytes) {
        if (bytes != Long.MAX_VALUE && !log.failed() && log.room() >= bytes) {
            return true;
        }
        log.refused();
        return false;
    }

    /** Gives back what was set aside and not used. */
    public void trim() {
        if (held != 0) {
            log.release(held);
            held = 0;
        }
    }

    /** Starts the records of a take by the decision of the subject. */
    public void begin(final long epochMs) {
        start(epochMs, 0, 0);
        settles = false;
        properties = NO_BYTES;
        propertiesLength = 0;
        final int length = Math.min(subject.length(UsageSubject.DECISION), 256);
        System.arraycopy(subject.bytes(), subject.offset(UsageSubject.DECISION), eventId, prefixLength, length);
        eventLength = prefixLength + length;
    }

    /**
     * Starts the records of a settled reservation.
     *
     * @param wireProperties the properties as fields of the record; kept until {@link #append}
     */
    public void begin(
            final long epochMs, final long high, final long low, final byte[] wireProperties, final int length) {
        start(epochMs, high, low);
        settles = true;
        properties = wireProperties;
        propertiesLength = length;
        for (int i = 0; i < ID_BYTES / 2; i++) {
            reservation[i] = HEX[(int) (high >>> (ID_BYTES / 2 - 1 - i) * 4) & 0xF];
            reservation[ID_BYTES / 2 + i] = HEX[(int) (low >>> (ID_BYTES / 2 - 1 - i) * 4) & 0xF];
        }
        System.arraycopy(reservation, 0, eventId, prefixLength, ID_BYTES);
        eventLength = prefixLength + ID_BYTES;
    }

    private void start(final long epochMs, final long high, final long low) {
        timestampMs = epochMs;
        count = 0;
        view.putLong(JournalSegment.FRAME_RESERVATION, high);
        view.putLong(JournalSegment.FRAME_RESERVATION + Long.BYTES, low);
        wire.wrap(frame, JournalSegment.FRAME_HEADER_BYTES);
    }

    /**
     * Adds a record.
     *
     * @param charge distinguishes the records of one take or settle, the same whenever it is made
     * @param dimensionId position in the registry
     * @param name of the dimension, UTF-8
     * @param amount in the dimension's unit, above 0
     */
    public void record(
            final int charge,
            final int dimensionId,
            final DirectBuffer name,
            final int nameOffset,
            final int nameLength,
            final long amount) {
        final int from = wire.position();
        wire.wrap(frame, from + Integer.BYTES);
        eventId[eventLength] = ':';
        wire.text(EVENT, eventId, 0, number(charge, eventId, eventLength + 1));
        wire.number(TIMESTAMP, timestampMs);
        text(CUSTOMER, UsageSubject.CUSTOMER);
        text(FEATURE, UsageSubject.FEATURE);
        text(SCOPE, UsageSubject.SCOPE);
        wire.number(DIMENSION_ID, dimensionId);
        wire.number(AMOUNT, amount);
        if (settles) {
            wire.text(RESERVATION, reservation, 0, ID_BYTES);
        }
        wire.raw(properties, 0, propertiesLength);
        text(DECISION, UsageSubject.DECISION);
        wire.text(DIMENSION, name, nameOffset, nameLength);
        view.putInt(from, wire.position() - from - Integer.BYTES);
        count++;
    }

    private void text(final int field, final int text) {
        wire.text(field, subject.bytes(), subject.offset(text), subject.length(text));
    }

    /** Appends what was recorded; without a record nothing. Uses what {@link #ensure} set aside. */
    public void append() {
        if (count == 0) {
            return;
        }
        final int length = wire.position();
        view.putInt(JournalSegment.FRAME_COUNT, count);
        view.putInt(JournalSegment.FRAME_COUNT + Integer.BYTES, 0);
        final long sequence = log.append(frame, view, length, count, crc);
        held -= JournalSegment.aligned(length);
        owed = sequence + count - 1;
        properties = NO_BYTES;
        propertiesLength = 0;
    }

    /** Says that the answer rests on what was appended before, nobody knows when and by whom. */
    public void oweAll() {
        if (log.awaitsDurability()) {
            owed = Math.max(owed, log.appendedSequence());
        }
    }

    /**
     * {@return the sequence that has to be durable before what was answered since the last call may be told; 0 = none}
     */
    public long takeOwed() {
        final long sequence = log.awaitsDurability() ? owed : 0;
        owed = 0;
        return sequence;
    }

    /** Writes a decimal number; {@return where it ends}. */
    private int number(final long value, final byte[] target, final int at) {
        int length = 0;
        long rest = value;
        do {
            digits[length++] = (byte) ('0' + rest % 10);
            rest /= 10;
        } while (rest != 0);
        for (int i = 0; i < length; i++) {
            target[at + i] = digits[length - 1 - i];
        }
        return at + length;
    }
}
