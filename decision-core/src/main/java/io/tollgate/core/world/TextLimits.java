/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import io.tollgate.core.world.def.DefinitionException;
import java.nio.charset.StandardCharsets;

/** How long texts in rows may be. */
final class TextLimits {
    /** Requests name nothing longer. */
    static final int MAX_ID_BYTES = 256;
    /** Paths, names for people, sources. */
    static final int MAX_TEXT_BYTES = 4096;

    private TextLimits() {}

    /** {@return a text as UTF-8} */
    static byte[] utf8(final String where, final String what, final String text, final int maxBytes) {
        final byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        if (utf8.length > maxBytes) {
            throw new DefinitionException(where + ": " + what + " is " + utf8.length + " bytes of UTF-8; at most "
                    + maxBytes + " are kept, shorten it");
        }
        return utf8;
    }
}
