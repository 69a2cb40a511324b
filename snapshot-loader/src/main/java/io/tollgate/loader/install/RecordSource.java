/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.install;

import com.google.protobuf.InvalidProtocolBufferException;
import io.tollgate.v1.ScopeRecord;
import io.tollgate.v1.Section;
import io.tollgate.v1.SignedManifest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
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
    private volatile @Nullable Path folder;

    /** Guarded by lock. */
    private @Nullable SectionMap open;

    private @Nullable Path openFolder;
    private boolean closed;

    /** A source without a snapshot. */
    public RecordSource() {}

    /** Another snapshot is active from now on. Loader's thread. */
    public void switchTo(Path activeFolder) {
        folder = activeFolder;
        releaseStale();
    }

    /** Closes the map of a former snapshot unless somebody reads it right now. Loader's thread. */
    public void releaseStale() {
        if (lock.tryLock()) {
            try {
                if (open != null && !Objects.equals(openFolder, folder)) {
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
            SectionMap map = map();
            byte[] value = map == null ? null : map.get(path.getBytes(StandardCharsets.UTF_8));
            return value == null ? null : ScopeRecord.parseFrom(value);
        } catch (InvalidProtocolBufferException e) {
            throw new IOException("the record of '" + path + "' in " + openFolder + " does not parse", e);
        } finally {
            lock.unlock();
        }
    }

    /** Takes a whole snapshot. */
    public interface Reader {
        /** First of all; false = no more is wanted. */
        boolean manifest(SignedManifest signed) throws IOException;

        /** One record; the arrays are the reader's own. */
        void record(Section section, byte[] key, byte[] value) throws IOException;
    }

    /**
     * Reads the active snapshot whole, section by section. Look-ups wait meanwhile.
     *
     * @return false = there is no snapshot
     * @throws IOException when it cannot be read, or another one has become active meanwhile: try again
     */
    public boolean read(Reader reader) throws IOException {
        lock.lock();
        try {
            Path active = folder;
            SectionMap directory = map();
            if (active == null || directory == null) {
                return false;
            }
            if (!reader.manifest(
                    SignedManifest.parseFrom(Files.readAllBytes(active.resolve(Installation.MANIFEST_FILE))))) {
                return true;
            }
            for (InstalledMarker.SectionEntry entry :
                    InstalledMarker.read(active).sections()) {
                if (entry.section() == Section.SECTION_DIRECTORY) {
                    directory.forEach((key, value) -> reader.record(entry.section(), key, value));
                } else {
                    SectionMap map = SectionMap.open(active, entry);
                    try {
                        map.forEach((key, value) -> reader.record(entry.section(), key, value));
                    } finally {
                        map.close();
                    }
                }
            }
            return true;
        } catch (DamagedException e) {
            throw new IOException(e.reason(), e);
        } finally {
            lock.unlock();
        }
    }

    private @Nullable SectionMap map() throws IOException {
        Path active = folder;
        if (closed || active == null) {
            return null;
        }
        if (open == null || !active.equals(openFolder)) {
            closeMap();
            open = SectionMap.open(active, directoryOf(active));
            openFolder = active;
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
