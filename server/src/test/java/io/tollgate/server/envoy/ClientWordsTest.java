/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ClientWordsTest {
    @Test
    void shouldRoundWaitsUpToWholeSecondsAndNeverOverflow() {
        assertEquals(0, ClientWords.seconds(0));
        assertEquals(1, ClientWords.seconds(1));
        assertEquals(1, ClientWords.seconds(1_000_000_000L));
        assertEquals(2, ClientWords.seconds(1_000_000_001L));
        assertEquals(9_223_372_037L, ClientWords.seconds(Long.MAX_VALUE));
    }
}
