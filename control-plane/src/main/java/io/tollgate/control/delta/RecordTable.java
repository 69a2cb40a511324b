/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.delta;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import io.tollgate.core.digest.StateDigest;
import io.tollgate.v1.DeltaChange;
import io.tollgate.v1.ScopeRecord;
import io.tollgate.v1.Section;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What is published, as far as it must be known to tell what changed: every record's key and SHA-256, and of scopes a hash of what others
 * copy from them. About 90 bytes a record, so some 90 MB for a million principals; the records themselves are in the snapshot file.
 *
 * <pre>
 *   record i: sections[i] | key = keys[keyEnds[i - 1] .. keyEnds[i]) | hashes[32 i .. 32 i + 32) | structures[i] | eachs[i]
 *   slots:    open addressing by key; record + 1, 0 = free. A removed record keeps its slot, with section 0.
 * </pre>
 *
 * <p>Records stay in the order in which they came: that of a snapshot, and what deltas added after it. So what a record refers to comes
 * before it. Not thread-safe.
 */
public final class RecordTable {
    private static final int FIRST_CAPACITY = 64;
    private static final int KEY_BYTES = 32;
    private static final int REMOVED = 0;

    private final StateDigest digest = new StateDigest();
    private byte[] keys = new byte[FIRST_CAPACITY * KEY_BYTES];
    private int[] keyEnds = new int[FIRST_CAPACITY];
    private byte[] sections = new byte[FIRST_CAPACITY];
    private byte[] hashes = new byte[FIRST_CAPACITY * StateDigest.BYTES];
    private long[] structures = new long[FIRST_CAPACITY];
    private int[] eachs = new int[FIRST_CAPACITY];
    private int[] slots = new int[2 * FIRST_CAPACITY];
    private int count;
    private int live;

    /** {@return how many records there are} */
    public int size() {
        return live;
    }

    /** {@return SnapshotManifest.state_digest of the records} */
    public ByteString stateDigest() {
        return ByteString.copyFrom(digest.toBytes());
    }

    /** {@return one more than the highest index; some indexes are of removed records} */
    int end() {
        return count;
    }

    boolean isLive(int index) {
        return sections[index] != REMOVED;
    }

    int section(int index) {
        return sections[index];
    }

    byte[] key(int index) {
        return Arrays.copyOfRange(keys, start(index), keyEnds[index]);
    }

    byte[] hash(int index) {
        return Arrays.copyOfRange(hashes, index * StateDigest.BYTES, (index + 1) * StateDigest.BYTES);
    }

    boolean hasHash(int index, byte[] hash) {
        int at = index * StateDigest.BYTES;
        return Arrays.equals(hashes, at, at + StateDigest.BYTES, hash, 0, StateDigest.BYTES);
    }

    long structure(int index) {
        return structures[index];
    }

    int each(int index) {
        return eachs[index];
    }

    /** {@return the record's index, or -1} */
    int find(int section, byte[] key) {
        int mask = slots.length - 1;
        for (int slot = slotOf(section, key, 0, key.length) & mask; slots[slot] != 0; slot = slot + 1 & mask) {
            int index = slots[slot] - 1;
            if (sections[index] == section && Arrays.equals(keys, start(index), keyEnds[index], key, 0, key.length)) {
                return index;
            }
        }
        return -1;
    }

    /** Adds a record, or replaces the one of the same key. */
    public void put(Section section, byte[] key, byte[] value) throws IOException {
        byte[] hash = digest.recordHash(section.getNumber(), key, value);
        ScopeRecord scope =
                section == Section.SECTION_DIRECTORY ? ScopeRecord.parseFrom(value) : ScopeRecord.getDefaultInstance();
        put(section.getNumber(), key, hash, scope);
    }

    /** Adds a record, or replaces the one of the same key, as it is written into snapshots. */
    public void put(Section section, String key, MessageLite value) throws IOException {
        byte[] bytes = new byte[value.getSerializedSize()];
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.useDeterministicSerialization();
        value.writeTo(out);
        put(section, key.getBytes(StandardCharsets.UTF_8), bytes);
    }

    private void put(int section, byte[] key, byte[] hash, ScopeRecord scope) throws IOException {
        int index = find(section, key);
        if (index < 0) {
            index = append(section, key);
        } else {
            digest.removeHash(hash(index));
        }
        digest.addHash(hash);
        System.arraycopy(hash, 0, hashes, index * StateDigest.BYTES, StateDigest.BYTES);
        boolean isScope = section == Section.SECTION_DIRECTORY_VALUE;
        structures[index] = isScope ? ScopeShape.structure(scope) : 0;
        eachs[index] = isScope ? ScopeShape.each(scope) : 0;
    }

    /**
     * Removes a record.
     *
     * @return false when there is none of this key
     */
    public boolean remove(Section section, byte[] key) {
        int index = find(section.getNumber(), key);
        if (index < 0) {
            return false;
        }
        digest.removeHash(hash(index));
        sections[index] = REMOVED;
        live--;
        return true;
    }

    /**
     * Applies one change of a delta.
     *
     * @throws IOException when it removes what is not there, or a scope does not parse
     */
    public void apply(DeltaChange change) throws IOException {
        byte[] key = change.getKey().toByteArray();
        if (!change.getRemove()) {
            put(change.getSection(), key, change.getValue().toByteArray());
        } else if (!remove(change.getSection(), key)) {
            throw new IOException("a delta removes record '" + new String(key, StandardCharsets.UTF_8) + "' of "
                    + change.getSection() + ", which is not there");
        }
    }

    private int append(int section, byte[] key) {
        if (count == keyEnds.length) {
            if (live < count / 2) {
                compact();
            } else {
                grow();
            }
        }
        int index = count++;
        int start = start(index);
        if (keys.length - start < key.length) {
            keys = Arrays.copyOf(keys, Math.max(Math.addExact(start, key.length), Math.addExact(start, start / 2)));
        }
        System.arraycopy(key, 0, keys, start, key.length);
        keyEnds[index] = start + key.length;
        sections[index] = (byte) section;
        claim(index);
        live++;
        return index;
    }

    private int start(int index) {
        return index == 0 ? 0 : keyEnds[index - 1];
    }

    private void claim(int index) {
        int mask = slots.length - 1;
        int slot = slotOf(sections[index], keys, start(index), keyEnds[index]) & mask;
        while (slots[slot] != 0) {
            slot = slot + 1 & mask;
        }
        slots[slot] = index + 1;
    }

    private void grow() {
        int capacity = Math.addExact(keyEnds.length, keyEnds.length / 2);
        keyEnds = Arrays.copyOf(keyEnds, capacity);
        sections = Arrays.copyOf(sections, capacity);
        hashes = Arrays.copyOf(hashes, Math.multiplyExact(capacity, StateDigest.BYTES));
        structures = Arrays.copyOf(structures, capacity);
        eachs = Arrays.copyOf(eachs, capacity);
        index(capacity);
    }

    /** Closes the gaps of removed records. */
    private void compact() {
        int to = 0;
        int keyEnd = 0;
        int start = 0;
        for (int from = 0; from < count; from++) {
            int length = keyEnds[from] - start;
            if (isLive(from)) {
                System.arraycopy(keys, start, keys, keyEnd, length);
                System.arraycopy(hashes, from * StateDigest.BYTES, hashes, to * StateDigest.BYTES, StateDigest.BYTES);
                sections[to] = sections[from];
                structures[to] = structures[from];
                eachs[to] = eachs[from];
            }
            start = keyEnds[from];
            if (isLive(from)) {
                keyEnd += length;
                keyEnds[to++] = keyEnd;
            }
        }
        count = to;
        index(keyEnds.length);
    }

    private void index(int capacity) {
        slots = new int[Integer.highestOneBit(Math.multiplyExact(capacity, 2) - 1) << 1];
        for (int i = 0; i < count; i++) {
            if (isLive(i)) {
                claim(i);
            }
        }
    }

    /** FNV-1a, mixed. */
    private static int slotOf(int section, byte[] bytes, int start, int end) {
        long hash = 0xcbf29ce484222325L ^ section;
        for (int i = start; i < end; i++) {
            hash = (hash ^ bytes[i] & 0xff) * 0x100000001b3L;
        }
        hash = (hash ^ hash >>> 32) * 0x9e3779b97f4a7c15L;
        return (int) (hash >>> 32);
    }
}
