/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.publish;

import io.tollgate.control.compiler.CompiledBundle;
import io.tollgate.control.delta.ChangeSet;
import io.tollgate.control.delta.Comparison;
import io.tollgate.control.delta.DeltaLog;
import io.tollgate.control.delta.RecordTable;
import io.tollgate.control.signing.ManifestSigner;
import io.tollgate.v1.Delta;
import io.tollgate.v1.DeltaChange;
import io.tollgate.v1.SignedDelta;
import io.tollgate.v1.SnapshotManifest;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Publishes one bundle: as a delta what sidecars can patch, as a snapshot what they cannot. Versions and sequences only grow. Finds what
 * was published last again after a restart.
 *
 * <pre>
 *   state_dir/BUNDLE/STATE                   see {@link BundleState}
 *   state_dir/BUNDLE/EPOCH-VERSION.tgs       snapshots, see {@link SnapshotArchive}
 *   state_dir/BUNDLE/EPOCH-SEQUENCE.tgd      deltas, see {@link DeltaLog}
 * </pre>
 *
 * <p>A delta is on disk before anybody sees it. A snapshot is on disk before its version is, and its version is before anybody sees it. So
 * a crash in between gives the number again, to something that nobody had seen.
 *
 * <p>A snapshot of its own right takes the next sequence and cuts the log: who has less must pull it. A checkpoint holds what snapshot and
 * deltas before it hold; who has all those deltas need not pull it.
 *
 * <pre>
 *   field        written by                             read by
 *   table        publishing thread                      publishing thread
 *   state, log   publishing thread, under snapshots     both, under snapshots
 *   head         both, under this                       any (volatile)
 * </pre>
 *
 * <p>{@link #publish} belongs to one thread, {@link #checkpoint} and {@link #clean} to another; what returns what is published, to any.
 */
public final class BundlePublisher implements AutoCloseable {
    private static final Logger LOG = System.getLogger("tollgate.control.publish");
    private static final int READ_BYTES = 1 << 20;

    private final Path folder;
    private final String bundle;
    private final String source;
    private final InstantSource clock;
    private final ManifestSigner signer;
    private final SnapshotArchive archive;
    private final SnapshotShelf shelf = new SnapshotShelf();
    /** Held while a snapshot is made: one at a time, each with the next version. */
    private final ReentrantLock snapshots = new ReentrantLock();

    private @Nullable RecordTable table;
    private @Nullable BundleState state;
    private volatile @Nullable DeltaLog log;
    private volatile @Nullable BundleHead head;

    private BundlePublisher(Path folder, String bundle, Path source, InstantSource clock, ManifestSigner signer) {
        this.signer = signer;
        this.folder = folder;
        this.bundle = bundle;
        this.source = source.toAbsolutePath().normalize().toString();
        this.clock = clock;
        this.archive = new SnapshotArchive(folder);
    }

    /**
     * Opens the state of a bundle and what was published last.
     *
     * @param stateDir holds one folder per bundle
     * @param source the bundle's directory, remembered so that {@link #bundleOf} finds it
     */
    public static BundlePublisher open(Path stateDir, String bundle, Path source, InstantSource clock)
            throws IOException {
        return open(stateDir, bundle, source, clock, ManifestSigner.NONE);
    }

    /** As {@link #open(Path, String, Path, InstantSource)}; what is published is signed. */
    public static BundlePublisher open(
            Path stateDir, String bundle, Path source, InstantSource clock, ManifestSigner signer) throws IOException {
        Path folder = stateDir.resolve(bundle);
        Files.createDirectories(folder);
        BundlePublisher publisher = new BundlePublisher(folder, bundle, source, clock, signer);
        publisher.restore();
        return publisher;
    }

    /** {@return the bundle that was last published from a directory, for when its sources do not compile now} */
    public static Optional<String> bundleOf(Path stateDir, Path source) throws IOException {
        String wanted = source.toAbsolutePath().normalize().toString();
        if (!Files.isDirectory(stateDir)) {
            return Optional.empty();
        }
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(stateDir, Files::isDirectory)) {
            for (Path folder : folders) {
                Optional<BundleState> state = BundleState.load(folder);
                if (state.isPresent() && state.get().source().equals(wanted)) {
                    return Optional.of(state.get().bundle());
                }
            }
        }
        return Optional.empty();
    }

    private void restore() throws IOException {
        Optional<BundleState> loaded =
                BundleState.load(folder).filter(s -> s.bundle().equals(bundle));
        if (loaded.isEmpty()) {
            if (Files.exists(folder.resolve(BundleState.FILE_NAME))) {
                LOG.log(
                        Level.WARNING,
                        "the state of bundle " + bundle + " in " + folder + " is damaged: its history is lost, the next"
                                + " publication starts a new epoch");
            }
            return;
        }
        BundleState last = loaded.get();
        DeltaLog opened = DeltaLog.open(folder, last.epoch(), last.sequence());
        if (opened.isLost()) {
            opened.close();
            LOG.log(
                    Level.ERROR,
                    "deltas of bundle " + bundle + " in " + folder
                            + " are damaged: what was published last is not known"
                            + " any more, the next publication starts a new epoch");
            return;
        }
        state = last;
        log = opened;
        try {
            RestoredState restored = RestoredState.read(folder, last, opened);
            table = restored.table();
            shelf.put(restored.snapshot());
            head = restored.head();
        } catch (IOException e) {
            LOG.log(
                    Level.WARNING,
                    "what was published last cannot be used, the next publication gets a new version: " + e);
        }
    }

    /**
     * Publishes a bundle, unless it says what the published one says already, signed by the same keys.
     *
     * @return what that came to, or empty when nothing has changed
     * @throws IOException when it cannot be written; what was published stays
     */
    public Optional<Publication> publish(CompiledBundle compiled) throws IOException {
        BundleHead before = head;
        RecordTable published = table;
        if (before == null || published == null) {
            return Optional.of(
                    whole(compiled, state == null ? "the first" : "what was published before cannot be used", -1));
        }
        ChangeSet changes = Comparison.of(published, compiled);
        String why = changes.isLocal() ? whyWhole(compiled, before.snapshot()) : changes.whole();
        if (why.isEmpty() && changes.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                why.isEmpty()
                        ? delta(compiled, changes, before, published)
                        : whole(compiled, why, changes.changedRecords()));
    }

    /** {@return why equal or patchable records are not enough; empty = they are} */
    private String whyWhole(CompiledBundle compiled, PublishedSnapshot snapshot) {
        SnapshotManifest manifest = snapshot.manifest();
        if (!manifest.getPlaneBoundsList().equals(compiled.planeBounds())
                || manifest.getDefaultReservationTtlMs() != compiled.defaultReservationTtlMs()) {
            return "settings of the bundle have changed";
        }
        if (manifest.getStateDigest().isEmpty()) {
            return "the last one says no state digest";
        }
        // Sidecars then hold signatures of the new key before the old one is removed.
        return signer.hasSigned(snapshot.signedManifest()) ? "" : "the signing keys have changed";
    }

    private Publication delta(CompiledBundle compiled, ChangeSet changes, BundleHead before, RecordTable published)
            throws IOException {
        long nowMs = Math.max(1, clock.millis());
        Delta delta = Delta.newBuilder()
                .setBundle(bundle)
                .setEpoch(before.epoch())
                .setSequence(before.sequence() + 1)
                .setPreviousStateDigest(before.stateDigest())
                .setStateDigest(changes.stateDigest())
                .setCreatedAtMs(nowMs)
                .setLedgerSequence(before.snapshot().manifest().getLedgerSequence())
                .setSourceDigest(compiled.sourceDigest())
                .setSchemaVersion(SnapshotFacts.SCHEMA_VERSION)
                .addAllChanges(changes.changes())
                .build();
        if (delta.getSerializedSize() > ChangeSet.MAX_BYTES) {
            return whole(
                    compiled, "the change has more than " + ChangeSet.MAX_BYTES + " bytes", changes.changedRecords());
        }
        openLog().append(signer.sign(delta));
        for (DeltaChange change : changes.changes()) {
            published.apply(change);
        }
        synchronized (this) {
            PublishedSnapshot snapshot = Objects.requireNonNull(head).snapshot();
            BundleHead next = new BundleHead(snapshot, delta.getSequence(), changes.stateDigest(), nowMs);
            head = next;
            return new Publication(bundle, next, changes.changedRecords(), "");
        }
    }

    private Publication whole(CompiledBundle compiled, String why, int changedRecords) throws IOException {
        snapshots.lock();
        try {
            BundleState last = state;
            DeltaLog deltas = log;
            long nowMs = Math.max(1, clock.millis());
            long epoch = last == null ? Math.max(nowMs, newestEpochOnDisk() + 1) : last.epoch();
            long version = last == null ? 1 : last.version() + 1;
            long sequence = deltas == null ? 0 : deltas.newest() + 1;
            Path path = SnapshotArchive.path(folder, epoch, version);
            BundleSnapshots.write(compiled, path, new BundleSnapshots.Numbers(version, epoch, sequence), nowMs, signer);
            PublishedSnapshot snapshot = take(path);
            if (deltas == null) {
                log = DeltaLog.open(folder, epoch, sequence);
            } else {
                deltas.skip(sequence);
            }
            RecordTable records = tableOf(compiled);
            table = records;
            synchronized (this) {
                BundleHead next = new BundleHead(snapshot, sequence, snapshot.stateDigest(), nowMs);
                head = next;
                return new Publication(bundle, next, changedRecords < 0 ? records.size() : changedRecords, why);
            }
        } finally {
            snapshots.unlock();
        }
    }

    /** Opens a new snapshot and makes its version the newest one, on disk. */
    private PublishedSnapshot take(Path path) throws IOException {
        SnapshotFile file = SnapshotFile.open(path);
        SnapshotManifest manifest = file.manifest();
        BundleState next = new BundleState(
                bundle,
                source,
                manifest.getEpoch(),
                manifest.getVersion(),
                manifest.getDeltaSequence(),
                file.digestHex());
        try {
            next.save(folder);
        } catch (IOException e) {
            file.close();
            throw e;
        }
        state = next;
        PublishedSnapshot snapshot = new PublishedSnapshot(file);
        shelf.put(snapshot);
        return snapshot;
    }

    private static RecordTable tableOf(CompiledBundle compiled) throws IOException {
        RecordTable records = new RecordTable();
        compiled.forEachRecord(records::put);
        return records;
    }

    /**
     * Makes a snapshot of snapshot and deltas, so that who starts anew has few deltas to apply.
     *
     * @return the new snapshot, or empty when there is nothing that the newest one does not hold
     * @throws IOException when it cannot be made; what was published stays
     */
    public Optional<PublishedSnapshot> checkpoint() throws IOException {
        snapshots.lock();
        try {
            BundleHead target = head;
            BundleState last = state;
            if (target == null || last == null || target.pendingDeltas() == 0) {
                return Optional.empty();
            }
            Path path = SnapshotArchive.path(folder, target.epoch(), last.version() + 1);
            SnapshotManifest written = merge(target, path, last.version() + 1);
            if (!written.getStateDigest().equals(target.stateDigest())) {
                Files.deleteIfExists(path);
                throw new IOException("snapshot and deltas up to " + target.sequence() + " come to the state digest "
                        + Digests.hex(written.getStateDigest().toByteArray()) + ", published is "
                        + Digests.hex(target.stateDigest().toByteArray()));
            }
            PublishedSnapshot snapshot = take(path);
            synchronized (this) {
                BundleHead now = Objects.requireNonNull(head);
                head = new BundleHead(snapshot, now.sequence(), now.stateDigest(), now.changedAtMs());
            }
            return Optional.of(snapshot);
        } finally {
            snapshots.unlock();
        }
    }

    private SnapshotManifest merge(BundleHead target, Path path, long version) throws IOException {
        SnapshotManifest base = target.snapshot().manifest();
        Delta newest = base.getDeltaSequence() == target.sequence()
                ? Delta.getDefaultInstance()
                : Delta.parseFrom(
                        openLog().read(target.sequence() - 1, 1).get(0).getDelta());
        SnapshotFacts facts = SnapshotFacts.after(base, newest, version, Math.max(1, clock.millis()));
        try (SnapshotWriter writer = SnapshotWriter.begin(path, facts, signer)) {
            SnapshotMerge merge = new SnapshotMerge(writer);
            long at = base.getDeltaSequence();
            while (at < target.sequence()) {
                for (SignedDelta signed : openLog().read(at, READ_BYTES)) {
                    if (at < target.sequence()) {
                        merge.apply(Delta.parseFrom(signed.getDelta()));
                        at++;
                    }
                }
            }
            merge.write(target.snapshot().file());
            return writer.finish();
        }
    }

    private DeltaLog openLog() throws IOException {
        DeltaLog open = log;
        if (open == null) {
            throw new IOException("bundle " + bundle + " has no delta log");
        }
        return open;
    }

    /** Deletes superseded states that need not be kept. */
    public void clean(Retention retention) throws IOException {
        snapshots.lock();
        try {
            BundleHead now = head;
            DeltaLog deltas = log;
            if (now != null && deltas != null) {
                archive.clean(retention, clock.millis(), now.snapshot(), deltas);
            }
        } finally {
            snapshots.unlock();
        }
    }

    /** Lost state beside snapshot files: their epochs must be passed, whatever the clock says. */
    private long newestEpochOnDisk() throws IOException {
        long newest = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.tg[sd]")) {
            for (Path file : files) {
                String name = String.valueOf(file.getFileName());
                int dash = name.indexOf('-');
                try {
                    newest = Math.max(newest, Long.parseLong(name.substring(0, Math.max(0, dash))));
                } catch (NumberFormatException e) {
                    LOG.log(Level.DEBUG, "no file of ours: " + file);
                }
            }
        }
        return newest;
    }

    /** {@return what is published, or empty when nothing ever was} */
    public Optional<BundleHead> head() {
        return Optional.ofNullable(head);
    }

    /** {@return the newest snapshot, or empty when none was ever published} */
    public Optional<PublishedSnapshot> current() {
        return head().map(BundleHead::snapshot);
    }

    /**
     * {@return a snapshot by version; empty when it is not kept}
     *
     * @param version 0 = the newest
     */
    public Optional<PublishedSnapshot> find(long version) {
        return version == 0 ? current() : shelf.find(version);
    }

    /** {@return the snapshots that can be pulled, newest first} */
    public List<PublishedSnapshot> available() {
        return shelf.all();
    }

    /** {@return the sequence from which on every delta up to the newest can be had} */
    public long oldestSequence() {
        DeltaLog deltas = log;
        return deltas == null ? 0 : deltas.oldest();
    }

    /**
     * Reads deltas in order.
     *
     * @param after the sequence before the first wanted
     * @param maxBytes the answer stays below, unless it is a single delta
     * @throws IOException when they are not kept any more, or cannot be read
     */
    public List<SignedDelta> deltas(long after, long maxBytes) throws IOException {
        return openLog().read(after, maxBytes);
    }

    /** Lets the snapshots go; pulls under way still end well. */
    @Override
    public void close() {
        snapshots.lock();
        try {
            head = null;
            shelf.clear();
            DeltaLog deltas = log;
            if (deltas != null) {
                deltas.close();
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, "cannot close the deltas of " + bundle, e);
        } finally {
            snapshots.unlock();
        }
    }
}
