/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.signing;

import java.nio.charset.StandardCharsets;

/**
 * What is signed. Its name is signed before the content, so a signature for one kind never holds for another:
 *
 * <pre>
 *   signed bytes = name in ASCII | 0x00 | content
 * </pre>
 *
 * The names hold no zero byte, so no name and content together read as another name and content.
 */
public enum SignedKind {
    /** The exact bytes of a SnapshotManifest. */
    SNAPSHOT_MANIFEST("tollgate.v1.SnapshotManifest"),
    /** The exact bytes of a FreshnessStatement. */
    FRESHNESS_STATEMENT("tollgate.v1.FreshnessStatement"),
    /** The exact bytes of a Delta. */
    DELTA("tollgate.v1.Delta"),
    /** What a private key signs to prove that a public key belongs to it; leaves the process nowhere. */
    KEY_CHECK("tollgate.v1.KeyCheck");

    private final byte[] prefix;

    SignedKind(String name) {
        this.prefix = (name + '\0').getBytes(StandardCharsets.US_ASCII);
    }

    byte[] signedBytes(byte[] content) {
        byte[] bytes = new byte[prefix.length + content.length];
        System.arraycopy(prefix, 0, bytes, 0, prefix.length);
        System.arraycopy(content, 0, bytes, prefix.length, content.length);
        return bytes;
    }
}
