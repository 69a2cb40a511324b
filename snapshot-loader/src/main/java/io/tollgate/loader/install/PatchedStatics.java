/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.install;

import com.google.protobuf.ByteString;
import io.tollgate.loader.delta.ChangedRecords;
import io.tollgate.loader.transfer.RefusedException;
import io.tollgate.v1.Section;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The records of the small sections as they are after deltas: static.bin, and over it what has changed. Loader's thread only. */
final class PatchedStatics {
    /** What lies in static.bin and is compiled into the heap tables; the registry never changes by a delta. */
    static final Set<Section> SECTIONS = EnumSet.of(
            Section.SECTION_POLICY, Section.SECTION_ENTITLEMENT, Section.SECTION_PRICE, Section.SECTION_CAPACITY);

    private PatchedStatics() {}

    /**
     * Reads and merges, in the order of a snapshot.
     *
     * @throws IOException when static.bin is not what was written
     * @throws RefusedException naming the record that makes no sense
     */
    static StaticRecords read(Path folder, ChangedRecords changes) throws IOException, RefusedException {
        Map<Section, Map<byte[], byte[]>> sections = new EnumMap<>(Section.class);
        try {
            checkSum(folder);
            StaticFile.read(folder, (section, key, value) -> sections.computeIfAbsent(section, s -> sorted())
                    .put(key, value));
        } catch (DamagedException e) {
            throw new IOException(e.reason(), e);
        }
        for (Section section : SECTIONS) {
            Map<byte[], byte[]> records = sections.computeIfAbsent(section, s -> sorted());
            changes.forEach(section, (key, value) -> merge(records, key, value == null ? null : value.toByteArray()));
        }
        StaticRecords merged = new StaticRecords();
        for (Map.Entry<Section, Map<byte[], byte[]>> section : sections.entrySet()) {
            for (Map.Entry<byte[], byte[]> record : section.getValue().entrySet()) {
                merged.add(section.getKey(), record.getKey(), record.getValue());
            }
        }
        return merged;
    }

    private static void merge(
            Map<byte[], byte[]> records, ByteString key, byte @org.jspecify.annotations.Nullable [] value) {
        if (value == null) {
            records.remove(key.toByteArray());
        } else {
            records.put(key.toByteArray(), value);
        }
    }

    private static void checkSum(Path folder) throws IOException, DamagedException {
        for (InstalledMarker.FileEntry file : InstalledMarker.read(folder).files()) {
            if (file.name().equals(StaticFile.FILE_NAME)) {
                FileSums.check(folder, file);
            }
        }
    }

    private static Map<byte[], byte[]> sorted() {
        return new TreeMap<>(Arrays::compareUnsigned);
    }
}
