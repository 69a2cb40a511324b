/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.request.Defect;
import io.tollgate.core.request.RequestAttributes;
import io.tollgate.core.world.def.AttributeType;
import io.tollgate.v1.AttributeValue;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.GaugeReading;
import io.tollgate.v1.StringList;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class StatedAttributesTest {
    private final DecisionRequest request = new DecisionRequest();
    private final RequestReader reader = new RequestReader();

    @Test
    void shouldHandOnEveryTypeOfEveryGroup() {
        final DecideRequest.Builder message = DecideRequest.newBuilder();
        message.getActorBuilder()
                .putAttributes(
                        "name",
                        AttributeValue.newBuilder().setStringValue("Jos\u00e9").build())
                .putAttributes(
                        "level", AttributeValue.newBuilder().setIntValue(-3).build())
                .putAttributes(
                        "score", AttributeValue.newBuilder().setDoubleValue(0.5).build());
        message.getTargetBuilder()
                .putResourceAttributes(
                        "open", AttributeValue.newBuilder().setBoolValue(true).build())
                .putResourceAttributes(
                        "made", AttributeValue.newBuilder().setTimestampMs(7).build());
        message.putAttributes("tags", list(List.of("a", "", "c")));

        reader.read(message.build(), request);

        assertEquals(Defect.NONE, request.defect());
        final RequestAttributes stated = request.attributes();
        assertEquals(6, stated.count());
        final int name = position("actor.name");
        assertEquals(AttributeType.STRING.code(), stated.typeCode(name));
        assertEquals("Jos\u00e9", text(stated.textOffset(name), stated.size(name)));
        assertEquals(AttributeType.INT.code(), stated.typeCode(position("actor.level")));
        assertEquals(-3, stated.bits(position("actor.level")));
        assertEquals(0.5, Double.longBitsToDouble(stated.bits(position("actor.score"))));
        assertEquals(1, stated.bits(position("resource.open")));
        assertEquals(AttributeType.TIMESTAMP.code(), stated.typeCode(position("resource.made")));
        assertEquals(7, stated.bits(position("resource.made")));
        final int tags = position("request.tags");
        assertEquals(3, stated.size(tags));
        assertEquals("c", text(stated.elementOffset(tags, 2), stated.elementLength(tags, 2)));
    }

    @Test
    void shouldHandOnReadings() {
        reader.read(
                DecideRequest.newBuilder()
                        .addCurrentUsage(
                                GaugeReading.newBuilder().setDimension("gpu").setValue(7))
                        .build(),
                request);

        assertEquals(1, request.readings().count());
        assertEquals("gpu", request.readings().dimension(0));
        assertEquals(7, request.readings().value(0));
    }

    @Test
    void shouldForgetTheFormerRequest() {
        reader.read(
                DecideRequest.newBuilder()
                        .putAttributes("tags", list(List.of("a")))
                        .addCurrentUsage(GaugeReading.newBuilder().setDimension("gpu"))
                        .build(),
                request);

        reader.read(DecideRequest.getDefaultInstance(), request);

        assertEquals(0, request.attributes().count());
        assertEquals(0, request.readings().count());
    }

    @Test
    void shouldSayWhatIsWrong() {
        assertDefect("attributes['x']", "needs a value", AttributeValue.getDefaultInstance());
        assertDefect("attributes['x']", "4096 bytes", text("x".repeat(4_097)));
        assertDefect("attributes['x']", "NUL", text("a\0"));
        assertDefect("attributes['x']", "64 elements", list(Collections.nCopies(65, "e")));
        assertDefect("attributes['x']", "256", list(List.of("e".repeat(257))));
        assertDefect(
                "attributes['x']",
                "NaN",
                AttributeValue.newBuilder().setDoubleValue(Double.NaN).build());
        assertDefect(
                "attributes['x']",
                "years 1 to 9999",
                AttributeValue.newBuilder().setTimestampMs(Long.MAX_VALUE).build());
    }

    @Test
    void shouldCountAllGroupsTogether() {
        final DecideRequest.Builder message = DecideRequest.newBuilder();
        for (int i = 0; i < 32; i++) {
            message.getActorBuilder().putAttributes("a" + i, text("v"));
            message.getTargetBuilder().putResourceAttributes("a" + i, text("v"));
        }
        reader.read(message.build(), request);
        assertEquals(Defect.NONE, request.defect());

        reader.read(message.putAttributes("one", text("v")).build(), request);
        assertEquals(Defect.TOO_MANY_ATTRIBUTES, request.defect());
    }

    @Test
    void shouldSayThatThereAreTooManyReadings() {
        final DecideRequest.Builder message = DecideRequest.newBuilder();
        for (int i = 0; i < 17; i++) {
            message.addCurrentUsage(GaugeReading.newBuilder().setDimension("d" + i));
        }
        reader.read(message.build(), request);

        assertEquals(Defect.TOO_MANY_READINGS, request.defect());
    }

    private void assertDefect(final String where, final String what, final AttributeValue value) {
        reader.read(DecideRequest.newBuilder().putAttributes("x", value).build(), request);

        final String message = request.defectMessage();
        assertTrue(request.defect() != Defect.NONE, "accepted");
        assertTrue(message.startsWith(where), message);
        assertTrue(message.contains(what), message);
    }

    private int position(final String name) {
        for (int i = 0; i < request.attributes().count(); i++) {
            if (request.attributes().name(i).equals(name)) {
                return i;
            }
        }
        throw new AssertionError("no " + name);
    }

    private String text(final int offset, final int length) {
        return new String(request.attributes().bytes(), offset, length, StandardCharsets.UTF_8);
    }

    private static AttributeValue text(final String text) {
        return AttributeValue.newBuilder().setStringValue(text).build();
    }

    private static AttributeValue list(final List<String> elements) {
        return AttributeValue.newBuilder()
                .setStringList(StringList.newBuilder().addAllValues(elements))
                .build();
    }
}
