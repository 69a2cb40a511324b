/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.apikey;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class ApiKeyHashTest {
    private final ApiKeyHash hash = new ApiKeyHash();

    @Test
    void shouldBeTheSha256OfTheKeysUtf8() {
        // FIPS 180-2, appendix B.1
        assertEquals("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", hex("abc"));
        assertEquals("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", hex(""));
        assertArrayEquals(new ApiKeyHash().of("schl\u00fcssel"), hash.of("schl\u00fcssel"));
    }

    @Test
    void shouldKeepNothingOfTheKeyBefore() {
        final byte[] first = hash.of("one").clone();
        hash.of("another that is longer");
        assertArrayEquals(first, hash.of("one"));
        assertSame(hash.of("one"), hash.of("two"), "one array for all");
    }

    private String hex(final String key) {
        return HexFormat.of().formatHex(hash.of(key));
    }
}
