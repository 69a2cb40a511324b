/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tollgate.core.Effect;
import io.tollgate.core.Reason;
import io.tollgate.core.attribute.AttributeLimits;
import io.tollgate.core.request.AttributeGroup;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.request.RequestAttributes;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Attributes and readings that a caller states: each limit, and one more. */
class StatedFactsTest {
    @TempDir
    Path directory;

    private final DecisionRequest request = new DecisionRequest();
    private final RequestAttributes stated = request.attributes();
    private final Decision decision = new Decision();
    private EngineFixture fixture;
    private DecisionWorker worker;

    @BeforeEach
    void open() {
        fixture = new EngineFixture(directory, 1);
        worker = fixture.engine.newWorker();
        ConditionWorld.activate(fixture, Effect.ALLOW, List.of());
        ConditionWorld.ask(request);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private String decide() {
        worker.begin();
        worker.decide(request, decision);
        final String answer = decision.reason() == Reason.OK
                ? "OK"
                : decision.reason() + ": " + new UserMessages().of(request, decision);
        worker.end();
        ConditionWorld.ask(request);
        return answer;
    }

    private static String invalid(final String message) {
        return "INVALID_REQUEST: " + message;
    }

    @Test
    void shouldRefuseWhatIsNotDeclared() {
        stated.text(AttributeGroup.RESOURCE, "regoin", "eu");
        assertEquals(invalid("The attribute is not declared in the registry: 'resource.regoin'."), decide());
        stated.text(AttributeGroup.ACTOR, "region", "eu");
        assertEquals(invalid("The attribute is not declared in the registry: 'actor.region'."), decide());
        request.readings().add("llm.cents", 1);
        assertEquals(invalid("The dimension of this reading is not registered: 'llm.cents'."), decide());
    }

    @Test
    void shouldRefuseAnotherTypeThanDeclared() {
        stated.whole(AttributeGroup.RESOURCE, "region", 1);
        assertEquals(invalid("The attribute is declared with another type: 'resource.region'."), decide());
        stated.real(AttributeGroup.ACTOR, "level", 1);
        assertEquals(invalid("The attribute is declared with another type: 'actor.level'."), decide());
        stated.text(AttributeGroup.RESOURCE, "tags", "one");
        assertEquals(invalid("The attribute is declared with another type: 'resource.tags'."), decide());
        stated.whole(AttributeGroup.RESOURCE, "score", 1);
        assertEquals("OK", decide());
    }

    @Test
    void shouldRefuseReadingsThatCannotBe() {
        request.readings().add("llm.tokens", -1);
        assertEquals(invalid("A reading is at least 0: 'llm.tokens'."), decide());
        request.readings().add("llm.tokens", 1);
        request.readings().add("llm.tokens", 1);
        assertEquals(invalid("There is more than one reading of this dimension: 'llm.tokens'."), decide());
        request.readings().add("x".repeat(DecisionRequest.MAX_ID_BYTES + 1), 1);
        assertEquals(
                invalid("Malformed request: current_usage[0].dimension: longer than 256 bytes of UTF-8."), decide());
        for (int i = 0; i <= DecisionRequest.MAX_READINGS; i++) {
            request.readings().add("llm.tokens", 1);
        }
        assertEquals(invalid("Malformed request: current_usage[16].dimension: more than 16 readings."), decide());
    }

    @Test
    void shouldTakeTheLastOfEqualNames() {
        for (int i = 0; i < AttributeLimits.MAX_REQUEST_ATTRIBUTES; i++) {
            stated.text(AttributeGroup.RESOURCE, "region", "r" + i);
        }
        assertEquals("OK", decide());
    }

    @Test
    void shouldRefuseOneAttributeTooMany() {
        for (int i = 0; i <= AttributeLimits.MAX_REQUEST_ATTRIBUTES; i++) {
            stated.text(AttributeGroup.RESOURCE, "region", "r" + i);
        }
        assertEquals(invalid("Malformed request: target.resource_attributes: more than 64 attributes."), decide());
    }

    @Test
    void shouldRefuseTextsThatAreTooLong() {
        final String tooLong = "longer than 4096 bytes of UTF-8 (a name or an element of a list: 256).";
        stated.text(AttributeGroup.RESOURCE, "region", "x".repeat(AttributeLimits.MAX_TEXT_BYTES));
        assertEquals("OK", decide());
        stated.text(AttributeGroup.RESOURCE, "region", "x".repeat(AttributeLimits.MAX_TEXT_BYTES + 1));
        assertEquals(invalid("Malformed request: target.resource_attributes['region']: " + tooLong), decide());
        stated.list(AttributeGroup.RESOURCE, "tags");
        stated.element("ü".repeat(AttributeLimits.MAX_ELEMENT_BYTES / 2));
        assertEquals("OK", decide());
        stated.list(AttributeGroup.RESOURCE, "tags");
        stated.element("ü".repeat(AttributeLimits.MAX_ELEMENT_BYTES / 2) + "x");
        assertEquals(invalid("Malformed request: target.resource_attributes['tags']: " + tooLong), decide());
        stated.text(AttributeGroup.ACTOR, "n".repeat(AttributeLimits.MAX_NAME_BYTES), "x");
        assertEquals(invalid("Malformed request: actor.attributes: " + tooLong), decide());
        stated.text(AttributeGroup.ACTOR, "", "x");
        assertEquals(invalid("Malformed request: actor.attributes: an attribute needs a name."), decide());
        stated.text(AttributeGroup.REQUEST, "priority", "a\u0000b");
        assertEquals(
                invalid("Malformed request: attributes['priority']: not valid text: NUL or broken UTF-8."), decide());
    }

    @Test
    void shouldRefuseListsThatAreTooLong() {
        elements(AttributeLimits.MAX_LIST_ELEMENTS);
        assertEquals("OK", decide());
        elements(AttributeLimits.MAX_LIST_ELEMENTS + 1);
        assertEquals(
                invalid("Malformed request: target.resource_attributes['tags']: a list of more than 64 elements."),
                decide());
    }

    private void elements(final int count) {
        stated.list(AttributeGroup.RESOURCE, "tags");
        for (int i = 0; i < count; i++) {
            stated.element("t" + i);
        }
    }

    @Test
    void shouldRefuseTooMuchTextAltogether() {
        for (int i = 0; i < 15; i++) {
            stated.text(AttributeGroup.RESOURCE, "region", "x".repeat(AttributeLimits.MAX_TEXT_BYTES));
        }
        assertEquals("OK", decide());
        for (int i = 0; i < 16; i++) {
            stated.text(AttributeGroup.RESOURCE, "region", "x".repeat(AttributeLimits.MAX_TEXT_BYTES));
        }
        assertEquals(
                invalid("Malformed request: target.resource_attributes['region']:"
                        + " more than 64 KiB of attributes together."),
                decide());
    }

    @Test
    void shouldRefuseNumbersThatAreNone() {
        final String out = "NaN is no value, and a timestamp lies in the years 1 to 9999.";
        stated.real(AttributeGroup.RESOURCE, "score", Double.POSITIVE_INFINITY);
        assertEquals("OK", decide());
        stated.real(AttributeGroup.RESOURCE, "score", Double.NaN);
        assertEquals(invalid("Malformed request: target.resource_attributes['score']: " + out), decide());
        stated.moment(AttributeGroup.RESOURCE, "created", AttributeLimits.MAX_TIMESTAMP_MS);
        assertEquals("OK", decide());
        stated.moment(AttributeGroup.RESOURCE, "created", AttributeLimits.MAX_TIMESTAMP_MS + 1);
        assertEquals(invalid("Malformed request: target.resource_attributes['created']: " + out), decide());
        stated.moment(AttributeGroup.RESOURCE, "created", AttributeLimits.MIN_TIMESTAMP_MS - 1);
        assertEquals(invalid("Malformed request: target.resource_attributes['created']: " + out), decide());
    }
}
