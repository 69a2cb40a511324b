/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import io.grpc.Compressor;
import io.grpc.CompressorRegistry;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.tollgate.server.support.LogWatch;
import io.tollgate.v1.AttributeValue;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.DecisionServiceGrpc;
import io.tollgate.v1.Reason;
import io.tollgate.v1.ReasonClass;
import io.tollgate.v1.Usage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the edge itself refuses. What only a snapshot can know is tested with a real one. */
class BadInputTest {
    private final LogWatch log = new LogWatch();
    private final EdgeHarness edge = new EdgeHarness();

    @AfterEach
    void shouldHaveLoggedNothing() {
        edge.close();
        log.close();
        assertEquals(List.of(), log.warnings());
    }

    @Test
    void shouldRefuseBytesThatAreNoMessage() {
        final Status status = refused(new byte[] {(byte) 0xFF, (byte) 0xFF, 1, 2, 3});

        assertEquals(Status.Code.INVALID_ARGUMENT, status.getCode());
        assertDescribes(status, "tollgate.v1.DecideRequest", "no such message", "byte", "decision.proto");
    }

    @Test
    void shouldRefuseTextThatIsNotUtf8() throws IOException {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        final CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.writeByteArray(DecideRequest.CORRELATION_ID_FIELD_NUMBER, new byte[] {'a', (byte) 0xC0, (byte) 0xAF});
        out.flush();

        final Status status = refused(bytes.toByteArray());

        assertEquals(Status.Code.INVALID_ARGUMENT, status.getCode());
        assertDescribes(status, "UTF-8", "byte 2 of 5");
    }

    @Test
    void shouldRefuseTruncatedMessages() {
        final byte[] whole = EdgeHarness.question("u").build().toByteArray();
        for (int length = 1; length < whole.length; length++) {
            final byte[] cut = java.util.Arrays.copyOf(whole, length);
            try {
                final DecideResponse response = edge.decideBytes(cut);
                // A cut between two fields is a shorter message.
                assertEquals(1, response.getOutcomeValue(), "cut at " + length);
            } catch (final StatusRuntimeException e) {
                assertEquals(Status.Code.INVALID_ARGUMENT, e.getStatus().getCode(), "cut at " + length);
            }
        }
    }

    @Test
    void shouldRefuseOversizedMessages() {
        final Status status = refused(EdgeHarness.question("u")
                .setCorrelationId("x".repeat(70_000))
                .build()
                .toByteArray());

        assertEquals(Status.Code.RESOURCE_EXHAUSTED, status.getCode());
        assertDescribes(status, "limit is 65536", "limits.max_request_bytes");
    }

    @Test
    void shouldRefuseMessagesBeyondTheTransportsLimitWithoutLogging() {
        final Status status = refused(new byte[5 << 20]);

        assertEquals(Status.Code.RESOURCE_EXHAUSTED, status.getCode(), status.toString());
    }

    @Test
    void shouldRefuseUnknownCompression() {
        final CompressorRegistry compressors = CompressorRegistry.newEmptyInstance();
        compressors.register(new Zip());
        final var stub = DecisionServiceGrpc.newBlockingStub(
                        edge.tcp(builder -> builder.compressorRegistry(compressors)))
                .withCompression("zip");

        final StatusRuntimeException e = assertThrows(
                StatusRuntimeException.class,
                () -> stub.decide(EdgeHarness.question("u").build()));

        assertEquals(Status.Code.UNIMPLEMENTED, e.getStatus().getCode());
    }

    @Test
    void shouldRefuseTooManyHeaders() {
        final Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("x-large", Metadata.ASCII_STRING_MARSHALLER), "x".repeat(9_000));
        final var stub = edge.stub().withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));

        final StatusRuntimeException e = assertThrows(
                StatusRuntimeException.class,
                () -> stub.decide(EdgeHarness.question("u").build()));
        // The status is made from HTTP 431.
        assertTrue(e.getStatus().getCode() != Status.Code.OK, e.getMessage());
    }

    @Test
    void shouldCloseConnectionsThatDoNotSpeakHttp2() throws IOException {
        final var address = java.util.Objects.requireNonNull(edge.listeners.tcpAddress());
        for (final String garbage : List.of("GET / HTTP/1.1\r\nHost: x\r\n\r\n", "\0\1\2\3 what is this?")) {
            try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
                socket.setSoTimeout(10_000);
                socket.getOutputStream().write(garbage.getBytes(StandardCharsets.ISO_8859_1));
                socket.getOutputStream().flush();
                while (socket.getInputStream().read() >= 0) {
                    // whatever it says before it hangs up
                }
            } catch (final SocketException expected) {
                // hung up with bytes unread
            }
        }
    }

    @Test
    void shouldDenyNulInText() {
        assertInvalid(EdgeHarness.question("a\0b"), "actor.id", "NUL");
    }

    @Test
    void shouldDenyIdsThatAreTooLong() {
        assertInvalid(EdgeHarness.question("x".repeat(257)), "actor.id", "256");
    }

    @Test
    void shouldDenyTooManyUsages() {
        final DecideRequest.Builder request = EdgeHarness.question("u");
        for (int i = 0; i < 17; i++) {
            request.addUsage(Usage.newBuilder().setAmount(1).setUnit("token"));
        }
        assertInvalid(request, "16 usages");
    }

    @Test
    void shouldDenyUnknownModes() {
        assertInvalid(EdgeHarness.question("u").setModeValue(77), "mode", "CHECK, CONSUME or RESERVE");
    }

    @Test
    void shouldDenyTooManyAttributes() {
        final DecideRequest.Builder request = EdgeHarness.question("u");
        for (int i = 0; i < 65; i++) {
            request.getActorBuilder()
                    .putAttributes(
                            "a" + i, AttributeValue.newBuilder().setIntValue(i).build());
        }
        assertInvalid(request, "actor.attributes", "64");
    }

    @Test
    void shouldDenyDurationsThatOverflow() {
        assertInvalid(EdgeHarness.question("u").setMaxStalenessMs(-1), "max_staleness_ms", "292 years");
        final DecideRequest.Builder ttl = EdgeHarness.question("u");
        ttl.getReservationBuilder().setTtlMs(Long.MAX_VALUE);
        assertInvalid(ttl, "reservation.ttl_ms", "292 years");
    }

    @Test
    void shouldDenyMalformedApiKeys() {
        assertInvalid(withApiKey("k".repeat(257)), "actor.api_key", "256");
        assertInvalid(withApiKey("k\0"), "actor.api_key", "NUL");
        final DecideRequest.Builder both = withApiKey("key");
        both.getActorBuilder().setApiKeySha256(ByteString.copyFrom(new byte[32]));
        assertInvalid(both, "actor.api_key_sha256", "not both");
        final DecideRequest.Builder shortHash = EdgeHarness.question("");
        shortHash.getActorBuilder().clearType().clearId().setApiKeySha256(ByteString.copyFrom(new byte[31]));
        assertInvalid(shortHash, "actor.api_key", "32 bytes");
    }

    @Test
    void shouldNeverShowAnApiKey() {
        final DecideResponse response =
                edge.stub().decide(withApiKey("very-secret-key\0").build());

        assertTrue(!response.toString().contains("very-secret"), response.toString());
        assertTrue(log.all().stream().noneMatch(line -> line.contains("very-secret")));
    }

    @Test
    void shouldEchoTheCorrelationIdOfWhatItDenies() {
        final DecideRequest.Builder request = EdgeHarness.question("a").setCorrelationId("c\0d");
        assertEquals("c\0d", edge.stub().decide(request.build()).getCorrelationId());
    }

    private static DecideRequest.Builder withApiKey(final String key) {
        final DecideRequest.Builder request = EdgeHarness.question("");
        request.getActorBuilder().clearType().clearId().setApiKey(key);
        return request;
    }

    private Status refused(final byte[] bytes) {
        return assertThrows(StatusRuntimeException.class, () -> edge.decideBytes(bytes))
                .getStatus();
    }

    private void assertInvalid(final DecideRequest.Builder request, final String... words) {
        final DecideResponse response = edge.stub().decide(request.build());
        assertEquals(Reason.REASON_INVALID_REQUEST, response.getReason());
        assertEquals(ReasonClass.REASON_CLASS_REQUEST, response.getReasonClass());
        for (final String word : words) {
            assertTrue(response.getMessage().contains(word), response.getMessage());
        }
    }

    private static void assertDescribes(final Status status, final String... words) {
        for (final String word : words) {
            assertTrue(String.valueOf(status.getDescription()).contains(word), status.toString());
        }
    }

    private static final class Zip implements Compressor {
        @Override
        public String getMessageEncoding() {
            return "zip";
        }

        @Override
        public OutputStream compress(final OutputStream out) {
            return out;
        }
    }
}
