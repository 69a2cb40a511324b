/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control;

import io.tollgate.control.compiler.BundleCompiler;
import io.tollgate.control.compiler.CompileResult;
import io.tollgate.control.compiler.CompiledBundle;
import io.tollgate.control.publish.BundleHead;
import io.tollgate.control.publish.BundlePublisher;
import io.tollgate.control.publish.Publication;
import io.tollgate.control.publish.PublishedSnapshot;
import io.tollgate.control.publish.Retention;
import io.tollgate.control.service.ServedBundle;
import io.tollgate.control.signing.ManifestSigner;
import io.tollgate.control.source.Diagnostic;
import io.tollgate.control.watch.BundleWatcher;
import io.tollgate.v1.BundleStatus;
import io.tollgate.v1.Plane;
import io.tollgate.v1.PlaneSourceAge;
import io.tollgate.v1.SignedDelta;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One bundle: compiles it when told to, publishes what compiles, keeps what was published when it does not.
 *
 * <p>Reloading belongs to one thread (the starting one, then the watcher's); what the services ask may come from any.
 */
final class BundleHost implements ServedBundle, BundleWatcher.Reloader, AutoCloseable {
    private static final Logger LOG = System.getLogger("tollgate.control");
    private static final int MAX_ERROR_LINES = 50;

    private static final long CLEAN_NS = 60_000_000_000L;

    private final Path dir;
    private final Path stateDir;
    private final InstantSource clock;
    private final LongSupplier clockNs;
    private final boolean isWatched;
    private final ControlPlaneListener listener;
    private final ManifestSigner signer;
    private final Retention retention;
    private final Runnable news;
    private final CheckpointSchedule schedule = new CheckpointSchedule();
    /** Of the last checkpoint; empty = it was good. */
    private volatile String checkpointError = "";

    private volatile @Nullable BundlePublisher publisher;
    private volatile String id = "";
    /** Of the last good compilation; null = there was none since the start. */
    private volatile @Nullable BundleNames names;
    /** Of the last compilation or publication; empty = it was good. */
    private volatile String lastError = "";
    /** Of the last look at the directory; empty = it could be looked at. */
    private volatile String lookError = "";
    /** When the sources were last seen to be what is published; with a broken edit, what was compiled last. */
    private volatile long confirmedNs;
    /** When old states are looked through next. The checkpoint thread's. */
    private long cleanNs;

    /**
     * What all bundles of a control plane share.
     *
     * @param clock for what is written into snapshots and deltas
     * @param clockNs monotonic
     * @param isWatched whether {@link #confirmed} will be called again and again, so that its absence means something
     * @param news called after each publication, by the thread that published
     */
    record Surroundings(
            Path stateDir,
            InstantSource clock,
            LongSupplier clockNs,
            boolean isWatched,
            ControlPlaneListener listener,
            ManifestSigner signer,
            Retention retention,
            Runnable news) {}

    BundleHost(ControlPlaneConfig.Bundle bundle, Surroundings surroundings) {
        this.signer = surroundings.signer();
        this.dir = bundle.dir();
        this.stateDir = surroundings.stateDir();
        this.clock = surroundings.clock();
        this.clockNs = surroundings.clockNs();
        this.isWatched = surroundings.isWatched();
        this.listener = surroundings.listener();
        this.retention = surroundings.retention();
        this.news = surroundings.news();
        this.confirmedNs = clockNs.getAsLong();
        this.cleanNs = confirmedNs;
    }

    Path dir() {
        return dir;
    }

    /** Serves what was last published from this directory, before anything is compiled. */
    void restore() throws IOException {
        Optional<String> known = BundlePublisher.bundleOf(stateDir, dir);
        if (known.isPresent()) {
            id = known.get();
            publisher = open(id);
        }
    }

    private BundlePublisher open(String bundle) throws IOException {
        return BundlePublisher.open(stateDir, bundle, dir, clock, signer);
    }

    @Override
    public Runnable reload() {
        CompileResult result = BundleCompiler.compile(dir, clock);
        return () -> apply(result);
    }

    private void apply(CompileResult result) {
        confirmed();
        Optional<CompiledBundle> bundle = result.bundle();
        if (bundle.isEmpty()) {
            lastError = errors(result);
            LOG.log(
                    Level.WARNING,
                    dir + " has " + result.errorCount() + " errors and is not published; "
                            + head().map(h -> h.snapshot() + " with changes up to " + h.sequence() + " stays")
                                    .orElse("nothing was published before")
                            + "\n"
                            + lastError);
            listener.refused(dir, result);
            return;
        }
        try {
            publish(bundle.get(), result);
        } catch (IOException | IllegalArgumentException e) {
            fail(dir + " cannot be published: " + e);
        }
    }

    private void publish(CompiledBundle bundle, CompileResult result) throws IOException {
        BundlePublisher target = publisher;
        if (target != null && !bundle.bundle().equals(id)) {
            if (target.head().isPresent()) {
                fail(dir + " now says bundle '" + bundle.bundle() + "', it was '" + id
                        + "'; restart the control plane to serve another bundle from it");
                return;
            }
            target.close();
            target = null;
        }
        if (target == null) {
            target = open(bundle.bundle());
            id = bundle.bundle();
            publisher = target;
        }
        names = BundleNames.of(bundle);
        Optional<Publication> published = target.publish(bundle);
        lastError = "";
        if (published.isPresent()) {
            news.run();
            if (published.get().isDelta()) {
                schedule.changed(clockNs.getAsLong());
            }
            LOG.log(Level.INFO, id + ": published " + published.get().text());
            listener.published(dir, published.get(), result);
        } else {
            target.head().ifPresent(head -> listener.unchanged(dir, id, head, result));
        }
    }

    /**
     * Makes a snapshot of the newest changes when it is time to. The checkpoint thread's.
     *
     * @return 1 when something was done
     */
    int checkpointWhenDue() {
        BundlePublisher target = publisher;
        Optional<BundleHead> head = head();
        long startNs = clockNs.getAsLong();
        if (target == null || head.isEmpty()) {
            return 0;
        }
        if (!schedule.isDue(startNs, head.get().pendingDeltas())) {
            return cleanWhenDue(target, startNs);
        }
        schedule.begin();
        try {
            Optional<PublishedSnapshot> made = target.checkpoint();
            schedule.done(startNs, clockNs.getAsLong());
            checkpointError = "";
            news.run();
            made.ifPresent(snapshot ->
                    LOG.log(Level.INFO, "wrote " + snapshot + " with changes up to " + snapshot.deltaSequence()));
            cleanNs = startNs;
        } catch (IOException | IllegalArgumentException e) {
            schedule.failed(clockNs.getAsLong());
            String message = "no snapshot can be made of the changes of bundle " + id + ": " + e;
            if (!message.equals(checkpointError)) {
                checkpointError = message;
                LOG.log(Level.ERROR, message);
                listener.failed(dir, message);
            }
        }
        return 1;
    }

    private int cleanWhenDue(BundlePublisher target, long nowNs) {
        if (nowNs - cleanNs < 0) {
            return 0;
        }
        cleanNs = nowNs + CLEAN_NS;
        try {
            target.clean(retention);
        } catch (IOException e) {
            LOG.log(Level.WARNING, "cannot clean up the archive of bundle " + id, e);
        }
        return 1;
    }

    private void fail(String message) {
        lastError = message;
        LOG.log(Level.ERROR, message);
        listener.failed(dir, message);
    }

    private static String errors(CompileResult result) {
        List<String> lines = result.diagnostics().stream()
                .filter(d -> d.severity() == Diagnostic.Severity.ERROR)
                .map(Diagnostic::toString)
                .toList();
        String shown = lines.stream().limit(MAX_ERROR_LINES).collect(Collectors.joining("\n"));
        return lines.size() <= MAX_ERROR_LINES ? shown : shown + "\nand " + (lines.size() - MAX_ERROR_LINES) + " more";
    }

    @Override
    public void confirmed() {
        confirmedNs = clockNs.getAsLong();
        lookError = "";
    }

    @Override
    public void unreadable(IOException cause) {
        String message = dir + " cannot be looked at: " + cause;
        if (!message.equals(lookError)) {
            lookError = message;
            LOG.log(Level.ERROR, message);
            listener.failed(dir, message);
        }
    }

    /** Any thread. */
    @Nullable
    BundleNames names() {
        return names;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public Optional<BundleHead> head() {
        BundlePublisher target = publisher;
        return target == null ? Optional.empty() : target.head();
    }

    @Override
    public List<PublishedSnapshot> available() {
        BundlePublisher target = publisher;
        return target == null ? List.of() : target.available();
    }

    @Override
    public long oldestSequence() {
        BundlePublisher target = publisher;
        return target == null ? 0 : target.oldestSequence();
    }

    @Override
    public List<SignedDelta> deltas(long after, long maxBytes) throws IOException {
        BundlePublisher target = publisher;
        return target == null ? List.of() : target.deltas(after, maxBytes);
    }

    @Override
    public void wantSnapshot(boolean isWaiting) {
        if (isWaiting) {
            schedule.wanted();
        } else {
            schedule.hurry();
        }
        news.run();
    }

    @Override
    public Optional<PublishedSnapshot> find(long version) {
        BundlePublisher target = publisher;
        return target == null ? Optional.empty() : target.find(version);
    }

    /**
     * Files are as fresh as the last look at them, so a directory that cannot be looked at grows old. A broken edit does
     * not make them older: the operator's last good word stands until the next good one, and the detail says so.
     */
    @Override
    public List<PlaneSourceAge> sourceAges() {
        long ageMs = isWatched ? Math.max(0, clockNs.getAsLong() - confirmedNs) / 1_000_000 : 0;
        String detail = !lookError.isEmpty()
                ? lookError
                : lastError.isEmpty() ? "" : "the sources have errors; the last good version stays";
        return PLANES.stream()
                .map(plane -> PlaneSourceAge.newBuilder()
                        .setPlane(plane)
                        .setAgeMs(ageMs)
                        .setDetail(detail)
                        .build())
                .toList();
    }

    private static final List<Plane> PLANES = List.of(
            Plane.PLANE_DIRECTORY,
            Plane.PLANE_POLICY,
            Plane.PLANE_ENTITLEMENT,
            Plane.PLANE_QUOTA,
            Plane.PLANE_CREDIT,
            Plane.PLANE_CAPACITY);

    @Override
    public BundleStatus status() {
        BundleStatus.Builder status = BundleStatus.newBuilder()
                .setBundle(id)
                .setLastError(!lookError.isEmpty() ? lookError : lastError.isEmpty() ? checkpointError : lastError)
                .setSource(dir.toString());
        head().ifPresent(head -> status.setVersion(head.version())
                .setEpoch(head.epoch())
                .setDigest(head.snapshot().digestHex())
                .setPublishedAtMs(head.changedAtMs())
                .setDeltaSequence(head.sequence())
                .setCheckpointDeltaSequence(head.snapshot().deltaSequence())
                .setOldestDeltaSequence(oldestSequence())
                .setStateDigest(HexFormat.of().formatHex(head.stateDigest().toByteArray())));
        return status.build();
    }

    @Override
    public void close() {
        BundlePublisher target = publisher;
        if (target != null) {
            target.close();
        }
    }
}
