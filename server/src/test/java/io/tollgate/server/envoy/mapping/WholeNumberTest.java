/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy.mapping;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WholeNumberTest {
    @Test
    void shouldReadFromNothingToTheLargest() {
        assertEquals(0, WholeNumber.parse("0"));
        assertEquals(7, WholeNumber.parse("0000000000000000007"));
        assertEquals(Long.MAX_VALUE, WholeNumber.parse("9223372036854775807"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " 1",
                "1 ",
                "-1",
                "+1",
                "1.0",
                "1e3",
                "1,2",
                "x",
                "٣",
                "9223372036854775808",
                "00000000000000000001"
            })
    void shouldRefuseWhatIsNoSuchNumber(final String text) {
        assertEquals(WholeNumber.NONE, WholeNumber.parse(text));
    }

    @Test
    void shouldScaleRoundedUpAndTellWhatIsTooLarge() {
        assertEquals(3, WholeNumber.scaled(5, 1, 2));
        assertEquals(2, WholeNumber.scaled(4, 1, 2));
        assertEquals(Long.MAX_VALUE, WholeNumber.scaled(Long.MAX_VALUE, 1_000, 1_000));
        assertEquals(WholeNumber.NONE, WholeNumber.scaled(Long.MAX_VALUE, 2, 1));
    }
}
