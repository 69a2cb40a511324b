/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.diff;

import io.tollgate.v1.RegistryRecord;
import io.tollgate.v1.Section;
import io.tollgate.v1.SectionDescriptor;
import io.tollgate.v1.SnapshotManifest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Compares two snapshots section by section; the heap holds one section of the first. Records with equal bytes are not looked into, unless
 * their numbers mean something else in the other registry.
 */
public final class SnapshotDiff {
    private final RecordSet before;
    private final RecordSet after;
    private final Names namesBefore;
    private final Names namesAfter;
    private final List<Change> changes = new ArrayList<>();
    private long moved;

    /**
     * What was found.
     *
     * @param changes sorted by kind and name
     * @param movedLines things of which nothing but their place in the sources has changed
     * @param sameBytes every section has the same digest
     */
    public record Result(List<Change> changes, long movedLines, boolean sameBytes) {
        /** {@return whether both say the same; versions and times aside} */
        public boolean isSame() {
            return changes.isEmpty() && sameBytes;
        }
    }

    private SnapshotDiff(RecordSet before, RecordSet after) throws IOException {
        this.before = before;
        this.after = after;
        this.namesBefore = names(before);
        this.namesAfter = names(after);
    }

    /** {@return what changed from the one to the other} */
    public static Result of(RecordSet before, RecordSet after) throws IOException {
        SnapshotDiff diff = new SnapshotDiff(before, after);
        diff.compare(RecordItems.of(before.manifest()), RecordItems.of(after.manifest()));
        for (Section section : Section.values()) {
            if (section != Section.SECTION_UNSPECIFIED && section != Section.UNRECOGNIZED) {
                diff.section(section);
            }
        }
        diff.changes.sort(Comparator.comparing(Change::item));
        return new Result(
                List.copyOf(diff.changes),
                diff.moved,
                digests(before.manifest()).equals(digests(after.manifest())));
    }

    private static Names names(RecordSet set) throws IOException {
        RegistryRecord[] found = {RegistryRecord.getDefaultInstance()};
        set.forEach(Section.SECTION_REGISTRY, (key, value) -> found[0] = RegistryRecord.parseFrom(value));
        return new Names(found[0]);
    }

    private static Map<Section, Object> digests(SnapshotManifest manifest) {
        Map<Section, Object> digests = new TreeMap<>();
        for (SectionDescriptor section : manifest.getSectionsList()) {
            if (section.getRecordCount() > 0) {
                digests.put(section.getSection(), section.getSha256());
            }
        }
        return digests;
    }

    private void section(Section section) throws IOException {
        boolean sameNumbers = namesBefore.meansTheSameAs(namesAfter);
        Map<String, byte[]> first = new HashMap<>();
        before.forEach(section, (key, value) -> first.put(text(key), value));
        after.forEach(section, (key, value) -> {
            byte[] old = first.remove(text(key));
            if (old == null) {
                compare(Map.of(), RecordItems.of(section, value, namesAfter));
            } else if (!sameNumbers || !Arrays.equals(old, value)) {
                compare(RecordItems.of(section, old, namesBefore), RecordItems.of(section, value, namesAfter));
            }
        });
        for (byte[] gone : first.values()) {
            compare(RecordItems.of(section, gone, namesBefore), Map.of());
        }
    }

    private static String text(byte[] key) {
        return new String(key, StandardCharsets.UTF_8);
    }

    private void compare(Map<Item, Map<String, String>> old, Map<Item, Map<String, String>> now) {
        old.forEach((item, texts) -> {
            Map<String, String> other = now.get(item);
            if (other == null) {
                add(item, Change.Type.REMOVED, texts, Map.of());
            } else if (!texts.equals(other)) {
                add(item, Change.Type.CHANGED, texts, other);
            }
        });
        now.forEach((item, texts) -> {
            if (!old.containsKey(item)) {
                add(item, Change.Type.ADDED, Map.of(), texts);
            }
        });
    }

    private void add(Item item, Change.Type type, Map<String, String> old, Map<String, String> now) {
        TreeSet<String> names = new TreeSet<>(old.keySet());
        names.addAll(now.keySet());
        List<Change.Field> fields = new ArrayList<>();
        for (String name : names) {
            String was = old.getOrDefault(name, "");
            String is = now.getOrDefault(name, "");
            if (!was.equals(is) && !name.equals(FieldTexts.SOURCE)) {
                fields.add(new Change.Field(name, was, is));
            }
        }
        if (fields.isEmpty() && type == Change.Type.CHANGED) {
            moved++;
        } else {
            changes.add(new Change(item, type, List.copyOf(fields)));
        }
    }
}
