/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.delta;

import com.google.protobuf.ByteString;
import io.tollgate.v1.Section;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The records that differ from an installed snapshot, after any number of deltas. Immutable: a change makes a new one that shares what
 * stayed, so readers of an older state keep it. Any thread.
 *
 * <p>An array of {@value #BUCKETS} maps by the hash of the key; a delta copies the maps that it touches.
 */
public final class ChangedRecords {
    /** As it is when nothing has changed. */
    public static final ChangedRecords NONE = new ChangedRecords(emptyBuckets(), 0, 0);

    private static final int BUCKETS = 256;
    /** A record that was removed: told from every other value by identity. */
    private static final ByteString REMOVED = ByteString.copyFromUtf8("removed");
    /** Of a record beside its bytes: map entry, key, array heads. */
    private static final int OVERHEAD_BYTES = 128;

    private final Map<RecordKey, ByteString>[] buckets;
    private final int count;
    private final long bytes;

    private ChangedRecords(Map<RecordKey, ByteString>[] buckets, int count, long bytes) {
        this.buckets = buckets;
        this.count = count;
        this.bytes = bytes;
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // no arrays of generic types in Java
    private static Map<RecordKey, ByteString>[] emptyBuckets() {
        Map<RecordKey, ByteString>[] empty = new Map[BUCKETS];
        java.util.Arrays.fill(empty, Map.of());
        return empty;
    }

    /** {@return whether this record differs from the snapshot's, or is in none} */
    public boolean contains(RecordKey key) {
        return buckets[bucket(key)].containsKey(key);
    }

    /**
     * The record as it is now.
     *
     * @return null when it was removed, or has not changed; {@link #contains} tells which
     */
    public @Nullable ByteString get(RecordKey key) {
        ByteString value = buckets[bucket(key)].get(key);
        return value == REMOVED ? null : value;
    }

    /** {@return whether the record was removed} */
    public boolean isRemoved(RecordKey key) {
        return buckets[bucket(key)].get(key) == REMOVED;
    }

    /** Gives every changed record of a section, in no order; null = removed. */
    public void forEach(Section section, BiConsumer<ByteString, @Nullable ByteString> visitor) {
        for (Map<RecordKey, ByteString> bucket : buckets) {
            bucket.forEach((key, value) -> {
                if (key.section() == section) {
                    visitor.accept(key.key(), value == REMOVED ? null : value);
                }
            });
        }
    }

    /** {@return whether any record of these sections has changed} */
    public boolean touches(Collection<Section> sections) {
        for (Map<RecordKey, ByteString> bucket : buckets) {
            for (RecordKey key : bucket.keySet()) {
                if (sections.contains(key.section())) {
                    return true;
                }
            }
        }
        return false;
    }

    /** {@return records that differ} */
    public int count() {
        return count;
    }

    /** {@return what they take on the heap, about} */
    public long bytes() {
        return bytes;
    }

    /** {@return these with more changes; a null value removes} */
    ChangedRecords with(Map<RecordKey, @Nullable ByteString> changes) {
        Map<RecordKey, ByteString>[] next = buckets.clone();
        boolean[] copied = new boolean[BUCKETS];
        int nextCount = count;
        long nextBytes = bytes;
        for (Map.Entry<RecordKey, @Nullable ByteString> change : changes.entrySet()) {
            int bucket = bucket(change.getKey());
            if (!copied[bucket]) {
                copied[bucket] = true;
                next[bucket] = new HashMap<>(next[bucket]);
            }
            ByteString value = change.getValue() == null ? REMOVED : change.getValue();
            ByteString before = next[bucket].put(change.getKey(), value);
            if (before == null) {
                nextCount++;
                nextBytes += OVERHEAD_BYTES + change.getKey().key().size();
            } else {
                nextBytes -= before.size();
            }
            nextBytes += value.size();
        }
        return new ChangedRecords(next, nextCount, nextBytes);
    }

    private static int bucket(RecordKey key) {
        int hash = key.hashCode() * 0x9E3779B9;
        return hash >>> Integer.SIZE - Integer.numberOfTrailingZeros(BUCKETS);
    }
}
