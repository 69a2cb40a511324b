/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.vectors;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.JsonFormat;
import com.google.protobuf.util.Timestamps;
import io.tollgate.v1.DecideBatchResponse;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.ExtendResponse;
import java.text.ParseException;
import java.time.Instant;

/** What is compared, and how it is written. */
final class Vectors {
    private Vectors() {}

    /** {@return an RFC 3339 time, to the nanosecond} */
    static Instant instant(String text) {
        try {
            final Timestamp timestamp = Timestamps.parse(text);
            return Instant.ofEpochSecond(timestamp.getSeconds(), timestamp.getNanos());
        } catch (ParseException e) {
            throw new IllegalArgumentException("'" + text + "' is no RFC 3339 time", e);
        }
    }

    /** {@return the answer without the fields that are left out, ids as placeholders} */
    static Message comparable(Message answer, Placeholders placeholders) {
        if (answer instanceof DecideResponse response) {
            return comparable(response, placeholders);
        }
        if (answer instanceof DecideBatchResponse batch) {
            final DecideBatchResponse.Builder cleared = DecideBatchResponse.newBuilder();
            batch.getResponsesList().forEach(each -> cleared.addResponses(comparable(each, placeholders)));
            return cleared.build();
        }
        if (answer instanceof ExtendResponse extension) {
            return extension.toBuilder()
                    .setDecision(comparable(extension.getDecision(), placeholders))
                    .build();
        }
        return answer;
    }

    private static DecideResponse comparable(DecideResponse response, Placeholders placeholders) {
        final DecideResponse.Builder cleared =
                response.toBuilder().clearDecisionId().clearExplanation();
        if (cleared.hasEvidence()) {
            cleared.getEvidenceBuilder().clearSnapshotDigest().clearSidecarId().clearLeaseId();
        }
        if (cleared.hasReservation()) {
            cleared.getReservationBuilder()
                    .setId(placeholders.of(response.getReservation().getId()));
        }
        return cleared.build();
    }

    /** {@return proto3 JSON} */
    static JsonElement json(Message message) {
        try {
            return JsonParser.parseString(JsonFormat.printer().print(message));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** {@return the message that proto3 JSON says; unknown fields are errors} */
    static Message parse(JsonElement json, Message.Builder builder) {
        try {
            JsonFormat.parser().merge(json.toString(), builder);
            return builder.build();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException(e.getMessage() + " in " + json, e);
        }
    }
}
