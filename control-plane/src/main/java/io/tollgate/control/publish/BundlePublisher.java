/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.publish;

import io.tollgate.control.compiler.CompiledBundle;
import io.tollgate.control.signing.ManifestSigner;
import io.tollgate.v1.SnapshotManifest;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Publishes one bundle: gives versions that only grow, keeps the published snapshots as files, and finds the last one
 * again after a restart.
 *
 * <pre>
 *   state_dir/BUNDLE/STATE                   see {@link BundleState}
 *   state_dir/BUNDLE/EPOCH-VERSION.tgs       the newest {@value #KEPT}
 * </pre>
 *
 * <p>A snapshot is on disk before its version is, and its version is before anybody sees it. So a crash in between gives the version again,
 * to something that nobody had seen.
 *
 * <p>{@link #publish} and {@link #close} belong to one thread; {@link #current} and {@link #find} to any.
 */
public final class BundlePublisher implements AutoCloseable {
    /** Snapshots that stay available for pulls that have begun. */
    static final int KEPT = 3;

    private static final Logger LOG = System.getLogger("tollgate.control.publish");
    private static final String SUFFIX = ".tgs";

    private final Path folder;
    private final String bundle;
    private final String source;
    private final InstantSource clock;
    private final ManifestSigner signer;
    private final Deque<PublishedSnapshot> kept = new ArrayDeque<>();
    private @Nullable BundleState state;
    private volatile @Nullable PublishedSnapshot current;
    private volatile List<PublishedSnapshot> available = List.of();

    private BundlePublisher(Path folder, String bundle, Path source, InstantSource clock, ManifestSigner signer) {
        this.signer = signer;
        this.folder = folder;
        this.bundle = bundle;
        this.source = source.toAbsolutePath().normalize().toString();
        this.clock = clock;
    }

    /**
     * Opens the state of a bundle and the snapshot that was published last.
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
        state = loaded.get();
        Path path = path(loaded.get().epoch(), loaded.get().version());
        try {
            SnapshotFile file = SnapshotFile.open(path);
            try {
                file.verify();
                if (!file.digestHex().equals(loaded.get().manifestSha256())) {
                    throw new SnapshotFormatException(path + " has the digest " + file.digestHex() + ", published was "
                            + loaded.get().manifestSha256());
                }
                show(new PublishedSnapshot(file, loaded.get().contentSha256()));
            } catch (IOException e) {
                file.close();
                throw e;
            }
        } catch (IOException e) {
            LOG.log(
                    Level.WARNING,
                    "the snapshot published last cannot be used, the next publication gets a new version: " + e);
        }
    }

    /**
     * Publishes a bundle, unless it says what the published one says already, signed by the same keys.
     *
     * @return the new snapshot, or empty when nothing has changed
     * @throws IOException when it cannot be written; what was published stays
     */
    public Optional<PublishedSnapshot> publish(CompiledBundle compiled) throws IOException {
        BundleState last = state;
        long nowMs = Math.max(1, clock.millis());
        long epoch = last == null ? Math.max(nowMs, newestEpochOnDisk() + 1) : last.epoch();
        long version = last == null ? 1 : last.version() + 1;
        Path path = path(epoch, version);
        SnapshotManifest manifest = BundleSnapshots.write(compiled, path, version, epoch, nowMs, signer);
        String content = contentSha256(manifest);
        PublishedSnapshot now = current;
        // A change of keys is published too: sidecars then hold signatures of the new key before the old one is
        // removed.
        if (now != null && now.contentSha256().equals(content) && signer.hasSigned(now.signedManifest())) {
            Files.delete(path);
            return Optional.empty();
        }
        SnapshotFile file = SnapshotFile.open(path);
        BundleState next = new BundleState(bundle, source, epoch, version, content, file.digestHex());
        try {
            next.save(folder);
        } catch (IOException e) {
            file.close();
            throw e;
        }
        state = next;
        PublishedSnapshot snapshot = new PublishedSnapshot(file, content);
        show(snapshot);
        return Optional.of(snapshot);
    }

    private void show(PublishedSnapshot snapshot) {
        kept.addFirst(snapshot);
        List<PublishedSnapshot> retired = new ArrayList<>();
        while (kept.size() > KEPT) {
            retired.add(kept.removeLast());
        }
        available = List.copyOf(kept);
        current = snapshot;
        retired.forEach(PublishedSnapshot::release);
        deleteOthers();
    }

    private void deleteOthers() {
        List<Path> wanted = kept.stream().map(s -> path(s.epoch(), s.version())).toList();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                String name = String.valueOf(file.getFileName());
                boolean ours = name.endsWith(SUFFIX) || name.contains(SUFFIX + ".");
                if (ours && !wanted.contains(file)) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, "cannot clean up " + folder, e);
        }
    }

    /** Lost state beside snapshot files: their epochs must be passed, whatever the clock says. */
    private long newestEpochOnDisk() throws IOException {
        long newest = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
            for (Path file : files) {
                String name = String.valueOf(file.getFileName());
                int dash = name.indexOf('-');
                try {
                    newest = Math.max(newest, Long.parseLong(name.substring(0, Math.max(0, dash))));
                } catch (NumberFormatException e) {
                    LOG.log(Level.DEBUG, "not a snapshot of ours: " + file);
                }
            }
        }
        return newest;
    }

    private Path path(long epoch, long version) {
        return folder.resolve(epoch + "-" + version + SUFFIX);
    }

    private static String contentSha256(SnapshotManifest manifest) {
        SnapshotManifest content = manifest.toBuilder()
                .clearVersion()
                .clearEpoch()
                .clearCreatedAtMs()
                .clearSourceDigest()
                .clearDeltaSequence()
                .build();
        return Digests.hex(Digests.sha256().digest(content.toByteArray()));
    }

    /** {@return the newest snapshot, or empty when none was ever published} */
    public Optional<PublishedSnapshot> current() {
        return Optional.ofNullable(current);
    }

    /**
     * {@return a snapshot by version; empty when it is not kept}
     *
     * @param version 0 = the newest
     */
    public Optional<PublishedSnapshot> find(long version) {
        return version == 0
                ? current()
                : available.stream().filter(s -> s.version() == version).findFirst();
    }

    /** Lets the snapshots go; pulls under way still end well. */
    @Override
    public void close() {
        current = null;
        available = List.of();
        kept.forEach(PublishedSnapshot::release);
        kept.clear();
    }
}
