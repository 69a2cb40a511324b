/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.publish;

import io.tollgate.control.delta.DeltaFiles;
import io.tollgate.control.signing.ManifestSigner;
import io.tollgate.v1.Delta;
import io.tollgate.v1.SnapshotManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/**
 * States of a bundle that were published before, out of the state directory of a control plane. Reads only, also beside a running one.
 *
 * @param epoch of the state
 * @param first the first sequence of a gapless run of states that are there
 * @param last the last one of it
 * @param fromMs when the first was published, milliseconds since 1970
 */
public record ArchivedState(long epoch, long first, long last, long fromMs) {

    /**
     * {@return what is there, newest first}
     *
     * @throws IOException when there is no such bundle, or it cannot be read
     */
    public static List<ArchivedState> list(Path stateDir, String bundle) throws IOException {
        SnapshotArchive archive = new SnapshotArchive(folder(stateDir, bundle));
        List<DeltaFiles.Range> ranges = archive.deltas().ranges();
        List<ArchivedState> runs = new ArrayList<>();
        for (SnapshotArchive.Entry entry : archive.list()) {
            long last = entry.sequence();
            for (DeltaFiles.Range range : ranges) {
                if (range.epoch() == entry.epoch() && range.first() <= last + 1 && range.last() > last) {
                    last = range.last();
                }
            }
            ArchivedState before = runs.isEmpty() ? null : runs.get(runs.size() - 1);
            if (before != null && before.epoch() == entry.epoch() && entry.sequence() <= before.last() + 1) {
                runs.set(
                        runs.size() - 1,
                        new ArchivedState(
                                before.epoch(), before.first(), Math.max(before.last(), last), before.fromMs()));
            } else {
                runs.add(new ArchivedState(entry.epoch(), entry.sequence(), last, entry.createdAtMs()));
            }
        }
        runs.sort(Comparator.comparingLong(ArchivedState::epoch)
                .thenComparingLong(ArchivedState::first)
                .reversed());
        return runs;
    }

    /**
     * Writes a state as a snapshot file.
     *
     * @param epoch 0 = the newest
     * @param sequence the last change that is in it; negative = the newest
     * @param file replaced when it exists
     * @param signer signs a file that is made here; one that is there already is copied with the signatures that it has
     * @return the manifest
     * @throws IOException when the state is not kept, or something cannot be read or written; the message says which states are kept
     */
    public static SnapshotManifest write(
            Path stateDir, String bundle, long epoch, long sequence, Path file, ManifestSigner signer)
            throws IOException {
        SnapshotArchive archive = new SnapshotArchive(folder(stateDir, bundle));
        List<SnapshotArchive.Entry> entries = archive.list();
        List<DeltaFiles.Range> ranges = archive.deltas().ranges();
        long wantedEpoch = epoch != 0 ? epoch : newestEpoch(entries);
        long wanted = sequence >= 0 ? sequence : newest(list(stateDir, bundle), wantedEpoch);
        for (int i = entries.size() - 1; i >= 0; i--) {
            SnapshotArchive.Entry base = entries.get(i);
            if (base.epoch() == wantedEpoch
                    && base.sequence() <= wanted
                    && DeltaFiles.cover(ranges, wantedEpoch, base.sequence(), wanted)) {
                return write(archive, base, wanted, file, signer);
            }
        }
        throw new IOException("the state of bundle '" + bundle + "' at change " + wanted + " of epoch " + wantedEpoch
                + " is not kept in " + stateDir + "; there are " + texts(stateDir, bundle));
    }

    private static SnapshotManifest write(
            SnapshotArchive archive, SnapshotArchive.Entry base, long wanted, Path file, ManifestSigner signer)
            throws IOException {
        try (SnapshotFile snapshot = SnapshotFile.open(base.file())) {
            if (base.sequence() == wanted) {
                Files.copy(base.file(), file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
                return snapshot.manifest();
            }
            List<Delta> deltas = new ArrayList<>();
            archive.deltas().forEach(base.epoch(), base.sequence(), wanted, deltas::add);
            Delta last = deltas.get(deltas.size() - 1);
            SnapshotFacts facts = SnapshotFacts.after(snapshot.manifest(), last, base.version(), last.getCreatedAtMs());
            try (SnapshotWriter writer = SnapshotWriter.begin(file, facts, signer)) {
                SnapshotMerge merge = new SnapshotMerge(writer);
                deltas.forEach(merge::apply);
                merge.write(snapshot);
                SnapshotManifest manifest = writer.finish();
                if (!manifest.getStateDigest().equals(last.getStateDigest())) {
                    Files.deleteIfExists(file);
                    throw new IOException("snapshot " + base.file() + " and the deltas up to " + wanted
                            + " do not come to the state digest that they say");
                }
                return manifest;
            }
        }
    }

    private static long newestEpoch(List<SnapshotArchive.Entry> entries) {
        return entries.isEmpty() ? 0 : entries.get(entries.size() - 1).epoch();
    }

    private static long newest(List<ArchivedState> runs, long epoch) {
        return runs.stream()
                .filter(run -> run.epoch() == epoch)
                .mapToLong(ArchivedState::last)
                .max()
                .orElse(0);
    }

    private static String texts(Path stateDir, String bundle) throws IOException {
        TreeSet<String> texts = new TreeSet<>();
        list(stateDir, bundle).forEach(run -> texts.add(run.toString()));
        return texts.isEmpty() ? "none" : String.join(", ", texts);
    }

    private static Path folder(Path stateDir, String bundle) throws IOException {
        Path folder = stateDir.resolve(bundle);
        if (!Files.isDirectory(folder)) {
            throw new IOException("there is no bundle '" + bundle + "' in " + stateDir
                    + ", which must be the state_dir of a control plane");
        }
        return folder;
    }

    /** {@return "changes 3 to 17 of epoch 1763650000000"} */
    @Override
    public String toString() {
        return "changes " + first + " to " + last + " of epoch " + epoch;
    }
}
