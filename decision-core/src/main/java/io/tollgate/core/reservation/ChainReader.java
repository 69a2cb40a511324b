/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reservation;

import io.tollgate.core.request.FactSource;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Reads a chain of blocks, word by word; a block that fails its check, or does not exist, ends it with zeros and {@link #broken}. A chain
 * that others free meanwhile reads as broken or as something else: compare the state word afterwards. Belongs to one thread.
 */
final class ChainReader implements FactSource {
    private final BlockSpace space;
    private int block;
    private int word;
    private UnsafeBuffer segment = new UnsafeBuffer(0, 0);
    private int at;
    private boolean broken;
    private int steps;

    ChainReader(BlockSpace space) {
        this.space = space;
    }

    void begin(long first) {
        broken = false;
        steps = 0;
        enter(first);
    }

    private void enter(long next) {
        // a chain is never longer than the store: a loop is broken too
        broken |= steps++ > space.size() || !space.intact(next);
        if (!broken) {
            block = (int) next;
            segment = space.segment(block);
            at = BlockSpace.at(block);
            word = 0;
        }
    }

    @Override
    public long get() {
        if (!broken && word == BlockSpace.PAYLOAD_WORDS) {
            enter(segment.getLong(at + BlockSpace.LINK));
        }
        return broken ? 0 : segment.getLong(at + BlockSpace.PAYLOAD + word++ * Long.BYTES);
    }

    @Override
    public void get(byte[] bytes, int offset, int length) {
        int i = offset;
        int end = offset + length;
        while (i < end) {
            long value = get();
            for (int b = 0; b < Long.BYTES && i < end; b++, i++) {
                bytes[i] = (byte) (value >>> b * Byte.SIZE);
            }
        }
    }

    void skip(long words) {
        for (long i = 0; i < words && !broken; i++) {
            get();
        }
    }

    boolean broken() {
        return broken;
    }

    /** The block that the last word came from. */
    int block() {
        return block;
    }
}
