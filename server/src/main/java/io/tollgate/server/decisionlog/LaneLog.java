/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decisionlog;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import io.tollgate.server.config.DecisionLogConfig;
import io.tollgate.v1.BatchMode;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.DecisionReadings;
import io.tollgate.v1.Outcome;
import io.tollgate.v1.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * The near side of one event loop's ring. Belongs to that loop's thread; takes no lock, waits for nobody, throws nothing. An answer that
 * is not wanted costs two reads.
 *
 * <p>Room is given by importance, so that a flood of the one does not push out the other: sheds may fill a quarter of the ring, plain
 * allows a half, other answers all of it, or three quarters where audited operations must be logged: the last quarter is theirs.
 *
 * <table>
 * <caption>Access modes</caption>
 * <tr><th>field</th><th>writer</th><th>write</th><th>readers</th><th>read</th></tr>
 * <tr><td>ring (reference)</td><td>event loop, or whoever makes the lane</td><td>volatile</td><td>log's thread</td><td>volatile</td></tr>
 * <tr><td>ring (content)</td><td>event loop; log's thread takes</td><td>Agrona, one to one</td><td></td><td></td></tr>
 * <tr><td>lost</td><td>event loop</td><td>release</td><td>log's thread</td><td>acquire</td></tr>
 * </table>
 */
public final class LaneLog {
    /** An audited entry always finds room for so much of an answer; what is longer is cut where there is no more. */
    static final int CLAIMED_ANSWER_BYTES = 8 << 10;

    private static final int ENTRY = 1;
    private static final int QUARTERS = 4;
    private static final DecideResponse NO_QUESTION = DecideResponse.getDefaultInstance();

    private final LogControl control;
    private final AtomicLong lost = new AtomicLong();
    private volatile @Nullable OneToOneRingBuffer ring;
    private byte[] scratch = new byte[4 << 10];
    private int batchMode;
    private int batchIndex;
    private int batchSize;

    LaneLog(final LogControl control) {
        this.control = control;
        if (control.active) {
            ring = newRing(control.bufferBytes);
        }
    }

    /** {@return one that logs nothing: for warm-up and offline use} */
    public static LaneLog none() {
        return new LaneLog(new LogControl(DecisionLogConfig.OFF, () -> 0));
    }

    private static OneToOneRingBuffer newRing(final int capacity) {
        final ByteBuffer memory = ByteBuffer.allocateDirect(capacity + RingBufferDescriptor.TRAILER_LENGTH);
        return new OneToOneRingBuffer(new UnsafeBuffer(memory));
    }

    /** {@return whether anybody wants entries} */
    public boolean isActive() {
        return control.active;
    }

    /**
     * {@return whether so many decisions could be logged if they should be audited; always where that is not required}
     *
     * @param questions what holds all of them
     * @param count     how many
     */
    public boolean canAudit(final MessageLite questions, final int count) {
        if (!control.auditRequired) {
            return true;
        }
        final OneToOneRingBuffer room = ring;
        if (room == null || !control.healthy) {
            return false;
        }
        final long need =
                questions.getSerializedSize() + (long) count * (EntryLayout.HEADER_BYTES + CLAIMED_ANSWER_BYTES);
        // an entry does not go around the end of the ring: what is left there is skipped
        return 2 * need <= room.capacity() - used(room);
    }

    /** Says which question of which batch comes next. */
    public void inBatch(final BatchMode mode, final int index, final int size) {
        batchMode =
                mode == BatchMode.BATCH_MODE_UNSPECIFIED ? BatchMode.BATCH_MODE_INDEPENDENT_VALUE : mode.getNumber();
        batchIndex = index;
        batchSize = size;
    }

    /** Says that the batch is over. */
    public void endBatch() {
        batchMode = 0;
        batchIndex = 0;
        batchSize = 0;
    }

    /**
     * {@return whether this answer is to be logged}
     *
     * @param audited of an audited operation: always
     */
    public boolean wants(final DecideResponse answer, final boolean audited) {
        return control.active
                && (audited
                        || answer.getOutcome() != Outcome.OUTCOME_ALLOW
                        || control.sampling.chooses(answer.getDecisionId()));
    }

    /**
     * Logs an answer.
     *
     * @param question {@code DecideRequest}, of {@link Face#EXTEND} {@code ExtendRequest}
     * @param audited  of an audited operation
     * @param readings null = not known
     */
    public void log(
            final Face face,
            final MessageLite question,
            final DecideResponse answer,
            final boolean audited,
            final @Nullable DecisionReadings readings) {
        // that it could not be promised has not been promised either
        final boolean keep = audited && control.auditRequired && answer.getReason() != Reason.REASON_AUDIT_UNAVAILABLE;
        final boolean plain = !audited && answer.getOutcome() == Outcome.OUTCOME_ALLOW;
        final int quarters = keep ? QUARTERS : plain ? 2 : control.auditRequired ? QUARTERS - 1 : QUARTERS;
        final int flags = (audited ? EntryLayout.AUDITED : 0) | (keep ? EntryLayout.KEEP : 0);
        put(face, question, answer, readings, flags, quarters);
    }

    /** Logs an answer that was given without looking, if there is plenty of room. */
    public void logShed(final Face face, final MessageLite question, final DecideResponse answer) {
        if (control.active) {
            put(face, question, answer, null, 0, 1);
        }
    }

    private void put(
            final Face face,
            final MessageLite question,
            final DecideResponse answer,
            final @Nullable DecisionReadings readings,
            final int flags,
            final int quarters) {
        try {
            final OneToOneRingBuffer room = room();
            final int free = (int) ((long) room.capacity() / QUARTERS * quarters - used(room));
            if (free <= 0 || !write(room, free, face, question, answer, readings, flags)) {
                lose();
            }
        } catch (final Throwable fault) {
            // an answer that was made stays as it is
            lose();
        }
    }

    private boolean write(
            final OneToOneRingBuffer room,
            final int free,
            final Face face,
            final MessageLite question,
            final DecideResponse answer,
            final @Nullable DecisionReadings readings,
            final int flags)
            throws IOException {
        final DecideResponse plain =
                answer.hasExplanation() ? answer.toBuilder().clearExplanation().build() : answer;
        final int most = room.maxMsgLength() - EntryLayout.HEADER_BYTES;
        final int questionBytes = question.getSerializedSize();
        final int answerBytes = plain.getSerializedSize() + (readings == null ? 0 : readings.getSerializedSize());
        final boolean whole =
                questionBytes + answerBytes <= most && (!control.auditRequired || answerBytes <= CLAIMED_ANSWER_BYTES);
        final boolean keep = (flags & EntryLayout.KEEP) != 0;
        if (whole) {
            return (keep || questionBytes + answerBytes + EntryLayout.HEADER_BYTES <= free)
                    && send(room, face, question, plain, readings, flags);
        }
        // too long for any room, or longer than what may be claimed: what matters of it
        final DecideResponse cut = cut(plain);
        final boolean fits = questionBytes + cut.getSerializedSize() <= most;
        final MessageLite kept = fits ? question : NO_QUESTION;
        final int cutFlags = flags | EntryLayout.CUT_ANSWER | (fits ? 0 : EntryLayout.WITHOUT_QUESTION);
        if (!keep && kept.getSerializedSize() + cut.getSerializedSize() + EntryLayout.HEADER_BYTES > free) {
            return false;
        }
        return send(room, face, kept, cut, null, cutFlags);
    }

    /** What says what was decided, and what was granted. */
    private static DecideResponse cut(final DecideResponse answer) {
        final DecideResponse.Builder cut = DecideResponse.newBuilder()
                .setOutcomeValue(answer.getOutcomeValue())
                .setReasonValue(answer.getReasonValue())
                .setReasonClassValue(answer.getReasonClassValue())
                .setDecisionId(answer.getDecisionId())
                .addAllGranted(answer.getGrantedList());
        if (answer.hasReservation()) {
            cut.setReservation(answer.getReservation());
        }
        if (answer.hasEvidence()) {
            cut.setEvidence(answer.getEvidence().toBuilder().clearPlaneAges());
        }
        return cut.build();
    }

    private boolean send(
            final OneToOneRingBuffer room,
            final Face face,
            final MessageLite question,
            final DecideResponse answer,
            final @Nullable DecisionReadings readings,
            final int flags)
            throws IOException {
        final int questionBytes = question.getSerializedSize();
        final int answerBytes = answer.getSerializedSize();
        final int readingsBytes = readings == null ? 0 : readings.getSerializedSize();
        final int bodyBytes = questionBytes + answerBytes + readingsBytes;
        if (scratch.length < bodyBytes) {
            scratch = new byte[Math.max(bodyBytes, 2 * scratch.length)];
        }
        final CodedOutputStream body = CodedOutputStream.newInstance(scratch, 0, bodyBytes);
        question.writeTo(body);
        answer.writeTo(body);
        if (readings != null) {
            readings.writeTo(body);
        }
        final int at = room.tryClaim(ENTRY, EntryLayout.HEADER_BYTES + bodyBytes);
        if (at < 0) {
            return false;
        }
        final AtomicBuffer to = room.buffer();
        to.putLong(at + EntryLayout.TIME, control.epochMs.getAsLong());
        to.putLong(at + EntryLayout.LOST, lost.getPlain());
        to.putByte(at + EntryLayout.FACE, (byte) face.ordinal());
        to.putByte(at + EntryLayout.FLAGS, (byte) flags);
        to.putByte(at + EntryLayout.MODE, (byte) batchMode);
        to.putInt(at + EntryLayout.BATCH_INDEX, batchIndex);
        to.putInt(at + EntryLayout.BATCH_SIZE, batchSize);
        to.putInt(at + EntryLayout.QUESTION_BYTES, questionBytes);
        to.putInt(at + EntryLayout.ANSWER_BYTES, answerBytes);
        to.putInt(at + EntryLayout.READINGS_BYTES, readingsBytes);
        to.putBytes(at + EntryLayout.HEADER_BYTES, scratch, 0, bodyBytes);
        room.commit(at);
        return true;
    }

    private OneToOneRingBuffer room() {
        final OneToOneRingBuffer known = ring;
        if (known != null) {
            return known;
        }
        final OneToOneRingBuffer made = newRing(control.bufferBytes);
        ring = made;
        return made;
    }

    private static long used(final OneToOneRingBuffer room) {
        return room.producerPosition() - room.consumerPosition();
    }

    /** Counts an entry that could not be made. */
    public void lose() {
        lost.setRelease(lost.getPlain() + 1);
    }

    /** {@return what the log's thread reads from; null = nothing was ever logged} */
    @Nullable
    OneToOneRingBuffer ring() {
        return ring;
    }

    /** {@return entries that found no room, ever} */
    long lostCount() {
        return lost.getAcquire();
    }
}
