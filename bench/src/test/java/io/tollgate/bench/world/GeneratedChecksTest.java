/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.world;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.envoy.auth.v3.CheckRequest;
import io.tollgate.examples.generator.GeneratedRequests;
import io.tollgate.examples.generator.GeneratedShape;
import io.tollgate.server.envoy.ExtAuthz;
import io.tollgate.server.envoy.mapping.MappingReader;
import io.tollgate.server.envoy.wire.WireCheck;
import io.tollgate.v1.DecideRequest;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class GeneratedChecksTest {
    private final ExtAuthz ext = new ExtAuthz(MappingReader.read(GeneratedChecks.mapping(), "mapping.yaml"), () -> 0);

    @Test
    void shouldAskThroughEnvoyWhatTheGeneratedRequestsAsk() {
        final GeneratedShape shape = GeneratedShape.of(1_000);
        for (int principal = 0; principal < 20; principal++) {
            final ExtAuthz.Asked asked =
                    ext.read(new GeneratedChecks(shape).check(principal).toByteArray(), new WireCheck());
            assertNull(asked.refusal());
            final DecideRequest question = Objects.requireNonNull(asked.question());
            final DecideRequest expected = new GeneratedRequests(shape)
                    .byKey(principal).toBuilder()
                            .setCorrelationId(question.getCorrelationId())
                            .build();
            assertEquals(expected, question);
        }
    }

    @Test
    void shouldReadWhatARealEnvoyAsksFromItsBytes() {
        final CheckRequest recorded = GeneratedChecks.recorded();
        final WireCheck wire = new WireCheck();
        assertTrue(wire.read(recorded.toByteArray()));
        assertEquals("GET", wire.method());
        assertEquals(recorded.getAttributes().getRequest().getHttp().getPath(), wire.target());
        assertEquals("eu-1", wire.context("region"));
        assertEquals(ext.read(recorded), ext.read(recorded.toByteArray(), wire));
    }
}
