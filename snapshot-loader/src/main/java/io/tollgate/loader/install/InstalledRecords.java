/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.install;

import com.google.protobuf.ByteString;
import io.tollgate.loader.delta.BaseRecords;
import io.tollgate.loader.delta.RecordKey;
import io.tollgate.v1.Section;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Looks records of an installed snapshot up in its Chronicle Map files, which are opened when first needed (a second or two in a fresh
 * JVM). Loader's thread only.
 */
public final class InstalledRecords implements BaseRecords, AutoCloseable {
    private final Path folder;
    private final Map<Section, SectionMap> maps = new EnumMap<>(Section.class);
    private @Nullable InstalledMarker marker;

    /** Of a folder; opens nothing yet. */
    public InstalledRecords(Path folder) {
        this.folder = folder;
    }

    @Override
    public @Nullable ByteString find(RecordKey key) throws IOException {
        try {
            SectionMap map = map(key.section());
            byte[] value = map == null ? null : map.get(key.key().toByteArray());
            return value == null ? null : ByteString.copyFrom(value);
        } catch (RuntimeException e) {
            // What Chronicle says when it reads nonsense.
            throw new IOException("the records of " + folder + " cannot be read: " + e, e);
        }
    }

    private @Nullable SectionMap map(Section section) throws IOException {
        SectionMap known = maps.get(section);
        if (known != null) {
            return known;
        }
        for (InstalledMarker.SectionEntry entry : marker().sections()) {
            if (entry.section() == section) {
                SectionMap opened = SectionMap.open(folder, entry);
                maps.put(section, opened);
                return opened;
            }
        }
        return null;
    }

    private InstalledMarker marker() throws IOException {
        if (marker == null) {
            try {
                marker = InstalledMarker.read(folder);
            } catch (DamagedException e) {
                throw new IOException(e.reason(), e);
            }
        }
        return marker;
    }

    @Override
    public void close() {
        for (SectionMap map : maps.values()) {
            map.close();
        }
        maps.clear();
    }
}
