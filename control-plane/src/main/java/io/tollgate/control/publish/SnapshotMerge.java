/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.publish;

import com.google.protobuf.ByteString;
import io.tollgate.v1.Delta;
import io.tollgate.v1.DeltaChange;
import io.tollgate.v1.Section;
import io.tollgate.v1.SnapshotRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot and the deltas after it, written as one snapshot. The snapshot is read through once; the heap holds what the deltas changed.
 *
 * <p>Records keep their places. New scopes come behind all others of their organization (new plans behind all others, new organizations at
 * the end), in the order in which they were added. So what they refer to comes before them; and a scope that exists never changes what it
 * refers to by a delta. Used once, by one thread.
 */
final class SnapshotMerge {
    private static final String ORGANIZATION = "org:";
    private static final Comparator<ByteString> ORDER = ByteString.unsignedLexicographicalComparator();

    /**
     * What became of a record.
     *
     * @param value null = removed
     * @param isReborn removed and added again: its place is behind what was added meanwhile
     */
    private record Change(@Nullable ByteString value, boolean isReborn) {}

    private final Map<Section, Map<ByteString, Change>> changes = new EnumMap<>(Section.class);
    private final SnapshotWriter writer;

    private Section section = Section.SECTION_UNSPECIFIED;
    /** Of the section being written, what is still to come: scopes by organization. */
    private final Map<String, Map<ByteString, Change>> scopes = new LinkedHashMap<>();
    /** The same of any other section, by key. */
    private final TreeMap<ByteString, Change> sorted = new TreeMap<>(ORDER);
    /** Of the scope that was read last; empty = global or a plan. */
    private String organization = "";

    SnapshotMerge(SnapshotWriter writer) {
        this.writer = writer;
    }

    /** Takes the next delta. */
    void apply(Delta delta) {
        for (DeltaChange change : delta.getChangesList()) {
            Map<ByteString, Change> records =
                    changes.computeIfAbsent(change.getSection(), ignored -> new LinkedHashMap<>());
            Change before = records.get(change.getKey());
            if (change.getRemove()) {
                records.put(change.getKey(), new Change(null, false));
            } else if (before != null && before.value() == null) {
                records.remove(change.getKey());
                records.put(change.getKey(), new Change(change.getValue(), true));
            } else {
                records.put(change.getKey(), new Change(change.getValue(), before != null && before.isReborn()));
            }
        }
    }

    /** Writes all records. */
    void write(SnapshotFile base) throws IOException {
        SnapshotRecords.forEach(base, this::visit);
        enter(Section.SECTION_CAPACITY);
        rest();
    }

    private void visit(Section of, SnapshotRecord record) throws IOException {
        enter(of);
        ByteString key = record.getKey();
        Change change;
        if (section == Section.SECTION_DIRECTORY) {
            String next = organizationOf(key);
            if (!next.equals(organization)) {
                add(scopes.remove(organization));
                organization = next;
            }
            Map<ByteString, Change> own = scopes.getOrDefault(next, Map.of());
            change = own.get(key);
            if (change != null && change.isReborn()) {
                return;
            }
            if (change != null) {
                own.remove(key);
            }
        } else {
            while (!sorted.isEmpty() && ORDER.compare(sorted.firstKey(), key) < 0) {
                Map.Entry<ByteString, Change> first = sorted.pollFirstEntry();
                add(first.getKey(), first.getValue());
            }
            change = sorted.remove(key);
        }
        if (change == null) {
            writer.add(section, record);
        } else {
            add(key, change);
        }
    }

    private void enter(Section target) throws IOException {
        while (section != target) {
            rest();
            section = Objects.requireNonNull(Section.forNumber(section.getNumber() + 1));
            Map<ByteString, Change> records = changes.getOrDefault(section, Map.of());
            if (section == Section.SECTION_DIRECTORY) {
                scopes.put("", new LinkedHashMap<>());
                records.forEach(
                        (key, change) -> scopes.computeIfAbsent(organizationOf(key), ignored -> new LinkedHashMap<>())
                                .put(key, change));
            } else {
                sorted.putAll(records);
            }
        }
    }

    /** Writes what is left of the section. */
    private void rest() throws IOException {
        add(scopes.remove(organization)); // Of the one that was read last; new ones come after it.
        for (Map<ByteString, Change> group : scopes.values()) {
            add(group);
        }
        add(sorted);
        scopes.clear();
        sorted.clear();
    }

    private void add(@Nullable Map<ByteString, Change> records) throws IOException {
        if (records != null) {
            for (Map.Entry<ByteString, Change> entry : records.entrySet()) {
                add(entry.getKey(), entry.getValue());
            }
        }
    }

    private void add(ByteString key, Change change) throws IOException {
        if (change.value() != null) {
            writer.add(
                    section,
                    SnapshotRecord.newBuilder()
                            .setKey(key)
                            .setValue(change.value())
                            .build());
        }
    }

    /** {@return "org:acme" of "org:acme/user:ana"; empty for global and plans} */
    private static String organizationOf(ByteString key) {
        String path = key.toString(StandardCharsets.UTF_8);
        if (!path.startsWith(ORGANIZATION)) {
            return "";
        }
        int slash = path.indexOf('/');
        return slash < 0 ? path : path.substring(0, slash);
    }
}
