/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.install;

import com.google.protobuf.ByteString;
import io.tollgate.loader.delta.ChangedRecords;
import io.tollgate.loader.delta.DeltaState;
import io.tollgate.loader.delta.RecordKey;
import io.tollgate.loader.transfer.ManifestCheck;
import io.tollgate.loader.transfer.ManifestVerifier;
import io.tollgate.loader.transfer.RefusedException;
import io.tollgate.loader.transfer.TransferLimits;
import io.tollgate.loader.transfer.VerifiedManifest;
import io.tollgate.v1.Section;
import io.tollgate.v1.SectionDescriptor;
import io.tollgate.v1.SignedDelta;
import io.tollgate.v1.SignedManifest;
import io.tollgate.v1.SnapshotManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An installed folder opened offline, through its Chronicle Map files. Reading such a file writes locks into it, so the state directory is
 * locked meanwhile and a folder of a running sidecar is refused. One thread.
 */
public final class InstalledFolder implements AutoCloseable {
    private final Path folder;
    private final InstalledMarker marker;
    private final VerifiedManifest manifest;
    private final @Nullable DirectoryLock lock;
    private final Map<Section, SectionMap> maps = new EnumMap<>(Section.class);
    private @Nullable KeptDeltas kept;

    /** Takes records. */
    @FunctionalInterface
    public interface Taker {
        /** One record. */
        void take(byte[] key, byte[] value) throws IOException;
    }

    private InstalledFolder(
            Path folder, InstalledMarker marker, VerifiedManifest manifest, @Nullable DirectoryLock lock) {
        this.folder = folder;
        this.marker = marker;
        this.manifest = manifest;
        this.lock = lock;
    }

    /**
     * Opens a folder.
     *
     * @throws IOException when it is no installed snapshot or belongs to a running sidecar
     * @throws RefusedException when its manifest does not hold
     */
    public static InstalledFolder open(Path folder) throws IOException, RefusedException {
        if (!Files.exists(folder.resolve(InstalledMarker.FILE_NAME))) {
            throw new IOException(folder + " is no installed snapshot: it has no " + InstalledMarker.FILE_NAME);
        }
        DirectoryLock lock = lockAbove(folder);
        try {
            SignedManifest signed =
                    SignedManifest.parseFrom(Files.readAllBytes(folder.resolve(Installation.MANIFEST_FILE)));
            String bundle = SnapshotManifest.parseFrom(signed.getManifest()).getBundle();
            VerifiedManifest manifest =
                    new ManifestCheck(bundle, TransferLimits.DEFAULT, ManifestVerifier.DEVELOPMENT).check(signed);
            return new InstalledFolder(folder, InstalledMarker.read(folder), manifest, lock);
        } catch (DamagedException e) {
            closeLock(lock);
            throw new IOException(e.reason(), e);
        } catch (IOException | RefusedException | RuntimeException e) {
            closeLock(lock);
            throw e;
        }
    }

    /** The lock of the state directory two folders above, when the folder lies in one. */
    private static @Nullable DirectoryLock lockAbove(Path folder) throws IOException {
        Path snapshots = folder.toAbsolutePath().normalize().getParent();
        Path root = snapshots == null ? null : snapshots.getParent();
        if (root == null || !Files.exists(root.resolve(DirectoryLock.FILE_NAME))) {
            return null;
        }
        return DirectoryLock.take(root);
    }

    private static void closeLock(@Nullable DirectoryLock lock) throws IOException {
        if (lock != null) {
            lock.close();
        }
    }

    /** {@return what it is} */
    public VerifiedManifest manifest() {
        return manifest;
    }

    /** {@return what is wrong: files against INSTALLED, records against their sums, counts against the manifest} */
    public List<String> verify() throws IOException {
        List<String> wrong = new ArrayList<>();
        if (!marker.version().equals(manifest.version())) {
            wrong.add(folder + ": INSTALLED is of snapshot " + marker.version() + ", the manifest of "
                    + manifest.version());
        }
        for (InstalledMarker.FileEntry file : marker.files()) {
            try {
                FileSums.check(folder, file);
            } catch (DamagedException e) {
                wrong.add(e.reason());
            }
        }
        for (SectionDescriptor descriptor : manifest.manifest().getSectionsList()) {
            verifySection(descriptor, wrong);
        }
        if (wrong.isEmpty() && !kept().damage().isEmpty()) {
            wrong.add(kept().damage());
        }
        return wrong;
    }

    private void verifySection(SectionDescriptor descriptor, List<String> wrong) {
        Section section = descriptor.getSection();
        ContentSum sum = new ContentSum();
        InstalledMarker.SectionEntry entry = entryOf(section);
        try {
            SectionMap map = map(section);
            if (map != null) {
                map.<RuntimeException>forEach(sum::add);
            }
        } catch (IOException e) {
            wrong.add(String.valueOf(e.getMessage()));
            return;
        }
        if (sum.records() != descriptor.getRecordCount()) {
            wrong.add(folder + ": " + SectionFiles.shortName(section) + " holds " + sum.records()
                    + " records, the manifest says " + descriptor.getRecordCount());
        } else if (entry != null && sum.sum() != entry.contentSum()) {
            wrong.add(folder.resolve(entry.fileName()) + " does not hold the records that were written");
        }
    }

    private InstalledMarker.@Nullable SectionEntry entryOf(Section section) {
        for (InstalledMarker.SectionEntry entry : marker.sections()) {
            if (entry.section() == section) {
                return entry;
            }
        }
        return null;
    }

    /** {@return the deltas on top of it that hold, as received} */
    public List<SignedDelta> deltas() throws IOException {
        return kept().deltas();
    }

    /** {@return the state after them} */
    public DeltaState state() throws IOException {
        return kept().state();
    }

    private KeptDeltas kept() throws IOException {
        if (kept == null) {
            kept = KeptDeltas.read(folder, manifest, this::base);
        }
        return kept;
    }

    private @Nullable ByteString base(RecordKey key) throws IOException {
        SectionMap map = map(key.section());
        byte[] value = map == null ? null : map.get(key.key().toByteArray());
        return value == null ? null : ByteString.copyFrom(value);
    }

    /** {@return records of a section, after deltas} */
    public long count(Section section) throws IOException {
        SectionMap map = map(section);
        long[] count = {map == null ? 0 : map.size()};
        List<ByteString> changed = new ArrayList<>();
        kept().state().changes().forEach(section, (key, value) -> {
            changed.add(key);
            count[0] += value == null ? 0 : 1;
        });
        for (ByteString key : changed) {
            count[0] -= map != null && map.contains(key.toByteArray()) ? 1 : 0;
        }
        return count[0];
    }

    /** {@return the record with a key, after deltas, or null} */
    public byte @Nullable [] find(Section section, String key) throws IOException {
        ByteString value = kept().state().find(RecordKey.of(section, key), this::base);
        return value == null ? null : value.toByteArray();
    }

    /** Visits every record of a section, after deltas, in no order. */
    public void forEach(Section section, Taker taker) throws IOException {
        ChangedRecords changes = kept().state().changes();
        SectionMap map = map(section);
        if (map != null) {
            map.<RuntimeException>forEach((key, value) -> {
                if (!changes.contains(new RecordKey(section, ByteString.copyFrom(key)))) {
                    taker.take(key, value);
                }
            });
        }
        Map<ByteString, ByteString> added = new LinkedHashMap<>();
        changes.forEach(section, (key, value) -> {
            if (value != null) {
                added.put(key, value);
            }
        });
        for (Map.Entry<ByteString, ByteString> record : added.entrySet()) {
            taker.take(record.getKey().toByteArray(), record.getValue().toByteArray());
        }
    }

    private @Nullable SectionMap map(Section section) throws IOException {
        SectionMap known = maps.get(section);
        InstalledMarker.SectionEntry entry = entryOf(section);
        if (known != null || entry == null) {
            return known;
        }
        SectionMap opened = SectionMap.open(folder, entry);
        maps.put(section, opened);
        return opened;
    }

    @Override
    public void close() throws IOException {
        for (SectionMap map : maps.values()) {
            map.close();
        }
        maps.clear();
        closeLock(lock);
    }
}
