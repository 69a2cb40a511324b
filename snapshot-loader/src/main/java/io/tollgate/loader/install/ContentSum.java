/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.install;

import java.util.zip.CRC32C;

/**
 * A sum over records that does not depend on their order, since Chronicle Map gives them back in another one: the sum, modulo 2^64, of a
 * mixed CRC-32C of each key and value. It finds accidents; forgery is the manifest's business.
 */
final class ContentSum {
    private static final long MIX_1 = 0xBF58476D1CE4E5B9L;
    private static final long MIX_2 = 0x94D049BB133111EBL;

    private final CRC32C crc = new CRC32C();
    private long sum;
    private long records;

    void add(byte[] key, byte[] value) {
        crc.reset();
        crc.update(key, 0, key.length);
        long keySum = crc.getValue();
        crc.reset();
        crc.update(value, 0, value.length);
        sum += mix(keySum << Integer.SIZE | crc.getValue());
        records++;
    }

    long sum() {
        return sum;
    }

    long records() {
        return records;
    }

    /** SplitMix64's finalizer (Steele, Lea, Flood 2014): spreads every bit over all others. */
    private static long mix(long value) {
        long z = value;
        z = (z ^ z >>> 30) * MIX_1;
        z = (z ^ z >>> 27) * MIX_2;
        return z ^ z >>> 31;
    }
}
