/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy.mapping;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Parts of a certificate's name. */
class PrincipalPatternTest {
    private static final String NAME = "spiffe://acme.example/org/lumen/service/trainer";

    @Test
    void shouldTakeAPartBesideOneThatMayBeAnything() {
        assertEquals(
                "lumen",
                PrincipalPattern.of("spiffe://acme.example/org/{organization}/service/*")
                        .part(NAME));
        assertEquals(
                "trainer",
                PrincipalPattern.of("spiffe://acme.example/org/*/service/{actor}")
                        .part(NAME));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "spiffe://acme.example/org/lumen/service/trainer/more",
                "spiffe://acme.example/org/lumen/other/service/trainer",
                "spiffe://acme.example/org//service/trainer",
                "spiffe://acmeXexample/org/lumen/service/trainer",
                "spiffe://acme.example/org/lumen/service/",
                "CN=spiffe://acme.example/org/lumen/service/trainer",
            })
    void shouldTakeNothingFromAnotherName(final String principal) {
        assertNull(PrincipalPattern.of("spiffe://acme.example/org/*/service/{actor}")
                .part(principal));
    }

    @Test
    void shouldWantOneName() {
        assertThrows(IllegalArgumentException.class, () -> PrincipalPattern.of("spiffe://acme.example/org/*"));
        assertThrows(IllegalArgumentException.class, () -> PrincipalPattern.of("spiffe://{domain}/sa/{actor}"));
    }
}
