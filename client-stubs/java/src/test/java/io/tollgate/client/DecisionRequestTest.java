/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.v1.DecideMode;
import io.tollgate.v1.DecideRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class DecisionRequestTest {
    @Test
    void shouldSayEverythingThatWasSet() {
        final DecideRequest message = DecisionRequest.builder()
                .actor("user", "ada")
                .role("developer")
                .tokenScope("llm:write")
                .actorAttribute("level", 3)
                .organization("acme")
                .department("research")
                .project("rag")
                .action("llm", "model", "generate")
                .resource("large")
                .resourceAttribute("regions", List.of("eu-1", "eu-2"))
                .requestAttribute("priority", "high")
                .usage(1200, "token")
                .currentUsage("compute.gpu", 3, Instant.ofEpochMilli(5))
                .reserve(Duration.ofSeconds(30))
                .allowPartial()
                .maxStaleness(Duration.ofSeconds(5))
                .idempotencyKey("k")
                .registryVersion(7)
                .explain()
                .build()
                .toMessage();

        assertEquals(DecideMode.DECIDE_MODE_RESERVE, message.getMode());
        assertEquals(30_000, message.getReservation().getTtlMs());
        assertEquals(5_000, message.getMaxStalenessMs());
        assertEquals(3, message.getActor().getAttributesOrThrow("level").getIntValue());
        assertEquals(
                List.of("eu-1", "eu-2"),
                message.getTarget()
                        .getResourceAttributesOrThrow("regions")
                        .getStringList()
                        .getValuesList());
        assertEquals("high", message.getAttributesOrThrow("priority").getStringValue());
        assertEquals(1200, message.getUsage(0).getAmount());
        assertEquals(3, message.getCurrentUsage(0).getValue());
    }

    @Test
    void shouldCheckByDefault() {
        assertEquals(
                DecideMode.DECIDE_MODE_CHECK, complete().build().toMessage().getMode());
    }

    @Test
    void shouldAcceptAnIdOf256BytesAndRefuseOneMore() {
        complete().project("p".repeat(256)).build();
        complete().project("\u00e9".repeat(128)).build();
        refused("257", b -> b.project("p".repeat(257)));
        refused("258", b -> b.project("\u00e9".repeat(129)));
    }

    @Test
    void shouldAcceptSixteenUsagesAndRefuseOneMore() {
        final DecisionRequestBuilder builder = complete();
        for (int i = 0; i < 16; i++) {
            builder.usage(1, "token");
        }
        builder.build();
        assertThrows(IllegalArgumentException.class, () -> builder.usage(1, "token"));
    }

    @Test
    void shouldAcceptSixtyFourRolesScopesAndAttributesAndRefuseOneMore() {
        final DecisionRequestBuilder builder = complete();
        for (int i = 0; i < 64; i++) {
            builder.role("r" + i).tokenScope("s" + i);
            switch (i % 3) {
                case 0 -> builder.actorAttribute("a" + i, true);
                case 1 -> builder.resourceAttribute("a" + i, true);
                default -> builder.requestAttribute("a" + i, true);
            }
        }
        builder.build();
        assertThrows(IllegalArgumentException.class, () -> builder.role("r"));
        assertThrows(IllegalArgumentException.class, () -> builder.tokenScope("s"));
        assertThrows(IllegalArgumentException.class, () -> builder.actorAttribute("a", true));
        assertThrows(IllegalArgumentException.class, () -> builder.resourceAttribute("a", true));
        assertThrows(IllegalArgumentException.class, () -> builder.requestAttribute("a", true));
    }

    @Test
    void shouldRefuseWhatNoSidecarCouldAccept() {
        refused("usage amount is 0", b -> b.usage(0, "token"));
        refused("usage amount is -1", b -> b.usage(-1, "token"));
        refused("usage unit is empty", b -> b.usage(1, ""));
        refused("NUL", b -> b.project("a\0b"));
        refused("surrogate", b -> b.project("a\ud800"));
        refused("at least 1 ms", b -> b.maxStaleness(Duration.ZERO));
        refused("java.lang.Object", b -> b.actorAttribute("x", new Object()));
        refused("cannot be negative", b -> b.currentUsage("d", -1, Instant.EPOCH));
        refused("NaN", b -> b.requestAttribute("x", Double.NaN));
        refused("years 1 to 9999", b -> b.requestAttribute("x", Instant.MAX));
        refused("more than 64 elements", b -> b.requestAttribute("x", Collections.nCopies(65, "e")));
        refused("at most 256", b -> b.requestAttribute("x", List.of("e".repeat(257))));
        refused("at most 247", b -> b.resourceAttribute("n".repeat(248), 1));
        refused("32", b -> b.apiKeySha256(new byte[31]));
        refused("both an actor and an API key", b -> b.apiKey("tg_1"));
        refused("at most 65536", b -> {
            for (int i = 0; i < 17; i++) {
                b.actorAttribute("a" + i, "x".repeat(4096));
            }
        });
    }

    @Test
    void shouldRefuseARequestWithoutActorActionOrOrganization() {
        final DecisionRequestBuilder noActor = DecisionRequest.builder().action("llm", "model", "generate");
        assertTrue(message(noActor).contains("actor"));
        assertTrue(message(DecisionRequest.builder().actor("user", "ada")).contains("action"));
        assertTrue(message(DecisionRequest.builder()
                        .actor("user", "ada")
                        .project("rag")
                        .action("llm", "model", "generate"))
                .contains("organization"));
    }

    @Test
    void shouldNotPrintTheApiKey() {
        final String text = DecisionRequest.builder()
                .apiKey("tg_secret")
                .action("llm", "model", "generate")
                .build()
                .toString();

        assertFalse(text.contains("tg_secret"), text);
        final String refusal = message(complete().apiKeySha256(new byte[32]));
        assertFalse(refusal.contains("tg_secret"), refusal);
    }

    @Test
    void shouldRefuseAddressesThatAreNoSidecars() {
        for (String address :
                List.of("", "7070", ":7070", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:99999", "unix:rel.sock")) {
            assertThrows(IllegalArgumentException.class, () -> SidecarAddress.parse(address), address);
        }
        final IllegalArgumentException remote =
                assertThrows(IllegalArgumentException.class, () -> SidecarAddress.parse("192.0.2.1:7070"));
        assertTrue(String.valueOf(remote.getMessage()).contains("TLS"), remote.getMessage());
        assertEquals(
                7070,
                Objects.requireNonNull(SidecarAddress.parse("[::1]:7070").tcp()).getPort());
        assertEquals(
                "/run/t.sock",
                Objects.requireNonNull(
                                SidecarAddress.parse("unix:///run/t.sock").unixPath())
                        .toString());
    }

    private static DecisionRequestBuilder complete() {
        return DecisionRequest.builder()
                .actor("user", "ada")
                .organization("acme")
                .action("llm", "model", "generate");
    }

    private static void refused(String expected, Consumer<DecisionRequestBuilder> change) {
        final IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> {
            final DecisionRequestBuilder builder = complete();
            change.accept(builder);
            builder.build();
        });
        assertTrue(String.valueOf(e.getMessage()).contains(expected), e.getMessage());
    }

    private static String message(DecisionRequestBuilder builder) {
        return String.valueOf(
                assertThrows(IllegalArgumentException.class, builder::build).getMessage());
    }
}
