/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.apikey;

import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/** SHA-256 of API keys into one reused array. The key's bytes are wiped at once. Belongs to one thread. */
public final class ApiKeyHash {
    private static final int LENGTH = 32;

    private final MessageDigest sha256 = newDigest();
    private final byte[] hash = new byte[LENGTH];

    /** Makes one for a thread. */
    public ApiKeyHash() {}

    /** {@return the hash of the key's UTF-8, valid until the next call} */
    public byte[] of(final String apiKey) {
        final byte[] key = apiKey.getBytes(StandardCharsets.UTF_8);
        sha256.update(key);
        Arrays.fill(key, (byte) 0);
        try {
            sha256.digest(hash, 0, LENGTH);
        } catch (final DigestException e) {
            throw new IllegalStateException("32 bytes hold a SHA-256", e);
        }
        return hash;
    }

    private static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (final NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
