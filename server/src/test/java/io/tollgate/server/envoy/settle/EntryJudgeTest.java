/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy.settle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Struct;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.Value;
import io.tollgate.envoy.accesslog.v3.AccessLogType;
import io.tollgate.envoy.accesslog.v3.HTTPAccessLogEntry;
import io.tollgate.envoy.accesslog.v3.ResponseFlags;
import io.tollgate.server.envoy.mapping.MappingReader;
import io.tollgate.server.envoy.settle.Ending.Kind;
import io.tollgate.v1.Usage;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an entry of Envoy's access log means for the reservation of its request. */
class EntryJudgeTest {
    private static final String FILTER = "envoy.filters.http.ext_authz";
    private static final String ID = "0123456789abcdef0123456789abcdef";
    private static final String MAPPING =
            """
            request:
              actor_type: user
              actor_id: { principal: true }
              product: llm
              resource_type: model
              action: invoke
              mode: reserve
            rules:
              - name: header
                match: { path: /a }
                request: { usage: [ { unit: in, amount: 5 }, { unit: out, amount: 7 } ] }
                settle: { usage: [ { unit: in, header: X-In, multiply: 3, divide: 2 }, { unit: out, header: x-out } ] }
              - name: trailer
                match: { path: /b }
                request: { usage: [ { unit: in, amount: 5 }, { unit: out, amount: 7 } ] }
                settle: { usage: [ { unit: out, trailer: x-out } ], on_missing: release, on_failure: expire }
              - name: metadata
                match: { path: /c }
                request: { usage: [ { unit: in, amount: 5 }, { unit: out, amount: 7 } ] }
                settle: { usage: [ { unit: out, metadata: my.filter, key: tokens.output } ], on_missing: expire, on_failure: reserved }
              - name: actual
                match: { path: /d }
                request: { usage: [ { unit: out, amount: 7 } ] }
                settle: { usage: [ { unit: out, header: x-out } ], on_failure: actual }
              - { name: application, match: { path: /e } }
            """;

    private final EntryJudge judge = new EntryJudge(MappingReader.read(MAPPING, "mapping.yaml"));
    private final HTTPAccessLogEntry.Builder entry = HTTPAccessLogEntry.newBuilder();

    private EntryJudgeTest of(final String rule) {
        entry.getCommonPropertiesBuilder().setAccessLogType(AccessLogType.DownstreamEnd);
        return told("rule", text(rule))
                .told("reservation_id", text(ID))
                .told("reserved", struct(Map.of("in", text("5"), "out", text("7"))))
                .code(200);
    }

    private EntryJudgeTest told(final String key, final Value value) {
        final Struct before = entry.getCommonProperties()
                .getMetadata()
                .getFilterMetadataOrDefault(FILTER, Struct.getDefaultInstance());
        entry.getCommonPropertiesBuilder()
                .getMetadataBuilder()
                .putFilterMetadata(
                        FILTER, before.toBuilder().putFields(key, value).build());
        return this;
    }

    private EntryJudgeTest code(final int code) {
        entry.getResponseBuilder()
                .setResponseCode(UInt32Value.of(code))
                .setResponseCodeDetails(code == 0 ? "" : "via_upstream");
        return this;
    }

    private EntryJudgeTest header(final String name, final String value) {
        entry.getResponseBuilder().putResponseHeaders(name, value);
        return this;
    }

    private EntryJudgeTest trailer(final String name, final String value) {
        entry.getResponseBuilder().putResponseTrailers(name, value);
        return this;
    }

    private EntryJudgeTest metadata(final Value tokens) {
        entry.getCommonPropertiesBuilder()
                .getMetadataBuilder()
                .putFilterMetadata(
                        "my.filter",
                        Struct.newBuilder()
                                .putFields("tokens", struct(Map.of("output", tokens)))
                                .build());
        return this;
    }

    private static Value text(final String text) {
        return Value.newBuilder().setStringValue(text).build();
    }

    private static Value number(final double number) {
        return Value.newBuilder().setNumberValue(number).build();
    }

    private static Value struct(final Map<String, Value> fields) {
        return Value.newBuilder()
                .setStructValue(Struct.newBuilder().putAllFields(fields))
                .build();
    }

    private Ending judged() {
        return judge.judge(entry.build());
    }

    private void settles(final String amounts) {
        final Ending ending = judged();
        assertEquals(Kind.SETTLE, ending.kind());
        assertEquals(ID, ending.request().getReservationId());
        assertEquals(amounts, amounts(ending));
    }

    private static String amounts(final Ending ending) {
        return ending.request().getActualList().stream()
                .collect(Collectors.toMap(Usage::getUnit, Usage::getAmount))
                .entrySet()
                .stream()
                .sorted(Map.Entry.comparingByKey())
                .map(each -> each.getKey() + " " + each.getValue())
                .collect(Collectors.joining(", "));
    }

    @Test
    void shouldSettleWithWhatTheResponseSays() {
        of("header").header("x-in", "5").header("x-out", "0").settles("in 8, out 0");
    }

    @Test
    void shouldTakeWhatTheRuleDoesNotSettleForUsedAsReserved() {
        of("trailer").trailer("x-out", "12").settles("in 5, out 12");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|1|0|7",
                "'   '|1|0|7",
                "' 12 '|0|0|12",
                "12,13|0|1|7",
                "12,12|0|1|7",
                "1.0|0|1|7",
                "-1|0|1|7",
                "+1|0|1|7",
                "0x10|0|1|7",
                "1e3|0|1|7",
                "\u0661|0|1|7",
                "9223372036854775807|0|0|9223372036854775807",
                "9223372036854775808|0|1|7",
                "99999999999999999999999999|0|1|7",
                "000000000000000000000000001|0|1|7",
            })
    void shouldTakeWholeNumbersOnly(final String value, final int missing, final int invalid, final long amount) {
        of("header").header("x-in", "4").header("x-out", value).settles("in 6, out " + amount);
        assertEquals(missing, judged().missing());
        assertEquals(invalid, judged().invalid());
    }

    @Test
    void shouldTakeAnAmountThatOverflowsForNone() {
        of("header").header("x-in", "9223372036854775807").header("x-out", "1").settles("in 5, out 1");
        assertEquals(1, judged().invalid());
    }

    @ParameterizedTest
    @CsvSource({"12.0, 12", "0.0, 0", "9007199254740992.0, 9007199254740992"})
    void shouldTakeWholeDoublesOfMetadata(final double value, final long amount) {
        of("metadata").metadata(number(value)).settles("in 5, out " + amount);
        assertEquals(0, judged().invalid() + judged().missing());
    }

    @Test
    void shouldTakeNothingElseOfMetadata() {
        for (final Value value : Set.of(
                number(1.5),
                number(-1),
                number(Double.NaN),
                number(Double.POSITIVE_INFINITY),
                number(1e16),
                Value.newBuilder().setBoolValue(true).build(),
                struct(Map.of("more", text("1"))),
                text("twelve"))) {
            of("metadata").metadata(value);
            assertEquals(Kind.LEAVE, judged().kind(), value.toString());
            assertEquals(1, judged().invalid(), value.toString());
        }
        of("metadata").metadata(Value.getDefaultInstance());
        assertEquals(1, judged().missing());
        of("metadata").metadata(text("12")).settles("in 5, out 12");
    }

    @Test
    void shouldDoWhatTheRuleSaysWhereAnAmountIsMissing() {
        of("header").header("x-in", "2").settles("in 3, out 7");
        assertEquals(1, judged().missing());
        of("trailer");
        assertEquals(Kind.RELEASE, judged().kind());
        entry.clear();
        of("metadata");
        assertEquals(Kind.LEAVE, judged().kind());
    }

    @Test
    void shouldDoWhatTheRuleSaysOfFailures() {
        of("header").header("x-in", "2").header("x-out", "1").code(500);
        assertEquals(Kind.RELEASE, judged().kind());
        entry.clear();
        of("trailer").trailer("x-out", "1").code(0);
        assertEquals(Kind.LEAVE, judged().kind());
        entry.clear();
        of("metadata").metadata(number(1)).code(503).settles("in 5, out 7");
        entry.clear();
        of("actual")
                .told("reserved", struct(Map.of("out", text("7"))))
                .header("x-out", "3")
                .code(503)
                .settles("out 3");
    }

    @Test
    void shouldTakeClientErrorsOfTheServiceForAnswers() {
        of("header").header("x-in", "2").header("x-out", "1").code(404).settles("in 3, out 1");
    }

    @Test
    void shouldTakeAnAnswerOfEnvoyItselfForAFailure() {
        of("header").header("x-in", "2").header("x-out", "1").code(404);
        entry.getResponseBuilder().setResponseCodeDetails("route_not_found");
        assertEquals(Kind.RELEASE, judged().kind());
    }

    @Test
    void shouldTakeEveryFlagThatCutsARequestForAFailure() {
        for (final FieldDescriptor flag : ResponseFlags.getDescriptor().getFields()) {
            entry.clear();
            of("header").header("x-in", "2").header("x-out", "1");
            final ResponseFlags.Builder flags =
                    entry.getCommonPropertiesBuilder().getResponseFlagsBuilder();
            if (flag.getJavaType() == FieldDescriptor.JavaType.BOOLEAN) {
                flags.setField(flag, true);
            } else {
                flags.getUnauthorizedDetailsBuilder();
            }
            // a last try that was one too many may still have brought an answer
            assertEquals(
                    flag.getName().equals("upstream_retry_limit_exceeded") ? Kind.SETTLE : Kind.RELEASE,
                    judged().kind(),
                    flag.getName());
        }
    }

    @Test
    void shouldTakeAGrpcStatusOtherThanOkForAFailure() {
        of("header")
                .header("x-in", "2")
                .header("x-out", "1")
                .trailer("grpc-status", "0")
                .settles("in 3, out 1");
        trailer("grpc-status", "8");
        assertEquals(Kind.RELEASE, judged().kind());
        entry.clear();
        of("header").header("x-in", "2").header("x-out", "1").header("grpc-status", "14");
        assertEquals(Kind.RELEASE, judged().kind(), "an answer of trailers alone has them as headers");
    }

    @Test
    void shouldNotTakeTheEndOfAnUpgradedConnectionForAFailure() {
        of("header").header("x-in", "2").header("x-out", "1").code(101);
        entry.getCommonPropertiesBuilder().getResponseFlagsBuilder().setDownstreamConnectionTermination(true);
        entry.getResponseBuilder().setResponseCodeDetails("downstream_remote_disconnect");
        settles("in 3, out 1");
    }

    @Test
    void shouldLookAtTheLastEntryOfARequestOnly() {
        for (final AccessLogType type : AccessLogType.values()) {
            if (type == AccessLogType.UNRECOGNIZED || type == AccessLogType.NotSet) {
                continue;
            }
            of("header").header("x-in", "2").header("x-out", "1");
            entry.getCommonPropertiesBuilder().setAccessLogType(type);
            assertEquals(type == AccessLogType.DownstreamEnd ? Kind.SETTLE : Kind.NONE, judged().kind(), type.name());
        }
        entry.getCommonPropertiesBuilder().setAccessLogTypeValue(99);
        assertEquals(Kind.NONE, judged().kind());
        entry.getCommonPropertiesBuilder()
                .setAccessLogType(AccessLogType.NotSet)
                .setIntermediateLogEntry(true);
        assertEquals(Kind.NONE, judged().kind());
        entry.getCommonPropertiesBuilder().setIntermediateLogEntry(false);
        assertEquals(Kind.SETTLE, judged().kind());
    }

    @Test
    void shouldLeaveAloneWhatIsNotItsOwn() {
        assertEquals(Kind.NONE, judged().kind(), "nobody asked Tollgate");
        of("application");
        entry.getCommonPropertiesBuilder()
                .getMetadataBuilder()
                .putFilterMetadata(
                        FILTER,
                        Struct.newBuilder()
                                .putFields("rule", text("application"))
                                .putFields("reservation_id", text(ID))
                                .build());
        assertEquals(Kind.NONE, judged().kind(), "the application settles");
        entry.clear();
        of("header").told("reservation_id", text(""));
        assertEquals(Kind.NONE, judged().kind(), "denied");
    }

    @Test
    void shouldNotGuess() {
        of("gone");
        assertEquals(Kind.UNKNOWN_RULE, judged().kind(), "the mapping has changed since");
        entry.clear();
        of("header").told("reserved", text("5"));
        assertEquals(Kind.UNREADABLE, judged().kind());
        entry.clear();
        of("header").told("reserved", struct(Map.of("in", number(5))));
        assertEquals(Kind.UNREADABLE, judged().kind());
    }
}
