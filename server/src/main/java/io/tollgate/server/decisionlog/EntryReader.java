/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decisionlog;

import com.google.protobuf.DiscardUnknownFieldsParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.DecisionLogEntry;
import io.tollgate.v1.DecisionReadings;
import io.tollgate.v1.ExtendRequest;
import org.agrona.MutableDirectBuffer;

/** From the bytes of a ring to an entry, masked and without a sequence. Wipes what it has read. Belongs to the log's thread. */
final class EntryReader {
    /** In place of a field's name: what the caller sent was longer than an entry can be. */
    static final String QUESTION_TOO_LONG = "request (too long)";

    /** Likewise parts of the answer. */
    static final String ANSWER_TOO_LONG = "response (in part, too long)";

    // what a newer caller sends is not known to the mask either
    private static final Parser<DecideRequest> REQUESTS = DiscardUnknownFieldsParser.wrap(DecideRequest.parser());
    private static final Parser<ExtendRequest> EXTENSIONS = DiscardUnknownFieldsParser.wrap(ExtendRequest.parser());

    private final String sidecarId;
    private final String bootId;
    private final Masker masker;
    private byte[] body = new byte[16 << 10];

    EntryReader(final String sidecarId, final String bootId, final Masker masker) {
        this.sidecarId = sidecarId;
        this.bootId = bootId;
        this.masker = masker;
    }

    /** {@return the entry at a place of the ring; what it says is no longer there then} */
    DecisionLogEntry.Builder read(final MutableDirectBuffer from, final int at, final int length)
            throws InvalidProtocolBufferException {
        final int questionBytes = from.getInt(at + EntryLayout.QUESTION_BYTES);
        final int answerBytes = from.getInt(at + EntryLayout.ANSWER_BYTES);
        final int readingsBytes = from.getInt(at + EntryLayout.READINGS_BYTES);
        final int flags = from.getByte(at + EntryLayout.FLAGS);
        final int batchSize = from.getInt(at + EntryLayout.BATCH_SIZE);
        final int bodyBytes = length - EntryLayout.HEADER_BYTES;
        if (body.length < bodyBytes) {
            body = new byte[bodyBytes];
        }
        from.getBytes(at + EntryLayout.HEADER_BYTES, body, 0, bodyBytes);
        from.setMemory(at + EntryLayout.HEADER_BYTES, bodyBytes, (byte) 0);
        final Face face = Face.of(from.getByte(at + EntryLayout.FACE));
        final DecisionLogEntry.Builder entry = DecisionLogEntry.newBuilder()
                .setSidecarId(sidecarId)
                .setBootId(bootId)
                .setTimestampMs(from.getLong(at + EntryLayout.TIME))
                .setFace(face.label())
                .setAudited((flags & EntryLayout.AUDITED) != 0)
                .setResponse(DecideResponse.parser().parseFrom(body, questionBytes, answerBytes));
        if (batchSize > 0) {
            entry.setBatchModeValue(from.getByte(at + EntryLayout.MODE))
                    .setBatchIndex(from.getInt(at + EntryLayout.BATCH_INDEX))
                    .setBatchSize(batchSize);
        }
        if (readingsBytes > 0) {
            entry.setReadings(DecisionReadings.parser().parseFrom(body, questionBytes + answerBytes, readingsBytes));
        }
        if ((flags & EntryLayout.WITHOUT_QUESTION) != 0) {
            entry.addMasked(QUESTION_TOO_LONG);
        } else if (face == Face.EXTEND) {
            entry.setExtend(EXTENSIONS.parseFrom(body, 0, questionBytes));
        } else {
            entry.setRequest(REQUESTS.parseFrom(body, 0, questionBytes));
        }
        if ((flags & EntryLayout.CUT_ANSWER) != 0) {
            entry.addMasked(ANSWER_TOO_LONG);
        }
        java.util.Arrays.fill(body, 0, bodyBytes, (byte) 0);
        masker.mask(entry);
        return entry;
    }
}
