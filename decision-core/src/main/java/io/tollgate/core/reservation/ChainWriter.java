/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reservation;

import io.tollgate.core.request.FactSink;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Writes a chain of blocks, word by word, each block sealed with its check when it is full. Blocks come from a cache that has enough.
 * Belongs to one thread.
 */
final class ChainWriter implements FactSink {
    private final BlockSpace space;
    private final BlockCache cache;
    private int first;
    private int block;
    private int word;
    private UnsafeBuffer segment;
    private int at;

    ChainWriter(BlockSpace space, BlockCache cache) {
        this.space = space;
        this.cache = cache;
        this.segment = new UnsafeBuffer(0, 0);
    }

    /** Starts a chain. */
    void begin() {
        first = next();
    }

    private int next() {
        block = cache.take();
        segment = space.segment(block);
        at = BlockSpace.at(block);
        word = 0;
        space.putGuarded(block, BlockSpace.MARKS, 0);
        return block;
    }

    @Override
    public void put(long value) {
        if (word == BlockSpace.PAYLOAD_WORDS) {
            int full = block;
            next();
            seal(full, block);
        }
        segment.putLong(at + BlockSpace.PAYLOAD + word * Long.BYTES, value);
        word++;
    }

    @Override
    public void put(byte[] bytes, int offset, int length) {
        int i = offset;
        int end = offset + length;
        while (i < end) {
            long value = 0;
            for (int b = 0; b < Long.BYTES && i < end; b++, i++) {
                value |= (bytes[i] & 0xFFL) << b * Byte.SIZE;
            }
            put(value);
        }
    }

    private void seal(int full, int link) {
        UnsafeBuffer buffer = space.segment(full);
        int offset = BlockSpace.at(full);
        buffer.putLong(offset + BlockSpace.LINK, link);
        buffer.putLongRelease(offset + BlockSpace.CHECK, space.check(full));
    }

    /** Ends the chain; {@return its first block}. */
    int end() {
        while (word < BlockSpace.PAYLOAD_WORDS) {
            segment.putLong(at + BlockSpace.PAYLOAD + word * Long.BYTES, 0);
            word++;
        }
        seal(block, 0);
        return first;
    }

    /** Blocks that so many words need. */
    static int blocks(long words) {
        return (int) ((words + BlockSpace.PAYLOAD_WORDS - 1) / BlockSpace.PAYLOAD_WORDS);
    }
}
