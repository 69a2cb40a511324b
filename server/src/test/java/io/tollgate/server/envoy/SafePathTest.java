/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tollgate.server.envoy.mapping.Refusal;
import io.tollgate.server.envoy.mapping.SafePath;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One way to read a path, or none at all. */
class SafePathTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a",
                "*",
                "//",
                "/a//b",
                "/a/./b",
                "/a/../b",
                "/..",
                "/a/%2e%2e/b",
                "/a/.%2E/b",
                "/a%2fb",
                "/a%2Fb",
                "/a%5cb",
                "/a\\b",
                "/a;x=1/b",
                "/a%3bb",
                "/a%252fb",
                "/a%25",
                "/a%00b",
                "/a%0ab",
                "/a%7f",
                "/a%",
                "/a%2",
                "/a%zz",
                "/a%ff",
                "/a%c0%af",
                "/a%ed%a0%80",
                "/\u0000",
                "/a\tb"
            })
    void shouldRefuseWhatTwoProgramsCouldReadDifferently(final String path) {
        final Refusal refusal = assertThrows(Refusal.class, () -> SafePath.of(path));
        assertEquals(Refusal.Kind.UNSAFE, refusal.kind());
    }

    @ParameterizedTest
    @CsvSource({
        "/, 0, ''",
        "/a, 1, a",
        "/a/, 1, a",
        "/a/b.c, 2, b.c",
        "/a/..., 2, ...",
        "/a/%7Eb, 2, ~b",
        "/a/x%20y, 2, x y",
        "/a/%C3%A9, 2, é",
        "/a/x+y, 2, x+y",
    })
    void shouldReadSegments(final String path, final int size, final String last) throws Refusal {
        final SafePath read = SafePath.of(path);
        assertEquals(size, read.size());
        if (size > 0) {
            assertEquals(last, read.segment(size - 1));
        }
    }

    @Test
    void shouldRefuseAPathThatIsTooLong() {
        assertThrows(Refusal.class, () -> SafePath.of("/" + "a".repeat(10_000)));
    }
}
