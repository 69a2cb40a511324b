/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.fuzz;

import java.nio.ByteBuffer;

/** How fuzzed bytes change a file that was good: place as 4 bytes, length, then so many bytes; and so on. */
final class FileChanges {
    private static final int HEAD = 5;

    private FileChanges() {}

    static byte[] apply(final byte[] whole, final byte[] data, final int from) {
        final byte[] result = whole.clone();
        final ByteBuffer changes = ByteBuffer.wrap(data, from, data.length - from);
        while (changes.remaining() > HEAD) {
            final int at = Math.floorMod(changes.getInt(), result.length);
            final int length = Math.min(Math.min(changes.get() & 0xFF, changes.remaining()), result.length - at);
            changes.get(result, at, length);
        }
        return result;
    }
}
