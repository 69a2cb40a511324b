/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reservation;

import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Finds the head block of an idempotency key: buckets of eight words, two buckets for each key. Lies in memory of this process, made anew
 * from the heads at each start.
 *
 * <pre>
 *   word   0 = free      else 63 .. 32: tag (of the key)      31 .. 0: block
 * </pre>
 *
 * <p>Threading: any thread, lock-free. Two threads that add the same key at once may both be in; whoever adds looks again afterwards
 * ({@link #find} with itself excluded): at least one of them sees the other.
 */
final class KeyIndex {
    private static final int BUCKET = 8;
    private static final int BUCKET_BYTES = BUCKET * Long.BYTES;
    private static final int LEAST_BUCKETS = 64;

    private final BlockSpace space;
    private final UnsafeBuffer words;
    private final int mask;

    /** @param keys about how many there may be */
    KeyIndex(BlockSpace space, int keys) {
        this.space = space;
        int buckets = Math.max(LEAST_BUCKETS, Integer.highestOneBit(Math.max(1, keys / BUCKET)) << 1);
        this.mask = buckets - 1;
        this.words = new UnsafeBuffer(BufferUtil.allocateDirectAligned(buckets * BUCKET_BYTES, 64));
    }

    /** The head of a key, or 0; never the one excluded. */
    int find(long high, long low, int excluded) {
        int found = find(bucket(low), high, low, excluded);
        return found != 0 ? found : find(bucket(high), high, low, excluded);
    }

    private int find(int bucket, long high, long low, int excluded) {
        long tag = tag(high, low);
        for (int at = bucket, end = bucket + BUCKET_BYTES; at < end; at += Long.BYTES) {
            long word = words.getLongVolatile(at);
            int block = (int) word;
            if (word != 0 && (word & ~0xFFFF_FFFFL) == tag && block != excluded && isOf(block, high, low)) {
                return block;
            }
        }
        return 0;
    }

    private boolean isOf(int block, long high, long low) {
        UnsafeBuffer segment = space.segment(block);
        int at = BlockSpace.at(block);
        long before = segment.getLongVolatile(at);
        boolean same = segment.getLongVolatile(at + KeyLayout.KEY_HIGH) == high
                && segment.getLongVolatile(at + KeyLayout.KEY_LOW) == low;
        int state = StateWord.state(before, space.stateSalt(block));
        // freed and used again meanwhile: then it is another's
        return same
                && (state == StateWord.CLAIMED || state == StateWord.ANSWERED)
                && StateWord.generation(segment.getLongVolatile(at)) == StateWord.generation(before);
    }

    /** Keys that there would be room for in perfectly filled buckets. */
    long capacity() {
        return (mask + 1L) * BUCKET;
    }

    /** Adds a head; false when both of its buckets are full. */
    boolean add(long high, long low, int block) {
        int first = bucket(low);
        int second = bucket(high);
        boolean swap = free(second) > free(first);
        return put(swap ? second : first, high, low, block) || put(swap ? first : second, high, low, block);
    }

    private int free(int bucket) {
        int free = 0;
        for (int at = bucket, end = bucket + BUCKET_BYTES; at < end; at += Long.BYTES) {
            free += words.getLong(at) == 0 ? 1 : 0;
        }
        return free;
    }

    private boolean put(int bucket, long high, long low, int block) {
        long word = tag(high, low) | block;
        for (int at = bucket, end = bucket + BUCKET_BYTES; at < end; at += Long.BYTES) {
            if (words.getLongVolatile(at) == 0 && words.compareAndSetLong(at, 0, word)) {
                return true;
            }
        }
        return false;
    }

    void remove(long high, long low, int block) {
        long word = tag(high, low) | block;
        if (!remove(bucket(low), word)) {
            remove(bucket(high), word);
        }
    }

    private boolean remove(int bucket, long word) {
        for (int at = bucket, end = bucket + BUCKET_BYTES; at < end; at += Long.BYTES) {
            if (words.getLongVolatile(at) == word && words.compareAndSetLong(at, word, 0)) {
                return true;
            }
        }
        return false;
    }

    private int bucket(long hash) {
        return ((int) hash & mask) * BUCKET_BYTES;
    }

    private static long tag(long high, long low) {
        return (high ^ Long.rotateLeft(low, 17)) & ~0xFFFF_FFFFL;
    }
}
