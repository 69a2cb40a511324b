/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.digest;

import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The sum of all records of a state (SnapshotManifest.state_digest in snapshot.proto). It does not depend on their order, so a change of a
 * few records costs a few hashes, whatever the size of the state.
 *
 * <pre>
 *   digest = sum over all records of SHA-256(record) modulo 2^256, as 32 bytes big-endian
 *   record = section number as 1 byte | key length as 4 bytes little-endian | key | value
 * </pre>
 *
 * <p>This is AdHash (Bellare and Micciancio, "A New Paradigm for Collision-Free Hashing", 1997). At 256 bits it is weaker than SHA-256
 * against somebody who chooses the records. It finds states that have come apart by a fault; what is authentic is the matter of signatures.
 *
 * <p>Mutable, not thread-safe. Starts as the digest of no record.
 */
public final class StateDigest {
    /** Bytes of a digest, and of a record's hash. */
    public static final int BYTES = 32;

    private static final int LIMBS = 4;
    private static final int HEAD_BYTES = 5;
    private static final int MAX_SECTION = 255;

    private final MessageDigest sha256 = sha256();
    private final byte[] head = new byte[HEAD_BYTES];
    private final byte[] hash = new byte[BYTES];
    /** Most significant first. */
    private final long[] sum = new long[LIMBS];

    /** The digest of no record. */
    public StateDigest() {}

    /**
     * Goes on from a known state.
     *
     * @throws IllegalArgumentException when there are not {@value #BYTES} bytes
     */
    public StateDigest(byte[] digest) {
        reset(digest);
    }

    /** Goes on from a known state, as {@link #StateDigest(byte[])}. */
    public void reset(byte[] digest) {
        if (digest.length != BYTES) {
            throw new IllegalArgumentException("a state digest has " + BYTES + " bytes, not " + digest.length);
        }
        ByteBuffer.wrap(digest).asLongBuffer().get(sum);
    }

    /** Adds a record. */
    public void add(int section, byte[] key, byte[] value) {
        add(section, key, value, 0, value.length);
    }

    /** Adds a record whose value is part of an array. */
    public void add(int section, byte[] key, byte[] value, int offset, int length) {
        hash(section, key, value, offset, length);
        addHash(hash);
    }

    /** Adds a record. The buffer's position and limit stay. */
    public void add(int section, byte[] key, ByteBuffer value) {
        hash(section, key, value);
        addHash(hash);
    }

    /** Takes a record away that was added. */
    public void remove(int section, byte[] key, byte[] value) {
        remove(section, key, value, 0, value.length);
    }

    /** Takes a record away whose value is part of an array. */
    public void remove(int section, byte[] key, byte[] value, int offset, int length) {
        hash(section, key, value, offset, length);
        removeHash(hash);
    }

    /** Takes a record away that was added. The buffer's position and limit stay. */
    public void remove(int section, byte[] key, ByteBuffer value) {
        hash(section, key, value);
        removeHash(hash);
    }

    /** {@return the hash of one record, for who keeps hashes instead of records; a new array} */
    public byte[] recordHash(int section, byte[] key, byte[] value) {
        return recordHash(section, key, value, 0, value.length);
    }

    /** {@return the hash of one record whose value is part of an array; a new array} */
    public byte[] recordHash(int section, byte[] key, byte[] value, int offset, int length) {
        hash(section, key, value, offset, length);
        return hash.clone();
    }

    /** Adds a record by its hash. */
    public void addHash(byte[] recordHash) {
        long carry = 0;
        for (int i = LIMBS - 1; i >= 0; i--) {
            long operand = limb(recordHash, i);
            long result = sum[i] + operand + carry;
            // With a carry an equal result has wrapped around, without one it has not.
            int order = Long.compareUnsigned(result, operand);
            carry = order < 0 || order == 0 && carry == 1 ? 1 : 0;
            sum[i] = result;
        }
    }

    /** Takes a record away by its hash. */
    public void removeHash(byte[] recordHash) {
        long borrow = 0;
        for (int i = LIMBS - 1; i >= 0; i--) {
            long operand = limb(recordHash, i);
            long before = sum[i];
            sum[i] = before - operand - borrow;
            int order = Long.compareUnsigned(before, operand);
            borrow = order < 0 || order == 0 && borrow == 1 ? 1 : 0;
        }
    }

    /** {@return the digest, 32 bytes big-endian; a new array} */
    public byte[] toBytes() {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES);
        bytes.asLongBuffer().put(sum);
        return bytes.array();
    }

    /** {@return the digest in lower-case hex} */
    @Override
    public String toString() {
        return HexFormat.of().formatHex(toBytes());
    }

    private void hash(int section, byte[] key, byte[] value, int offset, int length) {
        start(section, key);
        sha256.update(value, offset, length);
        finish();
    }

    private void hash(int section, byte[] key, ByteBuffer value) {
        start(section, key);
        sha256.update(value.duplicate());
        finish();
    }

    private void start(int section, byte[] key) {
        if (section <= 0 || section > MAX_SECTION) {
            throw new IllegalArgumentException("section numbers are from 1 to " + MAX_SECTION + ", not " + section);
        }
        sha256.reset();
        head[0] = (byte) section;
        head[1] = (byte) key.length;
        head[2] = (byte) (key.length >>> 8);
        head[3] = (byte) (key.length >>> 16);
        head[4] = (byte) (key.length >>> 24);
        sha256.update(head);
        sha256.update(key);
    }

    private void finish() {
        try {
            sha256.digest(hash, 0, BYTES);
        } catch (DigestException e) {
            throw new IllegalStateException("SHA-256 has " + BYTES + " bytes", e);
        }
    }

    private static long limb(byte[] bytes, int limb) {
        long value = 0;
        for (int i = limb * Long.BYTES; i < (limb + 1) * Long.BYTES; i++) {
            value = value << 8 | bytes[i] & 0xff;
        }
        return value;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
