/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.install;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.tollgate.loader.delta.ChangedRecords;
import io.tollgate.loader.delta.RecordKey;
import io.tollgate.v1.ScopeRecord;
import io.tollgate.v1.Section;
import io.tollgate.v1.SignedDelta;
import io.tollgate.v1.SignedManifest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Looks records of the active snapshot up in its Chronicle Map, for cold diagnostics. The map is opened by the admin thread that asks first
 * (about a second in a fresh JVM), so that neither the start nor a heartbeat waits for it.
 *
 * <p>{@link #findScope} is for any thread that may block; callers wait for one another. The loader's thread never waits here.
 */
public final class RecordSource {
    private final ReentrantLock lock = new ReentrantLock();
    private volatile @Nullable Active active;

    /** Guarded by lock. */
    private @Nullable SectionMap open;

    private @Nullable Path openFolder;
    private boolean closed;

    private record Active(Path folder, ChangedRecords changes, @Nullable SignedDelta lastDelta) {}

    /** A source without a snapshot. */
    public RecordSource() {}

    /** Another snapshot is active from now on, and these records on top of it. Loader's thread. */
    public void switchTo(Path activeFolder, ChangedRecords activeChanges, @Nullable SignedDelta lastDelta) {
        active = new Active(activeFolder, activeChanges, lastDelta);
        releaseStale();
    }

    /** Deltas have changed these records of the active snapshot. Loader's thread. */
    public void changedTo(ChangedRecords activeChanges, @Nullable SignedDelta lastDelta) {
        Active before = active;
        if (before != null) {
            active = new Active(before.folder, activeChanges, lastDelta);
        }
    }

    /** Closes the map of a former snapshot unless somebody reads it right now. Loader's thread. */
    public void releaseStale() {
        if (lock.tryLock()) {
            try {
                Active now = active;
                if (open != null && (now == null || !now.folder.equals(openFolder))) {
                    closeMap();
                }
            } finally {
                lock.unlock();
            }
        }
    }

    /**
     * The portable record of a scope.
     *
     * @param path "org:acme/project:rag"
     * @return null when the snapshot has no such scope, or there is no snapshot
     * @throws IOException when the Chronicle Map cannot be opened or read
     */
    public @Nullable ScopeRecord findScope(String path) throws IOException {
        lock.lock();
        try {
            while (true) {
                Active now = active;
                try {
                    return find(path, now);
                } catch (IOException e) {
                    if (now == active) {
                        throw e;
                    }
                    // Its folder was deleted: another snapshot is active by now.
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private @Nullable ScopeRecord find(String path, @Nullable Active now) throws IOException {
        RecordKey key = RecordKey.of(Section.SECTION_DIRECTORY, path);
        try {
            if (now != null && now.changes.contains(key)) {
                ByteString changed = closed ? null : now.changes.get(key);
                return changed == null ? null : ScopeRecord.parseFrom(changed);
            }
            SectionMap map = map(now);
            byte[] value = map == null ? null : map.get(path.getBytes(StandardCharsets.UTF_8));
            return value == null ? null : ScopeRecord.parseFrom(value);
        } catch (InvalidProtocolBufferException e) {
            throw new IOException("the record of '" + path + "' in " + openFolder + " does not parse", e);
        }
    }

    /** Takes a whole snapshot. */
    public interface Reader {
        /** First of all; false = no more is wanted. */
        boolean manifest(SignedManifest signed) throws IOException;

        /** Then, when deltas lie on top of it: the last one. The records are those after it. */
        default void lastDelta(SignedDelta delta) throws IOException {}

        /** One record; the arrays are the reader's own. */
        void record(Section section, byte[] key, byte[] value) throws IOException;
    }

    /**
     * Reads the active snapshot whole, as it is after deltas, section by section; what deltas have changed comes last.
     * Look-ups wait meanwhile.
     *
     * @return false = there is no snapshot
     * @throws IOException when it cannot be read, or another one has become active meanwhile: try again
     */
    public boolean read(Reader reader) throws IOException {
        lock.lock();
        try {
            Active now = active;
            SectionMap directory = map(now);
            if (now == null || directory == null) {
                return false;
            }
            if (!reader.manifest(
                    SignedManifest.parseFrom(Files.readAllBytes(now.folder.resolve(Installation.MANIFEST_FILE))))) {
                return true;
            }
            if (now.lastDelta != null) {
                reader.lastDelta(now.lastDelta);
            }
            for (InstalledMarker.SectionEntry entry :
                    InstalledMarker.read(now.folder).sections()) {
                if (entry.section() == Section.SECTION_DIRECTORY) {
                    readSection(directory, now.changes, reader);
                } else {
                    SectionMap map = SectionMap.open(now.folder, entry);
                    try {
                        readSection(map, now.changes, reader);
                    } finally {
                        map.close();
                    }
                }
            }
            readAdded(now, reader);
            return true;
        } catch (DamagedException e) {
            throw new IOException(e.reason(), e);
        } finally {
            lock.unlock();
        }
    }

    private static void readSection(SectionMap map, ChangedRecords changes, Reader reader) throws IOException {
        map.forEach((key, value) -> {
            RecordKey of = new RecordKey(map.section(), ByteString.copyFrom(key));
            if (!changes.contains(of)) {
                reader.record(map.section(), key, value);
            }
        });
    }

    /** What deltas have changed or added. */
    private static void readAdded(Active now, Reader reader) throws IOException {
        for (Section section : Section.values()) {
            Map<ByteString, ByteString> added = new LinkedHashMap<>();
            now.changes.forEach(section, (key, value) -> {
                if (value != null) {
                    added.put(key, value);
                }
            });
            for (Map.Entry<ByteString, ByteString> record : added.entrySet()) {
                reader.record(
                        section,
                        record.getKey().toByteArray(),
                        record.getValue().toByteArray());
            }
        }
    }

    private @Nullable SectionMap map(@Nullable Active now) throws IOException {
        if (closed || now == null) {
            return null;
        }
        if (open == null || !now.folder.equals(openFolder)) {
            closeMap();
            open = SectionMap.open(now.folder, directoryOf(now.folder));
            openFolder = now.folder;
        }
        return open;
    }

    private static InstalledMarker.SectionEntry directoryOf(Path folder) throws IOException {
        try {
            for (InstalledMarker.SectionEntry entry :
                    InstalledMarker.read(folder).sections()) {
                if (entry.section() == Section.SECTION_DIRECTORY) {
                    return entry;
                }
            }
        } catch (DamagedException e) {
            throw new IOException(e.reason(), e);
        }
        throw new IOException(folder + " lists no directory");
    }

    private void closeMap() {
        if (open != null) {
            open.close();
            open = null;
            openFolder = null;
        }
    }

    /** Waits for a running look-up, closes; nothing is found afterwards. */
    public void close() {
        lock.lock();
        try {
            closed = true;
            closeMap();
        } finally {
            lock.unlock();
        }
    }
}
