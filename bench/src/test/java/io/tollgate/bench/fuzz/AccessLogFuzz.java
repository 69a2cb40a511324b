/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.fuzz;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.Value;
import io.tollgate.envoy.accesslog.v3.AccessLogType;
import io.tollgate.envoy.accesslog.v3.HTTPAccessLogEntry;
import io.tollgate.server.envoy.mapping.MappingReader;
import io.tollgate.server.envoy.settle.Ending;
import io.tollgate.server.envoy.settle.EntryJudge;
import io.tollgate.v1.Usage;
import java.util.List;

/** Entries of Envoy's access log, whatever is in them: how a reservation ends, with amounts that are none below 0. */
final class AccessLogFuzz implements FuzzTarget {
    private static final EntryJudge JUDGE = new EntryJudge(MappingReader.read(
            """
            rules:
              - name: invoke
                request:
                  actor_type: user
                  actor_id: { principal: true }
                  product: llm
                  resource_type: model
                  action: invoke
                  mode: reserve
                  usage: [ { unit: a, amount: 1 }, { unit: b, amount: 1 }, { unit: c, amount: 1 } ]
                settle:
                  usage:
                    - { unit: a, header: h, multiply: 3, divide: 2 }
                    - { unit: b, trailer: t }
                    - { unit: c, metadata: m, key: k.l }
            """,
            "fuzz"));

    public static void fuzzerTestOneInput(final byte[] data) throws Exception {
        new AccessLogFuzz().run(data);
    }

    @Override
    public List<byte[]> seeds() {
        final HTTPAccessLogEntry.Builder entry = HTTPAccessLogEntry.newBuilder();
        entry.getCommonPropertiesBuilder()
                .setAccessLogType(AccessLogType.DownstreamEnd)
                .getMetadataBuilder()
                .putFilterMetadata(
                        "envoy.filters.http.ext_authz",
                        struct("rule", text("invoke"))
                                .putFields("reservation_id", text("0123456789abcdef0123456789abcdef"))
                                .putFields("reserved", nested(struct("a", text("12"))))
                                .build())
                .putFilterMetadata(
                        "m",
                        struct(
                                        "k",
                                        nested(struct(
                                                "l",
                                                Value.newBuilder()
                                                        .setNumberValue(7)
                                                        .build())))
                                .build());
        entry.getResponseBuilder()
                .setResponseCode(UInt32Value.of(200))
                .setResponseCodeDetails("via_upstream")
                .putResponseHeaders("h", "9223372036854775807")
                .putResponseTrailers("t", "1,2");
        return List.of(entry.build().toByteArray());
    }

    private static Struct.Builder struct(final String key, final Value value) {
        return Struct.newBuilder().putFields(key, value);
    }

    private static Value nested(final Struct.Builder struct) {
        return Value.newBuilder().setStructValue(struct).build();
    }

    private static Value text(final String text) {
        return Value.newBuilder().setStringValue(text).build();
    }

    @Override
    public void run(final byte[] data) throws Exception {
        final HTTPAccessLogEntry entry;
        try {
            entry = HTTPAccessLogEntry.parseFrom(data);
        } catch (final InvalidProtocolBufferException expected) {
            return;
        }
        final Ending ending = JUDGE.judge(entry);
        if (ending.kind() == Ending.Kind.NONE) {
            return;
        }
        if (ending.request().getReservationId().isEmpty()) {
            throw new IllegalStateException("ends nothing: " + ending);
        }
        for (final Usage usage : ending.request().getActualList()) {
            if (ending.kind() != Ending.Kind.SETTLE || usage.getAmount() < 0) {
                throw new IllegalStateException("no amount: " + ending);
            }
        }
    }
}
