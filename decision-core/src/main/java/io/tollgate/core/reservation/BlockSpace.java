/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reservation;

import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Blocks of 256 bytes in segments of 1 MiB, and which of them are free. All of a reservation is made of blocks:
 *
 * <pre>
 *   head   w0 state (StateWord)      w1 newest part (guarded)   w2 check of w4..w7, 28, 29  w3 expires at, ms (guarded)
 *          w4 created at, ms         w5 time to live, ms        w6 first part            w7 registry version
 *          w8 ended at, ms (guarded) w9 usages settled          w10,w11 their units (a byte each)  w12..w27 their amounts
 *          w28,w29 organization (hash)                          w30 end awaited (AwaitedEnds)  w31 0
 *                                                               of an idempotency key: see KeyLayout
 *
 *   others w0 free, its generation   w1 next block of the chain, 0 = last
 *          w2 check of w1, w4..w31   w3 marks (guarded): what has come back of the entries here
 *          w4..w31 28 words of a part
 *
 *   part   data    the part before it (0 = none) | its first block of entries (0 = none) | counts | registry version | taken at, ms
 *                  charges: 6 words each | of the first part also: units, terms, the request's facts
 *          entries a chain of its own, four of 7 words in a block
 *                  cell | charge(8) role(8) flags(8) kind(8) | amount | receipt | end ms or units per token | window or multiplier | 0
 * </pre>
 *
 * Free blocks are a stack linked through w1, made anew at each start; its head and the times at which heads are due lie in memory of this
 * process.
 *
 * <p>Threading: taking and returning blocks is lock-free, any thread. The loader's thread adds segments.
 */
final class BlockSpace {
    static final int BLOCK_BYTES = 256;
    static final int BLOCKS_PER_SEGMENT = 4096;
    static final int SEGMENT_BYTES = BLOCK_BYTES * BLOCKS_PER_SEGMENT;

    static final int STATE = 0;
    static final int LINK = 8;
    static final int CHECK = 16;
    static final int MARKS = 24;
    static final int PAYLOAD = 32;
    static final int PAYLOAD_WORDS = 28;

    /** {@link #due}: never. */
    static final long NOT_DUE = 0;

    private static final int SEGMENT_SHIFT = 12;
    private static final int FREE_HEAD = 128;
    private static final int FREE_COUNT = 256;
    private static final int WORDS_BYTES = 512;
    private static final long INDEX_MASK = 0xFFFF_FFFFL;

    private final long storeId;
    private final UnsafeBuffer words = new UnsafeBuffer(BufferUtil.allocateDirectAligned(WORDS_BYTES, 64));
    private volatile UnsafeBuffer[] segments = {};
    private volatile UnsafeBuffer[] dues = {};
    private volatile int size;

    BlockSpace(long storeId) {
        this.storeId = storeId;
    }

    long storeId() {
        return storeId;
    }

    /** Adds a segment; its blocks are not free until {@link #push}. Block 0 is none and never used. */
    void add(UnsafeBuffer segment) {
        UnsafeBuffer[] before = segments;
        UnsafeBuffer[] grownDues = java.util.Arrays.copyOf(dues, before.length + 1);
        grownDues[before.length] =
                new UnsafeBuffer(BufferUtil.allocateDirectAligned(segment.capacity() / BLOCK_BYTES * Long.BYTES, 64));
        dues = grownDues;
        UnsafeBuffer[] grown = java.util.Arrays.copyOf(before, before.length + 1);
        grown[before.length] = segment;
        segments = grown;
        // all but the last are full
        size = (before.length << SEGMENT_SHIFT) + segment.capacity() / BLOCK_BYTES;
    }

    /** Nobody may use a block any more. */
    void clear() {
        words.putLongVolatile(FREE_HEAD, 0);
        size = 0;
        segments = new UnsafeBuffer[0];
        dues = new UnsafeBuffer[0];
    }

    /** Blocks there are, block 0 included. */
    int size() {
        return size;
    }

    /** Blocks on the stack of free ones; those that workers keep in hand are not counted. */
    long free() {
        return words.getLongVolatile(FREE_COUNT);
    }

    /** Whether there is such a block. */
    boolean has(long block) {
        return block > 0 && block < size();
    }

    UnsafeBuffer segment(int block) {
        return segments[block >>> SEGMENT_SHIFT];
    }

    static int at(int block) {
        return (block & (BLOCKS_PER_SEGMENT - 1)) * BLOCK_BYTES;
    }

    long stateSalt(int block) {
        return Guard.salt(storeId, block, 0);
    }

    long guarded(int block, int offset) {
        return Guard.value(segment(block).getLongVolatile(at(block) + offset), Guard.salt(storeId, block, offset));
    }

    void putGuarded(int block, int offset, long value) {
        segment(block).putLongRelease(at(block) + offset, Guard.of(value, Guard.salt(storeId, block, offset)));
    }

    /** The check of a block that is no head. */
    long check(int block) {
        UnsafeBuffer segment = segment(block);
        int at = at(block);
        long sum = Guard.fold(storeId ^ block, segment.getLong(at + LINK));
        for (int word = 0; word < PAYLOAD_WORDS; word++) {
            sum = Guard.fold(sum, segment.getLong(at + PAYLOAD + word * Long.BYTES));
        }
        return Guard.avalanche(sum);
    }

    boolean intact(long block) {
        return has(block) && segment((int) block).getLong(at((int) block) + CHECK) == check((int) block);
    }

    /** When a head wants the sweeper, ms since 1970; {@link #NOT_DUE}. */
    long due(int block) {
        return dues[block >>> SEGMENT_SHIFT].getLongVolatile((block & (BLOCKS_PER_SEGMENT - 1)) * Long.BYTES);
    }

    void due(int block, long epochMs) {
        dues[block >>> SEGMENT_SHIFT].putLongRelease((block & (BLOCKS_PER_SEGMENT - 1)) * Long.BYTES, epochMs);
    }

    /** A free block, or 0 when there is none. */
    int pop() {
        long head;
        long next;
        do {
            head = words.getLongVolatile(FREE_HEAD);
            int block = (int) head;
            if (block == 0) {
                return 0;
            }
            // if somebody else pops it meanwhile this may be anything; then the tag has changed and so has the head
            next = segment(block).getLongVolatile(at(block) + LINK) & INDEX_MASK;
        } while (!words.compareAndSetLong(FREE_HEAD, head, tagged(head, next)));
        words.getAndAddLong(FREE_COUNT, -1);
        return (int) head;
    }

    /** Gives a block back. */
    void push(int block) {
        UnsafeBuffer segment = segment(block);
        long head;
        do {
            head = words.getLongVolatile(FREE_HEAD);
            segment.putLongRelease(at(block) + LINK, head & INDEX_MASK);
        } while (!words.compareAndSetLong(FREE_HEAD, head, tagged(head, block)));
        words.getAndAddLong(FREE_COUNT, 1);
    }

    /** The upper half counts, so that a head which came back is told from one that stayed. */
    private static long tagged(long before, long block) {
        return ((before >>> 32) + 1) << 32 | block;
    }
}
